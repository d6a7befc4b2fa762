import { expect, test } from 'vitest';
import type { BackendOption, LaneInputs, ProviderStatus } from '../model/index.ts';
import { readStatusDocument, statusDocumentSchema } from '../model/schema/index.ts';
import { checkedAtOf, deriveStatus } from './derive-status.ts';
import { optionOf } from './status-lines.ts';
import {
  able,
  chatgpt,
  checkedAt,
  locked,
  phases,
  pin,
  provider,
  ready,
  withApi,
  withNative,
} from './testing/inputs.ts';

const providerOf = (inputs: LaneInputs): ProviderStatus => deriveStatus(inputs).providers.codex;
const native = (inputs: LaneInputs): BackendOption | undefined => optionOf(providerOf(inputs), 'codex-native');
const at = (phase: LaneInputs['gates']['phase'], inputs: LaneInputs): LaneInputs => ({
  ...inputs,
  gates: { ...inputs.gates, phase },
});
const untrusted = (inputs: LaneInputs): LaneInputs => ({ ...inputs, gates: { ...inputs.gates, trusted: false } });
const noCredential = withNative(ready, { credential: { kind: 'none' } });
const noBinary = withNative(ready, {
  binary: { kind: 'missing', detail: '/x/codex: not executable', problem: 'not-found' },
});
const pinned = withNative(ready, { pin });
const lacking = withNative(ready, { abilities: { ...able, missingExecFlags: ['--json', '-C'] } });
const switchedOff = { ...ready, gates: { ...ready.gates, switchedOffBy: 'codexLanes.native.enabled' } };
const offMessage = 'Disabled: switched off by codexLanes.native.enabled';
const lackingMessage = 'Disabled: codex-cli 0.169.0 can not run turns for this extension: codex exec lacks --json, -C';
const noted = withNative(ready, { notes: ['older than 0.169.0'] });
const unchecked = withNative(ready, {
  checkedAt: null,
  binary: { kind: 'unchecked' },
  credential: { kind: 'unchecked' },
});
const noKey = withApi(ready, { payer: null });

const nReady = 'Codex native runtime ready';
const nNot = 'Codex native runtime not ready';
type Row = readonly [
  name: string,
  inputs: LaneInputs,
  resolved: string | null,
  message: string,
  selectable: boolean,
  available: boolean,
  state: string,
  optionMessage: string,
];

/** The derivation table of contract runtime-status, section 3: the native option, phase 1. */
const rows: readonly Row[] = [
  ['not unlocked', locked, 'codex-native', nReady, false, true, 'locked', 'Ready but locked'],
  ['unlocked', ready, 'codex-native', nReady, true, true, 'ready', 'Ready for internal use'],
  ['no credential', noCredential, null, nNot, false, false, 'authentication-required', 'Authentication required'],
  ['no binary', noBinary, null, nNot, false, false, 'runtime-missing', 'Codex CLI not found'],
  [
    'auto',
    { ...ready, selected: 'auto' },
    'api',
    'Resolved to OpenAI API',
    true,
    true,
    'ready',
    'Ready for internal use',
  ],
  [
    'provider',
    withNative(ready, { credential: provider }),
    'codex-native',
    nReady,
    true,
    true,
    'ready',
    'Ready for internal use',
  ],
  ['switched off', switchedOff, null, nNot, false, false, 'disabled', offMessage],
  ['pinned', pinned, null, nNot, false, false, 'disabled', 'Disabled: failed to start 3 times'],
  ['without what a turn needs', lacking, null, nNot, false, false, 'disabled', lackingMessage],
  [
    'able',
    withNative(ready, { abilities: able }),
    'codex-native',
    nReady,
    true,
    true,
    'ready',
    'Ready for internal use',
  ],
  [
    'selected api, native off',
    { ...switchedOff, selected: 'api' },
    'api',
    'OpenAI API ready',
    false,
    false,
    'disabled',
    offMessage,
  ],
  [
    'selected auto, native pinned',
    { ...pinned, selected: 'auto' },
    'api',
    'Resolved to OpenAI API',
    false,
    false,
    'disabled',
    'Disabled: failed to start 3 times',
  ],
  [
    'untrusted and pinned',
    untrusted(pinned),
    null,
    'Workspace is not trusted',
    false,
    false,
    'disabled',
    'Trust the workspace to run Codex',
  ],
  ['notes', noted, 'codex-native', nReady, true, true, 'degraded', 'Ready with notes: older than 0.169.0'],
  [
    'untrusted',
    untrusted(ready),
    null,
    'Workspace is not trusted',
    false,
    false,
    'disabled',
    'Trust the workspace to run Codex',
  ],
  [
    'untrusted api',
    untrusted({ ...ready, selected: 'api' }),
    null,
    'Workspace is not trusted',
    false,
    false,
    'disabled',
    'Trust the workspace to run Codex',
  ],
  ['api', { ...ready, selected: 'api' }, 'api', 'OpenAI API ready', true, true, 'ready', 'Ready for internal use'],
  [
    'api keyless',
    { ...withApi(ready, { payer: null, needsKey: false }), selected: 'api' },
    'api',
    'OpenAI API ready',
    true,
    true,
    'ready',
    'Ready for internal use',
  ],
  [
    'api no key',
    { ...noKey, selected: 'api' },
    null,
    'OpenAI API needs a key',
    true,
    true,
    'ready',
    'Ready for internal use',
  ],
  [
    'auto no key',
    { ...noKey, selected: 'auto' },
    null,
    'OpenAI API needs a key',
    true,
    true,
    'ready',
    'Ready for internal use',
  ],
  ['not checked', unchecked, null, 'Not checked yet', false, false, 'degraded', 'Not checked yet'],
];

test.each(rows)('%s', (_name, inputs, resolved, message, selectable, available, state, optionMessage) => {
  const status = providerOf(inputs);
  expect(status).toMatchObject({
    selectedBackendId: inputs.selected,
    resolvedBackendId: resolved,
    statusMessage: message,
  });
  expect(native(inputs)).toMatchObject({
    selectable,
    available,
    state,
    audience: 'internal',
    statusMessage: optionMessage,
  });
  expect(status.availableBackends.map(({ id }) => id)).toEqual(['auto', 'api', 'codex-native']);
});

test.each(phases)('phase %i: messages and audience', (phase) => {
  const general = phase >= 3;
  const readyMessage = [null, 'Ready for internal use', 'Ready for internal use', 'Ready', 'Ready'][phase];
  expect(native(at(phase, ready))).toMatchObject({
    state: 'ready',
    audience: general ? 'general' : 'internal',
    statusMessage: readyMessage,
    detailMessage: general ? null : 'Internal rollout only.',
  });
  const notReady = general ? 'Codex native runtime unavailable' : 'Codex native runtime not ready';
  for (const inputs of [noCredential, noBinary, switchedOff, pinned, lacking]) {
    expect(providerOf(at(phase, inputs))).toMatchObject({ statusMessage: notReady, resolvedBackendId: null });
  }
  for (const [inputs, message] of [
    [switchedOff, offMessage],
    [pinned, 'Disabled: failed to start 3 times'],
    [lacking, lackingMessage],
    [untrusted(ready), 'Trust the workspace to run Codex'],
  ] as const) {
    const row = { state: 'disabled', selectable: false, available: false, statusMessage: message, detailMessage: null };
    expect(native(at(phase, inputs))).toMatchObject(row);
  }
  expect(providerOf(at(phase, untrusted(ready))).statusMessage).toBe('Workspace is not trusted');
  expect(native(at(phase, withNative(ready, { credential: provider })))?.state).toBe(
    phase === 0 ? 'authentication-required' : 'ready',
  );
  expect(native(at(phase, noted))).toMatchObject({ state: 'degraded', available: true, selectable: true });
  expect(native(at(phase, locked))?.state).toBe(general ? 'ready' : 'locked');
  expect(providerOf(at(phase, { ...ready, selected: 'auto' })).resolvedBackendId).toBe('api');
  // Phase 0 knows one credential only.
  const byLogin = withNative(ready, { credential: chatgpt });
  expect(native(at(phase, byLogin))?.state).toBe(phase === 0 ? 'authentication-required' : 'ready');
});

test('the first thing that is wrong wins', () => {
  const nothing = withNative(noBinary, { credential: { kind: 'none' } });
  expect(native({ ...nothing, gates: locked.gates })?.state).toBe('runtime-missing');
  expect(native({ ...noCredential, gates: locked.gates })?.state).toBe('authentication-required');
  expect(
    native(untrusted(withNative(nothing, { pin: { reason: 'x', since: '2026-01-02T03:04:05.000Z' } })))?.statusMessage,
  ).toBe('Trust the workspace to run Codex');
});

test('detail messages', () => {
  expect(native(noCredential)?.detailMessage).toMatch(/^Set CODEX_API_KEY\..*codex login$/);
  expect(native(noBinary)?.detailMessage).toBe('Install the codex CLI before enabling the lane.');
  expect(providerOf(noBinary).detailMessage).toBe(
    'Codex native runtime requires the codex CLI binary to be installed.',
  );
  expect(providerOf(noBinary).externalRuntimeDiagnostics[0]).toMatchObject({
    detected: false,
    detailMessage: '/x/codex: not executable',
  });
  expect(providerOf(ready).externalRuntimeDiagnostics[0]).toMatchObject({
    detected: true,
    statusMessage: 'codex-cli 0.169.0',
  });
});

test('options api and auto', () => {
  const of = (inputs: LaneInputs) => ['api', 'auto'].map((id) => optionOf(providerOf(inputs), id as 'api' | 'auto'));
  const rowOfApi = { audience: 'general', state: 'ready', available: true, selectable: true };
  expect(of(ready)).toMatchObject([{ ...rowOfApi, recommended: true }, rowOfApi]);
  const needsKey = { state: 'authentication-required', statusMessage: 'Add an API key', available: false };
  expect(of(noKey)).toMatchObject([needsKey, needsKey]);
  expect(of(withApi(ready, { reach: 'offline' }))).toMatchObject([{ state: 'degraded' }, { available: true }]);
});

test('who is authenticated and how far that was verified', () => {
  const facts = ({ authenticated, authMethod, verificationState }: ProviderStatus) => [
    authenticated,
    authMethod,
    verificationState,
  ];
  expect(facts(providerOf(ready))).toEqual([true, 'api_key', 'unknown']);
  expect(facts(providerOf(withNative(ready, { credential: chatgpt })))).toEqual([true, 'chatgpt', 'verified']);
  expect(facts(providerOf(withNative(ready, { credential: provider })))).toEqual([true, 'provider', 'unknown']);
  expect(facts(providerOf(noCredential))).toEqual([false, null, 'unknown']);
  expect(facts(providerOf(unchecked))).toEqual([false, null, 'unknown']);
  const api = (change: Parameters<typeof withApi>[1]) =>
    facts(providerOf({ ...withApi(ready, change), selected: 'api' }));
  expect(api({})).toEqual([true, 'api_key', 'verified']);
  expect(api({ reach: 'unknown' })).toEqual([true, 'api_key', 'unknown']);
  expect(api({ reach: 'offline' })).toEqual([true, 'api_key', 'offline']);
  expect(api({ payer: null, needsKey: false })).toEqual([true, null, 'verified']);
});

test('a credential issue keeps selected, resolved and the options', () => {
  for (const fine of [ready, locked]) {
    const broken = withNative(fine, { credential: { kind: 'issue', issue: 'the login has expired' } });
    expect(providerOf(broken)).toMatchObject({
      authenticated: false,
      authMethod: null,
      verificationState: 'error',
      statusMessage: 'the login has expired',
      backend: null,
      selectedBackendId: 'codex-native',
      resolvedBackendId: 'codex-native',
      availableBackends: providerOf(fine).availableBackends,
    });
  }
  const refused = { ...withApi(ready, { reach: 'refused', detail: '401' }), selected: 'api' } as const;
  expect(providerOf(refused)).toMatchObject({ statusMessage: '401', backend: null, resolvedBackendId: 'api' });
});

test('the backend names its endpoint, and the practice one wherever it answers', () => {
  expect(providerOf(ready).backend).toEqual({
    kind: 'codex-native',
    label: 'Codex native',
    endpointLabel: 'codex exec --json',
    projectId: null,
    authMethodDetail: 'api_key',
  });
  const practising = withNative(ready, { providerLabel: 'practice (offline)' });
  expect(providerOf(practising).backend?.endpointLabel).toBe('codex exec --json · practice (offline)');
});

const plugins = (inputs: LaneInputs) => providerOf(inputs).capabilities.extensions.plugins;
const unlockedPlugins = (inputs: LaneInputs): LaneInputs => ({
  ...inputs,
  gates: { ...inputs.gates, pluginsUnlocked: true },
});
const pluginReady = unlockedPlugins(withNative(ready, { abilities: able }));

test.each([
  ['not trusted', untrusted(pluginReady), /not trusted: trust it first/],
  ['another lane', { ...pluginReady, selected: 'auto' } as const, /native lane: choose it first/],
  [
    'the lane is off',
    { ...pluginReady, gates: { ...pluginReady.gates, switchedOffBy: 's' } },
    /switched off by s.*What opens it: Switch Codex Native On/,
  ],
  ['the build is pinned', withNative(pluginReady, { pin }), /failed to start 3 times.*What opens it: Lift the Pin/],
  ['no binary', unlockedPlugins(noBinary), /not executable.*What opens it: Install Codex CLI/],
  ['no credential', unlockedPlugins(noCredential), /no credential.*What opens it: Set Key for Codex Native/],
  ['locked', { ...pluginReady, gates: { ...pluginReady.gates, unlocked: false } }, /codexLanes.native.unlock opens it/],
  ['the plugin gate', withNative(ready, { abilities: able }), /codexLanes.plugins.unlock opens it/],
  ['nobody asked', withNative(pluginReady, { abilities: null }), /refresh the runtime status/],
  [
    'no codex plugin',
    withNative(pluginReady, { abilities: { ...able, plugin: false } }),
    /codex-cli 0.169.0 has no codex plugin/,
  ],
])('plugins are unsupported and name the first gate that is shut: %s', (_name, inputs, reason) => {
  expect(plugins(inputs)).toEqual({
    status: 'unsupported',
    ownership: 'provider-scoped',
    reason: expect.stringMatching(reason),
  });
});

test('plugins are supported where all of it holds, and only there', () => {
  expect(plugins(pluginReady)).toEqual({ status: 'supported', ownership: 'provider-scoped', reason: null });
  // A named restriction of the lane is no gate.
  expect(plugins(withNative(pluginReady, { notes: ['older than 0.169.0'] })).status).toBe('supported');
  for (const selected of ['auto', 'api', 'codex-native'] as const)
    for (const trusted of [true, false])
      for (const pluginsUnlocked of [true, false])
        for (const plugin of [true, false])
          for (const phase of phases)
            for (const base of [ready, locked, noBinary, noCredential, pinned, switchedOff]) {
              const inputs: LaneInputs = {
                ...withNative(base, { abilities: { ...able, plugin } }),
                selected,
                gates: { ...base.gates, trusted, pluginsUnlocked, phase },
              };
              const { resolvedBackendId } = providerOf(inputs);
              const runs = native(inputs)?.selectable === true && resolvedBackendId === 'codex-native';
              const { status, reason } = plugins(inputs);
              expect(status === 'supported').toBe(runs && trusted && pluginsUnlocked && plugin);
              expect(reason === null).toBe(status === 'supported');
            }
});

test('models are those of the lane that is resolved, none where none is', () => {
  const [one, two] = ['gpt-5.5', 'other'].map((id) => ({ id, label: id, description: '' }));
  if (one === undefined || two === undefined) throw new Error('two models');
  const both = withApi(withNative(ready, { models: [one] }), { models: [two] });
  expect(providerOf(both).models).toEqual([one]);
  expect(providerOf({ ...both, selected: 'auto' }).models).toEqual([two]);
  expect(providerOf({ ...both, gates: locked.gates }).models).toEqual([one]);
  expect(providerOf(withNative(both, { binary: noBinary.native.binary })).models).toEqual([]);
});

test.each([
  ['not-found', 'Codex CLI not found'],
  ['is-folder', 'Codex CLI can not be used: the path is a folder, not a program'],
  ['not-executable', 'Codex CLI can not be used: the file may not be executed'],
  ['incomplete', 'Codex CLI can not be used: the npm launcher is there, its platform package is missing'],
  ['no-answer', 'Codex CLI can not be used: it did not answer --version in time'],
  ['not-codex', 'Codex CLI can not be used: what it answers to --version is not Codex'],
] as const)('a binary that is %s says so, in words of its own', (problem, message) => {
  const inputs = withNative(ready, { binary: { kind: 'missing', detail: 'what was tried', problem } });
  expect(providerOf(inputs).externalRuntimeDiagnostics).toEqual([
    { id: 'codex-cli', label: 'Codex CLI', detected: false, statusMessage: message, detailMessage: 'what was tried' },
  ]);
  // The lane's own words are the contract's, whatever is wrong with the program.
  expect(native(inputs)).toMatchObject({ state: 'runtime-missing', statusMessage: 'Codex CLI not found' });
});

test('a first check that failed is not silence', () => {
  const failed = withNative(unchecked, { notes: ['status check failed'] });
  expect(providerOf(failed)).toMatchObject({ statusMessage: 'Not checked yet', detailMessage: 'status check failed' });
  expect(native(failed)).toMatchObject({ statusMessage: 'Not checked yet', detailMessage: 'status check failed' });
  expect(native(unchecked)?.detailMessage).toBeNull();
  const endpoint = { ...withApi(noKey, { checkedAt: null, notes: ['status check failed'] }), selected: 'api' } as const;
  expect(providerOf(endpoint)).toMatchObject({
    statusMessage: 'Not checked yet',
    detailMessage: 'status check failed',
  });
});

test('an endpoint that could not be looked at is degraded with the reason, not offline', () => {
  const failed = withApi(ready, { notes: ['status check failed'] });
  for (const id of ['api', 'auto'] as const) {
    expect(optionOf(providerOf({ ...failed, selected: id }), id)).toMatchObject({
      state: 'degraded',
      available: true,
      selectable: true,
      statusMessage: 'Ready with notes: status check failed',
    });
  }
  expect(optionOf(providerOf(withApi(failed, { reach: 'offline' })), 'api')?.statusMessage).toBe(
    'Endpoint not reachable at the last check',
  );
});

test('what is derived is a document of the contract, and comes back through a noisy reader', () => {
  for (const [, inputs] of rows) {
    const document = deriveStatus(inputs);
    expect(statusDocumentSchema.parse(document)).toEqual(document);
    expect(readStatusDocument(`warn: noise\n${JSON.stringify(document)}\nbye`)).toEqual(document);
  }
});

test('the newest check is the one it rests on', () => {
  expect(checkedAtOf(ready)).toBe(checkedAt);
  expect(checkedAtOf(withApi(unchecked, { checkedAt: null }))).toBeNull();
  expect(checkedAtOf(withApi(ready, { checkedAt: '2026-02-01T00:00:00.000Z' }))).toBe('2026-02-01T00:00:00.000Z');
});
