import type { GateId, LaneInputs, LaneSelection, RunnableLaneId } from '../model/index.ts';
import type { ActionId } from './actions.ts';
import { gatePhases } from './gate-phases.ts';
import { nativeTransport } from './native-transport.ts';
import { disabledBy, lacksNamedTransport, laneOf, shutGateOf, standingOf } from './standing.ts';

/** The actions that open a gate of a lane while it is shut, the surest first; empty = nothing of ours can. */
export function opensGate(lane: RunnableLaneId, gate: GateId, inputs: LaneInputs): readonly ActionId[] {
  switch (gate) {
    case 'trust':
      return ['manageTrust'];
    case 'setting':
      return ['enableNative'];
    case 'pin':
      return ['liftPin'];
    case 'binary':
      return opensBinary(inputs);
    case 'probe':
      return disabledBy(inputs)?.by === 'probe' && lane === 'codex-native' ? opensAbilities(inputs) : ['refreshStatus'];
    case 'credential':
      return lane === 'api' ? ['setApiKey'] : opensCredential(inputs);
    case 'unlock':
      return ['unlockNative'];
    case 'interactive':
      return opensInteractive(inputs);
    case 'tools':
      return ['openApiTools'];
    case 'lane':
      return [];
  }
}

/**
 * What a surface offers beside a lane, the most helpful first: what opens its gate, what mends its credential, a fresh
 * check where the last one left something open. Empty = all is well, or nothing of ours helps.
 */
export function helpsFor(selected: LaneSelection, inputs: LaneInputs): readonly ActionId[] {
  const lane = laneOf(selected);
  const gate = shutGateOf(lane, inputs);
  if (gate !== null) return opensGate(lane, gate, inputs);
  if (lane === 'api' && inputs.api.reach === 'refused') return ['setApiKey', 'refreshStatus'];
  if (lane === 'codex-native' && inputs.native.credential.kind === 'issue') return ['refreshStatus', 'runDoctor'];
  return standingOf(lane, inputs) === 'degraded' ? ['refreshStatus'] : [];
}

/** A path that was named is the only one that is tried: while it is named, an installation elsewhere changes nothing. */
function opensBinary({ native: { binary } }: LaneInputs): readonly ActionId[] {
  const named = binary.kind === 'missing' && binary.namedBy !== undefined;
  return named ? ['useBinary', 'openCodexPath'] : ['installCodex', 'useBinary', 'openCodexPath'];
}

function opensAbilities(inputs: LaneInputs): readonly ActionId[] {
  if (lacksNamedTransport(inputs) && inputs.native.abilities?.missingExecFlags.length === 0) {
    return ['chooseTransport', ...opensBuild(inputs)];
  }
  return opensBuild(inputs);
}

function opensBuild({ native: { binary } }: LaneInputs): readonly ActionId[] {
  const source = binary.kind === 'found' ? binary.identity.source : null;
  const named = source === 'setting' || source === 'env';
  return named ? ['useBinary', 'openCodexPath'] : ['installCodex', 'useBinary'];
}

/** By what keeps native turns on exec: the setting that is shut, the one that names exec, a missing check, the build. */
function opensInteractive(inputs: LaneInputs): readonly ActionId[] {
  switch (nativeTransport(inputs).by) {
    case 'shut':
      return ['openInteractive'];
    case 'exec':
      return ['chooseTransport'];
    case 'unknown':
      return ['refreshStatus'];
    default:
      return opensBuild(inputs);
  }
}

/** A key can be stored for native, unless the phase or the user's choice leaves a stored key out. */
function opensCredential({ gates, native }: LaneInputs): readonly ActionId[] {
  if (gatePhases[gates.phase].needsEnvKey) return [];
  const stored = native.credentialInputs.find(({ name }) => name === 'stored key');
  const loginPays = native.credential.kind === 'none' && native.credential.login !== undefined;
  if (loginPays || stored?.state === 'not-consulted') return ['chooseNativeAuth', 'refreshStatus'];
  return ['setNativeKey', 'refreshStatus'];
}
