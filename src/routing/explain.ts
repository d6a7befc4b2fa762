import type {
  GateId,
  LaneCapabilities,
  LaneInputs,
  RunnableLaneId,
  StampedStatus,
  TurnGateId,
} from '../model/index.ts';
import { gateIds, transportCapabilities } from '../model/index.ts';
import type { ActionId } from './actions.ts';
import type { CopyCode } from './copy.ts';
import { words } from './copy.ts';
import { opensGate } from './gate-help.ts';
import { wordsOfGate } from './gate-words.ts';
import { nativeTransport } from './native-transport.ts';
import { gateStandings, shutGateOf } from './standing.ts';

/** What a user may want of a lane, in the order it is shown. */
export const capabilityIds = [
  'run-turn',
  'stop-turn',
  'one-shot',
  'streaming',
  'approvals',
  'diffs',
  'steer',
  'resume',
  'commands',
  'file-changes',
  'images',
  'effort',
] as const;

export type CapabilityId = (typeof capabilityIds)[number];

/** One capability on one lane: available, or the first gate that shuts it with the one action that opens that gate. */
export type ExplainRow = {
  readonly capability: CapabilityId;
  /** English; `copyOfText` finds its code. */
  readonly label: string;
  readonly lane: RunnableLaneId;
  readonly available: boolean;
  /** Null exactly when the capability is available. */
  readonly gate: ShutGate | null;
};

export type ShutGate = {
  readonly id: GateId;
  readonly says: string;
  /** The input that shuts it: a setting, a variable, a path, a check. */
  readonly source: string;
  /** ISO time since when it is shut, as far as this installation has seen; null = not known. */
  readonly since: string | null;
  /** Null = nothing of ours opens it. */
  readonly action: ActionId | null;
};

/** Whether a transport's abilities hold what a capability needs; a turn itself needs none beyond the lane. */
const has: Readonly<Record<CapabilityId, (abilities: LaneCapabilities) => boolean>> = {
  'run-turn': () => true,
  'stop-turn': () => true,
  'one-shot': () => true,
  streaming: ({ streaming }) => streaming,
  approvals: ({ approvals }) => approvals === 'interactive',
  diffs: ({ diffs }) => diffs === 'runtime',
  steer: ({ steer }) => steer,
  resume: ({ resume }) => resume,
  commands: ({ commands }) => commands,
  'file-changes': ({ fileChanges }) => fileChanges,
  images: ({ images }) => images,
  effort: ({ effort }) => effort,
};

/** How the lane does it instead, where it can't. */
const insteadOf: Readonly<Partial<Record<CapabilityId, CopyCode>>> = {
  resume: 'explain.no.resume',
};

/** Which transport stands behind a lane, and how a user finds it named. */
const transports = {
  'responses-tools': 'Responses',
  exec: 'codex exec --json',
  'app-server': 'codex app-server',
} as const;

const transportOf = (lane: RunnableLaneId, inputs: LaneInputs): keyof typeof transports =>
  lane === 'api' ? 'responses-tools' : nativeTransport(inputs).transport;

const lanes: readonly RunnableLaneId[] = ['api', 'codex-native'];

/**
 * Each capability that exists, on each lane. Made from the same gates as the decision: the row `run-turn` of a lane is
 * available exactly when a turn that asks for this lane would run.
 */
export function explain(inputs: LaneInputs, since: StampedStatus['since']): readonly ExplainRow[] {
  return lanes.flatMap((lane) => {
    const shut = shutGateOf(lane, inputs);
    return capabilityIds.map((capability): ExplainRow => {
      const gate = gateOf(lane, capability, shut, inputs);
      return {
        capability,
        label: words(`capability.${capability}`),
        lane,
        available: gate === null,
        gate: gate === null ? null : shutGate(gate, { lane, capability, inputs, since }),
      };
    });
  });
}

/** A gate of the turn keeps turns from starting. One that runs can be stopped whatever was shut since. */
function gateOf(
  lane: RunnableLaneId,
  capability: CapabilityId,
  shut: TurnGateId | null,
  inputs: LaneInputs,
): GateId | null {
  if (capability === 'stop-turn') return null;
  if (shut !== null) return shut;
  const transport = transportOf(lane, inputs);
  if (has[capability](transportCapabilities[transport])) {
    // What it does by its tools alone it does while they are switched on.
    const byTools = lane === 'api' && !has[capability](transportCapabilities.responses);
    return byTools && !inputs.gates.apiTools ? 'tools' : null;
  }
  // Else the limit is the lane's own, and nothing opens it.
  return transport === 'exec' && has[capability](transportCapabilities['app-server']) ? 'interactive' : 'lane';
}

type Asked = {
  readonly lane: RunnableLaneId;
  readonly capability: CapabilityId;
  readonly inputs: LaneInputs;
  readonly since: StampedStatus['since'];
};

function shutGate(id: GateId, { lane, capability, inputs, since }: Asked): ShutGate {
  const action = opensGate(lane, id, inputs)[0] ?? null;
  if (id === 'lane') {
    const says = words(insteadOf[capability] ?? 'explain.no.lane');
    return { id, says, source: transports[transportOf(lane, inputs)], since: null, action };
  }
  return { id, ...wordsOfGate(lane, id, inputs), since: seenShut(lane, id, inputs, since), action };
}

/** A pin carries its own time, from the process that set it; a gate that nobody knows now has none. */
function seenShut(
  lane: RunnableLaneId,
  gate: KeyedGate,
  inputs: LaneInputs,
  since: StampedStatus['since'],
): string | null {
  if (gate === 'pin') return inputs.native.pin?.since ?? null;
  // Here the missing check is what the gate was seen shut by.
  const known = gate === 'probe' || gateStandings(lane, inputs)[gate] === 'shut';
  return known ? (since[gateKey(lane, gate)] ?? null) : null;
}

type KeyedGate = Exclude<GateId, 'lane'>;

/** The key of a gate in `StampedStatus.since`: `codex-native.unlock`. */
function gateKey(lane: RunnableLaneId, gate: KeyedGate): string {
  return `${lane}.${gate}`;
}

/** Every gate of every lane that can be shut by something: a lane's own limits never change. */
export const gateKeys: readonly { readonly key: string; readonly lane: RunnableLaneId; readonly gate: KeyedGate }[] =
  lanes.flatMap((lane) =>
    gateIds.filter((gate) => gate !== 'lane').map((gate) => ({ key: gateKey(lane, gate), lane, gate })),
  );
