import type { BackendState, GateId, LaneInputs, LaneSelection, RunnableLaneId } from '../model/index.ts';
import { words } from './copy.ts';
import { gatePhases } from './gate-phases.ts';

/** How a lane stands, as one word. The decision and the status document are both made from it, so they can't disagree. */
export type Standing = BackendState | 'untrusted' | 'unchecked';

/** The lane that a selection stands for. `auto` is `api`, always: no fact about the native lane is even looked at. */
export function laneOf(selected: LaneSelection): RunnableLaneId {
  return selected === 'codex-native' ? 'codex-native' : 'api';
}

export function standingOf(lane: RunnableLaneId, inputs: LaneInputs): Standing {
  return lane === 'api' ? apiStanding(inputs) : nativeStanding(inputs);
}

export function runs(standing: Standing): boolean {
  return standing === 'ready' || standing === 'degraded';
}

/** True when the feature gate lets native turns through. */
export function gateIsOpen({ gates }: LaneInputs): boolean {
  return gates.unlocked || !gatePhases[gates.phase].needsUnlock;
}

/** First the workspace, then what is forbidden, missing, unknown, unpaid, and last the gate. */
function nativeStanding(inputs: LaneInputs): Standing {
  const { gates, native } = inputs;
  if (!gates.trusted) return 'untrusted';
  if (disabledBy(inputs) !== null) return 'disabled';
  if (native.binary.kind === 'missing') return 'runtime-missing';
  if (native.binary.kind === 'unchecked' || native.credential.kind === 'unchecked') return 'unchecked';
  if (!hasNativeCredential(inputs)) return 'authentication-required';
  if (!gateIsOpen(inputs)) return 'locked';
  return native.notes.length > 0 ? 'degraded' : 'ready';
}

/** Why the native lane is switched off, pinned or unusable for this product, and by what; null = it is none of these. */
export function disabledBy({ gates, native }: LaneInputs): { readonly by: GateId; readonly reason: string } | null {
  if (gates.switchedOffBy !== null) return { by: 'setting', reason: words('disabled.setting', gates.switchedOffBy) };
  if (native.pin !== null) return { by: 'pin', reason: native.pin.reason };
  const lacking = native.abilities?.missingExecFlags ?? [];
  if (native.binary.kind === 'found' && lacking.length > 0) {
    return { by: 'probe', reason: words('disabled.abilities', native.binary.identity.version, lacking.join(', ')) };
  }
  return null;
}

/** A credential with an issue counts: it keeps the lane where it is, and the provider's status names the issue. */
function hasNativeCredential({ gates, native: { credential } }: LaneInputs): boolean {
  if (credential.kind === 'issue') return true;
  if (credential.kind !== 'present') return false;
  if (!gatePhases[gates.phase].needsEnvKey) return true;
  return credential.authMethod === 'api_key' && credential.payer.source.includes('CODEX_API_KEY');
}

/** A refused key keeps the lane ready for the same reason; an endpoint that was offline may be back. */
function apiStanding({ gates, api }: LaneInputs): Standing {
  if (!gates.trusted) return 'untrusted';
  if (api.needsKey && (api.payer === null || api.payer.kind === 'none')) {
    // Before anyone looked, a missing key is not a fact.
    return api.checkedAt === null ? 'unchecked' : 'authentication-required';
  }
  return api.reach === 'offline' ? 'degraded' : 'ready';
}
