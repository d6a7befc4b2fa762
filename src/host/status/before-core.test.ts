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

test.each([null, 'text', {}, { document: { schemaVersion: 2 } }, { ...checked, inputs: { api: {}, native: {} } }])(
  'a stored status that this version can not read counts as none: %o',
  (stored) => {
    const shown = statusBeforeCore({ stored, settings: settings('codex-native'), trusted: true, env: {} });
    expect(shown.checkedAt).toBeNull();
  },
);

test('a workspace that is not trusted says so, whatever was stored', () => {
  const shown = statusBeforeCore({ stored: checked, settings: settings('api'), trusted: false, env: {} });
  expect(laneWords(shown).english).toBe('Not trusted');
});
