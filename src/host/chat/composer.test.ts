import { expect, test } from 'vitest';
import type { LaneInputs } from '../../model/index.ts';
import { noReadings, uncheckedNative, withLimits } from '../../model/index.ts';
import { deriveStatus } from '../../routing/index.ts';
import { checkedAt, locked, ready, withApi, withNative } from '../../routing/testing/inputs.ts';
import type { ComposerFacts } from './composer.ts';
import { composerState } from './composer.ts';

const folders = [{ path: '/w/a', name: 'a' }];
const settings = {
  nativeSandbox: 'workspace-write',
  nativeModel: 'gpt-5.5',
  nativeEffort: 'medium',
  nativeProfile: 'work',
  nativeAddDirs: ['/w/b'] as readonly string[],
  apiModel: 'gpt-5.5',
  apiEffort: null,
} as ComposerFacts['settings'];

const now = Date.parse('2026-01-02T10:00:00Z');

function factsOf(inputs: LaneInputs, more: Partial<ComposerFacts> = {}): ComposerFacts {
  return {
    status: { document: deriveStatus(inputs), inputs, checkedAt, since: {}, checking: false, sequence: 1 },
    settings,
    folders,
    trusted: inputs.gates.trusted,
    thread: { cwd: '/w/a', begun: false },
    refusal: inputs.gates.trusted ? null : { kind: 'untrusted', text: 'Trust the workspace to run Codex' },
    activity: { running: false, stopping: false, steers: false, queued: 0, progress: null, problem: null },
    editor: null,
    readings: noReadings,
    now,
    timeOf: (at) => new Date(at).toISOString().slice(11, 16),
    words: ({ english }) => english,
    t: (message, ...args) => message.replace(/\{(\d)\}/g, (_, at: string) => String(args[Number(at)])),
    ...more,
  };
}

const gates = (more: Partial<LaneInputs['gates']>): LaneInputs => ({ ...ready, gates: { ...ready.gates, ...more } });
const missing = { kind: 'missing', detail: '/opt/codex', problem: 'is-folder' } as const;

/** Each state of the selected lane: what is said before Send, what helps, and whether the gates can be shown. */
test.each<[string, LaneInputs, RegExp, readonly string[]]>([
  ['locked', locked, /^Codex native - Ready but locked$/, ['unlockNative', 'useApi']],
  [
    'switched off',
    gates({ switchedOffBy: 'codexLanes.native.enabled' }),
    /^Codex native - Disabled: switched off by codexLanes\.native\.enabled$/,
    ['enableNative', 'useApi'],
  ],
  [
    'pinned',
    withNative(ready, { pin: { reason: 'failed to start 3 times', since: checkedAt } }),
    /^Codex native - Disabled: failed to start 3 times$/,
    ['liftPin', 'useApi'],
  ],
  [
    'no program',
    withNative(ready, { binary: missing }),
    /^Codex native - Codex CLI not found\. The Codex CLI can not be used: the path is a folder, not a program\.$/,
    ['installCodex', 'useBinary', 'openCodexPath', 'useApi'],
  ],
  [
    'no credential',
    withNative(ready, { credential: { kind: 'none' } }),
    /^Codex native - Authentication required$/,
    ['setNativeKey', 'refreshStatus', 'useApi'],
  ],
  [
    'no key',
    { ...withApi(ready, { payer: null }), selected: 'api' },
    /^OpenAI API - Add an API key$/,
    ['setApiKey', 'useNative'],
  ],
  ['no trust', gates({ trusted: false }), /not trusted: a prompt is refused and nothing runs/, ['manageTrust']],
])('%s: the composer says why Send is refused, and what helps', (_name, inputs, text, actions) => {
  const { blocked } = composerState(factsOf(inputs));
  expect(blocked?.text).toMatch(text);
  expect(blocked?.actions.map(({ id }) => id)).toEqual(actions);
  expect(blocked?.actions.every(({ label }) => label !== '')).toBe(true);
  expect(blocked?.why).toBe(true);
});

test('a lane that was not checked is checked by Send; where a gate is known to be shut, that is said', () => {
  const unchecked = { ...ready, native: uncheckedNative };
  expect(composerState(factsOf(unchecked)).blocked).toBeNull();
  const shut = { ...unchecked, gates: { ...ready.gates, unlocked: false } };
  expect(composerState(factsOf(shut)).blocked?.text).toBe(
    'Codex native - Not checked yet. Codex native is locked: its feature gate codexLanes.native.unlock is shut.',
  );
});

test('a lane that runs is not blocked, and a folder that is gone is nothing of the gates', () => {
  expect(composerState(factsOf(ready)).blocked).toBeNull();
  const gone = { kind: 'folder-gone', text: 'The folder is not open.' } as const;
  expect(composerState(factsOf(ready, { refusal: gone })).blocked).toEqual({
    text: gone.text,
    actions: [],
    why: false,
  });
});

test('permissions are those of the lane that is selected', () => {
  const native = composerState(factsOf(ready));
  expect([native.sandbox.label, native.sandbox.canChange, native.approvals?.label]).toEqual([
    'workspace',
    true,
    'never asks',
  ]);
  for (const selected of ['api', 'auto'] as const) {
    const { sandbox, approvals } = composerState(factsOf({ ...ready, selected }));
    expect([sandbox.label, sandbox.canChange, approvals]).toEqual(['answers in text only', false, null]);
  }
});

test('what is configured for the lane, and whether it takes images', () => {
  const native = composerState(factsOf(ready));
  expect([native.configured, native.images]).toEqual([
    { model: 'gpt-5.5', effort: 'medium', profile: 'work', addDirs: ['/w/b'] },
    true,
  ]);
  const api = composerState(factsOf({ ...ready, selected: 'api' }));
  expect([api.configured, api.images]).toEqual([{ model: 'gpt-5.5', effort: null, profile: null, addDirs: [] }, true]);
});

test('how far a turn is goes through as it was told, while it runs', () => {
  const progress = {
    steps: [],
    waiting: { on: 'network', what: null, since: '2026-01-02T03:04:05.000Z' },
    givesUpAt: null,
  } as const;
  const activity = { running: true, stopping: false, steers: true, queued: 0, progress, problem: null };
  expect(composerState(factsOf(ready, { activity })).progress).toBe(progress);
  expect(composerState(factsOf(ready, { activity: { ...activity, running: false } })).progress).toBeNull();
});

test('whether the running turn takes messages goes through as it was told', () => {
  const activity = { running: true, stopping: false, steers: true, queued: 0, progress: null, problem: null };
  expect(composerState(factsOf(ready, { activity })).steers).toBe(true);
  expect(composerState(factsOf(ready)).steers).toBe(false);
});

test.each<[string, LaneInputs, string]>([
  ['ready', ready, 'Codex native'],
  ['locked', locked, 'Codex native · Locked'],
  ['no credential', withNative(ready, { credential: { kind: 'none' } }), 'Codex native · Auth required'],
  ['not checked', { ...ready, native: uncheckedNative }, 'Codex native · Not checked yet'],
  ['no trust', gates({ trusted: false }), 'Codex native · Disabled'],
  ['api', { ...ready, selected: 'api' }, 'OpenAI API'],
  ['auto', { ...ready, selected: 'auto' }, 'Auto (currently: OpenAI API)'],
  [
    'practice',
    { ...withApi(ready, { endpointLabel: 'practice (offline)' }), selected: 'api' },
    'OpenAI API · practice (offline)',
  ],
])('the lane by its own name, never by the short words of the status bar: %s', (_name, inputs, label) => {
  expect(composerState(factsOf(inputs)).lane.label).toBe(label);
});

test('a configuration or login that Codex would refuse is said before Send, with what helps', () => {
  const issue = 'config.toml:33:17: illegal character';
  const { blocked } = composerState(factsOf(withNative(ready, { credential: { kind: 'issue', issue } })));
  expect(blocked).toMatchObject({ text: issue, why: false });
  expect(blocked?.actions.map(({ id }) => id)).toEqual(['refreshStatus', 'runDoctor']);
});

test('a limit that is nearly used up is said while the gate interactive is open, and never in the way', () => {
  const window = (usedPercent: number) => ({ usedPercent, minutes: 300, resetsAt: now + 3_600_000 });
  const told = (usedPercent: number, interactive = true) => {
    const snapshot = {
      id: 'codex',
      name: null,
      primary: window(usedPercent),
      secondary: null,
      credits: null,
      reached: null,
    };
    const value = withLimits({}, snapshot, now - 60_000);
    const readings = { ...noReadings, limits: { kind: 'told', at: '', value } as const };
    const inputs = gates({ interactive, transport: 'app-server' });
    return composerState(factsOf(inputs, { readings }));
  };
  expect(told(92).limits).toEqual({
    icon: 'warning',
    label: '5-hour limit: 92% used, resets 11:00',
    tooltip: 'A long task may reach it. Read at 09:59.',
  });
  expect(told(100)).toMatchObject({
    limits: { icon: 'circle-slash', tooltip: 'A turn may be refused until then. Read at 09:59.' },
    blocked: null,
  });
  expect(told(74)).not.toHaveProperty('limits');
  expect(told(92, false)).not.toHaveProperty('limits');
});

test('the API lane offers a policy where it has tools: in a folder, with the setting on', () => {
  const labelOf = (apiTools: boolean, more: Partial<ComposerFacts> = {}) => {
    const settingsOf = { ...settings, apiTools, apiPolicy: 'auto-edit' } as ComposerFacts['settings'];
    return composerState(factsOf({ ...ready, selected: 'api' }, { settings: settingsOf, ...more })).sandbox.label;
  };
  expect(labelOf(true)).toBe('edits unasked');
  expect(labelOf(false)).toBe('answers in text only');
  expect(labelOf(true, { folders: [], thread: { cwd: null, begun: false } })).toBe('answers in text only');
});
