import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { lineEdits } from './line-edits.ts';

/** As an editor does: all places are of the text before. */
function apply(before: string, after: string): string {
  const lines = before.split('\n');
  const offset = ({ line, character }: { readonly line: number; readonly character: number }): number => {
    expect(character).toBeLessThanOrEqual(lines[line]?.length ?? -1);
    return lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0) + character;
  };
  let at = 0;
  let text = '';
  for (const edit of lineEdits(before, after)) {
    const [from, to] = [offset(edit.start), offset(edit.end)];
    expect(from).toBeGreaterThanOrEqual(at);
    expect(to).toBeGreaterThanOrEqual(from);
    text += before.slice(at, from) + edit.text;
    at = to;
  }
  return text + before.slice(at);
}

const few = fc
  .array(fc.constantFrom('a', 'b', 'c', '', 'ab', '𝒳', '𝒴'), { maxLength: 12 })
  .map((lines) => lines.join('\n'));

test('applied, they give the text after', async () => {
  await fc.assert(
    fc.property(few, few, (before, after) => {
      expect(apply(before, after)).toBe(after);
    }),
    { seed: 7, numRuns: 3000 },
  );
});

test('a line in the middle alone is touched, and of it what differs', () => {
  expect(lineEdits('one\ntwo\nthree\n', 'one\ntwo!\nthree\n')).toEqual([
    { start: { line: 1, character: 3 }, end: { line: 1, character: 3 }, text: '!' },
  ]);
});

test('two changes are two edits', () => {
  const edits = lineEdits('a\nb\nc\nd\ne', 'A\nb\nc\nd\nE');
  expect(edits.map(({ start, text }) => [start.line, text])).toEqual([
    [0, 'A'],
    [4, 'E'],
  ]);
});

test('nothing changed, nothing done', () => expect(lineEdits('a\n', 'a\n')).toEqual([]));

test('a large change is one edit, at once', () => {
  const lines = (word: string) => Array.from({ length: 3000 }, (_, index) => `${word}${index}`).join('\n');
  expect(lineEdits(lines('a'), lines('b'))).toHaveLength(1);
});
