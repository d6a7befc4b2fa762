import { expect, test } from 'vitest';
import { Disposables } from './disposables.ts';

test('ends last come first, a late arrival at once, and all of them although one throws', () => {
  const order: string[] = [];
  const list = new Disposables();
  list.defer(() => order.push('a'));
  list.defer(() => {
    throw new Error('b failed');
  });
  list.defer(() => order.push('c'));
  expect(() => list.dispose()).toThrow('b failed');
  expect(order).toEqual(['c', 'a']);
  list.defer(() => order.push('late'));
  expect(order).toEqual(['c', 'a', 'late']);
});
