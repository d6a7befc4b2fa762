import { Emitter } from '../base/index.ts';
import type { EndpointLimit, LaneInputs, NoReading, Reading, Readings } from '../model/index.ts';
import { messageOf, nextReset, noReadings, notRead, withLimits } from '../model/index.ts';
import type { Clock, Log } from '../ports/index.ts';
import { decideLane, nativeTransport } from '../routing/index.ts';
import type { Lease, NativeRuntime, Notification, ServerProgram, SharedServer } from '../runtime/index.ts';
import {
  isAnotherAccount,
  limitsTold,
  readAccount,
  readFeatures,
  readLimits,
  readModelOffers,
  serverProgram,
  unlessStopped,
} from '../runtime/index.ts';

export type ReadingsDeps = {
  readonly inputs: () => LaneInputs;
  /** Names what a native turn would ask: with another name, what was read before counts no more. */
  readonly about: () => string;
  /** The same of the API lane. */
  readonly aboutApi: () => string;
  /** Checks the native lane, where that was not done yet. */
  readonly check: () => Promise<void>;
  readonly resolve: () => Promise<NativeRuntime>;
  readonly server: SharedServer;
  /** Ends with the app. */
  readonly closing: AbortSignal;
  readonly clock: Clock;
  readonly log: Log;
};

/** How long somebody who asks is kept waiting, in milliseconds; what comes later is told when it comes. */
const patience = 8000;
/** Age at which account, models and features are read again after a turn, in milliseconds. */
const staleAfter = 10 * 60_000;
/** Longest wait for a reset, in milliseconds: a machine may sleep meanwhile. */
const longestWait = 60 * 60_000;

type Key = Exclude<keyof Readings, 'endpoint'>;

/**
 * What Codex's app-server says of the account, its limits, models and switches. It is asked where somebody asks for it
 * ({@link read}), and after a turn, over the server that runs anyway; no turn waits for it, and no server is kept for it.
 */
export class ReadingsKeeper {
  readonly #deps: ReadingsDeps;
  readonly #changes: Emitter<void>;
  readonly #stopHearing: () => void;
  #readings: Readings = noReadings;
  #about: string;
  #aboutApi: string | null = null;
  /** The server that was asked last, and when. */
  #asked: { readonly generation: number; readonly at: number } | null = null;
  #asking: Promise<boolean> | null = null;
  #cancelReset = (): void => undefined;

  constructor(deps: ReadingsDeps) {
    this.#deps = deps;
    this.#about = deps.about();
    this.#changes = new Emitter((error) => deps.log.error('a listener of the readings failed', error));
    this.#stopHearing = deps.server.onNotification((told) => this.#hear(told));
  }

  current(): Readings {
    this.#look();
    const shut = this.#shutBy();
    return shut === null ? this.#readings : withNone(this.#readings, 'shut', shut);
  }

  onChange(listener: () => void): () => void {
    return this.#changes.on(listener);
  }

  /**
   * Asks the app-server, which is started if it must be, and gives what is known after at most 8 s. Where a turn may not use
   * it, nothing is started and each reading says why. Never throws.
   */
  async read(): Promise<Readings> {
    const { clock, closing } = this.#deps;
    const late = Promise.withResolvers<void>();
    const cancel = clock.after(patience, () => late.resolve());
    try {
      await unlessStopped(Promise.race([this.#refresh(true), late.promise]), closing);
    } finally {
      cancel();
    }
    return this.current();
  }

  /** Asks a server that runs already, in the background, where what it said is missing or old. */
  again(): void {
    void this.#againIfOld();
  }

  /** Another login: what was read before is not its own. */
  forget(): void {
    this.#readings = { ...noReadings, endpoint: this.#readings.endpoint };
    this.#asked = null;
    this.#changed();
  }

  /** What the endpoint of the API lane said with its last answer. */
  endpointTold(limits: readonly EndpointLimit[]): void {
    if (limits.length === 0) return;
    this.#aboutApi = this.#deps.aboutApi();
    this.#put('endpoint', { kind: 'told', at: this.#now(), value: limits });
  }

  close(): void {
    this.#stopHearing();
    this.#cancelReset();
  }

  async #againIfOld(): Promise<void> {
    if (this.#shutBy() !== null) return;
    const lease = await this.#deps.server.running();
    if (lease === null) return;
    const old = this.#asked?.generation !== lease.generation || this.#deps.clock.now() - this.#asked.at > staleAfter;
    lease.release();
    if (old) await this.#refresh(false);
  }

  /** One at a time. `start`: also where no server runs. */
  async #refresh(start: boolean): Promise<void> {
    if (this.#asking !== null && ((await this.#asking) || !start)) return;
    this.#asking ??= this.#ask(start).finally(() => {
      this.#asking = null;
    });
    await this.#asking;
  }

  /** False: there is no server to ask. */
  async #ask(start: boolean): Promise<boolean> {
    const { server, clock, closing, log } = this.#deps;
    let lease: Lease | null = null;
    try {
      if (start) await this.#checkFirst();
      if (this.#shutBy() !== null) return true;
      // One that was started with another key would tell of another account.
      const program = await this.#program();
      lease = (await server.running(program)) ?? (start ? await server.lease(program, closing) : null);
    } catch (error) {
      if (closing.aborted) return false;
      log.warn(`Codex's app-server was not asked for its account: ${messageOf(error)}`);
      this.#readings = withNone(this.#readings, 'failed', messageOf(error));
      this.#changed();
      return true;
    }
    if (lease === null) return false;
    this.#look();
    const about = this.#about;
    const ask = { now: () => clock.now(), signal: closing };
    this.#asked = { generation: lease.generation, at: clock.now() };
    const take =
      <K extends Key>(key: K) =>
      (reading: Readings[K]): void => {
        this.#look();
        if (about === this.#about && !closing.aborted) this.#put(key, reading);
      };
    try {
      await Promise.all([
        readAccount(lease, ask).then(take('account')),
        readLimits(lease, ask).then(take('limits')),
        readModelOffers(lease, ask).then(take('models')),
        readFeatures(lease, ask).then(take('features')),
      ]);
    } finally {
      lease.release();
    }
    return true;
  }

  async #checkFirst(): Promise<void> {
    const { gates, native } = this.#deps.inputs();
    if (native.abilities === null && gates.interactive && gates.trusted) await this.#deps.check();
  }

  /** As a turn would start it, so that the next one uses it too. */
  async #program(): Promise<ServerProgram> {
    const { resolve, closing } = this.#deps;
    const runtime = await unlessStopped(resolve(), closing);
    closing.throwIfAborted();
    const abilities = await runtime?.abilities();
    if (abilities?.appServer === false) throw new Error('This build of Codex has no app-server.');
    const program = runtime === null ? null : serverProgram(runtime);
    if (program === null) throw new Error('The Codex CLI was not found.');
    return program;
  }

  /** What keeps a turn from using the app-server; null = nothing. */
  #shutBy(): string | null {
    const inputs = this.#deps.inputs();
    const decision = decideLane({ ...inputs, selected: 'codex-native' });
    if (decision.kind === 'refuse') return decision.error.message;
    const { transport, step } = nativeTransport(inputs);
    return transport === 'app-server' ? null : step.says;
  }

  #hear(told: Notification): void {
    // Most are pieces of an answer, and many a second.
    if (!told.method.startsWith('account/')) return;
    this.#look();
    const limits = limitsTold(told, this.#deps.clock.now());
    if (limits !== null) {
      const { limits: before } = this.#readings;
      const value = withLimits(before.kind === 'told' ? before.value : {}, limits.snapshot, limits.at);
      this.#put('limits', { kind: 'told', at: new Date(limits.at).toISOString(), value });
    }
    const { account } = this.#readings;
    if (account.kind === 'told' && isAnotherAccount(told, account.value)) {
      this.forget();
      this.again();
    }
  }

  #put<K extends keyof Readings>(key: K, reading: Readings[K]): void {
    // What was told stays, with its time, where nobody tells more.
    if (reading.kind === 'none' && this.#readings[key].kind === 'told') return;
    this.#readings = { ...this.#readings, [key]: reading };
    this.#changed();
  }

  /** Settings, keys or the endpoint may be others than when it was read. */
  #look(): void {
    const about = this.#deps.about();
    if (about !== this.#about) {
      this.#about = about;
      this.#asked = null;
      this.#readings = { ...noReadings, endpoint: this.#readings.endpoint };
    }
    if (this.#aboutApi !== null && this.#aboutApi !== this.#deps.aboutApi()) {
      this.#aboutApi = null;
      this.#readings = { ...this.#readings, endpoint: notRead };
    }
  }

  #changed(): void {
    this.#cancelReset();
    if (this.#deps.closing.aborted) return;
    const { limits } = this.#readings;
    const now = this.#deps.clock.now();
    const reset = limits.kind === 'told' ? nextReset(limits.value, now) : null;
    this.#cancelReset =
      reset === null
        ? () => undefined
        : this.#deps.clock.after(Math.min(reset - now + 1, longestWait), () => this.#changed());
    this.#changes.fire();
  }

  #now(): string {
    return new Date(this.#deps.clock.now()).toISOString();
  }
}

/** What was told stays, with its time. */
function withNone(readings: Readings, why: NoReading, detail: string): Readings {
  const none: Reading<never> = { kind: 'none', why, detail };
  const { account, limits, models, features, endpoint } = readings;
  return {
    account: account.kind === 'told' ? account : none,
    limits: limits.kind === 'told' ? limits : none,
    models: models.kind === 'told' ? models : none,
    features: features.kind === 'told' ? features : none,
    endpoint,
  };
}
