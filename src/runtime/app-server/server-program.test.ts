import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { NativeRuntime } from '../native-runtime.ts';
import { serverProgram } from './server-program.ts';

const path = join('/opt', 'codex', 'bin', 'codex');
const runtime: NativeRuntime = {
  binary: { kind: 'found', identity: { path, version: 'codex-cli 1.0.0', source: 'setting' } },
  stale: false,
  pin: null,
  credential: { fact: { kind: 'none' }, inputs: [], apiKey: null, forcedLogin: null, secrets: [], vault: null },
  config: { kind: 'broken', at: 'file', issue: 'not read here' },
  endpoint: null,
  network: { inputs: [], proxy: null, problems: [] } as unknown as NativeRuntime['network'],
  env: { HOME: '/home/me' },
  ownKeys: [],
  vault: null,
  secrets: ['proxy-password'],
  codexHome: '/home/me/.codex',
  abilities: async () => null,
};
const usual = [
  'app-server',
  ...['-c', 'features.unbounded_connection_retries=false'],
  ...['-c', 'analytics.enabled=false'],
  ...['-c', 'thread_unload_delay_secs=0'],
];

test('without a program there is none', () => {
  expect(serverProgram({ ...runtime, binary: { kind: 'missing' } as NativeRuntime['binary'] })).toBeNull();
});

test('with a login of its own, or none', () => {
  const program = {
    file: path,
    args: usual,
    cwd: join('/opt', 'codex', 'bin'),
    env: { HOME: '/home/me' },
    apiKey: null,
    vault: null,
  };
  expect(serverProgram(runtime)).toEqual({ ...program, secrets: ['proxy-password'] });
  const own = { ...runtime, credential: { ...runtime.credential, forcedLogin: 'chatgpt' as const } };
  expect(serverProgram(own)?.args).toEqual([...usual, '-c', 'forced_login_method="chatgpt"']);
});

test('a key of ours is in neither the arguments nor the environment, and what it is for stays in memory', () => {
  const program = serverProgram({
    ...runtime,
    credential: { ...runtime.credential, apiKey: 'sk-ours', forcedLogin: 'api' },
    env: { HOME: '/home/me', CODEX_API_KEY: 'sk-ours', MY_PROVIDER_KEY: 'theirs' },
    ownKeys: ['CODEX_API_KEY', 'MY_PROVIDER_KEY', 'odd.name'],
  });
  expect(program).toMatchObject({
    env: { HOME: '/home/me', MY_PROVIDER_KEY: 'theirs' },
    apiKey: 'sk-ours',
    secrets: ['proxy-password', 'sk-ours'],
  });
  expect(Object.keys(program?.env ?? {})).toEqual(['HOME', 'MY_PROVIDER_KEY']);
  expect(program?.args).toEqual([
    ...usual,
    ...['-c', 'cli_auth_credentials_store="ephemeral"'],
    ...['-c', 'shell_environment_policy.set.CODEX_API_KEY=""'],
    ...['-c', 'shell_environment_policy.set.MY_PROVIDER_KEY=""'],
  ]);
});

test('vault-only: the store in memory, no key, and a way that is opened for each process', () => {
  const vault = { id: 'way', open: async () => Promise.reject(new Error('not opened here')) };
  const program = serverProgram({ ...runtime, env: { HOME: '/h', CODEX_API_KEY: 'left over' }, vault });
  expect(program).toMatchObject({ apiKey: null, vault, env: { HOME: '/h' } });
  expect(program?.env).not.toHaveProperty('CODEX_API_KEY');
  expect(program?.args).toEqual([...usual, '-c', 'cli_auth_credentials_store="ephemeral"']);
});
