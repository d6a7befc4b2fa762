import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../ports/index.ts';
import { askedWait, isPassing, retryWait, wait } from './retry.ts';

const now = Date.parse('2026-01-01T00:00:00Z');

test.each<[string, Record<string, string>, number | null]>([
  ['nothing', {}, null],
  ['seconds', { 'retry-after': '7' }, 7000],
  ['parts of a second', { 'retry-after': '0.25' }, 250],
  ['a date', { 'retry-after': 'Thu, 01 Jan 2026 00:00:20 GMT' }, 20_000],
  ['a date that has passed', { 'retry-after': 'Wed, 31 Dec 2025 23:00:00 GMT' }, 0],
  ['milliseconds, which are more exact', { 'retry-after-ms': '1234', 'retry-after': '2' }, 1234],
  ['nonsense', { 'retry-after': 'soon', 'retry-after-ms': '-3' }, null],
])('what an answer asks for: %s', (_name, headers, ms) => {
  expect(askedWait(new Headers(headers), [], now)).toBe(ms);
});

test('a limit that is used up is waited for, where nothing else is said', () => {
  const limits = [
    { remaining: 0, resetsAt: now + 3000 },
    { remaining: 0, resetsAt: now + 9000 },
    { remaining: 5, resetsAt: now + 90_000 },
    { remaining: 0, resetsAt: null },
  ];
  expect(askedWait(new Headers(), limits, now)).toBe(9000);
  expect(askedWait(new Headers({ 'retry-after': '1' }), limits, now)).toBe(1000);
});

test('ours double, a little less at random; what is asked for is kept', () => {
  expect([1, 2, 3, 4].map((attempt) => retryWait(attempt, null, 0))).toEqual([500, 1000, 2000, null]);
  expect(retryWait(1, 7000, 1)).toBe(7000);
  expect(retryWait(1, 60_001, 0)).toBeNull();
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, random) => {
      const most = 500 * 2 ** (attempt - 1);
      const ms = retryWait(attempt, null, random) ?? 0;
      expect(ms).toBeLessThanOrEqual(most);
      expect(ms).toBeGreaterThanOrEqual(most * 0.75 - 1);
    }),
    { seed: 3 },
  );
});

test('408, 409, 429 and what is the server’s own fault may pass', () => {
  expect([400, 401, 404, 408, 409, 422, 429, 500, 503, 529].filter(isPassing)).toEqual([408, 409, 429, 500, 503, 529]);
});

test('a wait ends with its time, or at once with the turn', async () => {
  const pending: (() => void)[] = [];
  let cancelled = 0;
  const clock: Clock = {
    now: () => now,
    monotonic: () => 0,
    after: (_ms, call) => {
      pending.push(call);
      return () => (cancelled += 1);
    },
  };
  const stop = new AbortController();
  const [timed, stopped] = [wait(clock, 10, new AbortController().signal), wait(clock, 1e9, stop.signal)];
  pending[0]?.();
  await timed;
  stop.abort();
  await stopped;
  await wait(clock, 1e9, stop.signal);
  expect(cancelled).toBe(3);
});
