import type { LogEvent } from '../src/model/index.ts';
import type { ToWebview } from '../src/protocol/index.ts';

/** Least time between two takes of events, in milliseconds: nobody reads faster than 25 drawings a second. */
const apart = 40;

type EventsMessage = Extract<ToWebview, { type: 'events' }>;

/** What time it is in milliseconds, and how to be called later; the page's own unless a test says otherwise. */
type Clock = { readonly now: () => number; readonly after: (ms: number, call: () => void) => void };

const pageClock: Clock = {
  now: () => performance.now(),
  // A timer, no frame: a page that is not in sight gets none, and would fall behind.
  after: (ms, call) => setTimeout(call, ms),
};

/**
 * Gives events on at once after a pause, and else what was gathered meanwhile, as one message as far as it is one gapless
 * run. Every other message goes on at once, after what was gathered: their order is kept.
 */
export function paced(take: (message: ToWebview) => void, clock = pageClock): (message: ToWebview) => void {
  let gathered: EventsMessage[] = [];
  let timerSet = false;
  let takenAt = Number.NEGATIVE_INFINITY;
  const takeAll = () => {
    const runs = runsOf(gathered);
    gathered = [];
    for (const run of runs) take(run);
  };
  return (message) => {
    if (message.type !== 'events') {
      takeAll();
      take(message);
      return;
    }
    gathered.push(message);
    if (timerSet) return;
    const wait = takenAt + apart - clock.now();
    if (wait <= 0) {
      takenAt = clock.now();
      takeAll();
      return;
    }
    timerSet = true;
    clock.after(wait, () => {
      timerSet = false;
      takenAt = clock.now();
      takeAll();
    });
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
