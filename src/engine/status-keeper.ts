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
  #keys: { readonly native: string; readonly api: string };
  #seen: GatesSeen;
  #status: StampedStatus;
  #sequence: number;
  #started = 0;
  readonly #applied = { api: 0, 'codex-native': 0 };
  #running = 0;

  constructor(deps: StatusKeeperDeps) {
    this.#deps = deps;
    this.#changes = new Emitter((error) => deps.log.error('a status listener failed', error));
    const standing = deps.standing();
    // What an earlier session found is shown with its age, but it decides nothing: the first turn checks again.
    this.#native = deps.stored?.inputs.native ?? uncheckedNative;
    this.#api = deps.stored?.inputs.api ?? null;
    this.#keys = { native: standing.nativeKey, api: standing.apiKey };
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
    const standing = this.#deps.standing();
    if (standing.nativeKey !== this.#keys.native) this.#native = uncheckedNative;
    if (standing.apiKey !== this.#keys.api) this.#api = null;
    this.#keys = { native: standing.nativeKey, api: standing.apiKey };
    const { since } = this.#status;
    this.#publish(standing);
    // When a gate changed is remembered also where no probe follows.
    if (!sameTimes(since, this.#status.since)) this.#deps.store(this.#status);
  }

  /** Probes the lanes named, side by side. Never rejects. */
  async refresh(lanes: readonly RunnableLaneId[] = ['codex-native', 'api']): Promise<StampedStatus> {
    this.#started += 1;
    const own = this.#started;
    const keys = this.#keys;
    this.#running += 1;
    this.#publish(this.#deps.standing());
    const [native, api] = await Promise.all([
      lanes.includes('codex-native') ? settled(this.#deps.probeNative()) : null,
      lanes.includes('api') ? settled(this.#deps.probeApi()) : null,
    ]);
    this.#running -= 1;
    const standing = this.#deps.standing();
    if (native !== null && this.#isNewest('codex-native', own) && keys.native === standing.nativeKey) {
      this.#native = native.status === 'fulfilled' ? native.value : this.#afterFailure('codex-native').native;
    }
    if (api !== null && this.#isNewest('api', own) && keys.api === standing.apiKey) {
      this.#api = api.status === 'fulfilled' ? api.value : this.#afterFailure('api').api;
    }
    for (const result of [native, api]) {
      if (result?.status === 'rejected') this.#deps.log.error('a probe failed', result.reason);
    }
    this.#publish(standing);
    this.#deps.store(this.#status);
    return this.#status;
  }

  #afterFailure(lane: RunnableLaneId): LaneInputs {
    return withFailedProbe(this.#status.inputs, lane);
  }

  #isNewest(lane: RunnableLaneId, own: number): boolean {
    if (own <= this.#applied[lane]) return false;
    this.#applied[lane] = own;
    return true;
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

async function settled<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  const [result] = await Promise.allSettled([promise]);
  return result;
}
