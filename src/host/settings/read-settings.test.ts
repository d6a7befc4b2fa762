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

test.each([1, { input: 1 }, { input: -1, output: 1 }, { input: 1, output: 1, cachedInput: 'x' }])(
  'a price %o is left out and named',
  (price) => {
    const { apiPrices, problems } = read({ 'api.prices': { good: { input: 1, output: 2 }, m: price } });
    expect(apiPrices).toEqual({ good: { input: 1, cachedInput: null, output: 2 } });
    expect(problems).toEqual([expect.stringMatching(/^codexLanes\.api\.prices: m /)]);
  },
);

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

/** Values that no settings page would take, and a hand in a settings file does: by the field they must not reach. */
const badValues: Readonly<
  Record<Exclude<SettingName, 'lane'>, readonly [keyof ReturnType<typeof read>, ...unknown[]]>
> = {
  'native.enabled': ['nativeEnabled', 'no', 0, null, undefined, []],
  'native.unlock': ['nativeUnlock', 'true', 1, null, {}],
  'plugins.unlock': ['pluginsUnlock', 'true', 1, null, [true]],
  'native.interactive': ['nativeInteractive', 'true', 1, null, {}],
  'native.transport': ['nativeTransport', 'appserver', '', 1, null],
  'native.editorTools': ['nativeEditorTools', 'true', 1, null, {}],
  'codex.path': ['codexPath', 1, null, ['/bin/codex'], '/bin/co\0dex', '/bin/codex\n--flag'],
  'native.auth': ['nativeAuth', 1, '', 'ChatGPT', 'key', null],
  // Tested below: what it falls back to is not its default.
  'native.credentials': ['nativeCredentials'],
  'native.env': ['nativeEnv', 'PATH', ['A=1'], ['1A'], [1], { A: 1 }, ['A B'], null],
  'native.model': ['nativeModel', 5, null, ['gpt'], 'gpt\0'],
  'native.effort': ['nativeEffort', 5, null, {}, 'high\nx=1'],
  'native.sandbox': ['nativeSandbox', 'none', '', 'full', true, null],
  'native.ephemeral': ['nativeEphemeral', 'yes', 1, null],
  'native.profile': [
    'nativeProfile',
    ...[
      5,
      null,
      ['fast'],
      '../fast',
      'a/b',
      'a\\b',
      '..',
      '.',
      '-p',
      '.hidden',
      'two words',
      'x'.repeat(65),
      'fast\0',
      '-p\n',
    ],
  ],
  'native.addDirs': [
    'nativeAddDirs',
    '/tmp',
    ['tmp'],
    ['./tmp'],
    ['~/tmp'],
    [''],
    [1],
    ['/a', 'b'],
    ['/a\0'],
    {},
    null,
  ],
  'native.skipGitCheck': ['nativeSkipGitCheck', 'yes', 1, null],
  'native.firstEventTimeout': ['nativeFirstEventTimeoutS', -1, 0, 3601, Number.NaN, Infinity, '60', null],
  'native.silenceTimeout': ['nativeSilenceTimeoutS', 'x', 0, 86_401, Number.NaN, null],
  'api.baseUrl': [
    'apiBaseUrl',
    ...['', 'example.com/v1', 'ftp://example.com', 'file:///etc/passwd', 'https://', 'https://a b/v1', 7, null],
    ...['https://user:pw@example.com', 'https://example.com/v1?key=s3cret', 'https://example.com/v1#x'],
  ],
  'api.model': ['apiModel', 5, null, [], 'gpt\r\nX: y'],
  'api.effort': ['apiEffort', 5, null, 'high\0'],
  'debug.keepRawStreams': ['keepRawStreams', 'yes', 1, null],
  'api.headers': ['apiHeaders', [], 'X-Team: a', 1, null],
  'api.organization': ['apiOrganization', 5, null, 'org\r\nX: y'],
  'api.project': ['apiProject', 5, null, 'p\0'],
  'api.verbosity': ['apiVerbosity', 'loud', 1, null],
  'api.serviceTier': ['apiServiceTier', 'gold', 1, null],
  'api.tools': ['apiTools', 'true', 1, null],
  'api.policy': ['apiPolicy', 'yolo', 'Full', '', true, null],
  'api.webSearch': ['apiWebSearch', 'true', 1, null],
  'api.builtinTools': ['apiBuiltinTools', 'true', 1, null],
  'api.maxRounds': ['apiMaxRounds', 0, 1.5, 10_001, '5', null],
  'api.maxTokens': ['apiMaxTokens', 999, 1e10, Number.NaN, null],
  'api.maxMinutes': ['apiMaxMinutes', 0, 1441, '60', null],
  'api.commandTimeout': ['apiCommandTimeoutS', 0, 86_401, null],
  'api.contextWindow': ['apiContextWindow', -1, 1.5, '200000', null],
  'api.prices': ['apiPrices', [], 'free', null],
};

test.each(
  Object.entries(badValues).flatMap(([name, [field, ...values]]) =>
    values.map((value) => [name as SettingName, value, field] as const),
  ),
)('%s = %j is replaced by its default and named once', (name, value, field) => {
  const settings = read({ [name]: value });
  expect(settings[field]).toEqual(read({})[field]);
  expect(settings.problems).toHaveLength(1);
  expect(settings.problems[0]).toContain(`codexLanes.${name} must be`);
  expect(settings.problems[0]).not.toContain('s3cret');
});

test('a profile, more folders and kept streams are taken as they are', () => {
  const folders = ['/srv/shared', 'C:\\shared', '\\\\host\\shared'];
  const settings = read({
    'native.profile': 'fast-1.2_x',
    'native.addDirs': [...folders, '/srv/shared'],
    'debug.keepRawStreams': true,
  });
  expect(settings.problems).toEqual([]);
  expect(settings.nativeProfile).toBe('fast-1.2_x');
  expect(settings.nativeAddDirs).toEqual(folders);
  expect(settings.keepRawStreams).toBe(true);
});

test('every setting that is bad is named, all at once', () => {
  const worst = Object.fromEntries(Object.entries(badValues).map(([name, [, value]]) => [name, value]));
  const { problems } = read({ ...worst, lane: 'adapter' });
  expect(problems).toHaveLength(Object.keys(settingDefaults).length);
});

test.each(['vault', 'Vault-Only', 'auto', '', 1, null, undefined, ['direct'], { direct: true }])(
  'credentials %j: whatever is no word of it keeps the key in the vault, and is named',
  (value) => {
    const { nativeCredentials, problems } = read({ 'native.credentials': value });
    expect(nativeCredentials).toBe('vault-only');
    expect(problems).toEqual(['codexLanes.native.credentials must be one of: direct, vault-only']);
  },
);

test('credentials as they are written', () => {
  const taken = ['direct', 'vault-only'].map((value) => read({ 'native.credentials': value }));
  expect(taken.map(({ nativeCredentials, problems }) => [nativeCredentials, problems])).toEqual([
    ['direct', []],
    ['vault-only', []],
  ]);
});

test('a key is not let through by its name in a list', () => {
  const { nativeEnv, problems } = read({ 'native.env': ['HTTP_PROXY', 'OPENAI_API_KEY', 'CODEX_API_KEY'] });
  expect(nativeEnv).toEqual(['HTTP_PROXY']);
  expect(problems.map((text) => text.split(',')[0])).toEqual([
    'codexLanes.native.env must not name OPENAI_API_KEY',
    'codexLanes.native.env must not name CODEX_API_KEY',
  ]);
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

test('organisation and project are sent, but for a header of the same name, which is said', () => {
  const own = { 'api.organization': 'org-1', 'api.project': 'proj-1' };
  expect(read(own)).toMatchObject({ apiOrganization: 'org-1', apiProject: 'proj-1', problems: [] });
  expect(read({ ...own, 'api.headers': { 'openai-organization': 'x' } })).toMatchObject({
    apiOrganization: null,
    apiProject: 'proj-1',
    problems: ['codexLanes.api.organization is not sent: codexLanes.api.headers has OpenAI-Organization'],
  });
});
