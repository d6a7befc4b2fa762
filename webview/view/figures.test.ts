import { expect, test } from 'vitest';
import { duration } from './figures.ts';

test.each([
  [0, '0 s'],
  [-5, '0 s'],
  [12, '< 0.1 s'],
  [50, '0.1 s'],
  [2100, '2.1 s'],
  [9949, '9.9 s'],
  [9950, '10 s'],
  [125_000, '2 min 5 s'],
])('%d ms is %s', (ms, words) => {
  expect(duration(ms)).toBe(words);
});
