import type { BackendState, GateId, LaneInputs, LaneSelection, RunnableLaneId, TurnGateId } from '../model/index.ts';
import { turnGateIds } from '../model/index.ts';
import { words } from './copy.ts';
import { gatePhases } from './gate-phases.ts';
import { nativeTransport } from './native-transport.ts';

/** How a lane stands, as one word. The decision and the status document are both made from it, so they can't disagree. */
export type Standing = BackendState | 'untrusted' | 'unchecked';

/** How one gate of a lane stands by itself; `unknown` = nobody looked yet. */
export type GateStanding = 'open' | 'shut' | 'unknown';
type GateStandings = Readonly<Record<Exclude<GateId, 'lane'>, GateStanding>>;

/** The lane that a selection stands for. `auto` is `api`, always: no fact about the native lane is even looked at. */
export function laneOf(selected: LaneSelection): RunnableLaneId {
  return selected === 'codex-native' ? 'codex-native' : 'api';
}

/** The gates decide first, in their order; behind open gates, what is known to limit the lane. */
export function standingOf(lane: RunnableLaneId, inputs: LaneInputs): Standing {
  const gates = gateStandings(lane, inputs);
  for (const gate of turnGateIds) {
    if (gates[gate] === 'unknown') return 'unchecked';
    if (gates[gate] === 'shut') return shutStanding(gate);
  }
  return isLimited(lane, inputs) ? 'degraded' : 'ready';
}

/**
 * The gate that keeps a turn off a lane; null = it runs. What is known to be shut is named before what nobody checked:
 * a check spawns the CLI, and behind a shut gate nothing may be spawned. A missing check is the gate `probe`.
 */
export function shutGateOf(lane: RunnableLaneId, inputs: LaneInputs): TurnGateId | null {
  const gates = gateStandings(lane, inputs);
  const shut = turnGateIds.find((gate) => gates[gate] === 'shut');
  if (shut !== undefined) return shut;
  return turnGateIds.some((gate) => gates[gate] === 'unknown') ? 'probe' : null;
}

/** Every gate of a lane, each by itself. The only place where facts become gates. A lane's own limits never change. */
export function gateStandings(lane: RunnableLaneId, inputs: LaneInputs): GateStandings {
  return lane === 'api' ? apiGates(inputs) : nativeGates(inputs);
}

export function runs(standing: Standing): boolean {
  return standing === 'ready' || standing === 'degraded';
}

/** A locked lane resolves (it is all there), though no turn runs on it. */
export function resolves(standing: Standing): boolean {
  return runs(standing) || standing === 'locked';
}

/** True when the feature gate lets native turns through. */
export function gateIsOpen({ gates }: LaneInputs): boolean {
  return gates.unlocked || !gatePhases[gates.phase].needsUnlock;
}

type DisabledBy = { readonly by: 'setting' | 'pin' | 'probe'; readonly reason: string };

/** Why the native lane is switched off, pinned or unusable for this product, and by what; null = it is none of these. */
export function disabledBy(inputs: LaneInputs): DisabledBy | null {
  const { gates, native } = inputs;
  if (gates.switchedOffBy !== null) return { by: 'setting', reason: words('disabled.setting', gates.switchedOffBy) };
  if (native.pin !== null) return { by: 'pin', reason: native.pin.reason };
  const lacking = native.abilities?.missingExecFlags ?? [];
  if (native.binary.kind === 'found' && lacking.length > 0) {
    return { by: 'probe', reason: words('disabled.abilities', native.binary.identity.version, lacking.join(', ')) };
  }
  if (native.binary.kind === 'found' && lacksNamedTransport(inputs)) {
    return { by: 'probe', reason: words('disabled.app-server', native.binary.identity.version) };
  }
  return null;
}

/** A transport that was asked for by name is not replaced: without it no turn runs. */
export function lacksNamedTransport(inputs: LaneInputs): boolean {
  return nativeTransport(inputs).by === 'app-server' && inputs.native.abilities?.appServer === false;
}

function shutStanding(gate: TurnGateId): Standing {
  switch (gate) {
    case 'trust':
      return 'untrusted';
    case 'setting':
    case 'pin':
    case 'probe':
      return 'disabled';
    case 'binary':
      return 'runtime-missing';
    case 'credential':
      return 'authentication-required';
    case 'unlock':
      return 'locked';
  }
}

const everyGateOpen = {
  trust: 'open',
  setting: 'open',
  pin: 'open',
  binary: 'open',
  probe: 'open',
  credential: 'open',
  unlock: 'open',
  interactive: 'open',
  tools: 'open',
} as const satisfies GateStandings;

function nativeGates(inputs: LaneInputs): GateStandings {
  const { gates, native } = inputs;
  const disabled = disabledBy(inputs)?.by;
  const { kind } = native.binary;
  // Half a check is none: a credential counts only beside the program that would use it.
  const unchecked = kind === 'unchecked' || native.credential.kind === 'unchecked';
  return {
    ...everyGateOpen,
    trust: standing(gates.trusted),
    setting: standing(gates.switchedOffBy === null),
    pin: standing(native.pin === null),
    binary: kind === 'unchecked' ? 'unknown' : standing(kind === 'found'),
    probe: disabled === 'probe' ? 'shut' : unchecked ? 'unknown' : 'open',
    credential: unchecked ? 'unknown' : standing(hasNativeCredential(inputs)),
    unlock: standing(gateIsOpen(inputs)),
    interactive: interactiveStanding(inputs),
  };
}

function apiGates({ gates, api }: LaneInputs): GateStandings {
  const paid = !api.needsKey || (api.payer !== null && api.payer.kind !== 'none');
  // Before anyone looked, a missing key is not a fact.
  const unchecked = !paid && api.checkedAt === null;
  return {
    ...everyGateOpen,
    trust: standing(gates.trusted),
    probe: unchecked ? 'unknown' : 'open',
    credential: unchecked ? 'unknown' : standing(paid),
    tools: standing(gates.apiTools),
  };
}

function interactiveStanding(inputs: LaneInputs): GateStanding {
  const { transport, by } = nativeTransport(inputs);
  if (by === 'unknown') return 'unknown';
  return standing(transport === 'app-server' && !lacksNamedTransport(inputs));
}

function standing(open: boolean): GateStanding {
  return open ? 'open' : 'shut';
}

/** A credential with an issue counts: it keeps the lane where it is, and the provider's status names the issue. */
function hasNativeCredential({ gates, native: { credential } }: LaneInputs): boolean {
  if (credential.kind === 'issue') return true;
  if (credential.kind !== 'present') return false;
  if (!gatePhases[gates.phase].needsEnvKey) return true;
  return credential.authMethod === 'api_key' && credential.payer.source.includes('CODEX_API_KEY');
}

/** A refused key keeps the lane ready for the same reason as an issue; an endpoint that was offline may be back. */
function isLimited(lane: RunnableLaneId, { native, api }: LaneInputs): boolean {
  if (lane === 'codex-native') return native.notes.length > 0;
  return api.reach === 'offline' || (api.notes ?? []).length > 0;
}
