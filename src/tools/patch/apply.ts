import type { Place } from './locate.ts';
import { Haystack } from './locate.ts';
import type { Hunk } from './patch.ts';
import type { TextLines } from './text-lines.ts';
import { linesOf } from './text-lines.ts';

export type Applied =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly at: number; readonly words: string };

/**
 * Does all hunks to a text, or none. Lines that stay keep each byte; a line that comes ends as the one whose place it takes,
 * else as its neighbour. Whether the last line ends in a line feed stays as it was, unless the patch says otherwise.
 */
export function applyHunks(text: string, hunks: readonly Hunk[]): Applied {
  const lines = linesOf(text);
  const haystack = new Haystack(lines);
  const out = new Output(lines);
  let from = 0;
  for (const hunk of hunks) {
    const located = haystack.locate(hunk, from);
    if (!located.ok) return { ok: false, at: hunk.at, words: located.words };
    out.copyTo(located.place.index);
    out.replace(hunk, located.place);
    from = located.place.index + located.place.count;
  }
  out.copyTo(lines.texts.length);
  const said = hunks.at(-1)?.lastEnds?.after;
  return { ok: true, text: out.text(said ?? (lines.texts.length === 0 || lines.ends.at(-1) !== '')) };
}

class Output {
  readonly #old: TextLines;
  readonly #texts: string[] = [];
  readonly #ends: string[] = [];
  /** Of the old lines, the next. */
  #next = 0;

  constructor(old: TextLines) {
    this.#old = old;
  }

  copyTo(index: number): void {
    for (; this.#next < index; this.#next += 1) {
      this.#texts.push(this.#old.texts[this.#next] ?? '');
      this.#ends.push(this.#old.ends[this.#next] ?? '');
    }
  }

  replace(hunk: Hunk, { index, count, isExact }: Place): void {
    let gone: string[] = [];
    for (const { op, text } of hunk.lines) {
      if (op === '+') {
        this.#add(text, isExact, gone.shift() ?? '');
      } else if (op === '-') {
        gone.push(this.#old.ends[this.#next] ?? '');
        this.#next += 1;
      } else {
        this.copyTo(Math.min(this.#next + 1, index + count));
        gone = [];
      }
    }
  }

  /** @param endsInFeed what the last line does */
  text(endsInFeed: boolean): string {
    const last = this.#texts.length - 1;
    const parts = this.#texts.map((text, index) => {
      if (index === last && !endsInFeed) return text;
      const end = this.#ends[index] ?? '';
      return text + (end === '' ? this.#around(index, index) : end);
    });
    return parts.join('');
  }

  #add(text: string, isExact: boolean, gone: string): void {
    const end = isExact ? '\n' : gone === '' ? this.#around(this.#texts.length, this.#next) : gone;
    this.#texts.push(isExact ? text : text.replace(/\r$/, ''));
    this.#ends.push(end);
  }

  /** How the line before ends, or else the old line that comes after. */
  #around(index: number, old: number): string {
    const before = this.#ends[index - 1] ?? '';
    if (before === '\n' && this.#texts[index - 1]?.endsWith('\r') === true) return '\r\n';
    return before || this.#old.ends[old] || '\n';
  }
}
