import { expect, test } from 'vitest';
import type { CredentialInput } from '../model/index.ts';
import { decideLane } from './decide-lane.ts';
import { deriveStatus } from './derive-status.ts';
import { explain } from './explain.ts';
import { helpsFor } from './gate-help.ts';
import { ready, withNative } from './testing/inputs.ts';

const inputs: readonly CredentialInput[] = [
  { name: 'Codex login', state: 'present', tail: '…9999' },
  { name: 'stored key', state: 'absent', tail: null },
  { name: 'CODEX_API_KEY', state: 'not-consulted', tail: null },
];
const nothing = withNative(ready, {
  credential: { kind: 'none', only: 'stored key' },
  credentialInputs: inputs,
});
const store = 'Store a key with: Set Key for Codex Native. codexLanes.native.credentials is vault-only.';

test('no key in the vault: each surface says what stores one, and none speaks of a login or a variable', () => {
  const { codex } = deriveStatus(nothing).providers;
  expect(codex).toMatchObject({ authenticated: false, resolvedBackendId: null, detailMessage: store });
  const option = codex?.availableBackends.find(({ id }) => id === 'codex-native');
  expect(option).toMatchObject({ state: 'authentication-required', detailMessage: store });
  expect(helpsFor('codex-native', nothing)).toEqual(['setNativeKey', 'refreshStatus']);
  const decided = decideLane(nothing);
  expect(JSON.stringify(decided)).toContain('No key is stored for Codex native, and vault-only takes nothing else');
  expect(decided).toMatchObject({ error: { code: 'authentication_required', hint: store } });
  const explained = JSON.stringify(explain(nothing, {}));
  expect(explained).toContain('codexLanes.native.credentials');
  for (const text of [JSON.stringify(codex), JSON.stringify(decided), explained]) {
    expect(text).not.toMatch(/codex login|Set CODEX_API_KEY/);
  }
});

test('a ChatGPT login is refused with the reason wherever a user looks', () => {
  const refused = withNative(ready, {
    credential: { kind: 'none', only: 'stored key', login: 'chatgpt' },
    credentialInputs: inputs,
  });
  expect(deriveStatus(refused).providers.codex).toMatchObject({
    authenticated: false,
    resolvedBackendId: null,
    detailMessage: expect.stringContaining('A ChatGPT login can not be kept in the vault'),
  });
  expect(helpsFor('codex-native', refused)).toEqual(['chooseNativeAuth', 'refreshStatus']);
  expect(decideLane(refused)).toMatchObject({
    error: { code: 'authentication_required', message: expect.stringContaining('A ChatGPT login is refused') },
  });
  const shut = explain(refused, {}).find(
    ({ lane, capability }) => lane === 'codex-native' && capability === 'run-turn',
  );
  expect(shut).toMatchObject({ available: false });
  expect(JSON.stringify(shut)).toContain('A ChatGPT login would pay, and codexLanes.native.credentials is vault-only');
});
