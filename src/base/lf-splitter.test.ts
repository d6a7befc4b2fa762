import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LfSplitter } from './lf-splitter.ts';

function split(chunks: readonly Uint8Array[], maxBytes?: number): { lines: string[]; long: number[] } {
  const lines: string[] = [];
  const long: number[] = [];
  const splitter = new LfSplitter({
    onLine: (line) => lines.push(line),
    onLongLine: (line) => long.push(line.bytes),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  });
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return { lines, long };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The same bytes in other chunks; the buffer is used again after each push, as a stream may do. */
function cutAt(whole: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [0, ...cuts.map((c) => c % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return at.slice(1).map((end, i) => whole.slice(at[i], end));
}

test('any split of the stream gives the same lines', () => {
  const line = fc.string({ unit: 'binary', maxLength: 20 }).map((s) => s.replace(/[\r\n]/g, ''));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat()), (lines, cuts) => {
      const whole = bytes(lines.map((l) => `${l}\n`).join(''));
      expect(split(cutAt(whole, cuts)).lines).toEqual(
        lines.map((l) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes(l))),
      );
    }),
    { seed: 7, numRuns: 500 },
  );
});

test('any bytes, split anyhow, with any cap, are what splitting them at once by hand gives', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 30 }),
    fc.constantFrom('\n', '\r\n', '\r', 'é', '\u2028', '😀').map(bytes),
    // Longer than what is decoded together.
    fc.integer({ min: 4000, max: 9000 }).map((length) => bytes('x'.repeat(length))),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }),
      fc.array(fc.nat()),
      fc.constantFrom(10, 5000, 100_000),
      (pieces, cuts, max) => {
        const whole = Buffer.concat(pieces);
        const expected: { lines: string[]; long: number[] } = { lines: [], long: [] };
        for (let from = 0; from < whole.length; ) {
          const to = whole.indexOf(0x0a, from);
          const line = whole.subarray(from, to < 0 ? whole.length : to);
          from += line.length + 1;
          if (line.length > max) expected.long.push(line.length);
          else expected.lines.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(line).replace(/\r$/, ''));
        }
        expect(split(cutAt(whole, cuts), max)).toEqual(expected);
      },
    ),
    { seed: 8, numRuns: process.env.CODEX_LANES_LONG === '1' ? 20_000 : 500 },
  );
});

test.each([
  ['U+2028 and U+2029 do not split', '{"a":"x\u2028y\u2029z"}\nb\n', ['{"a":"x\u2028y\u2029z"}', 'b']],
  ['a CR before the LF is dropped', 'a\r\nb\rc\n', ['a', 'b\rc']],
  ['the last line needs no LF', 'a\nb', ['a', 'b']],
  ['empty lines stay', '\n\na\n', ['', '', 'a']],
  ['nothing gives nothing', '', []],
])('%s', (_name, input, expected) => {
  expect(split([bytes(input)]).lines).toEqual(expected);
});

test('invalid UTF-8 becomes U+FFFD and harms no other line', () => {
  expect(split([new Uint8Array([0x61, 0xff, 0x0a, 0x62, 0x0a])]).lines).toEqual(['a\ufffd', 'b']);
});

test('a 4 MB line in small chunks is whole', () => {
  const text = 'é'.repeat(2 * 1024 * 1024);
  const whole = bytes(`${text}\n`);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < whole.length; at += 4097) chunks.push(whole.subarray(at, at + 4097));
  expect(split(chunks).lines).toEqual([text]);
});

test('a line over the cap is named with its length, the next line is read', () => {
  const result = split([bytes('x'.repeat(30)), bytes('y'.repeat(30)), bytes('z\nok\n')], 40);
  expect(result).toEqual({ lines: ['ok'], long: [61] });
});
