import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quoteOutput, safeLine } from './safe-output.ts';

test.each([
  ['', 'nothing'],
  [' \n\t\n ', 'nothing'],
  ['\n  hello  \nworld', '"hello"'],
  ['\u001b[31mred\u0007', '"\\u{1b}[31mred\\u{7}"'],
  ['a\u202eb', '"a\\u{202e}b"'],
  ['x'.repeat(200), `"${'x'.repeat(80)}…"`],
  [`key s${'k-'}abcdefghijklmnop1234`, '"key [redacted:api-key]"'],
  ['at https://me:pw@host/x', '"at https://host/x"'],
])('%j is quoted as %s', (output, quoted) => expect(quoteOutput(output)).toBe(quoted));

test('whatever a program prints, a line of ours is one line that moves no cursor', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 1, max: 200 }), (text, most) => {
      const line = safeLine(text, most);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(line.length).toBeLessThanOrEqual(most + 1);
    }),
    { seed: 7, numRuns: 500 },
  );
});
