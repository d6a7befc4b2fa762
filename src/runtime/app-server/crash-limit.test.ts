import { expect, test } from 'vitest';
import { FakeClock } from '../../../test/fakes/engine.ts';
import { CrashLimit } from './crash-limit.ts';

test('each crash of the last minute makes the wait longer, until none is tried', () => {
  const clock = new FakeClock();
  const limit = new CrashLimit(clock);
  const waits: unknown[] = [];
  for (let i = 1; i <= 5; i++) {
    waits.push(limit.next('a'));
    clock.advance(1000);
    limit.add('a', `crash ${i}.`);
  }
  expect(waits).toEqual([0, 500, 1000, 2000, 4000].map((waitMs) => ({ waitMs })));
  const refusal = (seconds: number) =>
    `Codex's app-server ended 5 times within a minute and is started again in ${seconds} s at the earliest. crash 5.`;
  expect(limit.next('a')).toEqual({ refusal: refusal(56) });
  clock.advance(55_999);
  expect(limit.next('a')).toEqual({ refusal: refusal(1) });
  clock.advance(1);
  expect(limit.next('a')).toEqual({ waitMs: 4000 });
  clock.advance(60_000);
  expect(limit.next('a')).toEqual({ waitMs: 0 });
});

test('what another program did does not count', () => {
  const limit = new CrashLimit(new FakeClock());
  for (let i = 0; i < 5; i++) limit.add('a', 'crash');
  expect(limit.next('b')).toEqual({ waitMs: 0 });
});
