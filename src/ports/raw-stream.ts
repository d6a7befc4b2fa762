import type { ThreadId, TurnId } from '../model/index.ts';

/** What is kept of how a stream ended; the names are those of the recorded fixtures. */
export type RawStreamEnd = {
  /** Null where no process ended by itself, or there was none. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly killStep?: string;
  readonly stderr: string;
  /** The words of the call, without the values that are paths. */
  readonly args?: readonly string[];
  /** The user or the editor stopped it. */
  readonly stopped?: boolean;
  /** Which of our limits ended it; null = none. */
  readonly overdue?: string | null;
  /** The program's version, or the endpoint's host. */
  readonly version?: string | null;
};

/** A raw stream of one turn, kept as it came but for its secrets. Never throws, and never fails a turn. */
export type RawStream = {
  /** One line without its end. */
  readonly line: (text: string) => void;
  /** Resolves when all is on disk. */
  readonly end: (end: RawStreamEnd) => Promise<void>;
};

/** Begins to keep the stream of a turn; null = nothing is kept. */
export type OpenRawStream = (turn: { readonly threadId: ThreadId; readonly turnId: TurnId }) => RawStream | null;
