import type { Clock } from '../../../ports/index.ts';
import type { Notification, Reader, RequestOptions, ServerEnd } from '../../../runtime/index.ts';
import type { TurnLease } from '../turn-lease.ts';
import { field } from '../wire.ts';

/** Time that goes on to the next timer when a test says so. */
export class Timeline implements Clock {
  #now = Date.UTC(2026, 0, 1);
  #timers: { readonly at: number; readonly call: () => void }[] = [];
  readonly now = (): number => this.#now;
  readonly monotonic = (): number => this.#now;
  readonly after = (ms: number, call: () => void): (() => void) => {
    const timer = { at: this.#now + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** Lets time pass until `work` is settled. Throws where nothing more would happen before. */
  async until<T>(work: Promise<T>): Promise<T> {
    let settled = false;
    const done = work.finally(() => {
      settled = true;
    });
    done.catch(() => undefined);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (settled) return done;
      const [next] = this.#timers.toSorted((a, b) => a.at - b.at);
      if (next === undefined) throw new Error('it waits for something that never comes');
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.call();
    }
  }
}

/** When things happen, in milliseconds since the turn was asked for. */
export type Plan = {
  /** How long each message takes, one way; used in turn. */
  readonly latencies: readonly number[];
  readonly completesAfter: number;
  /** How long the model works before it takes what it was told meanwhile. */
  readonly takesAfter: number;
  /** Null = it is not killed. */
  readonly diesAfter: number | null;
  /** It takes an interrupt and does nothing about it. */
  readonly isDeaf: boolean;
  /** What it writes there just before the turn completes. */
  readonly stderr?: readonly string[];
  /** It keeps a thread that nobody hears. */
  readonly keepsThreads?: boolean;
  /** When the turn within a review begins, or the one that compacts, after it was asked for. */
  readonly actsAfter?: number;
  /** It does not say whose turn one within a review is. */
  readonly namesNoRoot?: boolean;
};

/** A server with one thread and one turn, as 0.169 behaves: what it has accepted it takes before the turn completes. */
export class FakeCodex {
  readonly threadId = 'thread-of-codex';
  readonly turnId = 'turn-of-codex';
  /** Client ids of the messages that it took. */
  readonly taken: string[] = [];
  readonly asked: string[] = [];
  /** What an interrupt must name: within a review another turn (measured). */
  #activeId = this.turnId;
  /** A review or a compaction takes no message. */
  #isAct = false;
  readonly #time: Timeline;
  readonly #plan: Plan;
  readonly #listeners: ((told: Notification) => void)[] = [];
  readonly #ended = Promise.withResolvers<ServerEnd>();
  readonly #pending = new Set<(error: Error) => void>();
  #accepted: { readonly id: string; readonly text: string }[] = [];
  #active = false;
  #dead = false;
  #wantsToEnd = false;
  #messages = 0;

  constructor(time: Timeline, plan: Plan) {
    this.#time = time;
    this.#plan = plan;
    if (plan.diesAfter !== null) time.after(plan.diesAfter, () => this.die('SIGKILL'));
  }

  get lease(): TurnLease {
    return {
      pid: 1,
      generation: 1,
      notices: [],
      vault: null,
      ended: this.#ended.promise,
      onNotification: (listener) => {
        this.#listeners.push(listener);
        return () => undefined;
      },
      handle: () => () => undefined,
      onStderr: (listener) => {
        this.#time.after(this.#plan.completesAfter, () => {
          for (const line of this.#plan.stderr ?? []) listener(line);
        });
        return () => undefined;
      },
      onWire: () => () => undefined,
      observe: () => undefined,
      endCommandsOf: async (threadId) => {
        this.asked.push(`end commands of ${threadId}`);
        return 0;
      },
      endServer: async () => this.die(null),
      request: (method, params, read, options) => this.#request(method, params, read, options),
    };
  }

  die(signal: 'SIGKILL' | null): void {
    if (this.#dead) return;
    this.#dead = true;
    const words = signal === null ? 'it was closed' : `it was ended by ${signal}`;
    for (const refuse of [...this.#pending]) refuse(new Error(words));
    const end = { exitCode: null, signal, startError: null, asked: signal === null, stderr: '', words };
    this.#ended.resolve(end);
  }

  #request<T>(method: string, params: unknown, read: Reader<T>, options: RequestOptions<T> = {}): Promise<T> {
    this.asked.push(method);
    if (this.#dead) return Promise.reject(new Error('it is gone'));
    return new Promise<T>((resolve, reject) => {
      const refuse = (error: Error): void => {
        this.#pending.delete(refuse);
        reject(error);
      };
      this.#pending.add(refuse);
      this.#later(() => {
        const answer = this.#answer(method, params);
        this.#later(() => {
          this.#pending.delete(refuse);
          if (answer instanceof Error) {
            reject(answer);
            return;
          }
          const value = read.parse(answer);
          options.onAnswer?.(value);
          resolve(value);
        });
      });
    });
  }

  #answer(method: string, params: unknown): unknown {
    switch (method) {
      case 'thread/start':
        return { thread: { id: this.threadId }, sandbox: { type: 'workspaceWrite' } };
      case 'turn/start':
        this.#active = true;
        this.#tell('turn/started', { turn: { id: this.turnId, status: 'inProgress' } });
        this.#time.after(this.#plan.completesAfter, () => this.#complete());
        return { turn: { id: this.turnId } };
      case 'review/start':
        this.#active = true;
        this.#isAct = true;
        this.#time.after(this.#plan.actsAfter ?? 0, () => this.#goOnAs('turn-within'));
        this.#time.after(this.#plan.completesAfter, () => this.#complete());
        return { turn: { id: this.turnId }, reviewThreadId: this.threadId };
      case 'thread/compact/start':
        this.#isAct = true;
        this.#time.after(this.#plan.actsAfter ?? 0, () => {
          if (this.#dead) return;
          this.#active = true;
          this.#tell('turn/started', { turn: { id: this.turnId, status: 'inProgress' } });
          this.#time.after(this.#plan.completesAfter, () => this.#complete());
        });
        return {};
      case 'turn/steer': {
        if (!this.#active) return new Error('no active turn to steer');
        if (this.#isAct) return new Error('cannot steer this turn');
        const { clientUserMessageId: id, input } = params as {
          readonly clientUserMessageId: string;
          readonly input: readonly { readonly text: string }[];
        };
        this.#accepted.push({ id, text: input[0]?.text ?? '' });
        this.#time.after(this.#plan.takesAfter, () => this.#take());
        return { turnId: this.turnId };
      }
      case 'turn/interrupt':
        if (!this.#active) return new Error('no active turn');
        if (field(params, 'turnId') !== this.#activeId) return new Error('another turn is active');
        if (!this.#plan.isDeaf) this.#end('interrupted');
        return {};
      case 'thread/unsubscribe':
        if (this.#plan.keepsThreads !== true) this.#later(() => this.#tell('thread/closed', {}));
        return { status: 'unsubscribed' };
      default:
        return { data: [] };
    }
  }

  #goOnAs(id: string): void {
    if (!this.#active || this.#dead) return;
    this.#activeId = id;
    const root = this.#plan.namesNoRoot === true ? {} : { rootTurnId: this.turnId };
    this.#tell('turn/started', { turn: { id, ...root, status: 'inProgress' } });
  }

  #take(): void {
    if (!this.#active || this.#dead) return;
    for (const { id, text } of this.#accepted.splice(0)) {
      this.taken.push(id);
      const item = { type: 'userMessage', id: `item-${id}`, clientId: id, content: [{ type: 'text', text }] };
      this.#tell('item/started', { turnId: this.turnId, item });
      this.#tell('item/completed', { turnId: this.turnId, item });
    }
    if (this.#wantsToEnd) this.#complete();
  }

  #complete(): void {
    this.#wantsToEnd = true;
    if (this.#active && this.#accepted.length === 0) this.#end('completed');
  }

  #end(status: 'completed' | 'interrupted'): void {
    this.#active = false;
    this.#accepted = [];
    this.#tell('turn/completed', { turn: { id: this.turnId, status, error: null } });
  }

  /** In the order in which it is told, whatever else is on its way. */
  #tell(method: string, params: object): void {
    const told = { method, params: { threadId: this.threadId, ...params }, emittedAtMs: null };
    this.#later(() => {
      for (const listener of this.#listeners) listener(told);
    });
  }

  #readyAt = 0;

  /** Nothing overtakes what was sent before it. */
  #later(call: () => void): void {
    const latency = this.#plan.latencies[this.#messages++ % this.#plan.latencies.length] ?? 0;
    this.#readyAt = Math.max(this.#readyAt, this.#time.now() + latency);
    this.#time.after(this.#readyAt - this.#time.now(), () => {
      if (!this.#dead) call();
    });
  }
}
