import { expect, test } from 'vitest';
import type { LogEvent, ThreadId } from '../src/model/index.ts';
import type { ToWebview } from '../src/protocol/index.ts';
import { oncePerFrame } from './frame-batch.ts';
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

/** What was taken, each message as its thread and numbers; frames and timers come when the test says so. */
function started() {
  const taken: string[] = [];
  const frames: (() => void)[] = [];
  const timers: (() => void)[] = [];
  const page = { now: 0, hidden: false };
  const give = oncePerFrame(
    (message) =>
      taken.push(
        message.type === 'events'
          ? `${message.threadId} ${message.events.map(({ seq }) => seq).join(',')}`
          : message.type,
      ),
    {
      now: () => page.now,
      hidden: () => page.hidden,
      onFrame: (call) => frames.push(call),
      after: (_ms, call) => timers.push(call),
    },
  );
  const frame = () => {
    page.now += 16;
    for (const call of frames.splice(0)) call();
  };
  return { taken, frames, timers, page, give, frame };
}

test('what comes within a frame is taken as one, the first in the next frame', () => {
  const { give, taken, frame } = started();
  give(events(1));
  give(events(2, 3));
  expect(taken).toEqual([]);
  frame();
  expect(taken).toEqual(['one 1,2,3']);
});

test('events are taken thirty times a second at most, and no frame is asked for when there are none', () => {
  const { give, taken, frame, frames } = started();
  for (let seq = 1; seq <= 60; seq++) {
    give(events(seq));
    frame();
  }
  expect(taken).toHaveLength(30);
  frame();
  frame();
  expect(taken.join(',').match(/\d+/g)).toHaveLength(60);
  expect(frames).toEqual([]);
});

test('another message waits for no frame, and finds the events before it taken', () => {
  const { give, taken, frame } = started();
  give(events(1));
  give(composer);
  give(events(2));
  expect(taken).toEqual(['one 1', 'composer']);
  frame();
  expect(taken).toEqual(['one 1', 'composer', 'one 2']);
});

test('a gap, an overlap and another thread stay messages of their own', () => {
  const { give, taken, frame } = started();
  for (const message of [events(1), events(3), events(3, 4), events(5, 5, 'two'), events(6, 6, 'two')]) give(message);
  frame();
  expect(taken).toEqual(['one 1', 'one 3', 'one 3,4', 'two 5,6']);
});

test('out of sight no frame comes: events are taken by the clock', () => {
  const { give, taken, timers, page } = started();
  give(events(1));
  page.hidden = true;
  give(events(2));
  give(events(3));
  expect(timers).toHaveLength(1);
  timers[0]?.();
  expect(taken).toEqual(['one 1,2,3']);
  give(events(4));
  timers[1]?.();
  expect(taken).toEqual(['one 1,2,3', 'one 4']);
});
