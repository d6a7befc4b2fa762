import { expect, test } from 'vitest';
import type { Secrets } from '../ports/index.ts';
import { parseCodexConfig } from './codex-config.ts';
import type { CredentialInputs } from './credential.ts';
import { readNativeCredential } from './credential.ts';
import type { OwnLogin } from './own-login.ts';

const key = 'sk-stored-value-0003';
const env = {
  CODEX_API_KEY: 'sk-codex-value-0001',
  OPENAI_API_KEY: 'sk-openai-value-0002',
  MINE: 'sk-mine-value-0004',
};
const vault = (read: () => Promise<string | undefined>, reachable = true): Secrets => ({
  reachable,
  get: read,
  set: async () => undefined,
  delete: async () => undefined,
});
const holding = (value?: string): Secrets => vault(async () => value);

const logins: Record<string, OwnLogin> = {
  none: { kind: 'none' },
  chatgpt: { kind: 'chatgpt', label: 'a@b.c', source: 'Codex login', secrets: ['login-token-0004'] },
  key: { kind: 'api-key', label: '…9999', source: 'Codex login', secrets: ['sk-login-9999'] },
  broken: { kind: 'issue', issue: 'bad file' },
};
const own = (fields: string) => `model_provider = "m"\n[model_providers.m]\nname = "Mine"\n${fields}`;
const configs = {
  builtIn: '',
  variable: own('base_url = "https://m.test/v1"\nenv_key = "MINE"'),
  keyless: own('base_url = "https://m.test/v1"'),
  token: own('base_url = "https://m.test/v1"\nexperimental_bearer_token = "sk-in-file"'),
};

type Auth = CredentialInputs['nativeAuth'];
const read = (nativeAuth: Auth, config: keyof typeof configs, login: string, secrets: Secrets) =>
  readNativeCredential({
    nativeAuth,
    nativeCredentials: 'vault-only',
    config: parseCodexConfig('/c.toml', configs[config]),
    ownLogin: async () => logins[login] ?? { kind: 'none' },
    secrets,
    env,
    platform: 'linux',
  });

test.each<[Auth, keyof typeof configs, string, string, 'api' | null]>([
  ['auto', 'builtIn', 'none', 'absent', 'api'],
  ['auto', 'builtIn', 'key', 'present', 'api'],
  ['api-key', 'builtIn', 'none', 'absent', 'api'],
  ['api-key', 'builtIn', 'chatgpt', 'present', 'api'],
  ['api-key', 'builtIn', 'broken', 'unreachable', 'api'],
  // A provider with a variable of its own has nothing to do with a login, and forcing one would sign the user out.
  ['auto', 'variable', 'chatgpt', 'present', null],
  ['chatgpt', 'variable', 'chatgpt', 'present', null],
])(
  '%s, %s, login %s: the stored key pays, and nothing of it is for the child',
  async (auth, config, login, state, forced) => {
    const found = await read(auth, config, login, holding(key));
    expect(found).toMatchObject({
      fact: {
        kind: 'present',
        authMethod: 'api_key',
        payer: { kind: 'api-key', label: '…0003', source: 'stored key' },
      },
      apiKey: null,
      forcedLogin: forced,
      vault: { key, upstream: config === 'builtIn' ? 'https://api.openai.com/v1' : 'https://m.test/v1' },
    });
    expect(found.secrets).toContain(key);
    expect(found.inputs.map(({ name, state: is }) => [name, is])).toEqual([
      ['Codex login', state],
      ['stored key', 'used'],
      ['CODEX_API_KEY', 'not-consulted'],
      ['OPENAI_API_KEY', 'not-consulted'],
    ]);
    expect(JSON.stringify([found.fact, found.inputs])).not.toContain('sk-');
  },
);

test.each<[Auth, keyof typeof configs, string, Secrets, RegExp]>([
  ['auto', 'builtIn', 'broken', holding(key), /^bad file$/],
  ['auto', 'builtIn', 'none', vault(() => Promise.reject(new Error('locked'))), /key store .* can't be reached/],
  ['auto', 'builtIn', 'none', vault(async () => key, false), /key store .* can't be reached from here/],
  ['auto', 'builtIn', 'none', holding(`${key}\n`), /holds what no key can have/],
  ['auto', 'builtIn', 'none', holding('sk schlüssel'), /holds what no key can have/],
  ['auto', 'token', 'none', holding(key), /brings a credential of its own \(experimental_bearer_token\)/],
])('%s, %s, login %s: refused with the reason, and nothing else pays', async (auth, config, login, secrets, says) => {
  const found = await read(auth, config, login, secrets);
  expect(found.fact).toEqual({ kind: 'issue', issue: expect.stringMatching(says) });
  expect(found).toMatchObject({ apiKey: null, forcedLogin: null, vault: null, vaultOnly: true });
  expect(JSON.stringify([found.fact, found.inputs])).not.toContain('sk-');
});

test('nothing stored: the one place that counts is named', async () => {
  const found = await read('auto', 'builtIn', 'key', holding());
  expect(found.fact).toEqual({ kind: 'none', only: 'stored key' });
  expect(found).toMatchObject({ apiKey: null, vault: null, vaultOnly: true });
});

test('a provider without a key needs no vault', async () => {
  const found = await read('auto', 'keyless', 'chatgpt', holding(key));
  expect(found).toMatchObject({ fact: { authMethod: 'provider' }, apiKey: null, vault: null });
});

test.each<[Auth, string]>([
  ['auto', 'chatgpt'],
  ['chatgpt', 'chatgpt'],
  ['chatgpt', 'none'],
])('%s, login %s: a ChatGPT login would pay, and no key does in its place', async (auth, login) => {
  const found = await read(auth, 'builtIn', login, holding(key));
  expect(found.fact).toEqual({ kind: 'none', only: 'stored key', login: 'chatgpt' });
  expect(found).toMatchObject({ apiKey: null, vault: null, vaultOnly: true });
  expect(found.inputs[1]).toEqual({ name: 'stored key', state: 'present', tail: '…0003' });
});
