import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KnownLimits, LimitSnapshot } from './rate-limits.ts';
import { limitWindows, nextReset, withLimits } from './rate-limits.ts';

const nothing: LimitSnapshot = {
  id: 'codex',
  name: null,
  primary: null,
  secondary: null,
  credits: null,
  reached: null,
};
const window = (usedPercent: number, resetsAt: number | null = null, minutes: number | null = 300) => ({
  usedPercent,
  minutes,
  resetsAt,
});
const hour = 3_600_000;

test('a figure holds until its window is reset, and is none after that', () => {
  const known = withLimits({}, { ...nothing, primary: window(92, 2 * hour) }, hour);
  const [before] = limitWindows(known, 2 * hour - 1);
  expect(before).toEqual({
    ...{ id: 'codex.primary', limit: null, minutes: 300, usedPercent: 92, resetsAt: 2 * hour, toldAt: hour },
  });
  expect(limitWindows(known, 2 * hour)[0]).toMatchObject({ usedPercent: null, resetsAt: 2 * hour });
  expect(nextReset(known, hour)).toBe(2 * hour);
  expect(nextReset(known, 2 * hour)).toBe(null);
});

test('without a reset time a figure holds no longer than its window is long; without a length it stays', () => {
  const known = withLimits({}, { ...nothing, primary: window(92), secondary: window(10, null, null) }, 0);
  expect(limitWindows(known, 5 * hour - 1).map(({ usedPercent }) => usedPercent)).toEqual([92, 10]);
  expect(limitWindows(known, 5 * hour).map(({ usedPercent }) => usedPercent)).toEqual([null, 10]);
  expect(nextReset(known, 0)).toBe(5 * hour);
});

test('what a later one does not say stays; a reset of the window before is let go', () => {
  const first = withLimits({}, { ...nothing, primary: window(92, hour), secondary: window(41, 100 * hour, 10080) }, 0);
  const later = withLimits(first, { ...nothing, primary: window(3) }, 2 * hour);
  expect(limitWindows(later, 2 * hour)).toMatchObject([
    { usedPercent: 3, resetsAt: null, minutes: 300 },
    { usedPercent: 41, resetsAt: 100 * hour, minutes: 10080 },
  ]);
});

test('one that was overtaken changes nothing that was told later', () => {
  const known = withLimits({}, { ...nothing, primary: window(92, 9 * hour) }, 2 * hour);
  expect(withLimits(known, { ...nothing, primary: window(50, 8 * hour) }, hour)).toEqual(known);
});

test('another limit has its name, or its id; a figure out of range is held in it', () => {
  const named = withLimits({}, { ...nothing, id: 'codex_other', name: 'Other', primary: window(140) }, 0);
  const both = withLimits(named, { ...nothing, id: 'plain', primary: window(-3) }, 0);
  expect(limitWindows(both, 1).map(({ limit, usedPercent }) => [limit, usedPercent])).toEqual([
    ['Other', 100],
    ['plain', 0],
  ]);
});

const arbitrary = fc.record({
  id: fc.constantFrom('codex', 'other'),
  name: fc.option(fc.constantFrom('A', 'B')),
  primary: fc.option(
    fc.record({
      usedPercent: fc.integer({ min: 0, max: 100 }),
      minutes: fc.option(fc.constantFrom(300, 10080)),
      resetsAt: fc.option(fc.integer({ min: 1, max: 1000 })),
    }),
  ),
  secondary: fc.constant(null),
  credits: fc.option(fc.record({ unlimited: fc.boolean(), balance: fc.option(fc.constantFrom('1', '2')) })),
  reached: fc.option(fc.constantFrom('x', 'y')),
});

test('in whatever order they arrive, the same is known, and of each figure the one told last', () => {
  // Each is told at a time of its own.
  const told = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 500 }), arbitrary), {
    selector: ([at]) => at,
    maxLength: 8,
  });
  const order = told.chain((list) =>
    fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
  );
  const folded = (list: readonly (readonly [number, LimitSnapshot])[]): KnownLimits =>
    list.reduce((known: KnownLimits, [at, snapshot]) => withLimits(known, snapshot, at), {});
  fc.assert(
    fc.property(order, fc.integer({ min: 0, max: 2000 }), ([list, shuffled], now) => {
      const known = folded(list);
      expect(folded(shuffled)).toEqual(known);
      for (const id of ['codex', 'other']) {
        const last = [...list]
          .sort(([a], [b]) => b - a)
          .find(([, snapshot]) => snapshot.id === id && snapshot.primary !== null);
        expect(known[id]?.primary?.usedPercent.value).toBe(last?.[1].primary?.usedPercent);
      }
      for (const each of limitWindows(known, now)) {
        // A figure is never shown past the reset that it was told with.
        if (each.resetsAt !== null && each.resetsAt <= now) expect(each.usedPercent).toBe(null);
        expect(each.id).toMatch(/^(codex|other)\.primary$/);
      }
    }),
    { seed: 6, numRuns: 500 },
  );
});

test('a server that makes up limits for ever fills no memory', () => {
  let known: KnownLimits = {};
  for (let i = 0; i < 100; i++) known = withLimits(known, { ...nothing, id: `limit-${i}`, primary: window(1) }, i);
  expect(Object.keys(known)).toHaveLength(20);
});
