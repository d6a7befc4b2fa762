import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WithoutKey } from './without-key.ts';

function through(key: string, chunks: readonly Uint8Array[]): Buffer {
  const clean = new WithoutKey(key);
  return Buffer.concat([...chunks.map((chunk) => Buffer.from(clean.push(chunk))), clean.rest()]);
}

function cut(bytes: Buffer, at: readonly number[]): readonly Buffer[] {
  const marks = [0, ...at.map((n) => n % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return marks.slice(1).map((end, i) => bytes.subarray(marks[i], end));
}

const key = 'sk-abab-0001';
const asterisks = '*'.repeat(key.length);

test('the key becomes asterisks at any cut, and every other byte stays as it is', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      key,
      key.slice(0, -1),
      key.slice(0, 3),
      `${key.slice(0, 5)}${key}`,
      'sk-ab',
      's',
      '\n',
      'data: {"a":1}',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(), { maxLength: 8 }), (pieces, at) => {
      const text = Buffer.from(pieces.join(''));
      const expected = Buffer.from(text.toString('latin1').replaceAll(key, asterisks), 'latin1');
      expect(through(key, cut(text, at)).equals(expected)).toBe(true);
    }),
    { seed: 12, numRuns: 2000 },
  );
});

test('nothing is held back that can’t be its beginning', () => {
  const clean = new WithoutKey(key);
  expect(Buffer.from(clean.push(Buffer.from('data: x\n\n'))).toString()).toBe('data: x\n\n');
  expect(Buffer.from(clean.push(Buffer.from('data: sk-ab'))).toString()).toBe('data: ');
  expect(Buffer.from(clean.push(Buffer.from('c\n\n'))).toString()).toBe('sk-abc\n\n');
  expect(clean.rest()).toHaveLength(0);
});
