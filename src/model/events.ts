import type { TurnAct } from './act.ts';
import type { ApprovalBody } from './approval.ts';
import type { Baseline, DiskChange } from './baseline.ts';
import type { TurnError } from './errors.ts';
import type {
  ItemId,
  LaneId,
  LaneSelection,
  NativeThreadId,
  ProviderId,
  RequestId,
  RunnableLaneId,
  ThreadId,
  Transport,
  TurnId,
} from './ids.ts';
import type { ImportedFrom } from './imported-from.ts';
import type { ApprovalPolicy, Receipt, RuleStep, SandboxMode, WarningSource } from './receipt.ts';
import type { ForkedFrom, ThreadOptions, Worktree } from './thread-options.ts';
import type { Usage, UsageAuthority } from './usage.ts';

export type Phase = 'started' | 'output' | 'completed';
export type ItemStatus = 'in_progress' | 'completed' | 'failed' | 'declined';
export type Attachment = { readonly kind: 'file' | 'image'; readonly path: string; readonly label: string };

export type FileChange = {
  readonly path: string;
  readonly kind: 'add' | 'update' | 'delete' | 'move';
  readonly movedFrom?: string;
  /** Unified diff, where the runtime gives one. */
  readonly diff?: string;
};

export type PlanStep = { readonly text: string; readonly status: 'pending' | 'in_progress' | 'completed' };

/** What an item of a turn may say: the part of an event that a lane writes. */
export type ItemBody =
  | { readonly kind: 'assistant_text'; readonly text: string; readonly isDelta: boolean }
  | { readonly kind: 'reasoning'; readonly text: string; readonly isDelta: boolean }
  | {
      readonly kind: 'command_execution';
      readonly phase: Phase;
      readonly command: string;
      readonly cwd?: string;
      /** Whole output as far as known, tail-capped; replaces the deltas. */
      readonly output?: string;
      readonly outputDelta?: string;
      readonly exitCode?: number | null;
      readonly durationMs?: number | null;
      /** Where a lane of ours ran it: within Codex's sandbox, or without one (`danger-full-access`). */
      readonly sandbox?: SandboxMode;
      readonly status: ItemStatus;
    }
  | {
      readonly kind: 'file_change';
      readonly phase: Phase;
      readonly changes: readonly FileChange[];
      readonly status: ItemStatus;
      readonly diffSource?: 'runtime' | 'pre-image';
    }
  | {
      readonly kind: 'mcp_call';
      readonly phase: Phase;
      readonly server: string;
      readonly tool: string;
      readonly arguments: unknown;
      readonly result?: { readonly content: readonly unknown[]; readonly structuredContent?: unknown } | null;
      readonly error?: string | null;
      readonly status: ItemStatus;
    }
  | {
      readonly kind: 'tool_call';
      readonly phase: Phase;
      readonly name: string;
      readonly arguments: unknown;
      readonly result?: unknown;
      readonly status: ItemStatus;
    }
  | {
      readonly kind: 'web_search';
      readonly phase: Phase;
      readonly query: string;
      readonly action?: unknown;
      readonly status: ItemStatus;
    }
  | {
      readonly kind: 'subagent';
      readonly phase: Phase;
      readonly tool: string;
      readonly sender: string | null;
      readonly receivers: readonly string[];
      readonly prompt: string | null;
      readonly states: unknown;
      readonly status: ItemStatus;
    }
  | { readonly kind: 'review_mode'; readonly change: 'entered' | 'left' }
  | { readonly kind: 'plan_updated'; readonly steps: readonly PlanStep[] };

/** What a lane may say beside its items. */
export type NoticeBody =
  | { readonly kind: 'thread_status_changed'; readonly status: ThreadStatus }
  | {
      readonly kind: 'usage_updated';
      /** This turn's own figures; null where they can't be split off the thread's total. */
      readonly usage: Usage | null;
      /** The thread's total, where the runtime reports that. */
      readonly threadTotal?: Usage;
      readonly authority: UsageAuthority;
    }
  | {
      readonly kind: 'model_rerouted';
      readonly askedModel: string;
      readonly servedModel: string;
      readonly reason: string;
    }
  | { readonly kind: 'turn_diff_updated'; readonly diff: string }
  | { readonly kind: 'stalled'; readonly hop: string; readonly since: string }
  | {
      readonly kind: 'context_compacted';
      readonly before: number | null;
      readonly after: number | null;
      readonly how: string;
      /** What the conversation before it comes to, where a lane of ours made it: later turns are told this instead. */
      readonly summary?: string;
    }
  | { readonly kind: 'warning'; readonly source: WarningSource; readonly text: string; readonly code?: string }
  | { readonly kind: 'system_notice'; readonly text: string; readonly code: string }
  /** The thread runs in a git worktree from here on. */
  | { readonly kind: 'worktree_created'; readonly worktree: Worktree }
  | { readonly kind: 'unsupported_raw_event'; readonly rawType: string; readonly payload: string };

export type ThreadStatus =
  | { readonly type: 'not_loaded' | 'idle' | 'system_error' }
  | { readonly type: 'active'; readonly flags: readonly string[] };

export type InterruptedBy = 'user' | 'shutdown' | 'timeout';

/** The one event that ends a turn. */
export type TerminalBody =
  | { readonly kind: 'turn_completed'; readonly durationMs: number }
  | { readonly kind: 'turn_failed'; readonly durationMs: number; readonly error: TurnError }
  | { readonly kind: 'turn_interrupted'; readonly durationMs: number; readonly by: InterruptedBy };

/** What the engine itself writes about a turn or a thread. */
export type EngineBody =
  | {
      readonly kind: 'thread_started';
      readonly status?: ThreadStatus;
      /** The folder that the thread keeps. Null: no folder was open. */
      readonly cwd: string | null;
    }
  | { readonly kind: 'thread_renamed'; readonly title: string }
  /** What stands before it in the log is a copy of the other thread's events. */
  | { readonly kind: 'thread_forked'; readonly from: ForkedFrom }
  /** What stands before it in the log is history of the runtime's own thread, which the next native turn goes on with. */
  | { readonly kind: 'thread_imported'; readonly from: ImportedFrom }
  /** All options as they stand from here on. */
  | { readonly kind: 'thread_options_changed'; readonly options: ThreadOptions }
  /** The worktree is gone; `kept` names the git reference that still holds what was discarded; null = nothing was. */
  | { readonly kind: 'worktree_closed'; readonly how: 'merged' | 'discarded'; readonly kept: string | null }
  | {
      readonly kind: 'user_message';
      readonly text: string;
      readonly attachments: readonly Attachment[];
      readonly delivery: 'start' | 'steer' | 'queued';
      /** What the turn does instead of answering; left out: `text` is a prompt. */
      readonly act?: TurnAct;
    }
  | {
      readonly kind: 'lane_decided';
      readonly asked: LaneSelection;
      /** Null: no lane could take the turn. The envelope's transport is the resolved lane's. */
      readonly resolved: RunnableLaneId | null;
      readonly trace: readonly RuleStep[];
    }
  | {
      readonly kind: 'turn_started';
      readonly model: string | null;
      readonly effort: string | null;
      readonly cwd: string | null;
      readonly sandbox: SandboxMode | null;
      readonly approvalPolicy: ApprovalPolicy | null;
      /** The runtime keeps nothing of it; left out where that is not a question. */
      readonly ephemeral?: boolean;
    }
  /** What stood in a file before the file change of the same item. */
  | ({ readonly kind: 'snapshot_taken' } & Baseline)
  /** A file changed while a turn ran, and nothing of the turn says so. */
  | ({ readonly kind: 'disk_change_detected' } & DiskChange)
  | { readonly kind: 'receipt'; readonly receipt: Receipt; readonly aboutTurnId: TurnId }
  | TerminalBody;

/** Everything that may come out of a lane while it runs a turn. */
export type LaneBody = ItemBody | NoticeBody | ApprovalBody;
export type EventBody = LaneBody | EngineBody;
export type EventKind = EventBody['kind'];

/** What a lane emits: a body, and where the provider names them the item and the runtime's thread. */
export type LaneEvent = LaneBody & { readonly itemId?: ItemId; readonly nativeThreadId?: NativeThreadId };

export type Envelope = {
  readonly v: 1;
  /** 1, 2, 3 … within a thread, no gaps. */
  readonly seq: number;
  /** ISO 8601, milliseconds, UTC. */
  readonly at: string;
  readonly provider: ProviderId;
  readonly laneId: LaneId;
  readonly transport: Transport;
  readonly threadId: ThreadId;
  readonly nativeThreadId?: NativeThreadId;
  readonly turnId?: TurnId;
  readonly itemId?: ItemId;
  readonly requestId?: RequestId;
  /** On facts that come after a turn's terminal event. */
  readonly aboutTurnId?: TurnId;
};

/** One line of a thread's log. A reader turns a kind it does not know into `unsupported_raw_event`, never drops it. */
export type LogEvent = Envelope & EventBody;

export type TerminalKind = TerminalBody['kind'];
const terminalKinds: readonly string[] = ['turn_completed', 'turn_failed', 'turn_interrupted'];

export function isTerminal(body: { readonly kind: string }): body is TerminalBody {
  return terminalKinds.includes(body.kind);
}

/** Which provider's semantics a lane speaks. */
export function providerOf(lane: LaneId): ProviderId {
  switch (lane) {
    case 'api':
      return 'openai';
    case 'codex-native':
      return 'codex';
    case 'anthropic':
      return 'anthropic';
    case 'gemini':
      return 'gemini';
  }
}
