import { expect, test } from 'vitest';
import { newId } from './id.ts';

test('is a UUID of version 7 in base 36 that carries the time', () => {
  const soon = Date.now() + 1_000_000;
  const id = newId(soon);
  expect(id).toMatch(/^[0-9a-z]{25}$/);
  const bits = [...id].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
  const uuid = bits.toString(16).padStart(32, '0');
  expect(uuid).toMatch(/^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/);
  expect(Number.parseInt(uuid.slice(0, 12), 16)).toBe(soon);
});

test('sorts in the order of making, also within a millisecond and when the clock goes back', () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => newId(i < 10_000 ? 5e12 : 4e12));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});
