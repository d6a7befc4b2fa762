import type { Baseline, DiskChange, FileChange, SandboxMode } from '../model/index.ts';

/** What a turn's changes are followed for. */
export type ChangesOfTurn = {
  /** The folder that it runs in; absolute. */
  readonly cwd: string;
  readonly sandbox: SandboxMode;
};

/** What stood before a change that has happened, and the change with its differences as far as they are known. */
export type ExplainedChange = {
  readonly baselines: readonly Baseline[];
  readonly changes: readonly FileChange[];
};

/** What changed without a word. `more`: how many are not listed. */
export type DiskChanges = {
  readonly changes: readonly DiskChange[];
  readonly more: number;
};

/** Follows the files of one turn. None of its calls rejects. */
export type TurnChanges = {
  /** A change of these files is about to happen, or happens already. */
  readonly before: (paths: readonly string[]) => Promise<void>;
  /** They were changed. */
  readonly after: (changes: readonly FileChange[]) => Promise<ExplainedChange>;
  /** The turn is over: what changed since it began that {@link after} was not told of. Cut short by `signal`. */
  readonly end: (signal: AbortSignal) => Promise<DiskChanges>;
};

/** Keeps what stood in files before a turn changed them. */
export type Changes = {
  /** Begins before the turn does anything. Returns at once: what it reads, it reads beside the turn. */
  readonly begin: (turn: ChangesOfTurn) => TurnChanges;
};
