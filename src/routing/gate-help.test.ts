import { expect, test } from 'vitest';
import type { LaneInputs } from '../model/index.ts';
import { laneSelections } from '../model/index.ts';
import type { ActionId } from './actions.ts';
import { decideLane } from './decide-lane.ts';
import { deriveStatus } from './derive-status.ts';
import { explain } from './explain.ts';
import { helpsFor } from './gate-help.ts';
import { laneWords } from './lane-words.ts';
import { pickerRows } from './picker-rows.ts';
import { runtimeTree } from './runtime-tree.ts';
import { laneOf } from './standing.ts';
import { able, checkedAt, locked, pin, ready, withApi, withNative } from './testing/inputs.ts';

const missing = withNative(ready, { binary: { kind: 'missing', detail: '', problem: 'not-found' } });
const noCredential = withNative(ready, { credential: { kind: 'none' } });
const api = (inputs: LaneInputs): LaneInputs => ({ ...inputs, selected: 'api' });

/** What a user is offered in each state, the surest first. */
const table: readonly (readonly [state: string, inputs: LaneInputs, helps: readonly ActionId[]])[] = [
  ['ready', ready, []],
  ['locked', locked, ['unlockNative']],
  ['not trusted', { ...ready, gates: { ...ready.gates, trusted: false } }, ['manageTrust']],
  ['off', { ...ready, gates: { ...ready.gates, switchedOffBy: 'codexLanes.native.enabled' } }, ['enableNative']],
  ['pinned', withNative(ready, { pin }), ['liftPin']],
  ['lacking', withNative(ready, { abilities: { ...able, missingExecFlags: ['-C'] } }), ['installCodex', 'useBinary']],
  ['missing', missing, ['installCodex', 'useBinary', 'openCodexPath']],
  ['not checked', withNative(ready, { binary: { kind: 'unchecked' } }), ['refreshStatus']],
  ['no credential', noCredential, ['setNativeKey', 'refreshStatus']],
  [
    'credential with an issue',
    withNative(ready, { credential: { kind: 'issue', issue: 'x' } }),
    ['refreshStatus', 'runDoctor'],
  ],
  ['noted', withNative(ready, { notes: ['x'] }), ['refreshStatus']],
  ['api ready', api(ready), []],
  ['api without key', api(withApi(ready, { payer: null })), ['setApiKey']],
  ['api not checked', api(withApi(ready, { payer: null, checkedAt: null })), ['refreshStatus']],
  ['api refused', api(withApi(ready, { reach: 'refused' })), ['setApiKey', 'refreshStatus']],
  ['api offline', api(withApi(ready, { reach: 'offline' })), ['refreshStatus']],
];

test.each(table)('%s', (_state, inputs, helps) => {
  expect(helpsFor(inputs.selected, inputs)).toEqual(helps);
});

test.each(table)(
  '%s: decision, explanation, status bar, picker and tree offer the same first',
  (_state, inputs, helps) => {
    const first = helps[0] ?? null;
    const status = { document: deriveStatus(inputs), inputs, checkedAt, since: {}, checking: false, sequence: 1 };
    expect(laneWords(status)).toMatchObject({ action: first, actions: helps });
    expect(pickerRows(status).find(({ current }) => current)).toMatchObject({ action: first, actions: helps });
    const [lane] = runtimeTree(status, 0, []);
    const ways = lane?.children.filter(({ id }) => id.startsWith('lane.help.')).map(({ action }) => action);
    expect([lane?.action ?? null, ways]).toEqual([first, helps]);
    const decision = decideLane(inputs);
    if (decision.kind === 'refuse') expect(decision.actions.slice(0, helps.length)).toEqual(helps);
    const row = explain(inputs, {}).find((each) => each.lane === decision.lane && each.capability === 'run-turn');
    if (row?.gate) expect(row.gate.action).toBe(first);
  },
);

test('auto is helped as the lane it resolves to', () => {
  for (const [, inputs] of table) {
    for (const selected of laneSelections) {
      expect(helpsFor(selected, inputs)).toEqual(helpsFor(laneOf(selected), inputs));
    }
  }
});
