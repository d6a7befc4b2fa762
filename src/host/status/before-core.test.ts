import { expect, test } from 'vitest';
import { laneWords } from '../../routing/index.ts';
import type { SettingsSnapshot } from '../ports.ts';
import { statusBeforeCore } from './before-core.ts';

/** Only what the status is made from. */
const settings = (lane: 'api' | 'codex-native', apiBaseUrl = 'https://api.openai.com/v1') =>
  ({
    lane: { value: lane, source: 'workspace' },
    nativeUnlock: { value: false, source: 'codexLanes.native.unlock' },
    nativeEnabled: { value: true, source: 'codexLanes.native.enabled' },
    pluginsUnlock: { value: false, source: 'codexLanes.plugins.unlock' },
    nativeInteractive: { value: false, source: 'codexLanes.native.interactive' },
    nativeTransport: 'auto',
    apiBaseUrl,
  }) as SettingsSnapshot;

const fresh = statusBeforeCore({ stored: undefined, settings: settings('api'), trusted: true, env: {} });
const checked = {
  ...fresh,
  checkedAt: '2026-01-02T03:04:05.000Z',
  sequence: 4,
  inputs: {
    ...fresh.inputs,
    api: { ...fresh.inputs.api, checkedAt: '2026-01-02T03:04:05.000Z', reach: 'reachable', needsKey: false },
  },
};

test('nothing was ever checked, and it says so', () => {
  expect(fresh.checkedAt).toBeNull();
  expect(laneWords(fresh).english).toBe('API: not checked');
});

test('a stored check is shown with its time, under the lane that is chosen now', () => {
  const shown = statusBeforeCore({ stored: checked, settings: settings('api'), trusted: true, env: {} });
  expect([shown.checkedAt, laneWords(shown).english]).toEqual([checked.checkedAt, 'API']);
  const native = statusBeforeCore({ stored: checked, settings: settings('codex-native'), trusted: true, env: {} });
  expect(native.document.providers.codex.selectedBackendId).toBe('codex-native');
});

test('a check of another endpoint says nothing about this one', () => {
  const other = settings('api', 'https://other.example/v1');
  const shown = statusBeforeCore({ stored: checked, settings: other, trusted: true, env: {} });
  expect(laneWords(shown).english).toBe('API: not checked');
});

const { since: _, ...withoutTimes } = checked;
const { pin: __, ...withoutPin } = checked.inputs.native;

test.each([
  null,
  'text',
  {},
  { document: { schemaVersion: 2 } },
  { ...checked, inputs: { api: {}, native: {} } },
  { ...checked, inputs: { ...checked.inputs, native: null } },
  // As an earlier version wrote it.
  withoutTimes,
  { ...checked, inputs: { ...checked.inputs, native: withoutPin } },
])('a stored status that this version can not read counts as none: %o', (stored) => {
  const shown = statusBeforeCore({ stored, settings: settings('codex-native'), trusted: true, env: {} });
  expect(shown.checkedAt).toBeNull();
});

test('a workspace that is not trusted says so, whatever was stored', () => {
  const shown = statusBeforeCore({ stored: checked, settings: settings('api'), trusted: false, env: {} });
  expect(laneWords(shown).english).toBe('Not trusted');
});

test('a gate keeps its stored time while it stands as it did; one that changed has none before the core looks', () => {
  const since = { 'codex-native.unlock': '2026-01-01T00:00:00.000Z', 'api.trust': '2026-01-01T00:00:00.000Z' };
  const stored = { ...checked, checkedAt: null, since };
  const same = statusBeforeCore({ stored, settings: settings('api'), trusted: true, env: {} });
  expect(same.since).toEqual(since);
  const env = { CODEX_LANES_NATIVE_UNLOCK: '1' };
  const changed = statusBeforeCore({ stored, settings: settings('api'), trusted: true, env });
  expect(changed.since).toEqual({ 'api.trust': since['api.trust'] });
});
