/** A line of a hunk: it stays, goes, or comes. `text` is without its line feed; in a unified diff a CR stays part of it. */
export type PatchLine = { readonly op: ' ' | '-' | '+'; readonly text: string };

/** One run of lines and what becomes of it. */
export type Hunk = {
  /** Line of the patch that it begins at. */
  readonly at: number;
  /** What stands behind `@@`: lines that come before it in the file, from the outer to the inner. */
  readonly anchors: readonly string[];
  /** The line of the file that a unified diff names; null = none is named. */
  readonly start: number | null;
  readonly lines: readonly PatchLine[];
  /** What it looks for ends where the file ends. */
  readonly toEnd: boolean;
  /** Whether the file's last line ends in a line feed, where the patch says so; null = as it was. */
  readonly lastEnds: { readonly before: boolean; readonly after: boolean } | null;
};

/** What a patch does to one file. `at`: the line of the patch that names it; paths as they were given. */
export type FilePatch =
  | {
      readonly kind: 'add';
      readonly at: number;
      readonly path: string;
      readonly text: string;
      readonly executable: boolean;
    }
  /** `hunks`: what must stand in it; null = whatever does. */
  | { readonly kind: 'delete'; readonly at: number; readonly path: string; readonly hunks: readonly Hunk[] | null }
  | {
      readonly kind: 'update';
      readonly at: number;
      readonly path: string;
      readonly moveTo: string | null;
      readonly hunks: readonly Hunk[];
    };

/** What is wrong with a patch, for the model. */
export type PatchProblem = {
  /** Line of the patch; null = all of it. */
  readonly at: number | null;
  readonly path: string | null;
  /** A sentence, or several lines with what was looked for. */
  readonly words: string;
};

export type Parsed =
  | { readonly ok: true; readonly files: readonly FilePatch[] }
  | { readonly ok: false; readonly problem: PatchProblem };

/** A problem as the model reads it. */
export function problemText({ at, path, words }: PatchProblem): string {
  const where = [...(at === null ? [] : [`Line ${at} of the patch`]), ...(path === null ? [] : [path])].join(', ');
  return where === '' ? words : `${where}: ${words}`;
}

/** Longest piece of a foreign line in a problem, in characters. */
const longestQuote = 120;

export function quoted(line: string): string {
  return `'${line.length > longestQuote ? `${line.slice(0, longestQuote)}…` : line}'`;
}

/** Ends the parsing; caught by its door. */
export class Malformed extends Error {
  readonly problem: PatchProblem;

  constructor(at: number | null, path: string | null, words: string) {
    super(words);
    this.problem = { at, path, words };
  }
}
