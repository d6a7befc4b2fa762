import { expect, test } from 'vitest';
import { measureInPairs, median } from './interleaved.mjs';

test.each([
  [[3], 3],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
])('median of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

test('measures in turns, drops the warm-up and takes the median of the differences', async () => {
  const order = [];
  const times = { ours: [900, 12, 30, 13], bare: [5, 10, 10, 10] };
  const next = (who) => () => {
    order.push(who);
    return Promise.resolve(times[who].shift());
  };
  const result = await measureInPairs({ ours: next('ours'), bare: next('bare'), pairs: 3 });
  expect(order).toEqual(['ours', 'bare', 'bare', 'ours', 'ours', 'bare', 'bare', 'ours']);
  expect(result).toEqual({ ours: 13, bare: 10, extra: 3 });
});
