import type { ModelFact } from './lane-inputs.ts';
import type { KnownLimits } from './rate-limits.ts';

/** What somebody said when asked, or why there is no answer. `at`: ISO time of the answer. */
export type Reading<T> =
  | { readonly kind: 'told'; readonly at: string; readonly value: T }
  | { readonly kind: 'none'; readonly why: NoReading; readonly detail: string | null };

/** Why nobody said anything; a `detail` says more. */
export type NoReading =
  /** Nobody asked yet. */
  | 'not-read'
  /** The app-server is asked no more than what a turn may ask: the detail says what shuts it. */
  | 'shut'
  /** This account or provider has none. */
  | 'not-applicable'
  /** It was asked, and refused or did not answer. */
  | 'failed';

/** Whom Codex works for. */
export type AccountFact = {
  /** `none`: nobody is signed in. `other`: a cloud's own sign-in. */
  readonly kind: 'chatgpt' | 'api-key' | 'other' | 'none';
  /** An address, or the name of another kind; null = not said. */
  readonly name: string | null;
  readonly workspace: string | null;
  /** As Codex writes it; null = not said. */
  readonly plan: string | null;
  /** False: the configured provider takes no login of OpenAI. */
  readonly needsLogin: boolean;
};

export type EffortOffer = { readonly effort: string; readonly description: string };

/** A model with what may be chosen of it. */
export type ModelOffer = ModelFact & {
  readonly efforts: readonly EffortOffer[];
  readonly defaultEffort: string | null;
  /** The one that a new thread of Codex gets where nothing else is said. */
  readonly isDefault: boolean;
};

/** A switch of Codex's own. */
export type FeatureFact = {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** As Codex writes it: `beta`, `stable`, `underDevelopment` … */
  readonly stage: string;
  readonly enabled: boolean;
  readonly byDefault: boolean;
};

/** What the endpoint of the API lane said of its limits with its last answer. */
export type EndpointLimit = {
  readonly of: 'requests' | 'tokens';
  readonly limit: number | null;
  readonly remaining: number;
  /** Milliseconds since the epoch; null = not said. */
  readonly resetsAt: number | null;
};

/** What Codex's app-server said of itself and the account, and the endpoint of its limits. Kept in memory alone. */
export type Readings = {
  readonly account: Reading<AccountFact>;
  readonly limits: Reading<KnownLimits>;
  readonly models: Reading<readonly ModelOffer[]>;
  readonly features: Reading<readonly FeatureFact[]>;
  readonly endpoint: Reading<readonly EndpointLimit[]>;
};

export const notRead: { readonly kind: 'none'; readonly why: 'not-read'; readonly detail: null } = {
  kind: 'none',
  why: 'not-read',
  detail: null,
};

export const noReadings: Readings = {
  account: notRead,
  limits: notRead,
  models: notRead,
  features: notRead,
  endpoint: notRead,
};

/** The model of that name among those that were told; null = not known. */
export function offerOf(readings: Readings, model: string | null): ModelOffer | null {
  if (model === null || readings.models.kind === 'none') return null;
  return readings.models.value.find(({ id }) => id === model) ?? null;
}

/** Whether it is known that a model lacks an effort. */
export function lacksEffort(offer: ModelOffer | null, effort: string | null): boolean {
  if (offer === null || effort === null || offer.efforts.length === 0) return false;
  return !offer.efforts.some((own) => own.effort === effort);
}
