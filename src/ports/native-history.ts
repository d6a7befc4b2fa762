import type { EventBody, ItemId, NativeThreadId, TurnId } from '../model/index.ts';

/** One event of a conversation that the runtime keeps, as its lane reads it. */
export type HistoryEvent = {
  /** When the runtime says that it was, in milliseconds since the epoch; null = it does not say. */
  readonly at: number | null;
  /** Null = the thread's own. */
  readonly turnId: TurnId | null;
  readonly body: EventBody;
  readonly itemId?: ItemId;
};

/** A thread that the runtime keeps, and what was said in it, oldest first. */
export type NativeHistory = {
  readonly nativeThreadId: NativeThreadId;
  /** The name that was given to it; null = none was. */
  readonly title: string | null;
  readonly source: string | null;
  readonly cliVersion: string | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly turns: number;
  /** Older turns were left out. */
  readonly shortened: boolean;
  readonly events: Iterable<HistoryEvent>;
};
