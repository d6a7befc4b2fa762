import type { Clock } from '../../ports/index.ts';

/** Which of our own limits ended a run. */
export type Overdue = 'first-event' | 'silence';

export type WatchdogOptions = {
  readonly clock: Clock;
  /** Seconds; 0 or less = no limit. */
  readonly firstEventS: number;
  readonly silenceS: number;
  /** Half of a limit has passed. `sinceMs`: when something was heard last. */
  readonly onStalled: (sinceMs: number) => void;
  readonly onOverdue: (which: Overdue) => void;
};

/** Gives up on a turn that says nothing: Codex itself waits for ever for a provider that accepts and never answers. */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #cancel: (() => void)[] = [];
  #which: Overdue = 'first-event';
  #heardAt: number;
  #givesUpAt: number | null = null;
  /** While work is going on (a command, a tool), silence is normal. */
  #working = false;
  #ended = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#heardAt = options.clock.now();
    this.#arm();
  }

  /** When something was heard last, in milliseconds of the clock; before that, when the wait began. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** When the run is given up if nothing is heard until then; null = never. */
  get givesUpAt(): number | null {
    return this.#givesUpAt;
  }

  /** Something was said. */
  heard(working: boolean): void {
    this.#which = 'silence';
    this.#working = working;
    this.#heardAt = this.#options.clock.now();
    this.#arm();
  }

  /** The user goes on waiting: the limit begins anew, though nothing was heard. */
  again(): void {
    this.#arm();
  }

  end(): void {
    this.#ended = true;
    this.#disarm();
  }

  #arm(): void {
    this.#disarm();
    const { clock, firstEventS, silenceS, onStalled, onOverdue } = this.#options;
    const which = this.#which;
    const seconds = which === 'first-event' ? firstEventS : silenceS;
    if (this.#ended || this.#working || seconds <= 0) return;
    this.#givesUpAt = clock.now() + seconds * 1000;
    this.#cancel = [
      clock.after(seconds * 500, () => onStalled(this.#heardAt)),
      clock.after(seconds * 1000, () => onOverdue(which)),
    ];
  }

  #disarm(): void {
    this.#givesUpAt = null;
    for (const cancel of this.#cancel.splice(0)) cancel();
  }
}
