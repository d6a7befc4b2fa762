import { expect, test } from 'vitest';
import type { BackendOption, LaneInputs, ProviderStatus } from '../model/index.ts';
import { readStatusDocument, statusDocumentSchema } from '../model/schema/index.ts';
import { checkedAtOf, deriveStatus } from './derive-status.ts';
import { optionOf } from './status-lines.ts';
import { chatgpt, checkedAt, locked, phases, provider, ready, withApi, withNative } from './testing/inputs.ts';

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
const switchedOff = withNative(ready, { pin: { reason: 'forbidden by policy', since: '2026-01-02T03:04:05.000Z' } });
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
  ['switched off', switchedOff, null, nNot, false, false, 'disabled', 'Disabled: forbidden by policy'],
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
  for (const inputs of [noCredential, noBinary, switchedOff]) {
    expect(providerOf(at(phase, inputs)).statusMessage).toBe(notReady);
  }
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

test('plugins are unsupported and name the first gate that is shut', () => {
  const reason = (inputs: LaneInputs) => providerOf(inputs).capabilities.extensions.plugins;
  expect(reason({ ...ready, selected: 'auto' })).toMatchObject({
    status: 'unsupported',
    reason: expect.stringMatching(/native lane/),
  });
  expect(reason(ready)).toMatchObject({
    status: 'unsupported',
    reason: expect.stringContaining('codexLanes.plugins.unlock'),
  });
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
