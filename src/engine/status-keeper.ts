import { Emitter } from '../base/index.ts';
import type {
  ApiFacts,
  GateFacts,
  LaneInputs,
  LaneSelection,
  NativeFacts,
  RunnableLaneId,
  StampedStatus,
} from '../model/index.ts';
import { uncheckedNative } from '../model/index.ts';
import type { Clock, Log } from '../ports/index.ts';
import type { GatesSeen } from '../routing/index.ts';
import { checkedAtOf, deriveStatus, gatesSeen, sinceOf, withFailedProbe } from '../routing/index.ts';

/**
 * Longest wait for a probe, in milliseconds. Each has limits of its own; this one is for what knows none: a key store or
 * a network drive that never answers.
 */
const patience = 60_000;

/** How often a refresh asks again because the settings changed meanwhile. */
const mostRounds = 3;

/** What needs no probe: read anew at each computation. */
export type StandingInputs = {
  readonly selected: LaneSelection;
  readonly selectedSource: string;
  readonly gates: GateFacts;
  /** What a probe of the endpoint would be about; facts of another endpoint do not count. */
  readonly api: Pick<ApiFacts, 'endpointLabel' | 'needsKey'>;
  /** Rises with whatever makes old findings about the native lane void (another program, another login setting). */
  readonly nativeKey: string;
  readonly apiKey: string;
};

export type StatusKeeperDeps = {
  readonly clock: Clock;
  readonly log: Log;
  readonly standing: () => StandingInputs;
  readonly probeNative: () => Promise<NativeFacts>;
  readonly probeApi: () => Promise<ApiFacts>;
  readonly stored: StampedStatus | null;
  readonly store: (status: StampedStatus) => void;
};

/**
 * The one status of the product. Computed from the last findings and the present settings; probes run when asked, never
 * by a timer. A probe that fails keeps the last truth; one that was started earlier never overwrites one started later.
 */
export class StatusKeeper {
  readonly #deps: StatusKeeperDeps;
  readonly #changes: Emitter<StampedStatus>;
  #native: NativeFacts;
  #api: ApiFacts | null;
  #keys: Readonly<Record<RunnableLaneId, string>>;
  #seen: GatesSeen;
  #status: StampedStatus;
  #sequence: number;
  #started = 0;
  /** The last probe of a lane that was begun, and that counted. */
  readonly #begun = { api: 0, 'codex-native': 0 };
  readonly #applied = { api: 0, 'codex-native': 0 };
  #running = 0;
  #closed = false;

  constructor(deps: StatusKeeperDeps) {
    this.#deps = deps;
    this.#changes = new Emitter((error) => deps.log.error('a status listener failed', error));
    const standing = deps.standing();
    // What an earlier session found is shown with its age, but it decides nothing: the first turn checks again.
    this.#native = deps.stored?.inputs.native ?? uncheckedNative;
    const api = deps.stored?.inputs.api ?? null;
    // A check of another endpoint says nothing about this one: whether it needs a key least of all.
    this.#api = api?.endpointLabel === standing.api.endpointLabel ? api : null;
    this.#keys = keysOf(standing);
    this.#sequence = deps.stored?.sequence ?? 0;
    this.#seen = deps.stored === null ? {} : gatesSeen(deps.stored.inputs);
    this.#status = this.#compute(standing, deps.stored?.since ?? {});
  }

  /** The facts that a turn is decided from: what only an earlier session found does not count. */
  inputs(): LaneInputs {
    const { inputs } = this.#status;
    const native = this.#applied['codex-native'] > 0 ? inputs.native : uncheckedNative;
    // A key that was missing then may be there now; one that was there is looked up again by the lane itself.
    const api = this.#applied.api > 0 || inputs.api.payer !== null ? inputs.api : { ...inputs.api, checkedAt: null };
    return { ...inputs, native, api };
  }

  current(): StampedStatus {
    return this.#status;
  }

  onChange(listener: (status: StampedStatus) => void): () => void {
    return this.#changes.on(listener);
  }

  /** The settings, the trust or the folders changed: what was found about something else is dropped. */
  reconsider(): void {
    if (this.#closed) return;
    const standing = this.#deps.standing();
    this.#drop(standing);
    const { since } = this.#status;
    this.#publish(standing);
    // When a gate changed is remembered also where no probe follows.
    if (!sameTimes(since, this.#status.since)) this.#deps.store(this.#status);
  }

  /** Probes the lanes named, side by side; each finding is shown as it comes. Never rejects. */
  async refresh(lanes: readonly RunnableLaneId[] = ['codex-native', 'api']): Promise<StampedStatus> {
    if (this.#closed) return this.#status;
    this.#running += 1;
    this.#publish(this.#deps.standing());
    await Promise.all(lanes.map((lane) => this.#check(lane)));
    this.#running -= 1;
    if (this.#closed) return this.#status;
    this.#publish(this.#deps.standing());
    this.#deps.store(this.#status);
    return this.#status;
  }

  /** What is still being asked is no longer waited for, and decides nothing. */
  close(): void {
    this.#closed = true;
  }

  async #check(lane: RunnableLaneId): Promise<void> {
    for (let round = 0; round < mostRounds; round += 1) {
      this.#started += 1;
      const own = this.#started;
      this.#begun[lane] = own;
      const key = this.#keys[lane];
      switch (lane) {
        case 'codex-native': {
          const facts = await this.#ask(this.#deps.probeNative);
          if (this.#counts(lane, own, key)) this.#native = facts ?? withFailedProbe(this.#status.inputs, lane).native;
          break;
        }
        case 'api': {
          const facts = await this.#ask(this.#deps.probeApi);
          if (this.#counts(lane, own, key)) this.#api = facts ?? withFailedProbe(this.#status.inputs, lane).api;
          break;
        }
      }
      if (this.#closed) return;
      const standing = this.#deps.standing();
      this.#drop(standing);
      this.#publish(standing);
      // The settings changed under the probe: what it found was dropped, and somebody waits for what holds now.
      if (this.#keys[lane] === key || this.#begun[lane] !== own) return;
    }
  }

  /** Findings that were about something else than what stands now. */
  #drop(standing: StandingInputs): void {
    const keys = keysOf(standing);
    if (keys['codex-native'] !== this.#keys['codex-native']) this.#native = uncheckedNative;
    if (keys.api !== this.#keys.api) this.#api = null;
    this.#keys = keys;
  }

  /** Null: the probe failed, or gave no answer at all. */
  async #ask<T>(probe: () => Promise<T>): Promise<T | null> {
    let takeBack: (() => void) | null = null;
    const late = new Promise<never>((_resolve, reject) => {
      takeBack = this.#deps.clock.after(patience, () => reject(new Error(`no answer within ${patience / 1000} s`)));
    });
    try {
      return await Promise.race([probe(), late]);
    } catch (error) {
      this.#deps.log.error('a probe failed', error);
      return null;
    } finally {
      (takeBack as (() => void) | null)?.();
    }
  }

  /** Whether a probe's end is news: nothing that was asked later has answered, and it is about what holds now. */
  #counts(lane: RunnableLaneId, own: number, key: string): boolean {
    if (this.#closed || own <= this.#applied[lane]) return false;
    this.#applied[lane] = own;
    return keysOf(this.#deps.standing())[lane] === key;
  }

  #publish(standing: StandingInputs): void {
    this.#status = this.#compute(standing, this.#status.since);
    this.#changes.fire(this.#status);
  }

  #compute(standing: StandingInputs, since: StampedStatus['since']): StampedStatus {
    const api: ApiFacts = this.#api ?? {
      checkedAt: null,
      ...standing.api,
      payer: null,
      reach: 'unknown',
      detail: null,
      models: [],
      credentialInputs: [],
    };
    const inputs: LaneInputs = {
      selected: standing.selected,
      selectedSource: standing.selectedSource,
      gates: standing.gates,
      native: this.#native,
      api,
    };
    this.#sequence += 1;
    const before = { seen: this.#seen, since };
    this.#seen = gatesSeen(inputs, before.seen);
    return {
      document: deriveStatus(inputs),
      inputs,
      checkedAt: checkedAtOf(inputs),
      since: sinceOf(before, this.#seen, new Date(this.#deps.clock.now()).toISOString()),
      checking: this.#running > 0,
      sequence: this.#sequence,
    };
  }
}

function sameTimes(one: StampedStatus['since'], other: StampedStatus['since']): boolean {
  const keys = Object.keys(other);
  return keys.length === Object.keys(one).length && keys.every((key) => one[key] === other[key]);
}

function keysOf({ nativeKey, apiKey }: StandingInputs): Readonly<Record<RunnableLaneId, string>> {
  return { 'codex-native': nativeKey, api: apiKey };
}
