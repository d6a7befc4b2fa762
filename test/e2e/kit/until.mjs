// Waiting for a state that no locator sees: a file, a process, an answer.
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * @template T
 * @param {() => T | Promise<T>} look
 * @param {string} what named in the error
 * @param {number} [limitMs]
 * @returns {Promise<NonNullable<T>>} the first truthy answer of `look`
 * @throws when there was none in time
 */
export async function until(look, what, limitMs = 30_000) {
  const end = Date.now() + limitMs;
  for (;;) {
    const answer = await look();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited ${limitMs / 1000} s in vain for ${what}`);
    await delay(POLL_MS);
  }
}
