import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogEvent } from '../../model/index.ts';
import { threadId } from '../../model/index.ts';
import { EventFeed } from './event-feed.ts';

const [a, b] = [threadId('a'), threadId('b')];
const events = (from: number, to: number, thread = a) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ seq: from + index, threadId: thread }) as unknown as LogEvent);

function feedUnderTest() {
  const posted: number[][] = [];
  let gaps = 0;
  let timers: (() => void)[] = [];
  const feed = new EventFeed({
    post: (batch) => posted.push(batch.map(({ seq }) => seq)),
    after: (_, call) => {
      timers.push(call);
      return () => {
        timers = timers.filter((timer) => timer !== call);
      };
    },
    onGap: () => {
      gaps += 1;
    },
  });
  const frame = () => {
    for (const call of timers.splice(0)) call();
  };
  return { feed, posted, frame, gaps: () => gaps };
}

test('events of one frame are one batch', () => {
  const { feed, posted, frame } = feedUnderTest();
  feed.opening();
  feed.begin(0);
  feed.push(events(1, 2));
  feed.push(events(3, 3));
  expect(posted).toEqual([]);
  frame();
  expect(posted).toEqual([[1, 2, 3]]);
});

test('what came while the snapshot was taken follows it, and nothing comes twice', () => {
  const { feed, posted, frame } = feedUnderTest();
  feed.opening();
  feed.push(events(1, 5));
  feed.begin(3);
  frame();
  expect(posted).toEqual([[4, 5]]);
});

test('a gap asks for a snapshot instead of posting', () => {
  const { feed, posted, frame, gaps } = feedUnderTest();
  feed.opening();
  feed.begin(3);
  feed.push(events(5, 6));
  frame();
  expect([posted, gaps()]).toEqual([[], 1]);
});

test('a view that comes back gets what it missed, or is told that it is gone', () => {
  const { feed } = feedUnderTest();
  feed.push(events(4, 9));
  expect(feed.since(a, 6)?.map(({ seq }) => seq)).toEqual([7, 8, 9]);
  expect(feed.since(a, 9)).toEqual([]);
  expect(feed.since(a, 2)).toBeNull();
  expect(feed.since(a, 10)).toBeNull();
  feed.close('thread');
  expect(feed.since(a, 6)).toBeNull();
});

test('a view gets every event once and in order, however they arrive', () => {
  const step = fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 4 }) }),
    fc.constant('frame'),
    fc.constant('reopen'),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { feed, posted, frame, gaps } = feedUnderTest();
      let last = 0;
      let start = 0;
      let pending: number | null = null;
      feed.opening();
      feed.begin(0);
      for (const action of steps) {
        if (action === 'frame') frame();
        else if (action === 'reopen') {
          if (pending === null) {
            feed.opening();
            pending = last;
          } else {
            posted.length = 0;
            start = pending;
            feed.begin(pending);
            pending = null;
          }
        } else {
          feed.push(events(last + 1, last + action.push));
          last += action.push;
        }
      }
      if (pending !== null) {
        posted.length = 0;
        start = pending;
        feed.begin(pending);
      }
      frame();
      expect(posted.flat()).toEqual(events(start + 1, last).map(({ seq }) => seq));
      expect(gaps()).toBe(0);
    }),
    { seed: 7, numRuns: 300 },
  );
});

test('what one thread said is never told of another', () => {
  const { feed } = feedUnderTest();
  feed.push(events(1, 5));
  expect(feed.since(b, 2)).toBeNull();
  feed.push(events(6, 7, b));
  expect([feed.since(a, 2), feed.since(b, 2)]).toEqual([null, null]);
  expect(feed.since(b, 5)?.map(({ seq }) => seq)).toEqual([6, 7]);
});
