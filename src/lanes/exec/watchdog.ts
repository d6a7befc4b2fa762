import type { Clock } from '../../ports/index.ts';
import type { Overdue } from './finish.ts';

export type WatchdogOptions = {
  readonly clock: Clock;
  /** Seconds; 0 or less = no limit. */
  readonly firstEventS: number;
  readonly silenceS: number;
  /** Half of a limit has passed. `sinceMs`: when something was heard last. */
  readonly onStalled: (hop: string, sinceMs: number) => void;
  readonly onOverdue: (which: Overdue) => void;
};

/** Gives up on a run that says nothing: exec itself waits for ever for a provider that accepts and never answers. */
export class Watchdog {
  readonly #options: WatchdogOptions;
  #cancel: (() => void)[] = [];
  #ended = false;

  constructor(options: WatchdogOptions) {
    this.#options = options;
    this.#arm('first-event', options.firstEventS);
  }

  /** Something was said. While work is going on (a command, a tool), silence is normal. */
  heard(working: boolean): void {
    this.#disarm();
    if (!working) this.#arm('silence', this.#options.silenceS);
  }

  end(): void {
    this.#ended = true;
    this.#disarm();
  }

  #arm(which: Overdue, seconds: number): void {
    if (this.#ended || seconds <= 0) return;
    const { clock, onStalled, onOverdue } = this.#options;
    const since = clock.now();
    const hop = which === 'first-event' ? 'runtime' : 'provider';
    this.#cancel = [
      clock.after(seconds * 500, () => onStalled(hop, since)),
      clock.after(seconds * 1000, () => onOverdue(which)),
    ];
  }

  #disarm(): void {
    for (const cancel of this.#cancel.splice(0)) cancel();
  }
}
