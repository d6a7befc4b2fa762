import type { Activity, ForkResult } from '../engine/index.ts';
import type {
  ActRefusals,
  ApprovalId,
  ApprovalResult,
  BinaryCandidate,
  DoctorReport,
  GivenAnswer,
  GrantEntry,
  InstallOutcome,
  InstallProgress,
  Leftover,
  LiveProcess,
  LogEvent,
  Prompt,
  Readings,
  StampedStatus,
  SubmitResult,
  ThreadId,
  ThreadOptions,
  ThreadView,
  TurnId,
} from '../model/index.ts';
import type { Editor, Log, Secrets, Settings, ThreadSummary, Workspace, WorkspaceFiles } from '../ports/index.ts';
import type { CodexThreadActions } from './codex-threads.ts';
import type { KeptImageType } from './kept-images.ts';
import type { PracticeState } from './practice-switch.ts';
import type { ReviewChoicesAction } from './review-choices.ts';
import type { InstallPlan } from './runtime-actions.ts';
import type { SignInAction } from './sign-in.ts';
import type { WorktreeActions } from './worktree-actions.ts';

/** What a door gives: its own ways to the outside. Everything else the core brings itself. */
export type AppDeps = {
  /** What this process is, in words for the user of another one. Default: a VS Code window. */
  readonly label?: string;
  /** Of the product, as Codex's app-server tells its provider. */
  readonly version?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly settings: Settings;
  readonly workspace: Workspace;
  /** What the model may look at in the window; left out = there is none. */
  readonly editor?: Editor;
  /** Texts of files as the window has them; left out = plain files. */
  readonly files?: WorkspaceFiles;
  /** The status as it was stored by an earlier session, shown with its age until the first probe. */
  readonly storedStatus: StampedStatus | null;
  /** Keeps a status for the next session. */
  readonly storeStatus: (status: StampedStatus) => void;
};

/** The one thing that doors call. All calls are async or give plain data, so that the core can leave its process one day. */
export type App = {
  readonly status: {
    readonly current: () => StampedStatus;
    /** Probes both lanes (spawns the Codex program unless the workspace is untrusted). Never throws. */
    readonly refresh: () => Promise<StampedStatus>;
    readonly onChange: (listener: (status: StampedStatus) => void) => () => void;
    /**
     * To be called when a stored key was set or taken away, which the key store tells nobody: what was found with the
     * old one is dropped and asked anew.
     */
    readonly keysChanged: () => Promise<StampedStatus>;
  };
  /** Codex on this machine. */
  readonly runtime: {
    /** `codex doctor`, which asks the network. */
    readonly doctor: () => Promise<DoctorReport>;
    /** Everything that was looked at in the search for Codex, in order. */
    readonly candidates: () => Promise<readonly BinaryCandidate[]>;
    /** Names of the configuration profiles in Codex's own folder. */
    readonly profiles: () => Promise<readonly string[]>;
    /** What {@link install} would place and where, to ask before it. */
    readonly installPlan: () => InstallPlan;
    /** Installs the pinned Codex into the data home, with npm. The status is asked anew when it is done. */
    readonly install: (onProgress: (progress: InstallProgress) => void, signal: AbortSignal) => Promise<InstallOutcome>;
    /**
     * Signs Codex in to ChatGPT, with what the user has to do told as steps; Codex keeps the login. Spawns nothing in an
     * untrusted workspace. Aborting cancels it at Codex, too. Never throws. The status is asked anew when it is done.
     */
    readonly signIn: SignInAction;
    /** What Codex's app-server said of the account, its limits, models and switches, and the endpoint of its limits. */
    readonly readings: () => Readings;
    /** Asks the app-server for them, as {@link ReadingsKeeper.read}; for where somebody wants to know. Never throws. */
    readonly read: () => Promise<Readings>;
    readonly onReadings: (listener: () => void) => () => void;
    /** Lets a build start again that was pinned after failed starts. */
    readonly liftPin: () => Promise<void>;
    /** The living processes that this process started, oldest first. */
    readonly processes: () => readonly LiveProcess[];
    readonly onProcesses: (listener: (rows: readonly LiveProcess[]) => void) => () => void;
    /** Ends one of them with all that it started, and waits until it is gone; false when it was none of ours (any more). */
    readonly endProcess: (pid: number) => Promise<boolean>;
    /**
     * Ends what windows and command lines left behind that died without a word, and says what became of each program. For
     * the start of a door; several may do it at once. Never throws.
     */
    readonly reap: () => Promise<readonly Leftover[]>;
  };
  readonly threads: {
    readonly list: () => Promise<readonly ThreadSummary[]>;
    /** Makes a thread that keeps `cwd`. Nothing is written before its first prompt. */
    readonly create: (cwd: string | null) => ThreadId;
    /** The fold of all its events. An id that was never written gives an empty thread. Throws LanesError. */
    readonly view: (threadId: ThreadId) => Promise<ThreadView>;
    /** The same for a look at many: what was not in use is not kept in memory. Throws LanesError. */
    readonly glance: (threadId: ThreadId) => Promise<ThreadView>;
    /**
     * Queues a prompt behind the running turn. Answers once it is recorded; a refusal that belongs to the transcript
     * (a locked lane, no key) is a recorded failed turn and `ok: true`. With `ask`, the user is asked first.
     */
    readonly submit: (threadId: ThreadId, prompt: Prompt) => Promise<SubmitResult>;
    /**
     * Hands a message to the running turn, where its lane takes that; else, also where the turn ends just then, it is
     * submitted.
     */
    readonly steer: (threadId: ThreadId, prompt: Prompt) => Promise<SubmitResult>;
    /** Ends the running turn and runs this prompt next; what waits goes on waiting. */
    readonly submitNow: (threadId: ThreadId, prompt: Prompt) => Promise<SubmitResult>;
    /** Ends the running turn and runs a prompt that waits next. Refused when it does not wait any more. */
    readonly sendQueued: (threadId: ThreadId, turn: TurnId) => Promise<SubmitResult>;
    /** Takes a prompt that waits out of the queue. Refused when it does not wait any more. */
    readonly dropQueued: (threadId: ThreadId, turn: TurnId) => Promise<SubmitResult>;
    /** Refused with a sentence where they don't fit. They hold from the next turn on and are kept with the thread. */
    readonly setOptions: (threadId: ThreadId, options: ThreadOptions) => Promise<SubmitResult>;
    readonly rename: (threadId: ThreadId, title: string) => Promise<SubmitResult>;
    /** A new thread that begins with all that was said in this one. Refused while this one runs or queues a turn. */
    readonly fork: (threadId: ThreadId) => Promise<ForkResult>;
    /** Keeps an image that has no file of its own, so that it can go with a prompt: its path. Throws LanesError `storage`. */
    readonly keepImage: (bytes: Uint8Array, type: KeptImageType) => Promise<string>;
    /** Whether a path is that of an image that was kept, of a prompt or of an answer. */
    readonly isKeptImage: (path: string) => Promise<boolean>;
    /** The threads that Codex itself keeps and that are none of ours. */
    readonly codex: CodexThreadActions;
    /** The git worktree that a thread runs in. */
    readonly worktree: WorktreeActions;
    readonly reviewChoices: ReviewChoicesAction;
    /** A file's content as it stood before a change, by the `blob` of a baseline; null = it is not kept (any more). */
    readonly contentBefore: (blob: string) => Promise<Uint8Array | null>;
    /** The user says to go on waiting for the running turn: its limits of silence begin anew. False: nothing waits with one. */
    readonly wait: (threadId: ThreadId) => boolean;
    /** Stops the running turn. Resolves when it has ended. */
    readonly stop: (threadId: ThreadId) => Promise<void>;
    /** Answers what the running turn asks: refused when it is not asked (any more) or the answer was not offered. */
    readonly answer: (threadId: ThreadId, approvalId: ApprovalId, given: GivenAnswer) => Promise<ApprovalResult>;
    /**
     * Why the next turn could not compact the thread, or review changes, as far as the thread was read and the lanes were
     * checked; null = it could. Whoever submits one all the same gets the same answer.
     */
    readonly acts: (threadId: ThreadId) => ActRefusals;
    readonly activity: (threadId: ThreadId) => Activity;
    /** Gapless runs of stored events, one batch at a time. */
    readonly onEvents: (listener: (threadId: ThreadId, events: readonly LogEvent[]) => void) => () => void;
    readonly onActivity: (listener: (threadId: ThreadId, activity: Activity) => void) => () => void;
  };
  /** What the user allowed beyond once, on this machine. */
  readonly grants: {
    /** Newest first. Throws LanesError. */
    readonly list: () => Promise<readonly GrantEntry[]>;
    /** False when there is none with this id (any more). Throws LanesError. */
    readonly revoke: (id: string) => Promise<boolean>;
  };
  readonly endpoint: {
    /** Forgets what was learnt of the API lane's endpoint; how many refusals that were. Throws LanesError. */
    readonly forget: () => Promise<number>;
  };
  readonly practice: {
    readonly state: () => PracticeState;
    /** Starts the practice endpoint in this process and points both lanes at it until it is stopped. */
    readonly start: (sampleFolders: readonly string[]) => Promise<PracticeState>;
    readonly stop: () => Promise<void>;
  };
  /**
   * Interrupts running turns (by `shutdown`), waits until all that was started is gone, releases the threads. Takes less than
   * 5 s: what does not go by then is ended by the next start.
   */
  readonly close: () => Promise<void>;
};
