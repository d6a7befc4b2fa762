/**
 * How a file's content before a change is known: read right before the write, from Git's record of an unchanged file,
 * from a copy of ours, put together from what is known, or not at all.
 */
export type BaselineGrade = 'exact' | 'git' | 'copied' | 'reconstructed' | 'unknown';

/** Why a file's content before a change is not known. */
export const baselineGaps = [
  'untrusted',
  'no-git',
  'no-repository',
  'other-repository',
  'outside',
  'ignored',
  'link',
  'too-large',
  'too-many',
  'too-slow',
  'changed-before',
  'not-kept',
] as const;
export type BaselineGap = (typeof baselineGaps)[number];

/** What stood in a file before a change. */
export type Baseline = {
  readonly path: string;
  readonly grade: BaselineGrade;
  /** Names the content in the data home; null where it is not known, or where there was no such file. */
  readonly blob: string | null;
  /** Set when the grade is `unknown`. A reader takes one that it does not know for `not-kept`. */
  readonly gap?: BaselineGap;
};

/** A file that was not what it had been when its turn ended, which nobody announced. */
export type DiskChange = Baseline & {
  readonly change: 'add' | 'update' | 'delete';
  /** Unified diff. */
  readonly diff?: string;
  /** Who changed it; null = nobody knows. */
  readonly by: string | null;
};
