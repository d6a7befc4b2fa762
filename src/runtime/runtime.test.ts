import { describe, expect, test } from 'vitest';
import { childEnvironment } from './child-environment.ts';
import { parseCodexConfig } from './codex-config.ts';
import type { CredentialInputs } from './credential.ts';
import { readNativeCredential } from './credential.ts';
import { probeNative } from './native-runtime.ts';
import type { OwnLogin } from './own-login.ts';
import { loginInFile, loginInStatus } from './own-login.ts';

test('the child sees the allow-list, the named variables and the chosen key, nothing else', () => {
  const env = { PATH: '/bin', LC_ALL: 'C', AWS_SECRET: 's', MY_KEY: 'k', OPENAI_API_KEY: 'o', CODEX_API_KEY: 'c' };
  expect(childEnvironment({ env, platform: 'linux', names: ['MY_KEY'] })).toEqual({
    PATH: '/bin',
    LC_ALL: 'C',
    MY_KEY: 'k',
  });
  expect(childEnvironment({ env, platform: 'linux', apiKey: 'chosen' }).CODEX_API_KEY).toBe('chosen');
  expect(childEnvironment({ env: { Path: 'x', SystemRoot: 'y' }, platform: 'win32' })).toEqual({
    Path: 'x',
    SystemRoot: 'y',
  });
});

describe('config.toml', () => {
  const custom = (more: string) =>
    `model_provider = "m"\n[model_providers.m]\nname = "Mock"\nbase_url = "http://h:1/v1"\n${more}`;
  test.each([
    ['nothing', '', { id: 'openai', needsLogin: true, builtIn: true }],
    ['a provider without a key', custom(''), { name: 'Mock', envKey: null, needsLogin: false }],
    ['a provider with a key', custom('env_key = "K"'), { envKey: 'K', needsLogin: false }],
    ['a provider with the OpenAI login', custom('requires_openai_auth = true'), { needsLogin: true }],
  ])('%s', (_name, text, provider) => {
    expect(parseCodexConfig('/c.toml', text)).toMatchObject({ kind: 'read', config: { provider } });
  });

  test('a broken file is named with its line, and not quoted', () => {
    const read = parseCodexConfig('/c.toml', 'model = "a"\nkey = "sk-secret');
    expect(read).toMatchObject({ kind: 'broken', issue: expect.stringMatching(/^\/c\.toml:2:\d+: /) });
    expect(JSON.stringify(read)).not.toContain('sk-secret');
  });

  test('an undefined provider is an issue', () => {
    expect(parseCodexConfig('/c.toml', 'model_provider = "nope"')).toMatchObject({
      issue: expect.stringContaining('nope'),
    });
  });
});

describe('the credential', () => {
  const chatgpt: OwnLogin = { kind: 'chatgpt', label: 'a@b.c', source: 'Codex login' };
  const none: OwnLogin = { kind: 'none' };
  const keys = { CODEX_API_KEY: 'sk-codex-0001', OPENAI_API_KEY: 'sk-openai-0002' };
  type Row = [string, CredentialInputs['nativeAuth'], OwnLogin, string | undefined, object, object];
  const rows: Row[] = [
    ['auto: own login before any key', 'auto', chatgpt, 'sk-stored-0003', keys, { apiKey: null, forcedLogin: null }],
    [
      'auto: stored key before env',
      'auto',
      none,
      'sk-stored-0003',
      keys,
      { apiKey: 'sk-stored-0003', forcedLogin: 'api' },
    ],
    [
      'auto: CODEX_API_KEY',
      'auto',
      none,
      undefined,
      keys,
      { fact: { payer: { label: '…0001', source: 'CODEX_API_KEY' } } },
    ],
    ['auto: never OPENAI_API_KEY', 'auto', none, undefined, { OPENAI_API_KEY: 'x' }, { fact: { kind: 'none' } }],
    [
      'api-key: OPENAI_API_KEY',
      'api-key',
      chatgpt,
      undefined,
      { OPENAI_API_KEY: 'sk-openai-0002' },
      { apiKey: 'sk-openai-0002' },
    ],
    ['chatgpt: its login', 'chatgpt', chatgpt, undefined, keys, { forcedLogin: 'chatgpt', apiKey: null }],
    [
      'chatgpt: never a key',
      'chatgpt',
      { kind: 'api-key', label: '…', source: 's' },
      'k',
      keys,
      { fact: { kind: 'none' }, forcedLogin: null },
    ],
    [
      'an unreadable login is an issue',
      'auto',
      { kind: 'issue', issue: 'bad' },
      undefined,
      keys,
      { fact: { kind: 'issue' } },
    ],
  ];
  test.each(rows)('%s', async (_name, nativeAuth, own, stored, env, expected) => {
    const credential = await readNativeCredential({
      nativeAuth,
      config: parseCodexConfig('/c.toml', ''),
      ownLogin: async () => own,
      secrets: { reachable: true, get: async () => stored, set: async () => undefined, delete: async () => undefined },
      env: env as Record<string, string>,
      platform: 'linux',
    });
    expect(credential).toMatchObject(expected);
  });

  test('auth.json and login status', () => {
    const claims = Buffer.from(JSON.stringify({ email: 'a@b.c' })).toString('base64url');
    const tokens = JSON.stringify({ auth_mode: 'chatgpt', tokens: { id_token: `x.${claims}.y` } });
    expect(loginInFile('/a', tokens)).toMatchObject({ kind: 'chatgpt', label: 'a@b.c' });
    const key = JSON.stringify({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-test-abcdefghijkl' });
    expect(loginInFile('/a', key)).toMatchObject({ kind: 'api-key', label: '…ijkl' });
    expect(JSON.stringify(loginInFile('/a', '{"OPENAI_API_KEY":"sk-leak'))).not.toContain('sk-leak');
    const said = { stdout: '', failure: null, problem: null };
    const status = 'API key configured - sk-test-***lmnop\nAuthentication is checked when you send a request.';
    expect(loginInStatus({ ...said, exitCode: 0, stderr: status })).toMatchObject({ label: '…mnop' });
    expect(loginInStatus({ ...said, exitCode: 1, stderr: 'Not logged in' })).toEqual({ kind: 'none' });
    expect(loginInStatus({ ...said, exitCode: 0, stderr: 'Logged in using ChatGPT' })).toMatchObject({
      kind: 'chatgpt',
    });
  });
});

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
