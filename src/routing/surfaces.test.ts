import { expect, test } from 'vitest';
import type { BackendOption, LaneInputs, StampedStatus } from '../model/index.ts';
import { uncheckedNative } from '../model/index.ts';
import { actionIds, actionOf } from './actions.ts';
import { copy, copyOfText, copyTable } from './copy.ts';
import { deriveStatus } from './derive-status.ts';
import { defaultGatePhase, gatePhaseOf, gatePhases } from './gate-phases.ts';
import { barText, laneWords } from './lane-words.ts';
import { pickerRows } from './picker-rows.ts';
import { ageOf } from './runtime-tree.ts';
import { selectLane } from './select-lane.ts';
import { optionOf, reasonOf } from './status-lines.ts';
import { withFailedProbe } from './status-succession.ts';
import { checkedAt, locked, phases, ready, withApi, withNative } from './testing/inputs.ts';

const noBinary = withNative(ready, { binary: { kind: 'missing', detail: 'nothing on PATH', problem: 'not-found' } });
const noCredential = withNative(ready, { credential: { kind: 'none' } });
const unchecked = { ...ready, native: uncheckedNative };
const stamp = (inputs: LaneInputs, at: string | null = checkedAt): StampedStatus => {
  return { document: deriveStatus(inputs), inputs, checkedAt: at, since: {}, checking: false, sequence: 1 };
};
const as = (selected: LaneInputs['selected'], inputs = ready): LaneInputs => ({ ...inputs, selected });
const codexOf = (inputs: LaneInputs) => deriveStatus(inputs).providers.codex;
const option = (inputs: LaneInputs, id: 'auto' | 'api' | 'codex-native' = 'codex-native'): BackendOption => {
  const found = optionOf(codexOf(inputs), id);
  if (found === undefined) throw new Error(id);
  return found;
};

test.each([
  [as('api'), '$(cloud) API'],
  [as('auto'), '$(cloud) Auto → API'],
  [ready, '$(terminal) Native'],
  [locked, '$(lock) Native locked'],
  [noCredential, '$(key) Native: sign in'],
  [noBinary, '$(circle-slash) Codex not found'],
  [
    withNative(ready, { binary: { kind: 'missing', detail: '', problem: 'not-codex' } }),
    '$(circle-slash) Codex not usable',
  ],
  [unchecked, '$(question) Native: not checked'],
  [withNative(ready, { notes: ['old'] }), '$(warning) Native: see notes'],
  [withNative(ready, { pin: { reason: 'x', since: '2026-01-02T03:04:05.000Z' } }), '$(circle-slash) Native off'],
  [as('api', withApi(ready, { payer: null })), '$(key) API: key needed'],
  [as('auto', withApi(ready, { payer: null })), '$(key) Auto → API: key needed'],
  [as('api', withApi(ready, { reach: 'offline' })), '$(warning) API offline'],
  [{ ...ready, gates: { ...ready.gates, trusted: false } }, '$(shield) Not trusted'],
  [as('api', withApi(ready, { endpointLabel: 'practice (offline)' })), '$(cloud) API · practice (offline)'],
  [withNative(ready, { providerLabel: 'practice (offline)' }), '$(terminal) Native · practice (offline)'],
])('status bar %#: %s', (inputs, text) => {
  const lane = laneWords(stamp(inputs));
  expect(barText(lane)).toBe(text);
  expect(lane.tooltip.length).toBeGreaterThan(0);
});

test('a picker row is disabled when it can run nothing and is not the current one', () => {
  const row = (inputs: LaneInputs) => pickerRows(stamp(inputs)).find(({ id }) => id === 'codex-native');
  expect(row(locked)).toMatchObject({ current: true, disabled: false, action: 'unlockNative' });
  expect(row(as('api', locked))).toMatchObject({ current: false, disabled: true });
  expect(row(as('api'))).toMatchObject({ disabled: false, tooltip: null });
  expect(row(as('api', noBinary))).toMatchObject({ disabled: true, action: 'installCodex' });
  expect(row(as('api', unchecked))).toMatchObject({ disabled: true, action: 'refreshStatus' });
});

test('a tooltip is the detail, then the status, then a sentence', () => {
  const bare = { ...option(locked), detailMessage: null };
  expect(reasonOf(option(noBinary)).english).toBe('Install the codex CLI before enabling the lane.');
  expect(reasonOf(bare).english).toBe('Ready but locked');
  expect(reasonOf({ ...bare, statusMessage: null }).english).toBe('This backend cannot be selected yet.');
});

test.each([
  [30_000, 'Checked just now'],
  [-30_000, 'Checked just now'],
  [59 * 60_000, 'Checked 59 min ago'],
  [3 * 3_600_000, 'Checked 3 h ago'],
  [72 * 3_600_000, 'Checked 3 d ago'],
])('age %i', (ms, text) => {
  expect(ageOf(checkedAt, Date.parse(checkedAt) + ms).english).toBe(text);
});

test('gate phases: the table of the contract', () => {
  const table = phases.map((phase) => {
    const { audience, needsUnlock, threadMayChoose, defaultSelection } = gatePhases[phase];
    return [phase, audience, needsUnlock, threadMayChoose, defaultSelection];
  });
  expect(table).toEqual([
    [0, 'internal', true, false, 'auto'],
    [1, 'internal', true, false, 'auto'],
    [2, 'internal', true, true, 'auto'],
    [3, 'general', false, true, 'codex-native'],
    [4, 'general', false, true, 'codex-native'],
  ]);
  expect(defaultGatePhase).toBe(1);
  expect(phases.map((phase) => gatePhaseOf(String(phase)))).toEqual(phases);
  expect([undefined, '', '5', 'x', '1.0'].map(gatePhaseOf)).toEqual([1, 1, 1, 1, 1]);
});

test('the lane selection comes from the first input that speaks', () => {
  const all = [
    { source: 'env', value: 'api' },
    { source: 'setting', value: 'auto' },
    { source: 'workspace', value: 'codex-native' },
    { source: 'thread', value: 'api' },
  ] as const;
  expect(selectLane(1, all)).toEqual({ selected: 'codex-native', source: 'workspace', problem: null });
  expect(selectLane(2, all)).toEqual({ selected: 'api', source: 'thread', problem: null });
  expect(selectLane(1, all.slice(0, 1))).toMatchObject({ selected: 'api', source: 'env' });
  expect(selectLane(3, [])).toMatchObject({ selected: 'codex-native', source: 'default' });
  expect(selectLane(1, [{ source: 'setting', value: 'native' }])).toEqual({
    selected: 'auto',
    source: 'setting',
    problem: 'codexLanes.lane must be one of: auto, api, codex-native',
  });
});

test('a failed probe marks what it keeps', () => {
  const failed = withFailedProbe(ready, 'codex-native');
  expect(option(failed)).toMatchObject({ state: 'degraded', statusMessage: 'Ready with notes: status check failed' });
  expect(withFailedProbe(failed, 'codex-native')).toEqual(failed);
  expect(option(withFailedProbe(locked, 'codex-native')).state).toBe('locked');
  const api = withFailedProbe(ready, 'api');
  expect(option(api, 'api')).toMatchObject({
    state: 'degraded',
    statusMessage: 'Ready with notes: status check failed',
  });
  expect(option(api).state).toBe('ready');
  expect(barText(laneWords(stamp(as('auto', api))))).toBe('$(warning) Auto → API: see notes');
});

test('copy: holes are filled, and text finds its code again', () => {
  expect(copy('line.internal', 'a', 'b')).toEqual({
    code: 'line.internal',
    args: ['a', 'b'],
    english: 'a - internal - b',
  });
  expect(copyOfText('Ready but locked').code).toBe('option.locked');
  expect(copyOfText('a path')).toEqual({ code: 'verbatim', args: ['a path'], english: 'a path' });
  for (const english of Object.values(copyTable).filter((text) => !text.includes('{'))) {
    const { code, args } = copyOfText(english);
    expect([copyTable[code], args]).toEqual([english, []]);
  }
});

test('every action has a command and words', () => {
  for (const id of actionIds) {
    expect(actionOf(id).command).toMatch(/^(codexLanes|workbench)\.[A-Za-z.]+$/);
    expect(actionOf(id).label.english).not.toBe('');
  }
});
