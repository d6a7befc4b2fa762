import type {
  ApprovalAnswers,
  ApprovalDecision,
  ApprovalField,
  ApprovalPolicy,
  ApprovalSubject,
  Attachment,
  GrantEntry,
  ItemId,
  ItemStatus,
  LaneCapabilities,
  LaneEvent,
  LaneFacts,
  NativeThreadId,
  Payer,
  RunnableLaneId,
  SandboxMode,
  ThreadId,
  ToolPolicy,
  Transport,
  TurnAct,
  TurnError,
  TurnId,
  TurnProgress,
  Usage,
} from '../model/index.ts';

/** What an earlier turn did, whichever lane ran it. Long outputs and diffs are cut, with a mark. */
export type HistoryAct =
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly cwd: string | null;
      readonly output: string;
      readonly exitCode: number | null;
      readonly status: ItemStatus;
    }
  /** `files`: a line each. `patch`: unified diffs, as far as they are known. */
  | { readonly kind: 'change'; readonly files: readonly string[]; readonly patch: string; readonly status: ItemStatus }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly arguments: unknown;
      readonly result: string;
      readonly status: ItemStatus;
    };

/** One entry of the thread so far, for a lane that has no memory of its own. */
export type HistoryMessage =
  | { readonly role: 'user'; readonly text: string; readonly attachments?: readonly Attachment[] }
  | { readonly role: 'assistant'; readonly text: string }
  | { readonly role: 'tool'; readonly act: HistoryAct };

/** All that a lane is told about a turn. Plain data; fixed before the lane starts. */
export type LaneTurn = {
  readonly threadId: ThreadId;
  readonly turnId: TurnId;
  /** The runtime's thread to go on with; null starts a new one. */
  readonly nativeThreadId: NativeThreadId | null;
  readonly text: string;
  /** What is to be done instead of answering `text`, by a lane that can; left out: `text` is a prompt. */
  readonly act?: TurnAct;
  readonly attachments: readonly Attachment[];
  /** Earlier turns, oldest first. */
  readonly history: readonly HistoryMessage[];
  /** The folder the turn runs in; null = no folder is open. */
  readonly cwd: string | null;
  /** Null = the default of the endpoint or the runtime. */
  readonly model: string | null;
  readonly effort: string | null;
  readonly sandbox: SandboxMode;
  /** What tools of ours may do unasked; a runtime with its own does not read it. */
  readonly policy: ToolPolicy;
  readonly ephemeral: boolean;
  /** The user said that this folder need not be a git folder. */
  readonly allowNonGit: boolean;
  /** The runtime's thread that this turn branches off; `nativeThreadId` is null then. Null = none. */
  readonly forkOf: NativeThreadId | null;
  /** Name of a configuration profile of the runtime; null = none. */
  readonly profile: string | null;
  /** Folders that commands may write in beside `cwd`; absolute paths. */
  readonly addDirs: readonly string[];
  /** Absolute path of a JSON Schema for the final answer; null = none. */
  readonly outputSchema: string | null;
  /**
   * The runtime makes a git worktree of `cwd` first and runs there. With a `nativeThreadId` it was to make one when that
   * thread began, and nobody told where: the turn runs in that one, and nowhere else.
   */
  readonly newWorktree: boolean;
  /** The runtime's cumulative usage before this turn; null = unknown, so that this turn's own can't be split off. */
  readonly usageBefore: Usage | null;
};

/** A message of the user's for the turn that runs. */
export type Steer = {
  readonly text: string;
  readonly attachments: readonly Attachment[];
  /**
   * To be called once, as soon as it is known whether the turn took it: at the latest when the turn ends. What it did not
   * take goes on as a prompt of its own.
   */
  readonly settle: (taken: boolean) => void;
};

export type ApprovalRequest = {
  readonly subject: ApprovalSubject;
  readonly what: string;
  readonly why: string | null;
  readonly decisions: readonly ApprovalDecision[];
  /** What is to be filled in; it goes along with the decisions that take answers. */
  readonly fields?: readonly ApprovalField[];
  /** A page that is to be opened before the answer: http or https. */
  readonly url?: string;
  readonly itemId?: ItemId;
  /**
   * What a grant may answer in the user's place, by `decision`. Only where the lane then does exactly this once more: the
   * whole command, as it will run, and the folder that it runs in.
   */
  readonly grantable?: Grantable;
};

export type Grantable = Pick<GrantEntry, 'command' | 'sandbox' | 'scripts'> & {
  readonly decision: string;
  readonly cwd: string;
};

export type ApprovalAnswer = {
  /** The id of one of the offered decisions. */
  readonly decision: string;
  /** Empty where the decision takes none. Never to be logged or told: what is secret is in it as it was typed. */
  readonly answers: ApprovalAnswers;
};

/** The lane's only way out. What a lane can't use is a no-op. */
export type TurnIo = {
  /** Hands one event up. The engine orders, merges, stores; never throws for a lane's sake. */
  readonly emit: (event: LaneEvent) => void;
  readonly approvals: {
    /**
     * Asks and waits; answers the id of one of the offered decisions. Rejects when `signal` is aborted: the question is
     * then withdrawn. Tells both events itself.
     */
    readonly ask: (request: ApprovalRequest, signal: AbortSignal) => Promise<string>;
    /** The same for a question with fields. */
    readonly fill: (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalAnswer>;
  };
  readonly inbox: AsyncIterable<Steer>;
  readonly beforeChange: (paths: readonly string[]) => Promise<void>;
  readonly afterChange: (paths: readonly string[]) => Promise<void>;
  /**
   * Asked once it is known who pays and before anything is spent or started; null = the payer is not known. An error
   * is how the turn then ends: the user has not said yes to this payer.
   */
  readonly mayPay: (payer: Payer | null) => TurnError | null;
  /** Tells how far the turn is and what it waits for: at each change, not at each event. */
  readonly progress: (progress: TurnProgress) => void;
  /** The user says to go on waiting: limits of silence begin anew. The returned function stops it. */
  readonly onWait: (call: () => void) => () => void;
  /** Aborted with a {@link StopReason} as its reason. The lane then ends what it runs and returns. */
  readonly signal: AbortSignal;
};

/** Why a turn is being stopped: the `reason` of the turn's signal. */
export type StopReason = 'user' | 'shutdown' | 'timeout';

/** How a turn ended, as the lane saw it. The engine writes the terminal event and the receipt from it. */
export type TurnEnd = (
  | { readonly outcome: 'completed' }
  | { readonly outcome: 'failed'; readonly error: TurnError }
  | { readonly outcome: 'interrupted' }
) & {
  readonly facts: LaneFacts;
  /** The runtime's cumulative usage after this turn, where it reports one. */
  readonly usageAfter?: Usage | null;
};

/**
 * A lane turns a prompt into events. `run` may throw only before its first event; after that it ends with a
 * {@link TurnEnd}. When it returns, every process and connection that it opened is gone, but for a server that turns share.
 */
export type Lane = {
  readonly id: RunnableLaneId;
  readonly transport: Transport;
  readonly approvalPolicy: ApprovalPolicy;
  readonly capabilities: LaneCapabilities;
  /** Whether a turn in that folder (null = none) has tools of ours, which ask as the turn's policy says. Left out: never. */
  readonly offersTools?: (cwd: string | null) => boolean;
  readonly run: (turn: LaneTurn, io: TurnIo) => Promise<TurnEnd>;
};
