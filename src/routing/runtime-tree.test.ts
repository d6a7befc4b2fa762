import { expect, test } from 'vitest';
import type { CredentialInput, LaneInputs, LiveProcess, Readings, StampedStatus } from '../model/index.ts';
import { noReadings, uncheckedNative, withLimits } from '../model/index.ts';
import { deriveStatus } from './derive-status.ts';
import type { RuntimeNode } from './runtime-tree.ts';
import { runtimeTree } from './runtime-tree.ts';
import { able, checkedAt, everyInput, locked, pin, ready, withApi, withNative } from './testing/inputs.ts';

const now = Date.parse(checkedAt) + 3 * 60_000;
const stamp = (inputs: LaneInputs, at: string | null = checkedAt): StampedStatus => {
  return { document: deriveStatus(inputs), inputs, checkedAt: at, since: {}, checking: false, sequence: 1 };
};
const flat = (nodes: readonly RuntimeNode[]): readonly RuntimeNode[] => nodes.flatMap((n) => [n, ...flat(n.children)]);
const rowsOf = (inputs: LaneInputs, processes: readonly LiveProcess[] = [], at: string | null = checkedAt) =>
  flat(runtimeTree(stamp(inputs, at), now, processes));
const nodeOf = (inputs: LaneInputs, id: string, at: string | null = checkedAt) => {
  const node = rowsOf(inputs, [], at).find((each) => each.id === id);
  if (node === undefined) throw new Error(`no node ${id}`);
  return node;
};
const said = (inputs: LaneInputs, id: string) => nodeOf(inputs, id).description?.english;
const childrenOf = (inputs: LaneInputs, id: string) =>
  nodeOf(inputs, id).children.map(({ label, description, action }) => [label.english, description?.english, action]);

const noBinary = withNative(ready, { binary: { kind: 'missing', detail: 'nothing on PATH', problem: 'not-found' } });
const unchecked: LaneInputs = { ...ready, native: uncheckedNative };
const untrusted = { ...unchecked, gates: { ...ready.gates, trusted: false } };

const turn: LiveProcess = {
  pid: 4711,
  kind: 'turn',
  label: 'codex exec --json',
  startedAt: new Date(now - 65_000).toISOString(),
  threadId: 'thread-1',
};

test('the sections, in their order', () => {
  expect(runtimeTree(stamp(ready), now, []).map(({ id, label }) => [id, label.english])).toEqual([
    ['lane', 'Lane'],
    ['cli', 'Codex CLI'],
    ['credentials', 'Credentials'],
    ['models', 'Models'],
    ['capabilities', 'Capabilities'],
    ['gates', 'Gates'],
    ['processes', 'Processes'],
  ]);
});

test('over every input: no row is blank, no word has a hole, ids are unique and name what they are', () => {
  const wrong: unknown[] = [];
  for (const inputs of everyInput()) {
    const { selected, gates, native, api } = inputs;
    if (selected === 'auto' || gates.phase !== 1 || native.notes.length > 0 || api.reach !== 'reachable') continue;
    const rows = rowsOf(inputs, [turn]);
    const ids = rows.map(({ id }) => id);
    const blank = rows.filter(({ description, children, action }) => {
      return children.length === 0 && action === undefined && (description === null || description.english === '');
    });
    // A rule that spoke is its own sentence.
    const silent = blank.filter(({ id }) => !id.startsWith('lane.why.') && !id.startsWith('lane.option.'));
    const holes = rows.filter(({ label, description, tooltip }) => {
      return [label, description, tooltip].some((copy) => /\{\d\}/.test(copy?.english ?? ''));
    });
    if (new Set(ids).size !== ids.length || silent.length > 0 || holes.length > 0) {
      if (wrong.length < 3)
        wrong.push({ silent: silent.map(({ id }) => id), holes: holes.map(({ id }) => id), inputs });
    }
  }
  expect(wrong).toEqual([]);
}, 30_000);

test('ids stay while the facts change, so that a view keeps what was opened', () => {
  const ids = (inputs: LaneInputs) => runtimeTree(stamp(inputs), now, [turn]).map(({ id }) => id);
  for (const inputs of [locked, noBinary, unchecked, untrusted]) expect(ids(inputs)).toEqual(ids(ready));
});

test('lane: selected, resolved, each rule that spoke, and what helps', () => {
  expect(said(ready, 'lane')).toBe('Checked 3 min ago');
  expect(said(locked, 'lane.selected')).toBe('Codex native');
  expect(said(locked, 'lane.resolved')).toBe('Codex native');
  expect(said(noBinary, 'lane.resolved')).toBe('Nothing');
  expect(nodeOf(locked, 'lane.why').children.map(({ label }) => label.english)).toEqual([
    'Codex native was asked for by setting',
    'The workspace is trusted',
    'Nothing switches Codex native off',
    'codex-cli 0.169.0 at /opt/codex, from system-path',
    'Codex pays with …abcd, from CODEX_API_KEY',
    'Feature gate phase 1: shut, codexLanes.native.unlock opens it',
  ]);
  expect(nodeOf(locked, 'lane.help.unlockNative')).toMatchObject({ action: 'unlockNative', children: [] });
  expect(rowsOf(ready).filter(({ id }) => id.startsWith('lane.help.'))).toEqual([]);
  expect(nodeOf(locked, 'lane.option.codex-native')).toMatchObject({
    label: { english: 'Runtime: Codex native - internal - locked' },
    action: 'unlockNative',
  });
});

test('Codex CLI: who it is, what it can do, and the doctor', () => {
  const asked = withNative(ready, { abilities: { ...able, plugin: false } });
  expect(childrenOf(asked, 'cli')).toEqual([
    ['Version', 'codex-cli 0.169.0', undefined],
    ['Path', '/opt/codex', undefined],
    ['Found by', 'PATH', undefined],
    ['Abilities', 'Runs turns', undefined],
    ['Codex doctor', 'Let Codex check itself; it asks the network', 'runDoctor'],
    ['Network', 'Not checked yet', undefined],
  ]);
  expect(childrenOf(asked, 'cli.abilities')).toEqual([
    ['codex exec', 'Yes', undefined],
    ['codex plugin', 'No', undefined],
    ['codex app-server', 'Yes', undefined],
  ]);
  const lacking = withNative(ready, { abilities: { ...able, missingExecFlags: ['--json', '-C'] } });
  expect(nodeOf(lacking, 'cli.abilities.exec')).toMatchObject({
    description: { english: 'Lacks --json, -C' },
    action: 'installCodex',
  });
  expect(said(ready, 'cli.abilities')).toBe('Not asked yet');
});

test.each([
  ['not-found', undefined, 'Codex CLI not found', ['installCodex', 'useBinary', 'openCodexPath']],
  ['is-folder', 'codexLanes.codex.path', 'the path is a folder, not a program', ['useBinary', 'openCodexPath']],
  ['not-executable', 'CODEX_CLI_PATH', 'the file may not be executed', ['useBinary', 'openCodexPath']],
  [
    'incomplete',
    undefined,
    'the npm launcher is there, its platform package is missing',
    ['installCodex', 'useBinary', 'openCodexPath'],
  ],
  ['no-answer', undefined, 'it did not answer --version in time', ['installCodex', 'useBinary', 'openCodexPath']],
  ['not-codex', undefined, 'what it answers to --version is not Codex', ['installCodex', 'useBinary', 'openCodexPath']],
] as const)('Codex CLI that is %s: what it is, what was tried, each way out', (problem, namedBy, words, actions) => {
  const binary = {
    kind: 'missing',
    detail: 'what was tried',
    problem,
    ...(namedBy === undefined ? {} : { namedBy }),
  } as const;
  const inputs = withNative(ready, { binary });
  expect(said(inputs, 'cli')).toBe(words);
  expect(said(inputs, 'cli.problem')).toBe('what was tried');
  expect(
    nodeOf(inputs, 'cli')
      .children.slice(1)
      .map(({ action }) => action),
  ).toEqual(actions);
});

test('before any probe, and where none is made, the tree says so', () => {
  const fresh = withApi(unchecked, { checkedAt: null, payer: null });
  expect(nodeOf(fresh, 'lane', null).description?.english).toBe('Not checked yet');
  for (const id of ['cli', 'credentials.native', 'credentials.api'])
    expect(said(fresh, id), id).toBe('Not checked yet');
  expect(said(withNative(unchecked, { notes: ['status check failed'] }), 'cli')).toBe(
    'Not checked yet: status check failed',
  );
  expect(said(untrusted, 'cli')).toBe('Not looked for: the workspace is not trusted');
  const off = { ...unchecked, gates: { ...ready.gates, switchedOffBy: 'codexLanes.native.enabled' } };
  expect(said(off, 'cli')).toBe('Not looked for: Codex native is switched off');
});

test('network: what the processes of Codex get', () => {
  const network = {
    proxy: { value: 'http://proxy.example:3128', source: 'http.proxy' },
    noProxy: null,
    certificates: { value: '/home/u/ca.pem', source: 'http.systemCertificates' },
    strictSslOff: true,
  };
  const inputs = withNative(ready, { network });
  expect(said(inputs, 'cli.network')).toBe('http://proxy.example:3128');
  expect(childrenOf(inputs, 'cli.network')).toEqual([
    ['Proxy', 'http://proxy.example:3128, from http.proxy', undefined],
    ['Without proxy', 'None', undefined],
    ['Certificates', '/home/u/ca.pem, from http.systemCertificates', undefined],
    ['http.proxyStrictSSL is off', 'No effect on Codex, which always checks certificates', undefined],
  ]);
  // Also without a program: an installation goes the same way.
  expect(said({ ...noBinary, native: { ...noBinary.native, network } }, 'cli.network')).toBe(
    'http://proxy.example:3128',
  );
  const direct = withNative(ready, { network: { ...network, proxy: null, certificates: null, strictSslOff: false } });
  expect(childrenOf(direct, 'cli.network').map(([, description]) => description)).toEqual([
    'None',
    'None',
    'Those of the system',
  ]);
});

test('credentials: every place with how it stands, a masked tail at most, and what of it is ours to change', () => {
  const places = (states: readonly CredentialInput['state'][]): readonly CredentialInput[] =>
    ['Codex login', 'stored key', 'CODEX_API_KEY', 'OPENAI_API_KEY'].map((name, index) => {
      const state = states[index] ?? 'absent';
      return { name, state, tail: state === 'used' || state === 'present' ? '…abcd' : null };
    });
  const native = (states: readonly CredentialInput['state'][]) =>
    childrenOf(withNative(ready, { credentialInputs: places(states) }), 'credentials.native');
  expect(native(['absent', 'used', 'present', 'not-consulted'])).toEqual([
    ['Codex login', 'Absent', undefined],
    ['Stored key', 'Used: …abcd', 'clearNativeKey'],
    ['CODEX_API_KEY', 'Present, not used: …abcd', undefined],
    ['OPENAI_API_KEY', 'Not consulted', undefined],
  ]);
  expect(native(['unreachable', 'absent'])[0]).toEqual(['Codex login', 'Not reachable from here', undefined]);
  expect(native(['used', 'absent'])[1]).toEqual(['Stored key', 'Absent', 'setNativeKey']);
  expect(native(['used', 'not-consulted'])[1]).toEqual(['Stored key', 'Not consulted', 'chooseNativeAuth']);
  const vault = (state: CredentialInput['state']) =>
    childrenOf(withApi(ready, { credentialInputs: [{ name: 'vault', state, tail: null }] }), 'credentials.api');
  expect([vault('used'), vault('absent'), vault('unreachable')].flat().map(([, , action]) => action)).toEqual([
    'clearApiKey',
    'setApiKey',
    undefined,
  ]);
  const keyless = withApi(ready, { payer: null });
  expect(nodeOf(keyless, 'credentials.api')).toMatchObject({ description: { english: 'None' }, action: 'setApiKey' });
  const fromEnv = withApi(ready, { payer: { kind: 'api-key', label: '…wxyz', source: 'OPENAI_API_KEY' } });
  expect(nodeOf(fromEnv, 'credentials.api')).toMatchObject({ action: 'setApiKey' });
  expect(nodeOf(ready, 'credentials.native').tooltip?.english).toBe('An API key pays: …abcd, from CODEX_API_KEY');
});

test('models of the resolved lane, or why there is none', () => {
  const model = { id: 'gpt-5.5', label: 'GPT-5.5', description: 'a model' };
  expect(childrenOf(withNative(ready, { models: [model] }), 'models')).toEqual([['GPT-5.5', 'gpt-5.5', undefined]]);
  expect(said(withApi(ready, { models: [model] }), 'models')).toContain('names none');
  expect(said(withNative(noBinary, { models: [model] }), 'models')).toBe('No lane runs, so none is named');
});

test('capabilities: the chosen lane first and open, each row available or with its gate and what opens it', () => {
  const { children } = nodeOf(locked, 'capabilities');
  expect(children.map(({ id, collapsed }) => [id, collapsed])).toEqual([
    ['capabilities.codex-native', undefined],
    ['capabilities.api', true],
    ['capabilities.explain', undefined],
  ]);
  expect(nodeOf({ ...locked, selected: 'auto' }, 'capabilities').children[0]?.id).toBe('capabilities.api');
  expect(said(locked, 'capabilities.codex-native')).toBe('1 of 12 available');
  expect(nodeOf(locked, 'capabilities.codex-native.run-turn')).toMatchObject({
    icon: 'lock',
    action: 'unlockNative',
    tooltip: { english: expect.stringContaining('What opens it: Unlock Codex Native Lane') },
  });
  const streaming = nodeOf(ready, 'capabilities.codex-native.streaming');
  expect([streaming.icon, streaming.action, streaming.description?.english]).toEqual([
    'lock',
    'openInteractive',
    'codex exec runs the turn: the gate interactive is shut, codexLanes.native.interactive opens it',
  ]);
  expect(nodeOf(ready, 'capabilities.codex-native.run-turn')).toMatchObject({ icon: 'pass' });
});

test('gates: each says how it stands, and while it is shut what opens it', () => {
  const shut = {
    ...withNative(locked, { pin }),
    gates: { ...locked.gates, trusted: false, apiTools: false, switchedOffBy: 'codexLanes.native.enabled' },
  };
  expect(childrenOf(shut, 'gates')).toEqual([
    ['Feature gate', 'Phase 1: internal unlock prepared', undefined],
    ['Unlock', 'Shut (codexLanes.native.unlock opens it)', 'unlockNative'],
    ['Codex native', 'Switched off (codexLanes.native.enabled)', 'enableNative'],
    ['Pin after failed starts', 'failed to start 3 times', 'liftPin'],
    ['Interactive gate', 'Shut (codexLanes.native.interactive opens it)', 'openInteractive'],
    ['Tools of the API lane', 'off: the model answers in text only', 'openApiTools'],
    ['Plugin gate', 'Shut (codexLanes.plugins.unlock opens it)', 'unlockPlugins'],
    ['Workspace trust', 'Not trusted', 'manageTrust'],
  ]);
  const open = { ...ready, gates: { ...ready.gates, pluginsUnlocked: true, interactive: true } };
  expect(childrenOf(open, 'gates').map(([, description, action]) => [description, action])).toEqual([
    ['Phase 1: internal unlock prepared', undefined],
    ['Open (codexLanes.native.unlock)', undefined],
    ['Switched on', undefined],
    ['None', undefined],
    ['Open (codexLanes.native.interactive)', undefined],
    ['on; commands run in the sandbox of Codex, where it holds here', undefined],
    ['Open (codexLanes.plugins.unlock)', undefined],
    ['Trusted', undefined],
  ]);
  expect(said({ ...locked, gates: { ...locked.gates, phase: 3 } }, 'gates.unlock')).toBe('Not needed');
  expect([nodeOf(locked, 'gates').icon, nodeOf(ready, 'gates').icon]).toEqual(['lock', 'pass']);
  const noBinary = withNative(ready, { binary: { kind: 'missing', detail: '', problem: 'not-found' } });
  expect(said(noBinary, 'gates.tools')).toBe('on; no Codex found: each command runs without a sandbox and asks');
});

test('processes: the oldest first, each with its pid, age and thread, to be ended', () => {
  const probe: LiveProcess = {
    pid: 12,
    kind: 'probe',
    label: 'codex --version',
    startedAt: new Date(now - 3_700_000).toISOString(),
    threadId: null,
  };
  const rows = rowsOf(ready, [turn, probe]).filter(({ id }) => id.startsWith('processes.'));
  expect(rows.map(({ id, description, contextValue, pid }) => [id, description?.english, contextValue, pid])).toEqual([
    ['processes.12', 'check · pid 12 · 1 h 1 min', 'process', 12],
    ['processes.4711', 'turn · pid 4711 · 1 min', 'process', 4711],
  ]);
  expect(rows[1]?.tooltip?.english).toBe('codex exec --json (thread thread-1)');
  const named = flat(runtimeTree(stamp(ready), now, [turn], (id) => (id === 'thread-1' ? 'Fix the test' : null)));
  expect(named.at(-1)?.tooltip?.english).toBe('codex exec --json (thread Fix the test)');
  expect(said(ready, 'processes')).toBe('None is running');
  const odd = { ...turn, startedAt: new Date(now + 5000).toISOString() };
  expect(rowsOf(ready, [odd]).at(-1)?.description?.english).toBe('turn · pid 4711 · 0 s');
});

const open: LaneInputs = { ...ready, gates: { ...ready.gates, interactive: true } };
const timeOf = (at: number) => new Date(at).toISOString().slice(11, 16);
const withTold = (readings: Partial<Readings>, inputs = open) =>
  flat(runtimeTree(stamp(inputs), now, [], undefined, { readings: { ...noReadings, ...readings }, timeOf }));
const ofAccount = (readings: Partial<Readings>) =>
  withTold(readings)
    .filter(({ id }) => /^(account\.|features)/.test(id))
    .map(({ label, description, action }) => [label.english, description?.english, action]);
const at = new Date(now - 120_000).toISOString();
const value = <T>(told: T) => ({ kind: 'told', at, value: told }) as const;

test('account and limits: only while the gate interactive is open', () => {
  const sections = (inputs: LaneInputs) =>
    runtimeTree(stamp(inputs), now, [], undefined, { readings: noReadings, timeOf }).map(({ id }) => id);
  expect(sections(ready)).not.toContain('account');
  expect(sections(open).slice(2, 5)).toEqual(['credentials', 'account', 'models']);
});

test('account and limits: what nobody read says so, and offers the page that asks', () => {
  expect(ofAccount({})).toEqual([
    ['Account', 'Not read yet', 'showUsage'],
    ['Limits', 'Not read yet', 'showUsage'],
    ['Experimental features', 'Not read yet', 'showUsage'],
  ]);
  const none = (why: 'shut' | 'failed' | 'not-applicable') => ({ kind: 'none', why, detail: 'it hangs' }) as const;
  expect(ofAccount({ account: none('failed'), limits: none('not-applicable'), features: none('shut') })).toEqual([
    ['Account', 'No answer: it hangs', 'showUsage'],
    ['Limits', 'None: Codex tells limits of a ChatGPT login only', 'showUsage'],
    ['Experimental features', 'Not read: it hangs', undefined],
  ]);
});

test('account and limits: as they were told, with when', () => {
  const known = withLimits(
    {},
    {
      ...{ id: 'codex', name: null, credits: { unlimited: false, balance: '12' }, reached: 'rate_limit_reached' },
      primary: { usedPercent: 100, minutes: 300, resetsAt: now + 3_600_000 },
      secondary: { usedPercent: 41, minutes: 10_080, resetsAt: now - 1000 },
    },
    now - 120_000,
  );
  const me = {
    kind: 'chatgpt',
    name: 'me@example.org',
    workspace: 'Workshop',
    plan: 'stellar',
    needsLogin: true,
  } as const;
  const feature = {
    name: 'beta_one',
    label: 'One',
    description: 'Does one.',
    stage: 'beta',
    enabled: true,
    byDefault: false,
  };
  const readings: Partial<Readings> = {
    account: value(me),
    limits: value(known),
    endpoint: value([{ of: 'requests', limit: 100, remaining: 8, resetsAt: null }] as const),
    features: value([
      feature,
      { ...feature, name: 'switched', label: 'switched', stage: 'stable', enabled: false, byDefault: true },
      { ...feature, name: 'as it is', stage: 'stable', byDefault: true },
    ]),
  };
  expect(ofAccount(readings).map(([label, description]) => [label, description])).toEqual([
    ['Account', 'ChatGPT: me@example.org'],
    ['Plan', 'stellar'],
    ['Workspace', 'Workshop'],
    ['5-hour limit', `100% used, resets ${timeOf(now + 3_600_000)}`],
    ['Weekly limit', `Reset ${timeOf(now - 1000)}, nothing told since`],
    ['Credits', '12 left'],
    ['Codex says it is used up', 'rate limit reached'],
    ['Requests to the endpoint', '8 of 100 left'],
    ['Experimental features', '1 of 2 on'],
    ['One', 'On'],
    ['switched', 'Off'],
  ]);
  const rows = withTold(readings);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  expect(rows.find(({ id }) => id === 'account.who')?.tooltip?.english).toBe(`Read at ${timeOf(now - 120_000)}`);
});

test.each([
  ['api-key', true, 'API key'],
  ['none', true, 'Nobody is signed in'],
  ['none', false, 'The provider of Codex needs none'],
  ['other', true, 'gcp'],
] as const)('account: %s, login needed: %s', (kind, needsLogin, says) => {
  const account = value({ kind, name: kind === 'other' ? 'gcp' : null, workspace: null, plan: null, needsLogin });
  expect(ofAccount({ account })[0]).toEqual(['Account', says, undefined]);
});

test('models: those that Codex told of, with the default and the efforts of each', () => {
  const offer = { id: 'gpt-a', label: 'GPT A', description: 'Big.', defaultEffort: 'low', isDefault: true };
  const efforts = ['low', 'high'].map((effort) => ({ effort, description: '' }));
  const models = value([
    { ...offer, efforts },
    { ...offer, id: 'gpt-b', label: 'gpt-b', isDefault: false, efforts: [] },
  ]);
  const rows = withTold({ models }).filter(({ id }) => id.startsWith('models.'));
  expect(
    rows.map(({ label, description, tooltip }) => [label.english, description?.english, tooltip?.english]),
  ).toEqual([
    ['GPT A', 'gpt-a (default)', 'Big. Reasoning efforts: low, high.'],
    ['gpt-b', undefined, 'Big.'],
  ]);
  expect(withTold({ models }, ready).some(({ id }) => id === 'models.gpt-a')).toBe(false);
});

test('what the endpoint refused stands below it, with the model, the day and its own words; and a way to forget it', () => {
  const learnt = [
    { feature: 'verbosity', model: 'm-1', at: '2026-01-01T10:00:00.000Z', why: 'Unknown parameter.' },
    { feature: 'images', model: 'm-2', at: '2026-01-02T10:00:00.000Z', why: '' },
  ] as const;
  const api = { ...withApi(ready, { learnt }), selected: 'api' } as const;
  expect(childrenOf(api, 'lane.endpoint')).toEqual([
    ['Verbosity', 'left out with m-1 since 2026-01-01', undefined],
    ['Images', 'left out with m-2 since 2026-01-02', undefined],
    ['Forget What Is Known of the Endpoint', undefined, 'forgetEndpoint'],
  ]);
  expect(nodeOf(api, 'lane.endpoint.m-1.verbosity').tooltip?.english).toBe(
    'The endpoint refused it: Unknown parameter. After 30 days it is tried again.',
  );
  // Of another lane it says nothing.
  expect(childrenOf(withApi(ready, { learnt }), 'lane.endpoint')).toEqual([]);
  expect(childrenOf({ ...ready, selected: 'api' }, 'lane.endpoint')).toEqual([]);
});
