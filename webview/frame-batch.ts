import type { LogEvent } from '../src/model/index.ts';
import type { ToWebview } from '../src/protocol/index.ts';

/** Least time between two takes of events, in milliseconds: nobody reads faster than thirty drawings a second. */
const apart = 30;
/** How long events wait while the page is not in sight, where no frame ever comes, in milliseconds. */
const hiddenWait = 250;

type EventsMessage = Extract<ToWebview, { type: 'events' }>;

/** When frames come, and what time it is; the page's own unless a test says otherwise. */
type FrameClock = {
  readonly now: () => number;
  readonly hidden: () => boolean;
  readonly onFrame: (call: () => void) => void;
  readonly after: (ms: number, call: () => void) => void;
};

const pageClock: FrameClock = {
  now: () => performance.now(),
  hidden: () => document.visibilityState === 'hidden',
  onFrame: (call) => requestAnimationFrame(call),
  after: (ms, call) => setTimeout(call, ms),
};

/**
 * Gathers events until a frame is about to be drawn, and gives them as one message as far as they follow each other.
 * Every other message goes on at once, after what was gathered: their order is kept.
 */
export function oncePerFrame(take: (message: ToWebview) => void, clock = pageClock): (message: ToWebview) => void {
  let gathered: EventsMessage[] = [];
  let frameAsked = false;
  let timerSet = false;
  let takenAt = Number.NEGATIVE_INFINITY;
  const takeAll = () => {
    const runs = runsOf(gathered);
    gathered = [];
    for (const run of runs) take(run);
  };
  const onFrame = () => {
    if (gathered.length > 0 && clock.now() - takenAt < apart) {
      clock.onFrame(onFrame);
      return;
    }
    frameAsked = false;
    takenAt = clock.now();
    takeAll();
  };
  return (message) => {
    if (message.type !== 'events') {
      takeAll();
      take(message);
      return;
    }
    gathered.push(message);
    if (!frameAsked) {
      frameAsked = true;
      clock.onFrame(onFrame);
    }
    if (clock.hidden() && !timerSet) {
      timerSet = true;
      clock.after(hiddenWait, () => {
        timerSet = false;
        takeAll();
      });
    }
  };
}

/** Messages that follow each other as one. Where they do not, whoever takes them has to see it for itself. */
function runsOf(messages: readonly EventsMessage[]): readonly EventsMessage[] {
  const runs: { first: EventsMessage; events: LogEvent[] }[] = [];
  for (const message of messages) {
    const run = runs.at(-1);
    const expected = (run?.events.at(-1)?.seq ?? Number.NaN) + 1;
    if (run?.first.threadId === message.threadId && message.events[0]?.seq === expected) {
      for (const event of message.events) run.events.push(event);
    } else {
      runs.push({ first: message, events: [...message.events] });
    }
  }
  return runs.map(({ first, events }) => ({ ...first, events }));
}
