import { expect, test } from 'vitest';
import type { SettingName } from './read-settings.ts';
import { readSettings, settingDefaults } from './read-settings.ts';

type Given = Partial<Record<SettingName, unknown>>;

function read(given: Given, env: Record<string, string> = {}, workspaceLane?: string) {
  return readSettings({
    raw: (name) => ({ value: name in given ? given[name] : settingDefaults[name], isSet: name in given }),
    env,
    network: { proxy: null, noProxy: [], strictSsl: true, systemCertificates: false },
    workspaceLane,
    t: (text, ...args) => text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)])),
  });
}

const badLane = 'codexLanes.lane must be one of: auto, api, codex-native';

test('defaults are without a problem', () => {
  const settings = read({});
  expect(settings.problems).toEqual([]);
  expect(settings.lane).toEqual({ value: 'auto', source: 'default' });
  expect(settings.codexPath).toBeNull();
  expect(settings.nativeSandbox).toBe('workspace-write');
});

test.each([
  [{ lane: 'api' }, { CODEX_LANES_BACKEND: 'codex-native' }, 'codex-native', 'codex-native', 'workspace'],
  [{ lane: 'api' }, { CODEX_LANES_BACKEND: 'codex-native' }, undefined, 'api', 'setting'],
  [{}, { CODEX_LANES_BACKEND: 'codex-native' }, undefined, 'codex-native', 'env'],
  [{}, {}, undefined, 'auto', 'default'],
])('lane of %o, %o, %s', (given: Given, env: Record<string, string>, chosen, value, source) => {
  expect(read(given, env, chosen).lane).toEqual({ value, source });
});

test.each([
  [{ lane: 'adapter' }, {}],
  [{}, { CODEX_LANES_BACKEND: 'native' }],
])('a bad lane is named and auto is used: %o %o', (given: Given, env: Record<string, string>) => {
  const { lane, problems } = read(given, env);
  expect([lane.value, problems]).toEqual(['auto', [badLane]]);
});

test.each<[SettingName, unknown, keyof ReturnType<typeof read>, unknown]>([
  ['native.sandbox', 'none', 'nativeSandbox', 'workspace-write'],
  ['native.auth', 1, 'nativeAuth', 'auto'],
  ['native.env', ['A=1'], 'nativeEnv', []],
  ['native.firstEventTimeout', -1, 'nativeFirstEventTimeoutS', 60],
  ['native.silenceTimeout', 'x', 'nativeSilenceTimeoutS', 300],
  ['native.ephemeral', 'yes', 'nativeEphemeral', false],
  ['api.baseUrl', 'ftp://example.com', 'apiBaseUrl', 'https://api.openai.com/v1'],
  ['api.baseUrl', 'https://user:pw@example.com', 'apiBaseUrl', 'https://api.openai.com/v1'],
  ['api.headers', [], 'apiHeaders', {}],
])('%s = %o is replaced and named', (name, value, field, expected) => {
  const settings = read({ [name]: value });
  expect(settings[field]).toEqual(expected);
  expect(settings.problems).toHaveLength(1);
  expect(settings.problems[0]).toContain(`codexLanes.${name} must be`);
});

test('headers with a secret are left out and named, never with their value', () => {
  const headers = {
    Authorization: 'Bearer s3cret',
    'X-Api-Key': 's3cret',
    'X-Team': 'a',
    'Bad Name': 'b',
    'X-Split': 'a\r\nb',
  };
  const { apiHeaders, problems } = read({ 'api.headers': headers });
  expect(apiHeaders).toEqual({ 'X-Team': 'a' });
  expect(problems).toHaveLength(4);
  expect(problems.join()).not.toContain('s3cret');
});

test('the unlock says which input opened the gate, or would', () => {
  expect(read({ 'native.unlock': true }).nativeUnlock).toEqual({ value: true, source: 'codexLanes.native.unlock' });
  expect(read({}, { CODEX_LANES_NATIVE_UNLOCK: '1' }).nativeUnlock).toEqual({
    value: true,
    source: 'CODEX_LANES_NATIVE_UNLOCK',
  });
  expect(read({}, { CODEX_LANES_NATIVE_UNLOCK: 'yes' }).nativeUnlock.value).toBe(false);
});
