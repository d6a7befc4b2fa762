import { expect, test } from 'vitest';
import type { GateId, LaneInputs, RunnableLaneId } from '../model/index.ts';
import { gateIds } from '../model/index.ts';
import type { ActionId } from './actions.ts';
import { decideLane } from './decide-lane.ts';
import type { ExplainRow } from './explain.ts';
import { capabilityIds, explain, gateKeys } from './explain.ts';
import { nativeTransport } from './native-transport.ts';
import { shutGateOf } from './standing.ts';
import {
  able,
  checkedAt,
  envKey,
  everyInput,
  found,
  locked,
  pin,
  ready,
  withApi,
  withNative,
} from './testing/inputs.ts';

/** What `codex app-server` has and `codex exec` lacks. */
const ofInteractive = ['streaming', 'approvals', 'diffs', 'steer'] as const;
const lanes: readonly RunnableLaneId[] = ['api', 'codex-native'];
const rowOf = (rows: readonly ExplainRow[], lane: RunnableLaneId, capability: ExplainRow['capability'] = 'run-turn') =>
  rows.find((row) => row.lane === lane && row.capability === capability);

/** The error that a refusal at this gate carries. */
const codeOf: Readonly<Record<GateId, string>> = {
  trust: 'folder_untrusted',
  setting: 'lane_disabled',
  pin: 'lane_disabled',
  binary: 'runtime_missing',
  probe: 'lane_disabled',
  credential: 'authentication_required',
  unlock: 'lane_locked',
  interactive: 'never',
  tools: 'never',
  lane: 'never',
};

/** Another program is checked at once; a check may find nothing, but then it says so. */
function checked({ binary, abilities, credential }: LaneInputs['native']): Partial<LaneInputs['native']> {
  return {
    ...(binary.kind === 'unchecked' ? { binary: found, abilities: able } : { binary, abilities: abilities ?? able }),
    credential: credential.kind === 'unchecked' ? { kind: 'none' } : credential,
  };
}

/** What the facts are after an action did what it is for. */
function after(action: ActionId, inputs: LaneInputs): LaneInputs {
  const { gates, native } = inputs;
  switch (action) {
    case 'manageTrust':
      return { ...inputs, gates: { ...gates, trusted: true } };
    case 'enableNative':
      return { ...inputs, gates: { ...gates, switchedOffBy: null } };
    case 'liftPin':
      return withNative(inputs, { pin: null });
    case 'unlockNative':
      return { ...inputs, gates: { ...gates, unlocked: true } };
    case 'installCodex':
      // A path that is named stays the only one that is tried.
      if (native.binary.kind === 'missing' && native.binary.namedBy !== undefined) return inputs;
      return withNative(inputs, { ...checked(native), binary: found, abilities: able });
    case 'useBinary':
      return withNative(inputs, { ...checked(native), binary: found, abilities: able });
    case 'setApiKey':
      return withApi(inputs, { checkedAt, payer: { kind: 'api-key', label: '…wxyz', source: 'vault' } });
    case 'setNativeKey':
      return withNative(inputs, {
        credential: {
          kind: 'present',
          authMethod: 'api_key',
          payer: { kind: 'api-key', label: '…abcd', source: 'stored key' },
        },
      });
    case 'openInteractive':
      return { ...inputs, gates: { ...gates, interactive: true } };
    case 'chooseTransport':
      return { ...inputs, gates: { ...gates, transport: 'auto' } };
    case 'chooseNativeAuth':
      return withNative(inputs, { credential: envKey });
    case 'refreshStatus':
      return withApi(withNative(inputs, checked(native)), { checkedAt });
    default:
      throw new Error(`${action} is not said to open a gate`);
  }
}

function lawsOf(
  inputs: LaneInputs,
  lane: RunnableLaneId,
  rows: readonly ExplainRow[],
): Readonly<Record<string, boolean>> {
  const decision = decideLane({ ...inputs, selected: lane });
  const row = rowOf(rows, lane);
  const gate = row?.gate ?? null;
  const own = rows.filter((each) => each.lane === lane);
  const action = gate?.action ?? null;
  return {
    'available exactly when the decision runs': row?.available === (decision.kind === 'run'),
    'the gate is the one that refuses':
      decision.kind !== 'refuse' || (gate !== null && codeOf[gate.id] === decision.error.code),
    'a missing check is the gate probe': decision.kind !== 'probe-first' || gate?.id === 'probe',
    'the decision offers the same first':
      decision.kind !== 'refuse' || action === null || decision.actions[0] === action,
    'every row is available or names its gate': own.every((each) => each.available === (each.gate === null)),
    'without the turn nothing is there but an end to one that runs':
      row?.available === true || own.every((each) => each.available === (each.capability === 'stop-turn')),
    'a running turn can be stopped, whatever is shut': rowOf(rows, lane, 'stop-turn')?.available === true,
    'a gate says something': own.every(
      (each) => each.gate === null || (each.gate.says !== '' && each.gate.source !== ''),
    ),
    'no hole is left in the words': own.every((each) => !/\{\d\}/.test(each.gate?.says ?? '')),
    'the action opens the gate': action === null || shutGateOf(lane, after(action, inputs)) !== gate?.id,
  };
}

test('over every input: what is explained is what is decided, and the action that is named opens the gate', () => {
  const wrong: unknown[] = [];
  const seen = new Set<string>();
  for (const inputs of everyInput()) {
    // The rows are of both lanes, whatever is selected.
    if (inputs.selected !== 'codex-native') continue;
    const rows = explain(inputs, {});
    for (const lane of lanes) {
      seen.add(`${lane}.${rowOf(rows, lane)?.gate?.id ?? 'open'}`);
      const failed = Object.entries(lawsOf(inputs, lane, rows)).filter(([, holds]) => !holds);
      if (failed.length > 0 && wrong.length < 5) wrong.push({ lane, failed: failed.map(([law]) => law), inputs });
    }
  }
  expect(wrong).toEqual([]);
  // Every gate was met shut, so that no law held for want of a case.
  expect([...seen].sort()).toEqual([
    'api.credential',
    'api.open',
    'api.probe',
    'api.trust',
    'codex-native.binary',
    'codex-native.credential',
    'codex-native.open',
    'codex-native.pin',
    'codex-native.probe',
    'codex-native.setting',
    'codex-native.trust',
    'codex-native.unlock',
  ]);
}, 30_000);

/** Each way in which the interactive gate can stand, over lanes that run and lanes that do not. */
function* everyTransport(): Generator<LaneInputs> {
  const untrusted = { ...ready, gates: { ...ready.gates, trusted: false } };
  const noBinary = withNative(ready, { binary: { kind: 'missing', detail: '', problem: 'not-found' } });
  for (const base of [ready, locked, untrusted, noBinary])
    for (const interactive of [false, true])
      for (const transport of ['auto', 'exec', 'app-server'] as const)
        for (const abilities of [
          null,
          able,
          { ...able, appServer: false },
          { ...able, appServer: false, missingExecFlags: ['--json'] },
        ])
          yield withNative({ ...base, gates: { ...base.gates, interactive, transport } }, { abilities });
}

test('however the interactive gate stands: what is explained is what is decided', () => {
  const wrong: unknown[] = [];
  for (const inputs of everyTransport()) {
    const rows = explain(inputs, {});
    for (const lane of lanes) {
      const failed = Object.entries(lawsOf(inputs, lane, rows)).filter(([, holds]) => !holds);
      if (failed.length > 0) wrong.push({ lane, failed: failed.map(([law]) => law), inputs });
    }
    const { transport, by } = nativeTransport(inputs);
    // A turn that would fail for want of the transport is no turn that runs.
    const unable = by === 'app-server' && inputs.native.abilities?.appServer === false;
    if (unable) expect(rowOf(rows, 'codex-native')?.available).toBe(false);
    if (rowOf(rows, 'codex-native')?.available !== true) continue;
    for (const capability of ofInteractive) {
      const gate = rowOf(rows, 'codex-native', capability)?.gate ?? null;
      expect(gate?.id ?? 'open').toBe(transport === 'app-server' ? 'open' : 'interactive');
      if (gate === null) continue;
      expect(gate.action).not.toBeNull();
      const seen = explain(inputs, { 'codex-native.interactive': '2026-01-01T00:00:00.000Z' });
      const since = rowOf(seen, 'codex-native', capability)?.gate?.since;
      expect(since).toBe(by === 'unknown' ? null : '2026-01-01T00:00:00.000Z');
    }
  }
  expect(wrong).toEqual([]);
});

test.each(ofInteractive)('whatever keeps %s shut, its action opens it, and no cause is met twice', (capability) => {
  const met = new Set<string>();
  for (const start of everyTransport()) {
    const causes: string[] = [];
    for (let inputs = start, left = 10; left > 0; left -= 1) {
      const gate = rowOf(explain(inputs, {}), 'codex-native', capability)?.gate ?? null;
      if (gate === null) break;
      causes.push(`${gate.id}: ${gate.source}`);
      if (gate.id === 'interactive') met.add(`${gate.source} -> ${gate.action}`);
      if (gate.action === null) break;
      inputs = after(gate.action, inputs);
    }
    expect(new Set(causes).size).toBe(causes.length);
    expect(causes.length).toBeLessThan(10);
  }
  expect([...met].toSorted()).toEqual([
    '/opt/codex (system-path) -> installCodex',
    'codexLanes.native.interactive -> openInteractive',
    'codexLanes.native.transport -> chooseTransport',
    'runtime status check -> refreshStatus',
  ]);
});

test('opening one gate after the other ends with a lane that runs, and no gate is met twice', () => {
  const all: LaneInputs = {
    ...withApi(withNative(locked, { pin, binary: { kind: 'missing', detail: '', problem: 'not-found' } }), {
      payer: null,
    }),
    gates: { ...locked.gates, trusted: false, switchedOffBy: 'codexLanes.native.enabled' },
  };
  const start = withNative(all, { credential: { kind: 'none' } });
  const opened = (lane: RunnableLaneId) => {
    const gates: GateId[] = [];
    let inputs = start;
    for (let gate = shutGateOf(lane, inputs); gate !== null && gates.length < 20; gate = shutGateOf(lane, inputs)) {
      gates.push(gate);
      const action = rowOf(explain(inputs, {}), lane)?.gate?.action;
      if (action === null || action === undefined) break;
      inputs = after(action, inputs);
    }
    return gates;
  };
  expect(opened('codex-native')).toEqual(['trust', 'setting', 'pin', 'binary', 'credential', 'unlock']);
  expect(opened('api')).toEqual(['trust', 'credential']);
});

test('what each lane can do when it runs', () => {
  const rows = explain(ready, {});
  const table = capabilityIds.map((capability) => [
    capability,
    ...lanes.map((lane) => rowOf(rows, lane, capability)?.gate?.says ?? true),
  ]);
  const shut = 'codex exec runs the turn: the gate interactive is shut, codexLanes.native.interactive opens it';
  expect(table).toEqual([
    ['run-turn', true, true],
    ['stop-turn', true, true],
    ['one-shot', true, true],
    ['streaming', true, shut],
    ['approvals', true, shut],
    ['diffs', true, shut],
    ['steer', true, shut],
    ['resume', 'The endpoint keeps no thread: each request carries the whole conversation', true],
    ['commands', true, true],
    ['file-changes', true, true],
    ['images', true, true],
    ['effort', true, true],
  ]);
  expect(rowOf(rows, 'codex-native', 'streaming')?.gate).toEqual({
    id: 'interactive',
    says: shut,
    source: 'codexLanes.native.interactive',
    since: null,
    action: 'openInteractive',
  });
});

test('a gate has its time from the status, a pin its own', () => {
  const since = { 'codex-native.unlock': '2026-01-01T00:00:00.000Z', 'codex-native.pin': 'not this' };
  expect(rowOf(explain(locked, since), 'codex-native')?.gate).toMatchObject({
    id: 'unlock',
    since: '2026-01-01T00:00:00.000Z',
    source: 'codexLanes.native.unlock',
    action: 'unlockNative',
  });
  expect(rowOf(explain(locked, {}), 'codex-native')?.gate?.since).toBeNull();
  expect(rowOf(explain(withNative(locked, { pin }), since), 'codex-native')?.gate).toMatchObject({
    id: 'pin',
    since: pin.since,
    action: 'liftPin',
  });
});

test('each gate of each lane has one key', () => {
  const keys = gateKeys.map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys).toHaveLength(2 * (gateIds.length - 1));
  expect(keys).toContain('codex-native.unlock');
});

test.each([
  ['not-found', undefined, 'search for the Codex CLI'],
  ['is-folder', 'CODEX_CLI_PATH', 'CODEX_CLI_PATH'],
] as const)('a binary that is %s names what was tried', (problem, namedBy, source) => {
  const binary = {
    kind: 'missing',
    detail: '/x/codex',
    problem,
    ...(namedBy === undefined ? {} : { namedBy }),
  } as const;
  const gate = rowOf(explain(withNative(ready, { binary }), {}), 'codex-native')?.gate;
  expect(gate).toMatchObject({ id: 'binary', source, says: expect.stringContaining('/x/codex') });
});
