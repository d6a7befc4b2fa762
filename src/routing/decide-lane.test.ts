import { expect, test } from 'vitest';
import type { LaneInputs } from '../model/index.ts';
import { decideLane } from './decide-lane.ts';
import { deriveStatus } from './derive-status.ts';
import { barText, laneWords } from './lane-words.ts';
import { pickerRows } from './picker-rows.ts';
import { runtimeTree } from './runtime-tree.ts';
import { optionOf, runtimeLine } from './status-lines.ts';
import { able, everyInput, locked, pin, ready, withApi, withNative } from './testing/inputs.ts';

const noBinary = withNative(locked, {
  binary: { kind: 'missing', detail: 'gone', problem: 'not-found' },
  credential: { kind: 'none' },
});
const noCredential = withNative(locked, { credential: { kind: 'none' } });
const unchecked = withNative(ready, { binary: { kind: 'unchecked' }, credential: { kind: 'unchecked' } });
const lacking = { ...able, missingExecFlags: ['--json'] };
const named = { kind: 'found', identity: { path: '/x/codex', source: 'env', version: 'codex-cli 0.1.0' } } as const;
const refusals: readonly (readonly [string, LaneInputs, string, readonly string[]])[] = [
  ['locked', locked, 'lane_locked', ['unlockNative', 'useApi']],
  [
    'locked and unchecked: no probe is spawned',
    { ...unchecked, gates: locked.gates },
    'lane_locked',
    ['unlockNative', 'useApi'],
  ],
  ['missing beats the rest', noBinary, 'runtime_missing', ['installCodex', 'useBinary', 'openCodexPath', 'useApi']],
  ['no credential beats locked', noCredential, 'authentication_required', ['setNativeKey', 'refreshStatus', 'useApi']],
  ['switched off', withNative(noBinary, { pin }), 'lane_disabled', ['liftPin', 'useApi']],
  [
    'switched off by the setting, before a pin',
    { ...withNative(ready, { pin }), gates: { ...ready.gates, switchedOffBy: 'codexLanes.native.enabled' } },
    'lane_disabled',
    ['enableNative', 'useApi'],
  ],
  [
    'a build from PATH that can not run turns',
    withNative(ready, { abilities: lacking }),
    'lane_disabled',
    ['installCodex', 'useBinary', 'useApi'],
  ],
  [
    'a build that was named and can not run turns',
    withNative(ready, { abilities: lacking, binary: named }),
    'lane_disabled',
    ['useBinary', 'openCodexPath', 'useApi'],
  ],
  [
    'a path that was named and fails: an installation elsewhere would not be looked at',
    withNative(ready, {
      binary: { kind: 'missing', detail: '/x is a folder', problem: 'is-folder', namedBy: 'CODEX_CLI_PATH' },
    }),
    'runtime_missing',
    ['useBinary', 'openCodexPath', 'useApi'],
  ],
  [
    'phase 0: a stored key would not count',
    { ...noCredential, gates: { ...ready.gates, phase: 0 } },
    'authentication_required',
    ['useApi'],
  ],
  [
    'a choice that leaves a stored key out',
    withNative(noCredential, { credentialInputs: [{ name: 'stored key', state: 'not-consulted', tail: null }] }),
    'authentication_required',
    ['chooseNativeAuth', 'refreshStatus', 'useApi'],
  ],
  ['untrusted', { ...noBinary, gates: { ...ready.gates, trusted: false } }, 'folder_untrusted', ['manageTrust']],
  [
    'no key',
    { ...withApi(ready, { payer: null }), selected: 'auto' },
    'authentication_required',
    ['setApiKey', 'useNative'],
  ],
  [
    'no key, no native',
    { ...withApi(locked, { payer: null }), selected: 'api' },
    'authentication_required',
    ['setApiKey'],
  ],
];

test.each(refusals)('refused: %s', (_name, inputs, code, actions) => {
  const decision = decideLane(inputs);
  expect(decision).toMatchObject({ kind: 'refuse', ok: false, error: { code, retryable: false }, actions });
  expect(decision.trace[0]?.rule).toBe('selection');
});

test('a locked lane names its gate', () => {
  expect(decideLane(locked)).toMatchObject({ error: { message: expect.stringContaining('codexLanes.native.unlock') } });
});

test('a program that is there and no use is not said to be missing', () => {
  const folder = withNative(ready, { binary: { kind: 'missing', detail: '/x is a folder', problem: 'is-folder' } });
  const decision = decideLane(folder);
  expect(decision).toMatchObject({
    error: {
      message: 'The Codex CLI can not be used: the path is a folder, not a program.',
      detail: '/x is a folder',
    },
  });
  expect(decideLane(noBinary)).toMatchObject({ error: { message: 'Codex CLI not found.' } });
});

test('what nobody checked is probed first', () => {
  expect(decideLane(unchecked)).toMatchObject({ kind: 'probe-first', lane: 'codex-native' });
  const api = { ...withApi(ready, { payer: null, checkedAt: null }), selected: 'api' } as const;
  expect(decideLane(api)).toMatchObject({ kind: 'probe-first', lane: 'api' });
});

test('the trace tells each rule in its order', () => {
  expect(decideLane(ready).trace.map(({ rule }) => rule)).toEqual([
    'selection',
    'trust',
    'switch',
    'binary',
    'credential',
    'gate',
  ]);
  expect(decideLane({ ...ready, selected: 'auto' }).trace.map(({ rule }) => rule)).toEqual([
    'selection',
    'auto',
    'trust',
    'api-key',
  ]);
});

test('over every input: decision, document and surfaces tell the same story', () => {
  let seen = 0;
  const wrong: unknown[] = [];
  for (const inputs of everyInput()) {
    seen += 1;
    const decision = decideLane(inputs);
    const document = deriveStatus(inputs);
    const { codex } = document.providers;
    const option = optionOf(codex, inputs.selected);
    const native = optionOf(codex, 'codex-native');
    const usable = option?.selectable === true && (option.state === 'ready' || option.state === 'degraded');
    const lane = laneWords({ document, inputs });
    const row = pickerRows({ document, inputs }).find(({ current }) => current);
    const laws = {
      'shown as usable exactly when it runs': usable === decision.ok && lane.blocked === !decision.ok,
      'runs on the lane that was asked for':
        decision.lane === (inputs.selected === 'codex-native' ? 'codex-native' : 'api'),
      'what runs is what is resolved': !decision.ok || codex.resolvedBackendId === decision.lane,
      'null exactly when not available':
        inputs.selected !== 'codex-native' || (codex.resolvedBackendId === null) === (native?.available === false),
      'auto never resolves to native': inputs.selected !== 'auto' || codex.resolvedBackendId !== 'codex-native',
      'selectable is available': codex.availableBackends.every((each) => !each.selectable || each.available),
      'untrusted runs nothing': inputs.gates.trusted || (!decision.ok && codex.resolvedBackendId === null),
      'the current row is never disabled': row?.disabled === false,
      'a refusal offers something': decision.kind !== 'refuse' || decision.actions.length > 0,
    };
    for (const [law, holds] of Object.entries(laws)) if (!holds && wrong.length < 5) wrong.push({ law, inputs });
  }
  expect(wrong).toEqual([]);
  expect(seen).toBe(3 * 2 * 2 * 3 * 6 * 4 * 2 * (8 + 4 * 2));
});

test('no surface flattens a native state into an API connection', () => {
  const wrong: string[] = [];
  const apiBars = new Set<string>();
  const nativeBars = new Set<string>();
  for (const inputs of everyInput()) {
    if (!inputs.gates.trusted || inputs.gates.phase !== 1) continue;
    // Of the lane that is not selected one case is enough: no word here is about it.
    const native = inputs.selected === 'codex-native';
    if (native ? inputs.api.reach !== 'refused' : inputs.native.credential.kind !== 'none') continue;
    const document = deriveStatus(inputs);
    const status = { document, inputs, checkedAt: null, since: {}, checking: false, sequence: 1 };
    const bar = barText(laneWords(status));
    (inputs.selected === 'codex-native' ? nativeBars : apiBars).add(bar.replace(' · practice (offline)', ''));
    const all = JSON.stringify([document, bar, pickerRows(status), runtimeTree(status, 0, [])]);
    if (/connected via/i.test(all) && wrong.length < 3) wrong.push(all);
    if (inputs.selected === 'codex-native' && !runtimeLine(document).english.includes('Codex native')) wrong.push(bar);
  }
  expect(wrong).toEqual([]);
  expect([...nativeBars].filter((bar) => apiBars.has(bar))).toEqual([]);
  expect([...nativeBars].sort()).toMatchInlineSnapshot(`
    [
      "$(circle-slash) Codex not found",
      "$(circle-slash) Native off",
      "$(key) Native: sign in",
      "$(lock) Native locked",
      "$(question) Native: not checked",
      "$(terminal) Native",
      "$(warning) Native: see notes",
      "$(warning) Native: setup problem",
    ]
  `);
  expect([...apiBars].sort()).toMatchInlineSnapshot(`
    [
      "$(cloud) API",
      "$(cloud) Auto → API",
      "$(key) API: key needed",
      "$(key) API: refused",
      "$(key) Auto → API: key needed",
      "$(key) Auto → API: refused",
      "$(question) API: not checked",
      "$(question) Auto: not checked",
      "$(warning) API offline",
      "$(warning) Auto → API offline",
    ]
  `);
}, 30_000);

test.each([
  ['not-found', undefined, /Install the codex CLI, or name its path/],
  ['not-found', 'CODEX_CLI_PATH', /While CODEX_CLI_PATH names a path, no other is tried/],
  ['is-folder', 'codexLanes.codex.path', /While codexLanes\.codex\.path names a path, no other is tried/],
] as const)('a program that is %s, named by %s: the hint is one that helps', (problem, namedBy, hint) => {
  const binary = { kind: 'missing', detail: '/x', problem, ...(namedBy === undefined ? {} : { namedBy }) } as const;
  const decision = decideLane({ ...withNative(ready, { binary }), selected: 'codex-native' });
  expect(decision.kind === 'refuse' ? decision.error.hint : null).toMatch(hint);
});
