import type { Clock } from '../../ports/index.ts';

/** Tries after the first one. */
const maxRetries = 3;
/** A longer wait is the user's to decide, in milliseconds. */
const longestWait = 60_000;
const firstWait = 500;

/** Statuses that may pass by themselves. */
export function isPassing(status: number): boolean {
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

/**
 * Milliseconds before try `attempt` (1 is the first retry): what `Retry-After` says (seconds or a date, RFC 9110), else
 * doubling from half a second. Null: do not try again.
 */
export function retryWait(attempt: number, retryAfter: string | null, now: number): number | null {
  if (attempt > maxRetries) return null;
  const asked = retryAfter === null ? null : readRetryAfter(retryAfter, now);
  const wait = asked ?? firstWait * 2 ** (attempt - 1);
  return wait > longestWait ? null : wait;
}

function readRetryAfter(text: string, now: number): number | null {
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
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
