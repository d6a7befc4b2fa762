import { expect, test } from 'vitest';
import { measureInPairs, median, medianInterval } from './interleaved.mjs';

test.each([
  [[3], 3],
  [[9, 1, 5], 5],
  [[4, 1, 3, 2], 2.5],
])('median of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

// Ranks from the table of the sign test, two-sided 5 %: 1 and 6 of 6, 2 and 9 of 10, 6 and 15 of 20, 10 and 21 of 30.
test.each([
  [1, [1, 1]],
  [6, [1, 6]],
  [10, [2, 9]],
  [20, [6, 15]],
  [30, [10, 21]],
])('interval of the median of %d values', (count, expected) => {
  const values = Array.from({ length: count }, (_, index) => count - index);
  expect(medianInterval(values)).toEqual(expected);
});

test('measures in turns, drops the warm-up and takes the median of the differences', async () => {
  const order = [];
  const times = { ours: [900, 12, 30, 13], bare: [5, 10, 10, 10] };
  const next = (who) => () => {
    order.push(who);
    return Promise.resolve(times[who].shift());
  };
  const result = await measureInPairs({ ours: next('ours'), bare: next('bare'), pairs: 3 });
  expect(order).toEqual(['ours', 'bare', 'bare', 'ours', 'ours', 'bare', 'bare', 'ours']);
  expect(result).toEqual({ ours: 13, bare: 10, extra: 3, interval: [2, 20] });
});
