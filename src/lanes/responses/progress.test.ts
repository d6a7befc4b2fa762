import { expect, test } from 'vitest';
import type { TurnProgress } from '../../model/index.ts';
import { RequestProgress } from './progress.ts';

function room() {
  let now = Date.parse('2026-01-01T00:00:00Z');
  let timers: { readonly at: number; readonly call: () => void }[] = [];
  const told: TurnProgress[] = [];
  const clock = {
    now: () => now,
    monotonic: () => now,
    after: (ms: number, call: () => void) => {
      const timer = { at: now + ms, call };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  };
  const pass = (ms: number): void => {
    now += ms;
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const { call } of due) call();
  };
  return { progress: new RequestProgress(clock, (one) => told.push(one)), told, pass };
}

test('each step says what is waited for, and when it is given up', () => {
  const { progress, told, pass } = room();
  progress.sent('host', 120_000);
  pass(2000);
  progress.accepted('practice');
  expect(told).toEqual([
    {
      steps: [{ what: 'request-sent', at: '2026-01-01T00:00:00.000Z', detail: 'host' }],
      waiting: { on: 'network', what: null, since: '2026-01-01T00:00:00.000Z' },
      givesUpAt: '2026-01-01T00:02:00.000Z',
    },
    {
      steps: [
        { what: 'request-sent', at: '2026-01-01T00:00:00.000Z', detail: 'host' },
        { what: 'request-accepted', at: '2026-01-01T00:00:02.000Z', detail: 'practice' },
      ],
      waiting: { on: 'reply', what: null, since: '2026-01-01T00:00:02.000Z' },
      givesUpAt: '2026-01-01T00:02:02.000Z',
    },
  ]);
});

test('many pieces of an answer in one second are told once, with the time of the last', () => {
  const { progress, told, pass } = room();
  progress.sent('host', 120_000);
  progress.accepted('host');
  for (let piece = 0; piece < 9; piece += 1) {
    pass(100);
    progress.heard();
  }
  expect(told).toHaveLength(2);
  pass(1000);
  expect(told).toHaveLength(3);
  expect(told[2]).toMatchObject({
    waiting: { on: 'reply', since: '2026-01-01T00:00:00.900Z' },
    givesUpAt: '2026-01-01T00:02:00.900Z',
  });
});

test('between two tries nothing is given up; after the end nothing is told', () => {
  const { progress, told, pass } = room();
  progress.sent('host', 120_000);
  progress.reconnecting('It is overloaded.');
  expect(told.at(-1)).toMatchObject({
    steps: [{ what: 'request-sent' }, { what: 'reconnecting', detail: 'It is overloaded.' }],
    waiting: { on: 'network' },
    givesUpAt: null,
  });
  progress.heard();
  progress.end();
  pass(5000);
  expect(told).toHaveLength(2);
});

test('going on to wait moves the limit and does not say that something was heard', () => {
  const { progress, told, pass } = room();
  progress.sent('host', 120_000);
  pass(30_000);
  progress.again();
  expect(told.at(-1)).toMatchObject({
    waiting: { on: 'network', since: '2026-01-01T00:00:00.000Z' },
    givesUpAt: '2026-01-01T00:02:30.000Z',
  });
});
