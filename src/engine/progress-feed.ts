import type { TurnProgress } from '../model/index.ts';
import type { Clock } from '../ports/index.ts';

/** At most four times a second, in milliseconds. */
const pace = 250;

/** The progress of the running turn, told onward at a bearable pace: the first at once, then the latest. */
export class ProgressFeed {
  readonly #clock: Clock;
  readonly #tell: () => void;
  #last: TurnProgress | null = null;
  #toldAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | null = null;

  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  get last(): TurnProgress | null {
    return this.#last;
  }

  take(progress: TurnProgress): void {
    this.#last = progress;
    if (this.#cancel !== null) return;
    const wait = this.#toldAt + pace - this.#clock.monotonic();
    if (wait <= 0) this.#now();
    else this.#cancel = this.#clock.after(wait, () => this.#now());
  }

  /** Nothing is told any more. */
  end(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#last = null;
  }

  #now(): void {
    this.#cancel = null;
    this.#toldAt = this.#clock.monotonic();
    this.#tell();
  }
}
