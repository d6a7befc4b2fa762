import type { Clock } from '../../ports/index.ts';

/** Milliseconds that are waited before a start, by how many crashes there were of late; after the last one none is tried. */
const waits = [0, 500, 1000, 2000, 4000] as const;

/** How long a crash counts, in milliseconds. */
const remembered = 60_000;

/** Slows starts down after crashes, and stops them for a while where they never hold. */
export class CrashLimit {
  readonly #clock: Clock;
  #crashes: { readonly key: string; readonly at: number; readonly words: string }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param key of the program: what another one did does not count */
  add(key: string, words: string): void {
    this.#crashes = [...this.#recent(key), { key, at: this.#clock.monotonic(), words }];
  }

  /** How long to wait before a start, or why it is not to be tried now. */
  next(key: string): { readonly waitMs: number } | { readonly refusal: string } {
    const recent = this.#recent(key);
    const waitMs = waits[recent.length];
    if (waitMs !== undefined) return { waitMs };
    const [first] = recent;
    const leftMs = remembered - (this.#clock.monotonic() - (first?.at ?? 0));
    const last = recent.at(-1)?.words ?? '';
    const seconds = Math.max(1, Math.ceil(leftMs / 1000));
    return {
      refusal: `Codex's app-server ended ${recent.length} times within a minute and is started again in ${seconds} s at the earliest. ${last}`,
    };
  }

  #recent(key: string) {
    const since = this.#clock.monotonic() - remembered;
    return this.#crashes.filter((crash) => crash.key === key && crash.at > since);
  }
}
