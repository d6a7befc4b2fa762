import { expect, test } from 'vitest';
import type { BackendOption, LaneInputs, StampedStatus } from '../model/index.ts';
import { laneSelections, uncheckedNative } from '../model/index.ts';
import { deriveStatus } from './derive-status.ts';
import { barText, laneWords } from './lane-words.ts';
import { pickerRows } from './picker-rows.ts';
import { runtimeTree } from './runtime-tree.ts';
import {
  badges,
  labelOf,
  optionLine,
  optionOf,
  reasonOf,
  resolvedChip,
  runtimeLine,
  stateBadge,
} from './status-lines.ts';
import { able, checkedAt, everyInput, locked, pin, ready, withApi, withNative } from './testing/inputs.ts';

/** The copy of contract runtime-status, section 5, one test a line of it. */

const noCredential = withNative(ready, { credential: { kind: 'none' } });
const noBinary = withNative(ready, { binary: { kind: 'missing', detail: 'nothing on PATH', problem: 'not-found' } });
const noted = withNative(ready, { notes: ['x'] });
const pinned = withNative(ready, { pin });
const off = { ...ready, gates: { ...ready.gates, switchedOffBy: 'codexLanes.native.enabled' } };
const lacking = withNative(ready, { abilities: { ...able, missingExecFlags: ['--json'] } });
const untrusted = { ...ready, gates: { ...ready.gates, trusted: false } };
const unchecked: LaneInputs = { ...ready, native: uncheckedNative };
const general = (inputs: LaneInputs): LaneInputs => ({ ...inputs, gates: { ...inputs.gates, phase: 4 } });
const noKey = withApi(ready, { payer: null });
const as = (selected: LaneInputs['selected'], inputs: LaneInputs): LaneInputs => ({ ...inputs, selected });

const codexOf = (inputs: LaneInputs) => deriveStatus(inputs).providers.codex;
const option = (inputs: LaneInputs, id: LaneInputs['selected'] = 'codex-native'): BackendOption => {
  const found = optionOf(codexOf(inputs), id);
  if (found === undefined) throw new Error(id);
  return found;
};
const stamp = (inputs: LaneInputs): StampedStatus => {
  return { document: deriveStatus(inputs), inputs, checkedAt, since: {}, checking: false, sequence: 1 };
};

test.each([
  ['ready', ready, null, 'Codex native - internal - ready'],
  ['locked', locked, 'Locked', 'Codex native - internal - locked'],
  ['switched off', off, 'Disabled', 'Codex native - internal - disabled'],
  ['pinned', pinned, 'Disabled', 'Codex native - internal - disabled'],
  ['without what a turn needs', lacking, 'Disabled', 'Codex native - internal - disabled'],
  ['no credential', noCredential, 'Auth required', 'Codex native - internal - auth required'],
  ['no binary', noBinary, 'Runtime missing', 'Codex native - internal - runtime missing'],
  ['noted', noted, 'Degraded', 'Codex native - internal - degraded'],
  ['not trusted', untrusted, 'Disabled', 'Codex native - internal - disabled'],
  ['unchecked', unchecked, 'Not checked yet', 'Codex native - internal - not checked yet'],
] as const)('badge and line: %s', (_name, inputs, badge, line) => {
  const native = option(inputs);
  expect(stateBadge(native)?.english ?? null).toBe(badge);
  expect(badges(native).map(({ english }) => english)).toEqual(badge === null ? ['Internal'] : ['Internal', badge]);
  expect(optionLine(native).english).toBe(line);
  expect(runtimeLine(deriveStatus(inputs)).english).toBe(`Runtime: ${line}`);
  // The general phases have no word for the audience.
  expect(optionLine(option(general(inputs))).english).toBe(line.replace('internal - ', '').replace('locked', 'ready'));
});

test('badges of the other lanes', () => {
  expect(badges(option(ready, 'api')).map(({ english }) => english)).toEqual(['Recommended']);
  expect(badges(option(ready, 'auto'))).toEqual([]);
  expect(badges(option(noKey, 'api')).map(({ english }) => english)).toEqual(['Auth required', 'Recommended']);
});

test('auto says what it is at the moment; a side chip only where resolved is not selected', () => {
  expect(labelOf(codexOf(ready), option(ready, 'auto')).english).toBe('Auto (currently: OpenAI API)');
  expect(labelOf(codexOf(noKey), option(noKey, 'auto')).english).toBe('Auto');
  expect(resolvedChip(deriveStatus(as('auto', ready)))?.english).toBe('Resolved: OpenAI API');
  for (const inputs of [ready, locked, noBinary, as('api', ready), as('auto', noKey), untrusted]) {
    expect(resolvedChip(deriveStatus(inputs))).toBeNull();
  }
});

test('a picker option is disabled when it is not available or not selectable, and is not the current one', () => {
  for (const inputs of [ready, locked, off, pinned, lacking, noCredential, noBinary, noted, untrusted, unchecked]) {
    for (const selected of laneSelections) {
      for (const row of pickerRows(stamp(as(selected, inputs)))) {
        const { available, selectable } = option(as(selected, inputs), row.id);
        expect(row.disabled, `${row.id} under ${selected}`).toBe((!available || !selectable) && row.id !== selected);
      }
    }
  }
});

test('its tooltip is the detail, then the status, then a sentence', () => {
  expect(reasonOf(option(noBinary)).english).toBe('Install the codex CLI before enabling the lane.');
  expect(reasonOf(option(locked)).english).toBe('Internal rollout only.');
  const bare = { ...option(locked), detailMessage: null };
  expect(reasonOf(bare).english).toBe('Ready but locked');
  expect(reasonOf({ ...bare, statusMessage: null }).english).toBe('This backend cannot be selected yet.');
});

test('the short words are for the status bar alone', () => {
  const short = /Auto → API|Native: |Native off|Native locked|Codex not usable/;
  for (const inputs of [ready, locked, off, pinned, noCredential, noBinary, noted, unchecked, as('auto', ready)]) {
    const status = stamp(inputs);
    const elsewhere = JSON.stringify([pickerRows(status), runtimeTree(status, 0, []), status.document]);
    expect(elsewhere).not.toMatch(short);
  }
  expect(barText(laneWords(stamp(as('auto', ready))))).toBe('$(cloud) Auto → API');
});

test('connection copy speaks of credentials only, runtime copy of the lane only', () => {
  const said = new Set<string | null>();
  for (const inputs of everyInput()) {
    if (inputs.selected !== 'codex-native' || inputs.gates.phase !== 1 || inputs.api.reach !== 'refused') continue;
    const { statusMessage, verificationState } = codexOf(inputs);
    said.add(statusMessage);
    // A credential's issue is the message of the connection; it leaves the lane's own words as they were.
    if (verificationState === 'error') expect(statusMessage).toBe('the login has expired');
    else expect(statusMessage).toMatch(/^Codex native runtime|^Workspace is not trusted$|^Not checked yet$/);
    expect(option(inputs).statusMessage).not.toContain('login has expired');
  }
  expect([...said].sort()).toEqual([
    'Codex native runtime not ready',
    'Codex native runtime ready',
    'Not checked yet',
    'Workspace is not trusted',
    'the login has expired',
  ]);
});

test('to users it is a feature gate: the one rollout is the contract’s own sentence', () => {
  for (const inputs of [ready, locked, noCredential, off]) {
    const text = JSON.stringify([pickerRows(stamp(inputs)), runtimeTree(stamp(inputs), 0, []), deriveStatus(inputs)]);
    expect(text.replaceAll('Internal rollout only.', '')).not.toMatch(/rollout/i);
  }
});
