import type { TurnAct } from './act.ts';
import type {
  ApprovalAnswers,
  ApprovalDecision,
  ApprovalField,
  ApprovalSubject,
  GrantKind,
  GrantOffer,
  NearMiss,
} from './approval.ts';
import type { Baseline } from './baseline.ts';
import type { TurnError } from './errors.ts';
import type { Attachment, FileChange, InterruptedBy, ItemStatus, PlanStep, ThreadStatus } from './events.ts';
import type {
  ApprovalId,
  ItemId,
  LaneSelection,
  NativeThreadId,
  RunnableLaneId,
  ThreadId,
  Transport,
  TurnId,
} from './ids.ts';
import type { NativeThread } from './native-thread.ts';
import { noNativeThread } from './native-thread.ts';
import type { ApprovalPolicy, Receipt, RuleStep, SandboxMode, WarningSource } from './receipt.ts';
import type { ForkedFrom, ThreadOptions, Worktree } from './thread-options.ts';
import { defaultThreadOptions } from './thread-options.ts';

/** Every row of a thread has a key that is stable from its first event on (virtual lists and tests find it by that). */
type RowBase = {
  readonly key: string;
  readonly turnId: TurnId | null;
  readonly itemId: ItemId | null;
  /** ISO time of the row's first and last event. */
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** False while the provider may still add to it; the turn's terminal event closes what is open. */
  readonly open: boolean;
  /** True when the turn ended before the item did: its last state was never told. */
  readonly cutOff: boolean;
};

type RowBody =
  | {
      readonly kind: 'user';
      readonly text: string;
      readonly attachments: readonly Attachment[];
      readonly delivery: 'start' | 'steer' | 'queued';
      /** Not typed: what the turn does instead of answering. */
      readonly act?: TurnAct;
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reasoning'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly cwd: string | null;
      readonly output: string;
      readonly exitCode: number | null;
      readonly durationMs: number | null;
      /** Null: where the runtime runs it. */
      readonly sandbox: SandboxMode | null;
      readonly status: ItemStatus;
    }
  | {
      readonly kind: 'file-change';
      readonly changes: readonly FileChange[];
      readonly status: ItemStatus;
      readonly diffSource: 'runtime' | 'pre-image' | null;
      /** What stood in the files before; a file without one was not looked at. */
      readonly baselines: readonly Baseline[];
      /** False: nothing of the turn says that it did this. It was found when the turn ended. */
      readonly announced: boolean;
    }
  | {
      readonly kind: 'mcp';
      readonly server: string;
      readonly tool: string;
      readonly arguments: unknown;
      readonly result: { readonly content: readonly unknown[]; readonly structuredContent?: unknown } | null;
      readonly error: string | null;
      readonly status: ItemStatus;
    }
  | {
      readonly kind: 'tool';
      readonly name: string;
      readonly arguments: unknown;
      readonly result: unknown;
      readonly status: ItemStatus;
    }
  | { readonly kind: 'web-search'; readonly query: string; readonly status: ItemStatus }
  | {
      readonly kind: 'subagent';
      readonly tool: string;
      readonly prompt: string | null;
      readonly receivers: readonly string[];
      readonly states: unknown;
      readonly status: ItemStatus;
    }
  | { readonly kind: 'plan'; readonly steps: readonly PlanStep[] }
  | {
      readonly kind: 'approval';
      readonly approvalId: ApprovalId;
      readonly subject: ApprovalSubject;
      readonly what: string;
      readonly why: string | null;
      readonly decisions: readonly ApprovalDecision[];
      readonly fields: readonly ApprovalField[];
      /** A page that is to be opened before the answer; null = none. */
      readonly url: string | null;
      /** The grants that may go along with a decision; null = none may. */
      readonly grants: GrantOffer | null;
      /** The grant that nearly answered it; null = there was none. */
      readonly near: NearMiss | null;
      readonly decision: string | null;
      readonly decidedBy: 'user' | 'grant' | 'policy' | 'lifecycle' | null;
      /** What was filled in, without what was secret. */
      readonly answers: ApprovalAnswers;
      /** The grant that the user gave along with the decision. */
      readonly grant: GrantKind | null;
    }
  | { readonly kind: 'warning'; readonly source: WarningSource; readonly text: string }
  /** One muted line: reroutes, compaction, review mode, stalls, system notices. `code` picks the words, `args` fill them. */
  | {
      readonly kind: 'notice';
      readonly code: string;
      readonly args: readonly string[];
      /** Of a compaction that a lane of ours made: what stands for the conversation before it. */
      readonly summary?: string;
    }
  | { readonly kind: 'raw'; readonly rawType: string; readonly payload: string }
  /** The end of a turn that did not complete. */
  | { readonly kind: 'failure'; readonly error: TurnError }
  | { readonly kind: 'interruption'; readonly by: InterruptedBy }
  | { readonly kind: 'receipt'; readonly receipt: Receipt };

export type Row = RowBase & RowBody;
export type RowKind = Row['kind'];
export type RowOf<K extends RowKind> = Extract<Row, { readonly kind: K }>;

export type TurnState = 'running' | 'completed' | 'failed' | 'interrupted';

/** What is known of one turn, beside its rows. */
export type TurnView = {
  readonly turnId: TurnId;
  readonly state: TurnState;
  readonly startedAt: string;
  readonly durationMs: number | null;
  readonly asked: LaneSelection | null;
  readonly resolved: RunnableLaneId | null;
  readonly trace: readonly RuleStep[];
  readonly transport: Transport | null;
  readonly model: string | null;
  readonly effort: string | null;
  readonly cwd: string | null;
  readonly sandbox: SandboxMode | null;
  readonly approvalPolicy: ApprovalPolicy | null;
  readonly diff: string | null;
};

/** A thread as every reader sees it: the fold of its events, nothing else. */
export type ThreadView = {
  readonly threadId: ThreadId;
  /** `seq` of the last event folded in; 0 = none yet. */
  readonly seq: number;
  /** Given by a user or made from the first prompt; empty = a new thread. */
  readonly title: string;
  readonly cwd: string | null;
  readonly status: ThreadStatus | null;
  readonly options: ThreadOptions;
  /** The runtime's thread that the next native turn goes on with; null = it begins a new one. */
  readonly nativeThreadId: NativeThreadId | null;
  /** All that is known of the runtime's thread. */
  readonly native: NativeThread;
  /** The worktree that the thread runs in now. */
  readonly worktree: Worktree | null;
  readonly forkedFrom: ForkedFrom | null;
  readonly rows: readonly Row[];
  /** Prompts that were recorded and whose turn has not begun; each becomes a row when it does. */
  readonly queued: readonly RowOf<'user'>[];
  readonly turns: readonly TurnView[];
  /** The turn that runs now. */
  readonly activeTurnId: TurnId | null;
};

export function emptyThread(threadId: ThreadId): ThreadView {
  return {
    threadId,
    seq: 0,
    title: '',
    cwd: null,
    status: null,
    options: defaultThreadOptions,
    nativeThreadId: null,
    native: noNativeThread,
    worktree: null,
    forkedFrom: null,
    rows: [],
    queued: [],
    turns: [],
    activeTurnId: null,
  };
}
