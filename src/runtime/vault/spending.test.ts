import { expect, test } from 'vitest';
import { Spending } from './spending.ts';

test('each turn counts its own requests, and what belongs to none counts for all that run', () => {
  const spending = new Spending();
  expect(spending.open).toBe(false);
  const one = spending.begin(() => ['a', 'a-sub']);
  const two = spending.begin(() => ['b']);
  spending.count(['a']);
  spending.count(['a-sub', 'a']);
  spending.count(['b']);
  spending.count(['nobody']);
  spending.count([]);
  expect([one.requests, two.requests]).toEqual([4, 3]);
  one.end();
  one.end();
  spending.count(['a']);
  expect([one.requests, two.requests]).toEqual([4, 4]);
  two.end();
  expect(spending.open).toBe(false);
});

test('a turn that has its way for itself counts whatever comes, and learns its thread as it goes', () => {
  const spending = new Spending();
  const alone = spending.begin(() => null);
  spending.count([]);
  spending.count(['x']);
  expect(alone.requests).toBe(2);
  alone.end();
  let ids: readonly string[] = [];
  const late = spending.begin(() => ids);
  const other = spending.begin(() => ['other']);
  ids = ['late'];
  spending.count(['late']);
  expect([late.requests, other.requests]).toEqual([1, 0]);
});
