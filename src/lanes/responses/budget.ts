import type { TurnError, Usage } from '../../model/index.ts';
import type { Clock, SettingsSnapshot, TurnIo } from '../../ports/index.ts';
import { turnError } from './failure.ts';

/** How far a turn may go. Time in which the user is asked is not the turn's. */
export class Budget {
  readonly #limits: Pick<SettingsSnapshot, 'apiMaxRounds' | 'apiMaxTokens' | 'apiMaxMinutes'>;
  readonly #clock: Clock;
  readonly #startedAt: number;
  #asking = 0;
  #askedAt = 0;
  #asked = 0;

  constructor(limits: Pick<SettingsSnapshot, 'apiMaxRounds' | 'apiMaxTokens' | 'apiMaxMinutes'>, clock: Clock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
  }

  /** The same questions, their time taken out. */
  approvals({ ask, fill }: TurnIo['approvals']): TurnIo['approvals'] {
    return {
      ask: (request, signal) => this.#paused(() => ask(request, signal)),
      fill: (request, signal) => this.#paused(() => fill(request, signal)),
    };
  }

  /** Why no further request is made; null = there is room for one. */
  spent(rounds: number, usage: Usage | null): TurnError | null {
    const { apiMaxRounds, apiMaxTokens } = this.#limits;
    if (rounds >= apiMaxRounds) {
      return spent(`${rounds} requests, as many as setting \`codexLanes.api.maxRounds\` allows (${apiMaxRounds})`);
    }
    const tokens = (usage?.input ?? 0) + (usage?.output ?? 0);
    if (tokens >= apiMaxTokens) {
      return spent(`${tokens} tokens; setting \`codexLanes.api.maxTokens\` allows ${apiMaxTokens}`);
    }
    return this.outOfTime();
  }

  /** The part of it that passes while tools run. */
  outOfTime(): TurnError | null {
    const { apiMaxMinutes } = this.#limits;
    const minutes = this.#spentMs() / 60_000;
    if (minutes < apiMaxMinutes) return null;
    return spent(`${Math.floor(minutes)} minutes; setting \`codexLanes.api.maxMinutes\` allows ${apiMaxMinutes}`);
  }

  /** Aborted once no time is left, while nobody is asked. To be ended. */
  timer(): { readonly signal: AbortSignal; readonly end: () => void } {
    const out = new AbortController();
    let cancel = (): void => undefined;
    const wait = (): void => {
      const left = this.#limits.apiMaxMinutes * 60_000 - this.#spentMs();
      if (left <= 0) out.abort();
      else cancel = this.#clock.after(left, wait);
    };
    wait();
    return { signal: out.signal, end: () => cancel() };
  }

  #spentMs(): number {
    const now = this.#clock.monotonic();
    return now - this.#startedAt - this.#asked - (this.#asking > 0 ? now - this.#askedAt : 0);
  }

  /** Questions that wait together wait once. */
  async #paused<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#asking === 0) this.#askedAt = this.#clock.monotonic();
    this.#asking += 1;
    try {
      return await ask();
    } finally {
      this.#asking -= 1;
      if (this.#asking === 0) this.#asked += this.#clock.monotonic() - this.#askedAt;
    }
  }
}

function spent(what: string): TurnError {
  return turnError('budget_spent', `The turn was stopped after ${what}.`, {
    hint: 'Send again to go on from here, or raise the limit in the settings.',
    retryable: true,
  });
}
