import { expect, test } from 'vitest';
import { AsyncQueue } from './async-queue.ts';

test('what was pushed before and while reading comes in order; closing ends the reader', async () => {
  const queue = new AsyncQueue<number>();
  queue.push(1);
  const seen: number[] = [];
  const reading = (async () => {
    for await (const item of queue) {
      seen.push(item);
      if (item === 1) queueMicrotask(() => queue.push(2));
      if (item === 2) {
        queue.push(3);
        queue.close();
      }
    }
  })();
  await reading;
  expect(seen).toEqual([1, 2, 3]);
  expect(queue.push(4)).toBe(false);
});
