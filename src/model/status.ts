import type { LaneSelection, RunnableLaneId } from './ids.ts';
import type { LaneInputs, ModelFact } from './lane-inputs.ts';

/** The status document of contract `runtime-status`, section 2: literal names, read by every surface, recomputed by none. */
export type StatusDocument = { readonly schemaVersion: 1; readonly providers: { readonly codex: ProviderStatus } };

export type VerificationState = 'verified' | 'unknown' | 'offline' | 'error';
export type BackendState = 'ready' | 'locked' | 'disabled' | 'authentication-required' | 'runtime-missing' | 'degraded';
export type Audience = 'general' | 'internal';

export type ProviderStatus = {
  readonly supported: boolean;
  readonly authenticated: boolean;
  readonly authMethod: string | null;
  readonly verificationState: VerificationState;
  readonly canLoginFromUi: boolean;
  readonly statusMessage: string | null;
  readonly detailMessage: string | null;
  readonly selectedBackendId: LaneSelection;
  readonly resolvedBackendId: RunnableLaneId | null;
  /** auto, api, codex-native: always all three, in this order. */
  readonly availableBackends: readonly BackendOption[];
  readonly externalRuntimeDiagnostics: readonly RuntimeDiagnostic[];
  /** Of the resolved lane, as far as it names any. */
  readonly models: readonly ModelFact[];
  readonly capabilities: Capabilities;
  readonly backend: BackendInfo | null;
};

export type BackendOption = {
  readonly id: LaneSelection;
  readonly label: string;
  readonly description: string;
  readonly selectable: boolean;
  readonly recommended: boolean;
  readonly available: boolean;
  readonly state: BackendState;
  readonly audience: Audience;
  readonly statusMessage: string | null;
  readonly detailMessage: string | null;
};

export type RuntimeDiagnostic = {
  readonly id: 'codex-cli';
  readonly label: 'Codex CLI';
  readonly detected: boolean;
  readonly statusMessage: string | null;
  readonly detailMessage: string | null;
};

export type BackendInfo = {
  readonly kind: string;
  readonly label: string;
  readonly endpointLabel: string | null;
  readonly projectId: string | null;
  readonly authMethodDetail: string | null;
};

export type ExtensionCapability = {
  readonly status: 'supported' | 'read-only' | 'unsupported';
  readonly ownership: 'shared' | 'provider-scoped';
  readonly reason: string | null;
};

export type Capabilities = {
  readonly oneShot: boolean;
  readonly interactive: boolean;
  readonly extensions: {
    readonly plugins: ExtensionCapability;
    readonly mcp: ExtensionCapability;
    readonly skills: ExtensionCapability;
    readonly apiKeys: ExtensionCapability;
  };
};

/** What can keep every turn off a lane, in the order in which they are asked. */
export const turnGateIds = ['trust', 'setting', 'pin', 'binary', 'probe', 'credential', 'unlock'] as const;
export type TurnGateId = (typeof turnGateIds)[number];

/**
 * What can shut a capability: a gate of the turn itself, the gate of interactive native turns, the tools of the
 * API lane, or the lane's own limits.
 */
export const gateIds = [...turnGateIds, 'interactive', 'tools', 'lane'] as const;
export type GateId = (typeof gateIds)[number];

/** A status with what it was derived from: what surfaces show until the next probe. */
export type StampedStatus = {
  readonly document: StatusDocument;
  /** The facts behind `document`; `document` is always `deriveStatus(inputs)`. */
  readonly inputs: LaneInputs;
  /** ISO time of the latest probe that it rests on; null = nothing was checked yet. */
  readonly checkedAt: string | null;
  /** ISO time since when each gate of each lane stands as it does now, as far as this installation has seen. */
  readonly since: Readonly<Record<string, string>>;
  /** A probe is under way. */
  readonly checking: boolean;
  /** Rises with every computation; an older, slower probe never overwrites a newer one. */
  readonly sequence: number;
};
