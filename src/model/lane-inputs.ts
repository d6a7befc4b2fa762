import type { LaneSelection } from './ids.ts';
import type { ExecutableIdentity, Payer } from './receipt.ts';

/** Phase of the native lane's feature gate (contract runtime-status, section 3). */
export type GatePhase = 0 | 1 | 2 | 3 | 4;

/** A probe's answer about the Codex program. */
export type BinaryFact =
  | { readonly kind: 'unchecked' }
  | { readonly kind: 'found'; readonly identity: ExecutableIdentity }
  /** `detail` names what was tried and how it failed. */
  | { readonly kind: 'missing'; readonly detail: string };

/** A probe's answer about what the Codex runtime would pay with. */
export type NativeCredentialFact =
  | { readonly kind: 'unchecked' }
  | { readonly kind: 'none' }
  | {
      readonly kind: 'present';
      readonly authMethod: 'api_key' | 'chatgpt' | 'provider';
      readonly payer: Payer;
      /** A request with it succeeded, or its login was read. Left out: true for `chatgpt` only. */
      readonly verified?: boolean;
    }
  /** There is one, but it can't be used: `issue` says why. */
  | { readonly kind: 'issue'; readonly issue: string };

/** What the last probe of the native lane found. */
export type NativeFacts = {
  readonly checkedAt: string | null;
  readonly binary: BinaryFact;
  readonly credential: NativeCredentialFact;
  /** Named restrictions of a usable lane (an old CLI, a stale check). */
  readonly notes: readonly string[];
  /** Why the lane is switched off, pinned or forbidden; null = it is not. */
  readonly disabled: string | null;
  /** Name of the provider that Codex would ask, where it is not the built-in one (`practice (offline)`). */
  readonly providerLabel: string | null;
};

export type ApiFacts = {
  readonly checkedAt: string | null;
  /** Host of the endpoint, or its name where it has one (`practice (offline)`). */
  readonly endpointLabel: string;
  readonly needsKey: boolean;
  readonly payer: Payer | null;
  readonly reach: 'unknown' | 'reachable' | 'offline' | 'refused';
  /** Why it was refused or can't be reached. */
  readonly detail: string | null;
};

export type GateFacts = {
  readonly phase: GatePhase;
  readonly unlocked: boolean;
  /** Which input unlocked it, or which would. */
  readonly unlockSource: string;
  readonly trusted: boolean;
};

/** Everything that the lane decision and the status document are made from. Nothing else may decide. */
export type LaneInputs = {
  readonly selected: LaneSelection;
  /** Which input chose it: `thread`, `workspace`, `setting`, `env`, `default`. */
  readonly selectedSource: string;
  readonly gates: GateFacts;
  readonly native: NativeFacts;
  readonly api: ApiFacts;
};

export const uncheckedNative: NativeFacts = {
  checkedAt: null,
  binary: { kind: 'unchecked' },
  credential: { kind: 'unchecked' },
  notes: [],
  disabled: null,
  providerLabel: null,
};
