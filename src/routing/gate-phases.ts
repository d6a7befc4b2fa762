import type { Audience, GatePhase, LaneInputs, LaneSelection } from '../model/index.ts';
import type { CopyCode } from './copy.ts';

/** One phase of the native lane's feature gate (contract runtime-status, section 3, second table). */
export type GatePhaseRow = {
  readonly phase: GatePhase;
  readonly name: CopyCode;
  readonly audience: Audience;
  readonly needsUnlock: boolean;
  /** Only a key in `CODEX_API_KEY` counts as a credential. */
  readonly needsEnvKey: boolean;
  /** A single thread may choose its lane; before, every thread follows the setting. */
  readonly threadMayChoose: boolean;
  readonly defaultSelection: LaneSelection;
  /** Status message of the native option when it is ready; null = the phase has none. */
  readonly readyMessage: CopyCode | null;
  readonly readyDetail: CopyCode | null;
  /** Status message of the provider when a native selection is not ready. */
  readonly notReadyMessage: CopyCode;
};

const internal = {
  audience: 'internal',
  needsUnlock: true,
  defaultSelection: 'auto',
  readyDetail: 'detail.internal',
  notReadyMessage: 'provider.native.not-ready',
} as const;

const general = {
  audience: 'general',
  needsUnlock: false,
  needsEnvKey: false,
  threadMayChoose: true,
  defaultSelection: 'codex-native',
  readyMessage: 'option.ready',
  readyDetail: null,
  notReadyMessage: 'provider.native.unavailable',
} as const;

const open = { needsEnvKey: false, readyMessage: 'option.ready-internal' } as const;

/** Indexed by phase. `auto` resolves to `api` in every one, so that is no column. */
export const gatePhases: Readonly<Record<GatePhase, GatePhaseRow>> = {
  0: { ...internal, phase: 0, name: 'phase.0', needsEnvKey: true, threadMayChoose: false, readyMessage: null },
  1: { ...internal, ...open, phase: 1, name: 'phase.1', threadMayChoose: false },
  2: { ...internal, ...open, phase: 2, name: 'phase.2', threadMayChoose: true },
  3: { ...general, phase: 3, name: 'phase.3' },
  4: { ...general, phase: 4, name: 'phase.4' },
};

/** The phase that is shipped. */
export const defaultGatePhase: GatePhase = 1;

/** Reads `CODEX_LANES_GATE_PHASE`, which exists for tests and sign-off only. Anything but 0 to 4 is the default. */
export function gatePhaseOf(env: string | undefined): GatePhase {
  switch (env) {
    case '0':
      return 0;
    case '1':
      return 1;
    case '2':
      return 2;
    case '3':
      return 3;
    case '4':
      return 4;
    default:
      return defaultGatePhase;
  }
}

/** What gives the native lane a credential, in words. */
export function signInCopy({
  gates: { phase },
  native: { credential },
}: LaneInputs): 'detail.set-key' | 'detail.set-key-or-sign-in' | 'detail.store-key' | 'detail.no-login' {
  if (credential.kind === 'none' && credential.only === 'stored key') {
    return credential.login === undefined ? 'detail.store-key' : 'detail.no-login';
  }
  return gatePhases[phase].needsEnvKey ? 'detail.set-key' : 'detail.set-key-or-sign-in';
}
