import type { ProgressStep, ProgressWait, TurnProgress } from '../../model/index.ts';
import type { Clock } from '../../ports/index.ts';

/** While an answer comes, how long what was told of it may be out of date, in milliseconds. */
const refreshMs = 1000;
/** Steps that are told: of a turn of many requests the last ones. */
const mostSteps = 24;

/** Tells how far a request is: at each step, and while its answer comes once a second, not with each piece of it. */
export class RequestProgress {
  readonly #clock: Clock;
  readonly #tell: (progress: TurnProgress) => void;
  #steps: readonly ProgressStep[] = [];
  #on: ProgressWait['on'] = 'network';
  #what: string | null = null;
  #heardAt: number;
  /** When the limit of silence began: the last word, or when the user said to go on waiting. */
  #waitFrom: number;
  /** Milliseconds of silence after which the request is given up; null = it is not running. */
  #limit: number | null = null;
  #cancelRefresh: (() => void) | null = null;

  constructor(clock: Clock, tell: (progress: TurnProgress) => void) {
    this.#clock = clock;
    this.#tell = tell;
    this.#heardAt = clock.now();
    this.#waitFrom = this.#heardAt;
  }

  /** The request is on its way to `host`. */
  sent(host: string, limit: number): void {
    this.#limit = limit;
    this.#step('request-sent', host, 'network');
  }

  /** The endpoint answered: from here on its answer is waited for. */
  accepted(label: string): void {
    this.#step('request-accepted', label, 'reply');
  }

  /** The request failed in a way that may pass, and is sent again after a pause. */
  reconnecting(why: string): void {
    this.#limit = null;
    this.#step('reconnecting', why, 'network');
  }

  /** A tool of ours runs: nothing is waited for that a limit of silence is set for. */
  running(on: 'command' | 'tool', what: string): void {
    this.end();
    this.#limit = null;
    this.#heardAt = this.#clock.now();
    this.#on = on;
    this.#what = what;
    this.#say();
  }

  /** The user goes on waiting: the limit begins anew, though nothing was heard. */
  again(): void {
    this.#waitFrom = this.#clock.now();
    this.#say();
  }

  /** Something came. */
  heard(): void {
    this.#heardAt = this.#clock.now();
    this.#waitFrom = this.#heardAt;
    this.#cancelRefresh ??= this.#clock.after(refreshMs, () => {
      this.#cancelRefresh = null;
      this.#say();
    });
  }

  /** Nothing is told after this. */
  end(): void {
    this.#cancelRefresh?.();
    this.#cancelRefresh = null;
  }

  #step(what: ProgressStep['what'], detail: string, on: ProgressWait['on']): void {
    this.end();
    this.#heardAt = this.#clock.now();
    this.#waitFrom = this.#heardAt;
    this.#on = on;
    this.#what = null;
    this.#steps = [...this.#steps, { what, at: iso(this.#heardAt), detail }].slice(-mostSteps);
    this.#say();
  }

  #say(): void {
    this.#tell({
      steps: this.#steps,
      waiting: { on: this.#on, what: this.#what, since: iso(this.#heardAt) },
      givesUpAt: this.#limit === null ? null : iso(this.#waitFrom + this.#limit),
    });
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();
