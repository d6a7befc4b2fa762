import { differences } from './differences.ts';
import { writePath } from './unified-path.ts';

/** A file before and after; null = there is none. */
export type Sides = {
  readonly path: string;
  /** Left out: it was at the same path. */
  readonly movedFrom?: string;
  readonly before: string | null;
  readonly after: string | null;
};

/**
 * A unified diff as git writes it; empty where the texts are the same. A CR at the end of a line is part of it.
 * @param context how many lines that stay are told before and after each change
 */
export function unifiedDiff({ path, movedFrom = path, before, after }: Sides, context = 3): string {
  const [old, young] = [linesWithFeed(before ?? ''), linesWithFeed(after ?? '')];
  const changes = differences(old, young);
  if (changes.length === 0) return '';
  const name = (side: string, of: string, text: string | null): string =>
    text === null ? '/dev/null' : writePath(`${side}/${of}`);
  const parts = [`--- ${name('a', movedFrom, before)}\n`, `+++ ${name('b', path, after)}\n`];
  for (let first = 0; first < changes.length; ) {
    let last = first;
    while (gapAfter(changes, last) <= 2 * context) last += 1;
    parts.push(hunk(old, young, changes.slice(first, last + 1), context));
    first = last + 1;
  }
  return parts.join('');
}

type Change = ReturnType<typeof differences>[number];

function gapAfter(changes: readonly Change[], index: number): number {
  const [one, next] = [changes[index], changes[index + 1]];
  return one === undefined || next === undefined ? Number.POSITIVE_INFINITY : next.from - one.from - one.gone;
}

function hunk(old: readonly string[], young: readonly string[], changes: readonly Change[], context: number): string {
  const [first, last] = [changes[0], changes.at(-1)];
  if (first === undefined || last === undefined) return '';
  const from = Math.max(first.from - context, 0);
  const to = Math.min(last.from + last.gone + context, old.length);
  const parts: string[] = [];
  let at = from;
  for (const { from: start, gone, at: came, come } of changes) {
    parts.push(shown(' ', old.slice(at, start)));
    parts.push(shown('-', old.slice(start, start + gone)));
    parts.push(shown('+', young.slice(came, came + come)));
    at = start + gone;
  }
  parts.push(shown(' ', old.slice(at, to)));
  const grown = changes.reduce((sum, { gone, come }) => sum + come - gone, 0);
  const start = first.at - (first.from - from);
  return `@@ -${range(from, to - from)} +${range(start, to - from + grown)} @@\n${parts.join('')}`;
}

function range(from: number, count: number): string {
  // Of no lines git names the one before.
  return `${count === 0 ? from : from + 1}${count === 1 ? '' : `,${count}`}`;
}

function shown(op: string, lines: readonly string[]): string {
  const ended = (line: string): string => (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`);
  return lines.map((line) => op + ended(line)).join('');
}

function linesWithFeed(text: string): readonly string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}
