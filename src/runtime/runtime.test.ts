import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BinaryFact } from '../model/index.ts';
import { createBinaryFinder } from './binary-finder.ts';
import type { DiscoveryInputs } from './candidates.ts';
import { childEnvironment } from './child-environment.ts';
import { parseCodexConfig } from './codex-config.ts';
import type { CredentialInputs } from './credential.ts';
import { readNativeCredential } from './credential.ts';
import { discoverCodex } from './discover.ts';
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

describe.skipIf(process.platform === 'win32')('discovery', () => {
  let root: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'discover-')));
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const program = (path: string, script: string): string => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, script);
    chmodSync(file, 0o755);
    return file;
  };
  const answers = (version: string): string => `#!/bin/sh\necho "codex-cli ${version}"\n`;
  const look = (more: Partial<DiscoveryInputs>): Promise<BinaryFact> =>
    discoverCodex({
      setting: null,
      env: {},
      platform: 'linux',
      arch: 'x64',
      dataHome: null,
      loginShellPath: async () => null,
      ...more,
    });

  test('an explicit path that fails is the answer, whatever else is there', async () => {
    program('bin/codex', answers('1.0.0'));
    const env = { PATH: join(root, 'bin') };
    const missing = await look({ setting: { value: '/nowhere/codex', source: 'codexLanes.codex.path' }, env });
    expect(missing).toMatchObject({
      kind: 'missing',
      detail: expect.stringContaining('/nowhere/codex'),
      problem: 'not-found',
    });
    expect(await look({ env: { ...env, CODEX_CLI_PATH: 'codex' } })).toMatchObject({ kind: 'missing' });
    expect(await look({ env })).toMatchObject({ identity: { source: 'system-path', version: 'codex-cli 1.0.0' } });
  });

  test('a candidate that does not answer is passed over; a project’s own is never taken', async () => {
    program('a/codex', '#!/bin/sh\nexit 1\n');
    program('p/node_modules/.bin/codex', answers('6.6.6'));
    const good = program('b/codex', answers('2.0.0'));
    const path = [join(root, 'p/node_modules/.bin'), join(root, 'a')].join(':');
    expect(await look({ env: { PATH: path } })).toMatchObject({ detail: expect.stringContaining('exit code 1') });
    const found = await look({ env: { PATH: `${path}:${join(root, 'b')}` } });
    expect(found).toMatchObject({ identity: { path: good } });
  });

  test.each([
    [
      'a platform package beside it',
      'lib/node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex',
    ],
    [
      'one below it',
      'lib/node_modules/@openai/codex/node_modules/@openai/codex-linux-x64/vendor/x86_64-unknown-linux-musl/bin/codex',
    ],
    ['the layout of 0.117', 'lib/node_modules/@openai/codex/vendor/x86_64-unknown-linux-musl/codex/codex'],
  ])('the npm launcher leads to the program: %s', async (_name, place) => {
    const launcher = program('lib/node_modules/@openai/codex/bin/codex.js', '#!/usr/bin/env node\n');
    writeFileSync(join(root, 'lib/node_modules/@openai/codex/package.json'), '{"name":"@openai/codex"}');
    mkdirSync(join(root, 'bin'));
    symlinkSync(launcher, join(root, 'bin/codex'));
    const env = { PATH: join(root, 'bin') };
    expect(await look({ env })).toMatchObject({ detail: expect.stringContaining('platform package is missing') });
    const binary = program(place, answers('3.0.0'));
    expect(await look({ env })).toMatchObject({ identity: { path: binary, version: 'codex-cli 3.0.0' } });
  });

  test('an answer is kept for 30 s; a failed look serves the old one for 5 min while the file exists', async () => {
    const path = program('codex', answers('1.0.0'));
    let now = 0;
    let calls = 0;
    let fact: BinaryFact = { kind: 'found', identity: { path, source: 'system-path', version: 'v' } };
    const clock = { now: () => now, monotonic: () => now, after: () => () => undefined };
    const finder = createBinaryFinder(clock, async () => {
      calls += 1;
      return fact;
    });
    const inputs = {
      setting: null,
      env: {},
      platform: 'linux',
      arch: 'x64',
      dataHome: null,
      loginShellPath: async () => null,
    } as const;
    await finder.find(inputs);
    now = 29_000;
    expect(await finder.find(inputs)).toMatchObject({ stale: false });
    expect(calls).toBe(1);
    fact = { kind: 'missing', detail: 'slow', problem: 'not-found' };
    now = 31_000;
    expect(await finder.find(inputs)).toMatchObject({ fact: { kind: 'found' }, stale: true });
    now = 301_000;
    expect(await finder.find(inputs)).toMatchObject({ fact: { kind: 'missing' } });
  });

  test('for a turn, a known program serves at once after 30 s and is looked for beside it; another file in its place is not', async () => {
    const path = program('codex', answers('1.0.0'));
    let now = 0;
    let calls = 0;
    const clock = { now: () => now, monotonic: () => now, after: () => () => undefined };
    const looks: (() => void)[] = [];
    const finder = createBinaryFinder(clock, async () => {
      calls += 1;
      if (calls > 1) await new Promise<void>((go) => looks.push(go));
      return { kind: 'found', identity: { path, source: 'system-path', version: `v${calls}` } };
    });
    const inputs = {
      setting: null,
      env: {},
      platform: 'linux',
      arch: 'x64',
      dataHome: null,
      loginShellPath: async () => null,
    } as const;
    const versionOf = async (answer: ReturnType<typeof finder.find>) => {
      const { fact } = await answer;
      return fact.kind === 'found' ? fact.identity.version : null;
    };
    await finder.find(inputs);
    now = 31_000;
    expect(await versionOf(finder.find(inputs, { atOnce: true }))).toBe('v1');
    expect(calls).toBe(2);
    looks.shift()?.();
    expect(await versionOf(finder.find(inputs))).toBe('v2');
    now = 62_000;
    writeFileSync(path, `${answers('2.0.0')}\n# another file`, { mode: 0o755 });
    const waits = finder.find(inputs, { atOnce: true });
    await vi.waitFor(() => expect(looks).toHaveLength(1));
    looks.shift()?.();
    expect(await versionOf(waits)).toBe('v3');
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
