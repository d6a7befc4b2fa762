import { expect, test } from 'vitest';
import { newId } from './id.ts';

test('is a UUID of version 7 that carries the time', () => {
  const id = newId(Date.now() + 1_000_000);
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBeGreaterThan(Date.now());
});

test('sorts in the order of making, also within a millisecond and when the clock goes back', () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => newId(i < 10_000 ? 5e12 : 4e12));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
