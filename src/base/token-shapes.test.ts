import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskTokens } from './token-shapes.ts';

const hex = 'aB3dE5gH7jK9mN1pQ3sT5vW7yZ9aB3dE5gH7';
// Written in two halves, so that no scanner takes the samples for the real thing.
const token = fc.constantFrom(
  `s${'k-'}${hex}`,
  `gh${'o_'}${hex}`,
  `lanes-turn-${'x'.repeat(7)}${hex}`,
  `github_${'pat_'}${hex}`,
  `glpat${'-'}${hex}`,
  `xox${'b-'}${hex}`,
  `AK${'IA'}ABCDEFGHIJKLMNOP`,
  `AI${'za'}${hex}`,
  `np${'m_'}${hex}`,
  `ey${'J'}hbGciOiJIUzI1.eyJzdWIiOiIxMjM0.c2lnbmF0dXJl`,
  `Bearer ${hex}`,
);
/** What JSON, a shell, a language or an address writes right before a token. */
const before = fc.constantFrom('\n', '\t', '\b', '\f', '\r', '"', '\u0001', '\u001b[32m', '\u001b[0;1m', ' ', '=', ':');
const secretOf = (text: string): string => text.replace('Bearer ', '');

test('a token is seen wherever it begins, however often it was put into JSON', () => {
  fc.assert(
    fc.property(fc.string(), before, token, fc.nat({ max: 3 }), (text, edge, found, depth) => {
      let out = `${text}${edge}${found}`;
      for (let i = 0; i < depth; i += 1) out = JSON.stringify({ a: [out] });
      expect(maskTokens(out)).not.toContain(secretOf(found));
    }),
    { seed: 5, numRuns: process.env.CODEX_LANES_LONG === '1' ? 20_000 : 1000 },
  );
});

test.each([
  ['\\n', 'a line in a text in JSON'],
  ['\\\\n', 'the same, once more in JSON'],
  ['\\u000a', 'a character by its number'],
  ['\\u000A', 'the same in capitals'],
  ['\\x0a', 'as languages write it'],
  ['\\x1b[32m', 'a colour, written out'],
  ['\u001b[1;32m', 'a colour'],
  ['key%3D', 'an address'],
])('%j right before a token (%s)', (edge) => {
  fc.assert(
    fc.property(token, (found) => {
      expect(maskTokens(`said:${edge}${found}`)).not.toContain(secretOf(found));
    }),
    { seed: 6, numRuns: 50 },
  );
});

test.each(['the task-runner-of-a-long-name', 'a desk-lamp-with-a-long-name', 'risk-assessment-of-2026-09-09'])(
  '%j is no token',
  (text) => {
    expect(maskTokens(text)).toBe(text);
  },
);

test('a large text costs little', () => {
  const text = 'a line of words, \\n[0m and numbers 12;34m, mask-sk desk '.repeat(20_000);
  const start = performance.now();
  expect(maskTokens(text)).toBe(text);
  expect(performance.now() - start).toBeLessThan(2000);
});
