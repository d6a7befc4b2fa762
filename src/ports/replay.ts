import type {
  EventBody,
  LaneEvent,
  NativeThreadId,
  ThreadId,
  ThreadStatus,
  TurnError,
  TurnId,
} from '../model/index.ts';

/** How a turn ended, without what only a live run knows. */
export type ReplayedEnd =
  | { readonly outcome: 'completed' }
  | { readonly outcome: 'failed'; readonly error: TurnError }
  | { readonly outcome: 'interrupted' };

/** Hears what a kept stream of a runtime says when its lane reads it again: `begin`, any events, `end`; turn after turn. */
export type ReplayListener = {
  /** Ids are `thread-N` and `turn-N`, counted from the input's start. */
  readonly begin: (turn: { readonly threadId: ThreadId; readonly turnId: TurnId }) => void;
  readonly event: (event: LaneEvent) => void;
  readonly end: (end: ReplayedEnd) => void;
};

/** What the runtime said of how a turn was to run. */
export type ReplayedSettings = Pick<
  Extract<EventBody, { readonly kind: 'turn_started' }>,
  'model' | 'effort' | 'cwd' | 'sandbox' | 'approvalPolicy'
>;

/** Where something belongs; with `turnId` null it is the thread's own, and `aboutTurnId` says which ended turn it is about. */
export type ReplayedPlace = {
  readonly threadId: ThreadId;
  readonly turnId: TurnId | null;
  readonly aboutTurnId?: TurnId;
};

/** What such a stream says beside what a lane does: who wrote what, and how a thread was named. */
export type ReplayedEvent =
  | LaneEvent
  | (Extract<EventBody, { readonly kind: 'user_message' | 'thread_renamed' }> & {
      readonly nativeThreadId?: NativeThreadId;
    });

/** Hears a kept stream in which several threads speak at once. Of one thread: `thread` once, then turns, one at a time. */
export type ThreadsReplayListener = {
  readonly thread: (thread: {
    readonly threadId: ThreadId;
    readonly nativeThreadId: NativeThreadId | null;
    readonly cwd: string | null;
    readonly status: ThreadStatus | null;
  }) => void;
  readonly begin: (place: ReplayedPlace & { readonly turnId: TurnId }, settings: ReplayedSettings) => void;
  readonly event: (place: ReplayedPlace, event: ReplayedEvent) => void;
  /** @param durationMs as the runtime told it; null = it did not */
  readonly end: (
    place: ReplayedPlace & { readonly turnId: TurnId },
    end: ReplayedEnd,
    durationMs: number | null,
  ) => void;
};
