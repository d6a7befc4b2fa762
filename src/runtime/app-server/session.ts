import type { Clock } from '../../ports/index.ts';
import type { RunningServer } from './server-process.ts';

export type SessionOptions = {
  /** What tells its program from another. */
  readonly key: string;
  readonly generation: number;
  readonly clock: Clock;
  readonly idleMs: number;
  readonly start: (signal: AbortSignal) => Promise<RunningServer>;
  /** Nobody new may enter. */
  readonly onClosing: () => void;
  /** Nothing is left of it. */
  readonly onGone: () => void;
};

/** One process of the app-server from its start to its proven end, with a count of those who use it. */
export class Session {
  readonly key: string;
  readonly generation: number;
  readonly #options: SessionOptions;
  readonly #abort = new AbortController();
  readonly #started = Promise.withResolvers<RunningServer>();
  #users = 0;
  #retired = false;
  #cancelIdle: (() => void) | null = null;
  #closed: Promise<void> | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.key = options.key;
    this.generation = options.generation;
    // Whoever waits for it hears of it; where nobody does, it is no defect.
    this.#started.promise.catch(() => undefined);
  }

  get users(): number {
    return this.#users;
  }

  get closing(): boolean {
    return this.#closed !== null;
  }

  /** Rejects where it does not start. */
  get started(): Promise<RunningServer> {
    return this.#started.promise;
  }

  begin(): void {
    this.#options.start(this.#abort.signal).then(
      (server) => {
        this.#started.resolve(server);
        this.#look();
      },
      (error) => {
        this.#started.reject(error);
        void this.close();
      },
    );
  }

  enter(): void {
    this.#users += 1;
    this.#cancelIdle?.();
    this.#cancelIdle = null;
  }

  leave(): void {
    this.#users -= 1;
    this.#look();
  }

  /** It is closed when its last user has left. */
  retire(): void {
    this.#retired = true;
    this.#options.onClosing();
    this.#look();
  }

  /** Resolves when no process of it is left. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#cancelIdle?.();
    this.#options.onClosing();
    this.#abort.abort(new Error('it is not needed any more'));
    try {
      const server = await this.#started.promise;
      await server.close();
    } catch {
      // It never ran: whoever waited for it has heard why.
    }
    this.#options.onGone();
  }

  #look(): void {
    this.#cancelIdle?.();
    this.#cancelIdle = null;
    if (this.#users > 0 || this.closing) return;
    if (this.#retired) void this.close();
    else this.#cancelIdle = this.#options.clock.after(this.#options.idleMs, () => void this.close());
  }
}
