import type { Asked } from './asked.ts';

/** More requests that were let fail and never came again are forgotten, the oldest first. */
const MOST_KEPT = 1000;

/** Remembers which requests have failed once: the one thing that the endpoint keeps between requests. */
export class Strikes {
  readonly #struck = new Set<string>();

  /** Whether this request is to fail: the first time, and again after it was let through. */
  next({ seed }: Asked): boolean {
    if (this.#struck.delete(seed)) return false;
    this.#struck.add(seed);
    for (const oldest of this.#struck) {
      if (this.#struck.size <= MOST_KEPT) break;
      this.#struck.delete(oldest);
    }
    return true;
  }
}
