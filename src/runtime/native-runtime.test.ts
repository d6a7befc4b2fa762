import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SettingsSnapshot } from '../ports/index.ts';
import type { NativeRuntimeInputs } from './native-runtime.ts';
import { probeNative, resolveNativeRuntime } from './native-runtime.ts';
import { programFolder } from './testing/program-folder.ts';

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

test('vault-only: no key in the environment, and what takes its place is hidden from commands whoever names it', async () => {
  const home = mkdtempSync(join(tmpdir(), 'native-runtime-'));
  try {
    for (const [config, ownKeys, named] of [
      // Here the variable is one like any other.
      ['', ['CODEX_API_KEY'], { MY_KEY: 'mine-value-0002' }],
      [`${provider}base_url = "https://m.test"\nenv_key = "MY_KEY"`, ['MY_KEY'], {}],
    ] as const) {
      writeFileSync(join(home, 'config.toml'), config);
      writeFileSync(join(home, 'auth.json'), login);
      const network = { proxy: null, noProxy: [], strictSsl: true, systemCertificates: false };
      const runtime = await resolveNativeRuntime({
        settings: {
          ...{ codexPath: null, nativeAuth: 'auto', nativeCredentials: 'vault-only', nativeEnv: ['MY_KEY', 'COPY'] },
          network,
        } as unknown as SettingsSnapshot,
        secrets: {
          reachable: true,
          get: async () => 'sk-ours-value-0001',
          set: async () => undefined,
          delete: async () => undefined,
        },
        env: {
          CODEX_HOME: home,
          MY_KEY: 'mine-value-0002',
          COPY: 'sk-ours-value-0001',
          CODEX_API_KEY: 'sk-shell-0003',
        },
        dataHome: null,
        finder: {
          find: async () => ({
            fact: { kind: 'missing', detail: '', problem: 'not-found', input: null },
            stale: false,
          }),
        },
        clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
        platform: 'linux',
      });
      expect(runtime.env).toEqual({ CODEX_HOME: home, ...named });
      expect(runtime.ownKeys).toEqual(ownKeys);
      expect(runtime.credential.apiKey).toBeNull();
      expect(runtime.secrets).toEqual(['sk-ours-value-0001', 'sk-login-value-0009']);
      expect(JSON.stringify(runtime.vault)).not.toContain('sk-ours-value-0001');
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});

describe.skipIf(process.platform === 'win32')('what stands in the way of Codex itself is the issue', () => {
  const folder = programFolder();
  const inputsWith = (codexHome: string, path: string): NativeRuntimeInputs => {
    const network = { proxy: null, noProxy: [], strictSsl: true, systemCertificates: false };
    return {
      settings: { codexPath: null, nativeAuth: 'auto', nativeEnv: [], network } as unknown as SettingsSnapshot,
      secrets: { reachable: false, get: async () => undefined, set: async () => {}, delete: async () => {} },
      env: { CODEX_HOME: codexHome, CODEX_API_KEY: 'sk-ours-value-0001' },
      dataHome: null,
      finder: {
        find: async () => ({
          fact: { kind: 'found', identity: { path, source: 'system-path', version: 'codex-cli 0.169.0' } },
          stale: false,
        }),
      },
      clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
    };
  };
  const credentialWith = async (codexHome: string, path = folder.at('none')) =>
    (await probeNative({ ...inputsWith(codexHome, path), trusted: true })).credential;

  test.each([
    ['a missing folder', () => folder.at('nowhere'), /^CODEX_HOME names .*nowhere, which does not exist$/],
    ['a file', () => folder.file('a-file', ''), /^CODEX_HOME names .*a-file, which is not a folder$/],
    ['no fixed place', () => 'relative/home', /^CODEX_HOME must be an absolute path; it is "relative\/home"$/],
  ])('CODEX_HOME is %s', async (_name, home, issue) => {
    expect(await credentialWith(home())).toEqual({ kind: 'issue', issue: expect.stringMatching(issue) });
  });

  test('a configuration that only Codex can refuse, also with a key at hand', async () => {
    const refused = folder.file(
      'codex',
      '#!/bin/sh\necho "Error loading configuration: /h/config.toml:1:9: invalid type" >&2\nexit 1\n',
    );
    const issue = '/h/config.toml:1:9: invalid type';
    expect(await credentialWith(folder.root(), refused)).toEqual({ kind: 'issue', issue });
    // A turn does not ask for it, but hears it where it asks who is signed in.
    const { config } = await resolveNativeRuntime(inputsWith(folder.root(), refused));
    expect(config).toEqual({ kind: 'broken', at: 'file', issue });
  });
});
