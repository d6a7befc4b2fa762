import { expect, test, vi } from 'vitest';
import type { Script } from '../../test/fakes/engine.ts';
import { engineOnFakes, factsOf, readyInputs, says } from '../../test/fakes/engine.ts';
import type { LaneInputs } from '../model/index.ts';
import { isTerminal, nativeThreadId, uncheckedNative } from '../model/index.ts';

const native: LaneInputs = { ...readyInputs, selected: 'codex-native' };
const shut: readonly (readonly [string, LaneInputs, string])[] = [
  ['the unlock is taken back', { ...native, gates: { ...native.gates, unlocked: false } }, 'lane_locked'],
  ['the lane is switched off', { ...native, gates: { ...native.gates, switchedOffBy: 'x' } }, 'lane_disabled'],
  [
    'the workspace is not trusted any more',
    { ...native, gates: { ...native.gates, trusted: false } },
    'folder_untrusted',
  ],
  [
    'the build is pinned',
    {
      ...native,
      native: { ...native.native, pin: { reason: 'it failed to start', since: '2026-01-01T00:00:00.000Z' } },
    },
    'lane_disabled',
  ],
];

test.each(shut)('while a turn runs, %s: that turn goes on, the next is refused', async (_name, inputs, code) => {
  let release = (): void => {};
  const working: Script = async (_turn, io, end) => {
    await new Promise<void>((done) => {
      release = done;
    });
    expect(io.signal.aborted).toBe(false);
    return end();
  };
  const t = engineOnFakes({ scripts: [working] });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  await t.until(() => t.turns.length === 1);
  await t.prompt(id, 'two');
  t.state.inputs = inputs;
  release();
  await t.until(t.idle(id));
  expect(t.folded(id).turns.map((turn) => turn.state)).toEqual(['completed', 'failed']);
  expect(t.stored(id).findLast(isTerminal)).toMatchObject({ error: { code } });
  expect(t.turns.map((turn) => turn.text)).toEqual(['one']);
});

test('a gate that opens is open for the next turn, whatever waits', async () => {
  const t = engineOnFakes();
  t.state.inputs = { ...native, gates: { ...native.gates, unlocked: false } };
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  await t.until(t.idle(id));
  t.state.inputs = native;
  await t.prompt(id, 'two');
  await t.until(t.idle(id));
  expect(t.turns.map((turn) => turn.text)).toEqual(['two']);
});

test.each(['api', 'codex-native', 'auto'] as const)(
  'an untrusted workspace, %s: started and failed on record, nothing is run or checked, history is readable',
  async (selected) => {
    const first = engineOnFakes({ scripts: [says({ kind: 'assistant_text', text: 'an answer', isDelta: false })] });
    const id = first.engine.create('/w');
    await first.prompt(id, 'before');
    await first.until(first.idle(id));

    const t = engineOnFakes({ transcript: first.transcript });
    t.state.inputs = { ...readyInputs, selected, gates: { ...readyInputs.gates, trusted: false } };
    t.state.toMark = '/w';
    expect(await t.prompt(id, 'hi')).toEqual({ ok: true });
    await t.until(t.idle(id));
    const kinds = t
      .stored(id)
      .slice(-5)
      .map((event) => event.kind);
    expect(kinds).toEqual(['lane_decided', 'user_message', 'turn_started', 'turn_failed', 'receipt']);
    expect(t.stored(id).findLast(isTerminal)).toMatchObject({ error: { code: 'folder_untrusted' } });
    expect(t.turns).toEqual([]);
    expect(t.state.probes).toBe(0);
    const { rows } = await t.engine.view(id);
    expect(rows.map((row) => row.kind)).toEqual(['user', 'text', 'receipt', 'user', 'failure', 'receipt']);
  },
);

test('the first native turn that may write in a folder is asked about, once', async () => {
  const t = engineOnFakes();
  t.state.inputs = native;
  t.state.toMark = '/w';
  const id = t.engine.create('/w');
  const asked = await t.prompt(id, 'hi');
  expect(asked).toEqual({
    ok: false,
    message:
      'Codex may change files in /w. Its config.toml says nothing about this folder: codex exec leaves that so, the Codex app-server marks it as trusted.',
    ask: { id: 'folder-trust:/w', kind: 'folder-trust', folder: '/w' },
  });
  expect(t.stored(id)).toEqual([]);
  expect(t.told).toEqual([]);
  expect(await t.prompt(id, 'hi', ['folder-trust:/w'])).toEqual({ ok: true });
  await t.until(t.idle(id));
  expect(t.told).toEqual(['/w']);
  expect(await t.prompt(t.engine.create('/w'), 'another thread')).toEqual({ ok: true });
  expect(t.turns).toHaveLength(2);
});

test.each([
  ['read-only', native, 'read-only', true],
  ['workspace-write', native, 'workspace-write', false],
  ['danger-full-access', native, 'danger-full-access', false],
  ['the API lane', readyInputs, 'workspace-write', true],
  ['a lane that is refused', { ...native, gates: { ...native.gates, unlocked: false } }, 'workspace-write', true],
] as const)('Codex’s mark on a folder, %s: sent without a question = %4$s', async (_name, inputs, sandbox, sent) => {
  const t = engineOnFakes();
  t.state.inputs = inputs;
  t.state.toMark = '/w';
  t.state.settings = { ...t.state.settings, nativeSandbox: sandbox };
  expect((await t.prompt(t.engine.create('/w'), 'hi')).ok).toBe(sent);
});

test('a sandbox that was widened while a prompt waited: the turn fails with words, nothing runs', async () => {
  let release = (): void => {};
  const working: Script = async (_turn, _io, end) => {
    await new Promise<void>((done) => {
      release = done;
    });
    return end();
  };
  const t = engineOnFakes({ scripts: [working] });
  t.state.inputs = native;
  t.state.toMark = '/w';
  t.state.settings = { ...t.state.settings, nativeSandbox: 'read-only' };
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  await t.until(() => t.turns.length === 1);
  await t.prompt(id, 'two');
  t.state.settings = { ...t.state.settings, nativeSandbox: 'workspace-write' };
  release();
  await t.until(t.idle(id));
  expect(t.turns).toHaveLength(1);
  expect(t.stored(id).findLast(isTerminal)).toMatchObject({
    error: { code: 'folder_untrusted', message: expect.stringContaining('/w') },
  });
});

test('a folder outside Git is asked about once, whatever the sandbox; Codex is then allowed to run there', async () => {
  const t = engineOnFakes();
  t.state.inputs = native;
  t.state.nonGit = '/w';
  t.state.settings = { ...t.state.settings, nativeSandbox: 'read-only' };
  const id = t.engine.create('/w');
  const asked = await t.prompt(id, 'hi');
  expect(asked).toMatchObject({ ok: false, ask: { id: 'no-git:/w', kind: 'no-git', folder: '/w' } });
  expect(t.stored(id)).toEqual([]);
  expect(await t.prompt(id, 'hi', ['no-git:/w'])).toEqual({ ok: true });
  await t.until(t.idle(id));
  expect(await t.prompt(t.engine.create('/w'), 'another thread')).toEqual({ ok: true });
  await t.until(() => t.turns.length === 2);
  expect(t.turns.map((turn) => turn.allowNonGit)).toEqual([true, true]);
});

test.each([
  ['the setting allows it everywhere', native, true],
  ['the API lane', readyInputs, false],
] as const)('a folder outside Git, %s: no question', async (_name, inputs, nativeSkipGitCheck) => {
  const t = engineOnFakes();
  t.state.inputs = inputs;
  t.state.nonGit = '/w';
  t.state.settings = { ...t.state.settings, nativeSkipGitCheck };
  expect(await t.prompt(t.engine.create('/w'), 'hi')).toEqual({ ok: true });
});

test('both questions, one after the other, each answered with its own id alone', async () => {
  const paid = { kind: 'api-key', label: '…aaaa', source: 'stored key' } as const;
  const t = engineOnFakes({ scripts: [async (_turn, _io, end) => end({ payer: paid })] });
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  await t.until(t.idle(id));
  t.state.inputs = native;
  t.state.toMark = '/w';
  const seen: string[] = [];
  let confirmed: string[] = [];
  for (;;) {
    const answer = await t.prompt(id, 'two', confirmed);
    if (answer.ok || answer.ask === undefined) break;
    seen.push(answer.ask.kind);
    confirmed = [answer.ask.id];
  }
  expect(seen).toEqual(['folder-trust', 'payer-changed']);
});

test('a model that was served instead of the one asked for: told in the thread, and never overwrites what was asked', async () => {
  const rerouted = { kind: 'model_rerouted', askedModel: 'gpt-5.5', servedModel: 'mini', reason: 'busy' } as const;
  const t = engineOnFakes({
    scripts: [
      async (_turn, io, end) => {
        io.emit(rerouted);
        return end({ modelServed: 'mini' });
      },
    ],
  });
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(t.stored(id).at(-1)).toMatchObject({ receipt: { modelAsked: 'gpt-5.5', modelServed: 'mini' } });
  expect(t.folded(id).rows.find((row) => row.kind === 'notice')).toMatchObject({
    code: 'model_rerouted',
    args: ['gpt-5.5', 'mini', 'busy'],
  });
});

test('a receipt holds what the engine and what the lane know, of each lane', async () => {
  const facts = {
    executable: { path: '/bin/codex', source: 'setting', version: 'codex-cli 0.169.0' },
    endpoint: null,
    payer: { kind: 'chatgpt', label: 'me', source: 'Codex login' },
    nativeThreadId: nativeThreadId('n1'),
    completionPolicy: 'persistent',
    historyCompleteness: 'explicit-hydration-required',
    usage: { input: 1, cachedInput: 0, output: 2, reasoningOutput: null, cacheWrite: null },
    usageAuthority: 'live-turn-completed',
    exitCode: 0,
  } as const;
  const t = engineOnFakes({
    scripts: [
      async (_turn, io, end) => {
        t.clock.advance(30);
        // No word of the turn yet: it counts as no event in the receipt.
        io.emit({ kind: 'thread_status_changed', status: { type: 'active', flags: [] } });
        t.clock.advance(10);
        io.emit({ kind: 'warning', source: 'process', text: 'a' });
        io.emit({ kind: 'warning', source: 'config', text: 'b' });
        io.emit({ kind: 'warning', source: 'process', text: 'c' });
        t.clock.advance(10);
        io.emit({ kind: 'assistant_text', text: 'x', isDelta: false });
        t.clock.advance(5);
        return end(facts);
      },
    ],
  });
  t.state.inputs = native;
  t.state.settings = { ...t.state.settings, nativeModel: 'gpt-5.5', nativeEffort: 'high' };
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  t.state.inputs = { ...readyInputs, api: { ...readyInputs.api, payer: facts.payer } };
  await t.prompt(id, 'and now the other lane');
  await t.until(t.idle(id));
  const receipts = t.stored(id).flatMap((event) => (event.kind === 'receipt' ? [event.receipt] : []));
  const trace = expect.arrayContaining([expect.objectContaining({ rule: 'selection' })]);
  const seal = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(receipts).toEqual([
    {
      ...factsOf('codex-native', facts),
      asked: 'codex-native',
      resolved: 'codex-native',
      trace,
      modelAsked: 'gpt-5.5',
      effort: 'high',
      sandbox: 'workspace-write',
      approvalPolicy: 'never',
      cwd: '/w',
      warnings: { process: 2, config: 1 },
      durations: { queueMs: 0, firstEventMs: 40, firstTextMs: 50, totalMs: 55 },
      seal,
    },
    {
      ...factsOf('api'),
      asked: 'api',
      resolved: 'api',
      trace,
      modelAsked: 'gpt-5.5',
      effort: null,
      sandbox: null,
      approvalPolicy: 'none',
      cwd: '/w',
      warnings: {},
      durations: { queueMs: 0, firstEventMs: 0, firstTextMs: 0, totalMs: 0 },
      seal,
    },
  ]);
});

const signedOut: LaneInputs = { ...native, native: { ...native.native, credential: { kind: 'none' } } };
const noKey: LaneInputs = { ...readyInputs, api: { ...readyInputs.api, needsKey: true, payer: null } };
const missing: LaneInputs = {
  ...native,
  native: { ...native.native, binary: { kind: 'missing', detail: 'x', problem: 'not-found' } },
};
const pin = { reason: 'it failed to start', since: '2026-01-01T00:00:00.000Z' };
const pinned: LaneInputs = { ...native, native: { ...native.native, pin } };

test.each([
  ['signed in meanwhile', signedOut, native],
  ['installed meanwhile', missing, native],
  ['lifted in another window', pinned, native],
  ['a key added in another window', noKey, readyInputs],
])('what an earlier check found is looked at once more before it refuses: %s', async (_name, before, after) => {
  const t = engineOnFakes();
  t.state.inputs = before;
  t.clock.advance(60_000);
  t.state.onProbe = () => {
    t.state.inputs = after;
  };
  const id = t.engine.create('/w');
  expect(await t.prompt(id, 'hi')).toEqual({ ok: true });
  await t.until(t.idle(id));
  expect(t.turns.map((turn) => turn.text)).toEqual(['hi']);
  expect(t.state.probes).toBe(1);
});

test.each([
  ['still signed out', signedOut, 60_000, 1, 'authentication_required'],
  ['checked just now', signedOut, 1_000, 0, 'authentication_required'],
  ['locked: known at any time', { ...native, gates: { ...native.gates, unlocked: false } }, 60_000, 0, 'lane_locked'],
  [
    'switched off, whatever else',
    { ...pinned, gates: { ...native.gates, switchedOffBy: 'x' } },
    60_000,
    0,
    'lane_disabled',
  ],
] as const)('a refusal stands: %s', async (_name, inputs, age, probes, code) => {
  const t = engineOnFakes();
  t.state.inputs = inputs;
  t.clock.advance(age);
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(t.stored(id).findLast(isTerminal)).toMatchObject({ error: { code } });
  expect(t.turns).toEqual([]);
  expect(t.state.probes).toBe(probes);
});

test('Stop does not wait for a check that hangs', async () => {
  const t = engineOnFakes();
  t.state.inputs = { ...native, native: uncheckedNative };
  t.state.onProbe = () => new Promise(() => undefined);
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await vi.waitFor(() => expect(t.state.probes).toBe(1));
  await t.engine.stop(id, 'user');
  expect(t.stored(id).findLast(isTerminal)).toMatchObject({ kind: 'turn_interrupted', by: 'user' });
  expect(t.turns).toEqual([]);
});
