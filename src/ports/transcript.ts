import type { LogEvent, NativeThreadId, RunnableLaneId, ThreadId, TurnState } from '../model/index.ts';

/** What a list of threads shows without folding them. Times are ISO. */
export type ThreadSummary = {
  readonly threadId: ThreadId;
  readonly title: string;
  readonly cwd: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** How many turns it has. */
  readonly turns: number;
  /** Of the last turn; null = there is none. `interrupted` also where the process that ran it died. */
  readonly state: TurnState | null;
  /** That the last turn ran on; null = none took it. */
  readonly lane: RunnableLaneId | null;
  /** The thread that this one was forked from. */
  readonly forkedFrom: string | null;
  /** The runtime's threads that its turns ran in; left out = not known (a summary of an older release). */
  readonly nativeThreadIds?: readonly NativeThreadId[];
};

/** The writer of one thread. Only one exists at a time, over all windows and the CLI. */
export type ThreadWriter = {
  /** `seq` of the last event that was in the log when it was opened; 0 = none. */
  readonly lastSeq: number;
  /**
   * Appends whole lines in order; when it returns they are handed to the system. Answers the events as they were stored
   * (secrets redacted): that is what may be shown. Throws LanesError `storage`.
   */
  readonly append: (events: readonly LogEvent[]) => Promise<readonly LogEvent[]>;
  /** Makes what was appended durable and releases the thread. */
  readonly close: () => Promise<void>;
};

/** The append-only log of every thread. */
export type Transcript = {
  /** Takes a thread for writing. Throws LanesError `conflict`, naming who holds it. */
  readonly open: (threadId: ThreadId) => Promise<ThreadWriter>;
  /** A thread's events, oldest first; a torn last line is left out. Throws LanesError `not-found`. */
  readonly read: (threadId: ThreadId) => Promise<readonly LogEvent[]>;
  /**
   * Makes the new thread `to` of a copy of the stored lines of `from`, byte for byte but for the thread's id, and `then`,
   * whose `seq` goes on from the copy. Whole or not at all. Throws LanesError `not-found`, `conflict`, `storage`.
   */
  readonly copy: (from: ThreadId, to: ThreadId, then: readonly LogEvent[]) => Promise<void>;
  /** Makes the new thread `to` of these events, piece by piece. Whole or not at all. Throws LanesError `storage`. */
  readonly make: (to: ThreadId, events: Iterable<readonly LogEvent[]>) => Promise<void>;
  /** Newest first. */
  readonly list: () => Promise<readonly ThreadSummary[]>;
};
