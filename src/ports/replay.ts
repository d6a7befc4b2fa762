import type { LaneEvent, ThreadId, TurnError, TurnId } from '../model/index.ts';

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
