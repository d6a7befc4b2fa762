import type { ProgressStep, ProgressWait, TurnProgress } from '../../src/model/index.ts';

/** Which hop is silent, in the reader's terms. `request`: one that we carry ourselves. */
export type Hop = ProgressWait['on'] | 'reconnecting' | 'request';

/** What the running turn waits for. Times in milliseconds since 1970. */
export type Waiting = {
  readonly hop: Hop;
  /** The command, the tool, the endpoint that the request went to; null = not told. */
  readonly what: string | null;
  /** Since when nothing was heard, or the command or tool runs. */
  readonly since: number;
  /** From when on the page explains itself without being asked. */
  readonly stalledAt: number;
};

/** Silence that needs an explanation, in milliseconds. A command tells nothing until it ends, so it may take its time. */
const patienceMs = 10_000;
const workPatienceMs = 60_000;

/** `heardAt`: when the last word of an item came, which is no change of progress. */
export function waitingOf({ steps, waiting }: TurnProgress, heardAt: number): Waiting {
  const works = waiting.on === 'command' || waiting.on === 'tool';
  const told = Date.parse(waiting.since);
  const since = works ? told : Math.max(told, heardAt);
  const last = steps.at(-1);
  const hop = waiting.on === 'network' ? networkHop(last, heardAt) : waiting.on;
  return {
    hop,
    what: hop === 'request' ? (last?.detail ?? null) : waiting.what,
    since,
    stalledAt: since + (works ? workPatienceMs : patienceMs),
  };
}

/** Codex does not tell when it sends a request; what we send ourselves is known. What came since ends a reconnection. */
function networkHop(last: ProgressStep | undefined, heardAt: number): Hop {
  if (last?.what === 'request-sent') return 'request';
  return last?.what === 'reconnecting' && Date.parse(last.at) >= heardAt ? 'reconnecting' : 'network';
}
