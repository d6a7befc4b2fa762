import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { SettingsSnapshot } from '../ports/index.ts';
import { probeNative, resolveNativeRuntime } from './native-runtime.ts';

test('an untrusted workspace spawns nothing and reads nothing', async () => {
  const never = (): never => {
    throw new Error('must not be called');
  };
  const facts = await probeNative({
    settings: {} as never,
    secrets: { reachable: true, get: never, set: never, delete: never },
    env: {},
    dataHome: null,
    finder: { find: never },
    clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
    trusted: false,
  });
  expect(facts).toMatchObject({ binary: { kind: 'unchecked' }, credential: { kind: 'unchecked' } });
});

const provider = `model_provider = "m"\n[model_providers.m]\nname = "Mine"\n`;
const login = JSON.stringify({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-login-value-0009' });
type Row = [string, string, readonly string[], readonly string[], readonly string[]];
test.each<Row>([
  ['a key of ours', '', [], ['CODEX_API_KEY'], ['sk-ours-value-0001']],
  ['the provider’s key', `${provider}env_key = "MY_KEY"`, [], ['MY_KEY'], ['mine-value-0002']],
  ['one that the user named for commands', `${provider}env_key = "MY_KEY"`, ['MY_KEY'], [], ['mine-value-0002']],
  ['no key at all', provider, [], [], []],
])('%s is told apart from what commands may see', async (_name, config, nativeEnv, ownKeys, secrets) => {
  const home = mkdtempSync(join(tmpdir(), 'native-runtime-'));
  try {
    writeFileSync(join(home, 'config.toml'), config);
    writeFileSync(join(home, 'auth.json'), login);
    const network = { proxy: null, noProxy: [], strictSsl: true, systemCertificates: false };
    const runtime = await resolveNativeRuntime({
      settings: { codexPath: null, nativeAuth: 'api-key', nativeEnv, network } as unknown as SettingsSnapshot,
      secrets: {
        reachable: true,
        get: async () => 'sk-ours-value-0001',
        set: async () => undefined,
        delete: async () => undefined,
      },
      env: { CODEX_HOME: home, MY_KEY: 'mine-value-0002' },
      dataHome: null,
      finder: {
        find: async () => ({ fact: { kind: 'missing', detail: '', problem: 'not-found', input: null }, stale: false }),
      },
      clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
      platform: 'linux',
    });
    expect(runtime.ownKeys).toEqual(ownKeys);
    expect(runtime.secrets).toEqual(secrets);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
