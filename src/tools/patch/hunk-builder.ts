import type { Hunk, PatchLine } from './patch.ts';
import { Malformed, quoted } from './patch.ts';

/** Gathers the lines of one hunk. */
export class HunkBuilder {
  readonly #at: number;
  readonly #path: string;
  readonly #start: number | null;
  readonly #anchors: string[];
  readonly #lines: PatchLine[] = [];
  /** Blank lines that count only when a line of the hunk follows. */
  #blank = 0;
  #endless: { before: boolean; after: boolean } | null = null;
  #toEnd = false;

  constructor(at: number, path: string, start: number | null, anchors: readonly string[]) {
    this.#at = at;
    this.#path = path;
    this.#start = start;
    this.#anchors = [...anchors];
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0;
  }

  anchor(text: string): void {
    this.#anchors.push(text);
  }

  /** Takes a line of the patch, its first character included. */
  take(at: number, line: string): void {
    const op = line[0];
    if (op === undefined || line === '\r') {
      this.#blank += 1;
      return;
    }
    if (op === '\\') {
      this.#endsWithout(at);
      return;
    }
    if (op !== ' ' && op !== '-' && op !== '+')
      throw new Malformed(
        at,
        this.#path,
        `${quoted(line)} begins with none of ' ' (a line that stays), '-' (one that goes) and '+' (one that comes).`,
      );
    for (; this.#blank > 0; this.#blank -= 1) this.#lines.push({ op: ' ', text: '' });
    this.#lines.push({ op, text: line.slice(1) });
  }

  /** The blank lines that were held back are lines of the file. */
  keepBlank(): void {
    for (; this.#blank > 0; this.#blank -= 1) this.#lines.push({ op: ' ', text: '' });
  }

  endOfFile(): void {
    this.#toEnd = true;
  }

  build(): Hunk {
    if (this.isEmpty) throw new Malformed(this.#at, this.#path, 'the hunk that begins here has no lines.');
    const said = this.#endless;
    return {
      at: this.#at,
      anchors: this.#anchors,
      start: this.#start,
      lines: this.#lines,
      toEnd: this.#toEnd || said !== null,
      lastEnds: said === null ? null : { before: !said.before, after: !said.after },
    };
  }

  #endsWithout(at: number): void {
    const last = this.#lines.at(-1);
    if (last === undefined) throw new Malformed(at, this.#path, "'\\' follows no line.");
    const said = this.#endless ?? { before: false, after: false };
    this.#endless = { before: said.before || last.op !== '+', after: said.after || last.op !== '-' };
  }
}

const ranges = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(?: |$)/;

/** What a line that begins with `@@` says. */
export type HunkHead = {
  readonly start: number | null;
  readonly anchors: readonly string[];
  /** How many lines of the old and the new text follow; null = it does not say. */
  readonly counts: { readonly before: number; readonly after: number } | null;
};

export function hunkHead(line: string): HunkHead {
  const found = ranges.exec(line);
  if (found !== null) {
    const [, start, before = '1', , after = '1'] = found;
    return { start: Number(start), anchors: [], counts: { before: Number(before), after: Number(after) } };
  }
  const anchor = line.startsWith('@@ ') ? line.slice(3) : line.slice(2);
  return { start: null, anchors: anchor.trim() === '' ? [] : [anchor], counts: null };
}
