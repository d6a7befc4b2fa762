import type { LogEvent, RequestId, StampedStatus, ThreadId, ThreadView } from './model/index.ts';
import type { Log, Secrets, Settings, ThreadSummary, Workspace } from './ports/index.ts';

/** What a door gives: its own ways to the outside. Everything else the core brings itself. */
export type AppDeps = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly secrets: Secrets;
  readonly settings: Settings;
  readonly workspace: Workspace;
  /** The status as it was stored by an earlier session, shown with its age until the first probe. */
  readonly storedStatus: StampedStatus | null;
  /** Keeps a status for the next session. */
  readonly storeStatus: (status: StampedStatus) => void;
};

/** What a thread is doing, beside its events. */
export type ThreadActivity = {
  readonly running: boolean;
  /** Stop was asked for, and the turn has not ended yet. */
  readonly stopping: boolean;
  readonly queued: number;
  readonly awaitingApproval: boolean;
};

export type SubmitResult = { readonly ok: true } | { readonly ok: false; readonly message: string };

export type PracticeState =
  | { readonly on: false }
  | { readonly on: true; readonly url: string; readonly label: string };

/** The one thing that doors call. All calls are async or give plain data, so that the core can leave its process one day. */
export type App = {
  readonly status: {
    readonly current: () => StampedStatus;
    /** Probes both lanes (spawns the Codex program unless the workspace is untrusted). Never throws. */
    readonly refresh: () => Promise<StampedStatus>;
    readonly onChange: (listener: (status: StampedStatus) => void) => () => void;
  };
  readonly threads: {
    readonly list: () => Promise<readonly ThreadSummary[]>;
    /** Makes a thread that keeps `cwd`. Nothing is written before its first prompt. */
    readonly create: (cwd: string | null) => ThreadId;
    /** The fold of all its events. An id that was never written gives an empty thread. Throws LanesError. */
    readonly view: (threadId: ThreadId) => Promise<ThreadView>;
    /**
     * Queues a prompt behind the running turn. Answers once it is recorded; a refusal that belongs to the transcript
     * (a locked lane, no key) is a recorded failed turn and `ok: true`.
     */
    readonly submit: (
      threadId: ThreadId,
      prompt: { readonly requestId: RequestId; readonly text: string },
    ) => Promise<SubmitResult>;
    /** Stops the running turn. Resolves when it has ended. */
    readonly stop: (threadId: ThreadId) => Promise<void>;
    readonly activity: (threadId: ThreadId) => ThreadActivity;
    /** Gapless runs of stored events, one batch at a time. */
    readonly onEvents: (listener: (threadId: ThreadId, events: readonly LogEvent[]) => void) => () => void;
    readonly onActivity: (listener: (threadId: ThreadId, activity: ThreadActivity) => void) => () => void;
  };
  readonly practice: {
    readonly state: () => PracticeState;
    /** Starts the practice endpoint in this process and points both lanes at it until it is stopped. */
    readonly start: (sampleFolders: readonly string[]) => Promise<PracticeState>;
    readonly stop: () => Promise<void>;
  };
  /** Interrupts running turns (by `shutdown`), waits until their processes are gone, releases the threads. */
  readonly close: () => Promise<void>;
};
