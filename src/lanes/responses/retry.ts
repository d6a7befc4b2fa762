import type { Clock } from '../../ports/index.ts';

/** Tries after the first one. */
const maxRetries = 3;
/** A longer wait is the user's to decide, in milliseconds. */
const longestWait = 60_000;
const firstWait = 500;
/** Share of a wait of ours by which it is shortened at random, so that many windows do not come back at the same time. */
const jitter = 0.25;

/** Statuses that may pass by themselves. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

/**
 * Milliseconds that an answer asks to wait for; null: it does not say. `retry-after-ms` (OpenAI), `Retry-After` in seconds or
 * as a date (RFC 9110), and of a 429 the reset of the limit that is used up.
 */
export function askedWait(headers: Headers, limits: readonly UsedLimit[], now: number): number | null {
  const exact = headers.get('retry-after-ms');
  if (exact !== null && isNumber(exact)) return Number(exact);
  const after = headers.get('retry-after');
  if (after !== null) {
    if (isNumber(after)) return Number(after) * 1000;
    const date = Date.parse(after);
    if (!Number.isNaN(date)) return Math.max(0, date - now);
  }
  const resets = limits.flatMap(({ remaining, resetsAt }) => (remaining === 0 && resetsAt !== null ? [resetsAt] : []));
  return resets.length === 0 ? null : Math.max(0, Math.max(...resets) - now);
}

type UsedLimit = { readonly remaining: number; readonly resetsAt: number | null };

/**
 * Milliseconds before try `attempt` (1 is the first retry): what was asked for, else doubling from half a second, a little
 * less at random (`random`: 0 to 1). Null: do not try again.
 */
export function retryWait(attempt: number, asked: number | null, random: number): number | null {
  if (attempt > maxRetries) return null;
  // What is asked for is not cut short.
  const wait = asked ?? Math.round(firstWait * 2 ** (attempt - 1) * (1 - jitter * random));
  return wait > longestWait ? null : wait;
}

function isNumber(text: string): boolean {
  return /^\s*\d{1,12}(\.\d{1,9})?\s*$/.test(text);
}

/** Waits; returns early when the signal is aborted. */
export function wait(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.after(ms, done);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
