import type { Baseline, BaselineGap, DiskChange, FileChange, SandboxMode } from '../model/index.ts';

/** What a turn's changes are followed for. */
export type ChangesOfTurn = {
  /** The folder that it runs in; absolute. */
  readonly cwd: string;
  readonly sandbox: SandboxMode;
  /** The commit that the folder is made from in this very turn, so that all in it begins as that; null = it was there. */
  readonly madeFrom: string | null;
  /** Each change but those of commands is told before it is made, and waits for {@link TurnChanges.before}. */
  readonly waits?: boolean;
};

/** What stood before a change that has happened, and the change with its differences as far as they are known. */
export type ExplainedChange = {
  readonly baselines: readonly Baseline[];
  readonly changes: readonly FileChange[];
};

/** What changed without a word. */
export type DiskChanges = {
  readonly changes: readonly DiskChange[];
  /** How many are not listed. */
  readonly more: number;
  /** Why it was not looked for at all; null = it was. */
  readonly unseen: BaselineGap | null;
  /** Files that stood changed before the turn, too many to be remembered: what became of them is not known. */
  readonly overlooked: number;
};

/** Follows the files of one turn. None of its calls rejects. */
export type TurnChanges = {
  /**
   * The turn's program is up and has changed nothing yet: the time to look how the folder stands. A look that begins
   * earlier takes its time from that program. Resolves when it is known.
   */
  readonly look: () => Promise<void>;
  /** A change of these files is about to happen, or happens already. */
  readonly before: (paths: readonly string[]) => Promise<void>;
  /** They were changed. */
  readonly after: (changes: readonly FileChange[]) => Promise<ExplainedChange>;
  /** The turn is over: what changed since it began that {@link after} was not told of. Cut short by `signal`. */
  readonly end: (signal: AbortSignal) => Promise<DiskChanges>;
};

/** Keeps what stood in files before a turn changed them. */
export type Changes = {
  /** To be called before the turn does anything. Reads nothing yet. */
  readonly begin: (turn: ChangesOfTurn) => TurnChanges;
};
