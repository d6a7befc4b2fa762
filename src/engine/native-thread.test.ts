import { expect, test } from 'vitest';
import type { Script } from '../../test/fakes/engine.ts';
import { engineOnFakes, MemoryTranscript, readyInputs, says, untilStopped } from '../../test/fakes/engine.ts';
import type { LaneFacts, NativeThreadId, ThreadId, Usage } from '../model/index.ts';
import { defaultThreadOptions, emptyThread, foldAll, nativeThreadId, noUsage } from '../model/index.ts';

const native = { ...readyInputs, selected: 'codex-native' } as const;
const n1 = nativeThreadId('n1');
const n2 = nativeThreadId('n2');
const total = (input: number): Usage => ({ ...noUsage, input });

/** A turn of Codex: names its thread, reports its total, completes. */
const ran =
  (id: NativeThreadId, input: number, facts: Partial<LaneFacts> = {}): Script =>
  async (_turn, io, end) => {
    io.emit({ kind: 'assistant_text', text: 'x', isDelta: false, nativeThreadId: id });
    io.emit({
      kind: 'usage_updated',
      usage: null,
      threadTotal: total(input),
      authority: 'live-turn-completed',
      nativeThreadId: id,
    });
    return end({
      nativeThreadId: id,
      completionPolicy: 'persistent',
      usageAuthority: 'live-turn-completed',
      ...facts,
    });
  };

const failed =
  (code: 'resume_not_found' | 'resume_mismatch' | 'server_error', facts: Partial<LaneFacts> = {}): Script =>
  async (_turn, _io, end) => ({
    outcome: 'failed',
    error: { code, message: 'x', retryable: false, hint: 'Start a new thread.' },
    facts: end({ completionPolicy: 'persistent', ...facts }).facts,
  });

async function room(...scripts: readonly Script[]) {
  const t = engineOnFakes({ scripts });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  const turn = async (text: string): Promise<void> => {
    await t.prompt(id, text);
    await t.until(t.idle(id));
  };
  return { ...t, id, turn };
}

/** What another process finds after the one that wrote `from` was killed. */
function afterKill(from: MemoryTranscript, id: ThreadId) {
  const left = new MemoryTranscript();
  left.logs.set(id, [...(from.logs.get(id) ?? [])]);
  const t = engineOnFakes({ transcript: left });
  t.state.inputs = native;
  return t;
}

test('a turn whose process was killed is gone on with by its thread; its total is not known', async () => {
  const t = await room(ran(n1, 10), async (turn, io, end) => {
    io.emit({ kind: 'assistant_text', text: 'half', isDelta: false, nativeThreadId: n1 });
    return await untilStopped(turn, io, end);
  });
  await t.turn('one');
  await t.prompt(t.id, 'two');
  await t.until(() => t.stored(t.id).some((event) => event.kind === 'assistant_text' && event.text === 'half'));
  const next = afterKill(t.transcript, t.id);
  expect((await next.engine.view(t.id)).nativeThreadId).toBe(n1);
  await next.prompt(t.id, 'three');
  await next.until(next.idle(t.id));
  expect(next.turns[0]).toMatchObject({ nativeThreadId: n1, usageBefore: null });
  await t.engine.close();
});

test('a first turn that was killed after it named its thread is gone on with; an ephemeral one is not', async () => {
  for (const ephemeral of [false, true]) {
    const t = await room(async (turn, io, end) => {
      io.emit({ kind: 'reasoning', text: 'hm', isDelta: false, nativeThreadId: n1 });
      return await untilStopped(turn, io, end);
    });
    await t.engine.setOptions(t.id, { ...defaultThreadOptions, ephemeral });
    await t.prompt(t.id, 'one');
    await t.until(() => t.stored(t.id).some((event) => event.kind === 'reasoning'));
    expect(t.folded(t.id).nativeThreadId).toBe(ephemeral ? null : n1);
    const next = afterKill(t.transcript, t.id);
    await next.prompt(t.id, 'two');
    await next.until(next.idle(t.id));
    expect(next.turns[0]).toMatchObject(
      ephemeral ? { nativeThreadId: null, usageBefore: noUsage } : { nativeThreadId: n1, usageBefore: null },
    );
    await t.engine.close();
  }
});

test('a resumed turn that answers under another id does not change the thread', async () => {
  const t = await room(
    ran(n1, 10),
    async (turn, io, end) => {
      io.emit({ kind: 'warning', source: 'process', text: 'w', nativeThreadId: n2 });
      return await failed('resume_mismatch', { nativeThreadId: n1 })(turn, io, end);
    },
    ran(n1, 30),
  );
  for (const text of ['one', 'two', 'three']) await t.turn(text);
  expect(t.turns.map((turn) => turn.nativeThreadId)).toEqual([null, n1, n1]);
  // Nor before its receipt, which a killed process never writes.
  const warned = t.stored(t.id).findIndex((event) => event.nativeThreadId === n2);
  expect(foldAll(emptyThread(t.id), t.stored(t.id).slice(0, warned + 1)).nativeThreadId).toBe(n1);
  expect(t.folded(t.id).nativeThreadId).toBe(n1);
});

test('a thread that Codex no longer has: that turn says what comes next, the next begins a new one and tells', async () => {
  const t = await room(ran(n1, 10), failed('resume_not_found', { nativeThreadId: n1 }), ran(n2, 5), ran(n2, 9));
  for (const text of ['one', 'two', 'three', 'four']) await t.turn(text);
  expect(t.stored(t.id).find((event) => event.kind === 'turn_failed')).toMatchObject({
    error: { code: 'resume_not_found', retryable: true, hint: expect.stringContaining('Send the prompt again') },
  });
  expect(t.turns.map(({ nativeThreadId: asked, usageBefore }) => [asked, usageBefore])).toEqual([
    [null, noUsage],
    [n1, total(10)],
    [null, noUsage],
    [n2, total(5)],
  ]);
  const notices = t.stored(t.id).filter((event) => event.kind === 'system_notice');
  expect(notices.map(({ code, turnId }) => [code, turnId])).toEqual([['native_thread_lost', t.turns[2]?.turnId]]);
});

test('an ephemeral turn branches off the thread that is kept, and leaves it as it was', async () => {
  const t = await room(ran(n1, 10), ran(n2, 25, { completionPolicy: 'ephemeral' }), ran(n1, 30));
  await t.turn('one');
  await t.engine.setOptions(t.id, { ...defaultThreadOptions, ephemeral: true });
  await t.turn('two');
  expect(t.folded(t.id).nativeThreadId).toBe(n1);
  await t.engine.setOptions(t.id, defaultThreadOptions);
  await t.turn('three');
  expect(t.turns.map(({ nativeThreadId: asked, forkOf, usageBefore }) => [asked, forkOf, usageBefore])).toEqual([
    [null, null, noUsage],
    [null, n1, total(10)],
    [n1, null, total(10)],
  ]);
});

test('a turn that Codex never began leaves the total known; one that it began and did not end does not', async () => {
  const t = await room(
    ran(n1, 10),
    // As the engine ends a turn that no lane ran.
    failed('server_error'),
    failed('server_error', { nativeThreadId: n1 }),
    says(),
  );
  for (const text of ['one', 'two', 'three', 'four']) await t.turn(text);
  expect(t.turns.map((turn) => turn.usageBefore)).toEqual([noUsage, total(10), total(10), null]);
  expect(t.turns.map((turn) => turn.nativeThreadId)).toEqual([null, n1, n1, n1]);
});

test('the end that a dead process owes its turn is of the lane that ran it, not of the one selected since', async () => {
  const first = await room(untilStopped);
  await first.prompt(first.id, 'one');
  await first.until(() => first.turns.length === 1);
  const t = afterKill(first.transcript, first.id);
  t.state.inputs = readyInputs;
  await t.engine.view(first.id);
  await t.until(() => t.stored(first.id).some(({ kind }) => kind === 'turn_interrupted'));
  const end = t.stored(first.id).find(({ kind }) => kind === 'turn_interrupted');
  expect(end).toMatchObject({ by: 'shutdown', laneId: 'codex-native', provider: 'codex', transport: 'exec' });
  await first.engine.close();
});
