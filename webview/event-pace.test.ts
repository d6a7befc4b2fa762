import { expect, test } from 'vitest';
import type { LogEvent, ThreadId } from '../src/model/index.ts';
import type { ToWebview } from '../src/protocol/index.ts';
import { paced } from './event-pace.ts';
import { idleComposer } from './testing/event-log.ts';

const events = (from: number, to = from, thread = 'one'): ToWebview => ({
  type: 'events',
  viewId: 'v',
  threadId: thread as ThreadId,
  events: Array.from({ length: to - from + 1 }, (_, index) => ({ seq: from + index }) as LogEvent),
});
const composer: ToWebview = {
  type: 'composer',
  viewId: 'v',
  composer: idleComposer,
  welcome: { line: '', why: false, prompts: [] },
};

/** What was taken, each message as its thread and numbers; time goes on when the test says so. */
function started() {
  const taken: string[] = [];
  let now = 1000;
  let timer: { readonly at: number; readonly call: () => void } | null = null;
  const give = paced(
    (message) =>
      taken.push(
        message.type === 'events'
          ? `${message.threadId} ${message.events.map(({ seq }) => seq).join(',')}`
          : message.type,
      ),
    {
      now: () => now,
      after: (ms, call) => {
        expect(timer).toBeNull();
        timer = { at: now + ms, call };
      },
    },
  );
  const pass = (ms: number) => {
    now += ms;
    if (timer === null || timer.at > now) return;
    const { call } = timer;
    timer = null;
    call();
  };
  return { taken, give, pass, waits: () => timer !== null };
}

test('after a pause the first events are taken at once, those after them together', () => {
  const { give, taken, pass } = started();
  give(events(1));
  expect(taken).toEqual(['one 1']);
  give(events(2, 3));
  give(events(4));
  expect(taken).toEqual(['one 1']);
  pass(40);
  expect(taken).toEqual(['one 1', 'one 2,3,4']);
});

test('a stream is taken some 25 times a second, and no timer is left when it ends', () => {
  const { give, taken, pass, waits } = started();
  for (let seq = 1; seq <= 200; seq++) {
    give(events(seq));
    pass(5);
  }
  pass(40);
  expect(taken.length).toBeGreaterThan(20);
  expect(taken.length).toBeLessThan(30);
  expect(taken.flatMap((run) => run.match(/\d+/g) ?? [])).toEqual(Array.from({ length: 200 }, (_, n) => `${n + 1}`));
  expect(waits()).toBe(false);
});

test('another message does not wait, and finds the events before it taken', () => {
  const { give, taken, pass } = started();
  give(events(1));
  give(events(2));
  give(composer);
  give(events(3));
  expect(taken).toEqual(['one 1', 'one 2', 'composer']);
  pass(40);
  expect(taken).toEqual(['one 1', 'one 2', 'composer', 'one 3']);
});

test('a gap, an overlap and another thread stay messages of their own', () => {
  const { give, taken, pass } = started();
  give(events(1));
  for (const message of [events(2), events(4), events(4, 5), events(6, 6, 'two'), events(7, 7, 'two')]) give(message);
  pass(40);
  expect(taken).toEqual(['one 1', 'one 2', 'one 4', 'one 4,5', 'two 6,7']);
});
