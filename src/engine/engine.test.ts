import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { engineOnFakes, factsOf, MemoryTranscript, readyInputs, says, untilStopped } from '../../test/fakes/engine.ts';
import type { ApprovalField, LaneEvent, LogEvent } from '../model/index.ts';
import { emptyThread, foldAll, isTerminal, itemId, uncheckedNative } from '../model/index.ts';

const kinds = (events: readonly LogEvent[]): string[] => events.map((event) => event.kind);
const delta = (text: string, id = 'i'): LaneEvent => ({
  kind: 'assistant_text',
  text,
  isDelta: true,
  itemId: itemId(id),
});

test('a turn is decided, started, run, ended and receipted, in this order, without gaps', async () => {
  const t = engineOnFakes({ scripts: [says({ kind: 'assistant_text', text: 'hello', isDelta: false })] });
  const id = t.engine.create('/w');
  expect(await t.prompt(id, 'hi')).toEqual({ ok: true });
  await t.until(t.idle(id));
  expect(kinds(t.stored(id))).toEqual([
    'thread_started',
    'lane_decided',
    'user_message',
    'turn_started',
    'assistant_text',
    'turn_completed',
    'receipt',
  ]);
  expect(t.stored(id).map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(t.sent).toEqual(t.stored(id));
});

test('the first delta of an item is told at once, those within 33 ms are one event; another event ends the merge', async () => {
  const t = engineOnFakes({
    scripts: [
      async (_turn, io, end) => {
        io.emit(delta('a'));
        await t.until(() => t.sent.some((event) => event.kind === 'assistant_text'));
        io.emit(delta('b'));
        io.emit(delta('c'));
        t.clock.advance(33);
        io.emit(delta('d'));
        io.emit(delta('e', 'other'));
        io.emit(delta('f', 'other'));
        io.emit(delta('g', 'other'));
        return end();
      },
    ],
  });
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  const texts = t.stored(id).flatMap((event) => (event.kind === 'assistant_text' ? [event.text] : []));
  expect(texts).toEqual(['a', 'bc', 'd', 'e', 'fg']);
});

test('Stop says so at once, and the turn has ended when the lane has', async () => {
  const t = engineOnFakes({ scripts: [untilStopped] });
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  const stopped = t.engine.stop(id, 'user');
  expect(t.engine.activity(id)).toMatchObject({ running: true, stopping: true });
  await stopped;
  expect(t.engine.activity(id)).toMatchObject({ running: false, stopping: false });
  const end = t.stored(id).find(isTerminal);
  expect(end).toMatchObject({ kind: 'turn_interrupted', by: 'user' });
});

test('a prompt that comes while a turn runs is on record and runs next; Stop ends it on record too', async () => {
  const t = engineOnFakes({ scripts: [untilStopped, untilStopped] });
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  await t.prompt(id, 'two');
  expect(t.folded(id).queued.map((row) => row.text)).toEqual(['two']);
  expect(t.engine.activity(id).queued).toBe(1);
  await t.engine.stop(id, 'user');
  expect(t.turns.map((turn) => turn.text)).toEqual(['one']);
  const view = t.folded(id);
  expect(view.queued).toEqual([]);
  expect(view.rows.map((row) => row.kind)).toEqual(['user', 'interruption', 'receipt', 'user', 'interruption']);
});

test('queued prompts run in order, each with the answers before it as history', async () => {
  const t = engineOnFakes();
  const id = t.engine.create('/w');
  await Promise.all([t.prompt(id, 'one'), t.prompt(id, 'two'), t.prompt(id, 'three')]);
  await t.until(t.idle(id));
  expect(t.turns.map((turn) => turn.text)).toEqual(['one', 'two', 'three']);
  expect(t.turns[2]?.history.map((said) => ('text' in said ? said.text : said.act.kind))).toEqual([
    'one',
    'ok',
    'two',
    'ok',
  ]);
});

test('a locked lane runs nothing: the turn is recorded as started and failed with lane_locked', async () => {
  const t = engineOnFakes();
  t.state.inputs = { ...readyInputs, selected: 'codex-native', gates: { ...readyInputs.gates, unlocked: false } };
  const id = t.engine.create('/w');
  expect(await t.prompt(id, 'hi')).toEqual({ ok: true });
  await t.until(t.idle(id));
  expect(t.turns).toEqual([]);
  expect(kinds(t.stored(id))).toContain('turn_started');
  expect(t.stored(id).find(isTerminal)).toMatchObject({
    kind: 'turn_failed',
    error: { code: 'lane_locked', actions: ['unlockNative', 'useApi'] },
  });
  expect(t.stored(id).at(-1)).toMatchObject({ kind: 'receipt', receipt: { asked: 'codex-native', resolved: null } });
});

test('a lane that was never checked is checked at the first prompt, which is on record meanwhile', async () => {
  const t = engineOnFakes();
  t.state.inputs = { ...readyInputs, selected: 'codex-native', native: uncheckedNative };
  t.state.onProbe = () => {
    expect(t.folded(id).queued).toHaveLength(1);
    t.state.inputs = { ...readyInputs, selected: 'codex-native' };
  };
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(t.state.probes).toBe(1);
  expect(t.turns.map((turn) => turn.lane)).toEqual(['codex-native']);
  expect(t.stored(id).map((event) => event.seq)).toEqual(t.stored(id).map((_, i) => i + 1));
});

test('a change of lane starts a new native thread and says so', async () => {
  const native = says({ kind: 'assistant_text', text: 'n', isDelta: false });
  const t = engineOnFakes({
    scripts: [
      async (_turn, _io, end) => end({ nativeThreadId: 'n1' as never, completionPolicy: 'persistent' }),
      native,
      native,
    ],
  });
  t.state.inputs = { ...readyInputs, selected: 'codex-native' };
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  await t.until(t.idle(id));
  await t.prompt(id, 'two');
  await t.until(t.idle(id));
  expect(t.turns[1]?.nativeThreadId).toBe('n1');
  t.state.inputs = readyInputs;
  await t.prompt(id, 'three');
  await t.until(t.idle(id));
  expect(t.turns[2]).toMatchObject({ lane: 'api', nativeThreadId: null });
  expect(t.stored(id).find((event) => event.kind === 'system_notice')).toMatchObject({
    text: 'runtime backend changed (codex-native -> api)',
  });
});

test('a folder that is not in the window is refused by name, and nothing is written', async () => {
  const t = engineOnFakes();
  const id = t.engine.create('/elsewhere');
  const answer = await t.prompt(id, 'hi');
  expect(answer).toMatchObject({ ok: false, message: expect.stringContaining('/elsewhere') });
  expect(t.stored(id)).toEqual([]);
});

test('the native lane without a folder fails with words, and nothing runs', async () => {
  const t = engineOnFakes();
  t.state.inputs = { ...readyInputs, selected: 'codex-native' };
  const id = t.engine.create(null);
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(t.turns).toEqual([]);
  expect(t.stored(id).find(isTerminal)).toMatchObject({ error: { code: 'folder_missing' } });
});

test('a lane that throws is a failed turn; the next prompt runs', async () => {
  const t = engineOnFakes({
    scripts: [
      async () => {
        throw new Error('boom');
      },
    ],
  });
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  await t.until(t.idle(id));
  expect(t.stored(id).find(isTerminal)).toMatchObject({ error: { code: 'internal', detail: 'boom' } });
  await t.prompt(id, 'two');
  await t.until(t.idle(id));
  expect(t.folded(id).turns.map((turn) => turn.state)).toEqual(['failed', 'completed']);
});

test('what a lane says after its end is about the turn, not of it', async () => {
  let late: (() => void) | undefined;
  const t = engineOnFakes({
    scripts: [
      async (_turn, io, end) => {
        late = () => io.emit({ kind: 'warning', source: 'process', text: 'late' });
        return end();
      },
    ],
  });
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  late?.();
  await t.until(() => t.sent.at(-1)?.kind === 'warning');
  const event = t.sent.at(-1);
  expect(event?.turnId).toBeUndefined();
  expect(event?.aboutTurnId).toBe(t.turns[0]?.turnId);
});

test('a log that a dead process left open is ended by shutdown when it is opened; its queue too', async () => {
  const first = engineOnFakes({ scripts: [untilStopped] });
  const id = first.engine.create('/w');
  await first.prompt(id, 'one');
  await first.prompt(id, 'two');
  const dead = new MemoryTranscript();
  dead.logs.set(id, [...first.stored(id)]);
  const second = engineOnFakes({ transcript: dead });
  const view = await second.engine.view(id);
  expect(view.activeTurnId).toBeNull();
  expect(view.rows.map((row) => row.kind)).toEqual(['user', 'interruption', 'user', 'interruption']);
  expect(foldAll(emptyThread(id), second.stored(id))).toEqual(view);
});

test('a thread that another process writes is shown as it is, and refused for prompts', async () => {
  const first = engineOnFakes({ scripts: [untilStopped] });
  const id = first.engine.create('/w');
  await first.prompt(id, 'one');
  const second = engineOnFakes({ transcript: first.transcript });
  expect((await second.engine.view(id)).activeTurnId).not.toBeNull();
  expect(await second.prompt(id, 'x')).toMatchObject({ ok: false, message: expect.stringContaining('another window') });
  await first.engine.close();
  expect(await second.prompt(id, 'y')).toEqual({ ok: true });
});

test('an idle thread is free: another window goes on with it, and the first goes on after that', async () => {
  const first = engineOnFakes();
  const id = first.engine.create('/w');
  await first.prompt(id, 'one');
  await first.until(first.idle(id));
  const second = engineOnFakes({ transcript: first.transcript });
  expect(await second.prompt(id, 'two')).toEqual({ ok: true });
  await second.until(second.idle(id));
  expect(await first.prompt(id, 'three')).toEqual({ ok: true });
  await first.until(first.idle(id));
  expect(first.turns.at(-1)?.history.map((said) => ('text' in said ? said.text : said.act.kind))).toEqual([
    'one',
    'ok',
    'two',
    'ok',
  ]);
  expect(first.stored(id).map((event) => event.seq)).toEqual(first.stored(id).map((_, i) => i + 1));
  expect(first.transcript.writers.size).toBe(0);
});

test('a prompt that comes while the last events are written is not lost', async () => {
  const t = engineOnFakes();
  const id = t.engine.create('/w');
  await t.prompt(id, 'one');
  // Sent at every step of the end of the first turn.
  const more: Promise<unknown>[] = [];
  for (let i = 0; i < 40; i += 1) {
    await Promise.resolve();
    more.push(t.prompt(id, `p${i}`));
  }
  await Promise.all(more);
  await t.until(t.idle(id));
  expect(t.turns).toHaveLength(41);
  expect(t.folded(id).queued).toEqual([]);
});

test('a log that can’t be written ends the turn and says why; nothing is sent that is not stored', async () => {
  const t = engineOnFakes({
    scripts: [
      async (turn, io, end) => {
        t.transcript.failWith = new Error('no space left');
        io.emit({ kind: 'warning', source: 'process', text: 'x' });
        return await untilStopped(turn, io, end);
      },
    ],
  });
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(t.engine.activity(id).problem).toContain('no space left');
  expect(t.sent).toEqual(t.stored(id));
  expect(await t.prompt(id, 'again')).toMatchObject({ ok: false });
});

test('closing interrupts by shutdown and lets the thread go', async () => {
  const t = engineOnFakes({ scripts: [untilStopped] });
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.engine.close();
  expect(t.stored(id).find(isTerminal)).toMatchObject({ by: 'shutdown' });
  expect(t.transcript.writers.size).toBe(0);
});

test('each receipt seals the stored events of its turn, itself, and the seal before it', async () => {
  const t = engineOnFakes();
  const id = t.engine.create('/w');
  await Promise.all([t.prompt(id, 'one'), t.prompt(id, 'two')]);
  await t.until(t.idle(id));
  let before = '';
  const receipts = t.stored(id).flatMap((event) => (event.kind === 'receipt' ? [event] : []));
  expect(receipts).toHaveLength(2);
  for (const { aboutTurnId, receipt } of receipts) {
    const hash = createHash('sha256').update(before);
    for (const event of t.stored(id)) if (event.turnId === aboutTurnId) hash.update(`\n${JSON.stringify(event)}`);
    const { seal, ...rest } = receipt;
    expect(seal).toBe(hash.update(`\n${JSON.stringify(rest)}`).digest('hex'));
    before = seal;
  }
});

test('an approval is asked, answered by an offered decision alone, and withdrawn by Stop', async () => {
  const decisions = [{ id: 'allow', label: 'Allow once' }];
  const ask = { subject: 'command', what: 'ls', why: null, decisions } as const;
  const answers: string[] = [];
  const t = engineOnFakes({
    scripts: [
      async (_turn, io, _end) => {
        answers.push(await io.approvals.ask(ask, io.signal));
        await io.approvals.ask(ask, io.signal).catch((reason: unknown) => answers.push(String(reason)));
        return { outcome: 'interrupted', facts: factsOf('api') };
      },
    ],
  });
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(() => t.engine.activity(id).awaitingApproval);
  const asked = (): LogEvent | undefined => t.sent.findLast((event) => event.kind === 'approval_requested');
  await t.until(() => asked() !== undefined);
  const first = asked();
  if (first?.kind !== 'approval_requested') throw new Error('nothing was asked');
  const answer = (decision: string) => t.engine.answer(id, first.approvalId, { decision });
  expect(await answer('not offered')).toEqual({ ok: false, why: 'not_offered' });
  expect(await answer('allow')).toEqual({ ok: true, notKept: null });
  expect(await answer('allow')).toEqual({ ok: false, why: 'closed' });
  await t.until(() => asked() !== first);
  await t.engine.stop(id, 'user');
  expect(answers).toEqual(['allow', 'user']);
  const resolved = t.stored(id).flatMap((event) => (event.kind === 'approval_resolved' ? [event.decidedBy] : []));
  expect(resolved).toEqual(['user', 'lifecycle']);
});

test('a closing window declines what is asked; what a turn leaves open is withdrawn before its end', async () => {
  const decisions = [
    { id: 'accept', label: 'Allow' },
    { id: 'decline', label: 'Don’t allow' },
  ];
  const ask = { subject: 'command', what: 'ls', why: null, decisions } as const;
  const answers: string[] = [];
  const t = engineOnFakes({
    scripts: [
      async (_turn, io, end) => {
        io.approvals.ask(ask, new AbortController().signal).catch(() => answers.push('withdrawn'));
        return end();
      },
      async (_turn, io, _end) => {
        answers.push(await io.approvals.ask(ask, io.signal));
        return { outcome: 'interrupted', facts: factsOf('api') };
      },
    ],
  });
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  const first = kinds(t.stored(id));
  expect(first.indexOf('approval_resolved')).toBe(first.indexOf('turn_completed') - 1);
  expect(t.engine.activity(id).awaitingApproval).toBe(false);
  await t.prompt(id, 'again');
  await t.until(() => t.engine.activity(id).awaitingApproval);
  await t.engine.close();
  expect(answers).toEqual(['withdrawn', 'decline']);
  const resolved = t.stored(id).filter((event) => event.kind === 'approval_resolved');
  expect(resolved).toMatchObject([
    { decision: 'withdrawn', decidedBy: 'lifecycle' },
    { decision: 'decline', decidedBy: 'lifecycle' },
  ]);
});

test('what was typed as a secret reaches the lane and no log; a view read anew still shows the open question', async () => {
  const fields: readonly ApprovalField[] = [
    {
      ...{ id: 'key', header: '', question: 'Key?', input: 'text', options: [] },
      ...{ takesMany: false, isRequired: true, isSecret: true },
    },
  ];
  const decisions = [{ id: 'answer', label: 'Answer', takesAnswers: true }];
  const given: unknown[] = [];
  const t = engineOnFakes({
    scripts: [
      async (_turn, io, end) => {
        const ask = { subject: 'user_input', what: 'Key?', why: null, decisions, fields } as const;
        given.push(await io.approvals.fill(ask, io.signal));
        return end();
      },
    ],
  });
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(() => t.engine.activity(id).awaitingApproval);
  await t.until(() => t.sent.some((event) => event.kind === 'approval_requested'));
  const row = (await t.engine.view(id)).rows.find(({ kind }) => kind === 'approval');
  expect(row).toMatchObject({ open: true, decision: null, fields });
  if (row?.kind !== 'approval') throw new Error('nothing is asked');
  const answers = { key: ['hunter2-hunter2'] };
  await t.engine.answer(id, row.approvalId, { decision: 'answer', answers });
  await t.until(t.idle(id));
  expect(given).toEqual([{ decision: 'answer', answers }]);
  expect(JSON.stringify([t.stored(id), t.sent])).not.toContain('hunter2');
  const decided = (await t.engine.view(id)).rows.find(({ kind }) => kind === 'approval');
  expect(decided).toMatchObject({ open: false, decision: 'answer', answers: { key: ['…'] } });
});

/** Hostile lanes: any events in any order, with ends, throws and deltas of any item. */
const laneEvent: fc.Arbitrary<LaneEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('assistant_text' as const),
    text: fc.string(),
    isDelta: fc.boolean(),
    itemId: fc.constantFrom('a', 'b').map(itemId),
  }),
  fc.record({
    kind: fc.constant('command_execution' as const),
    phase: fc.constantFrom('started' as const, 'output' as const, 'completed' as const),
    command: fc.constant('ls'),
    outputDelta: fc.string(),
    status: fc.constantFrom('in_progress' as const, 'completed' as const, 'failed' as const),
    itemId: fc.constantFrom('a', 'c').map(itemId),
  }),
  fc.record({ kind: fc.constant('warning' as const), source: fc.constant('process' as const), text: fc.string() }),
);

test('whatever a lane says: a turn starts once and ends once, seq has no gaps, live = stored = any split', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.array(laneEvent), fc.constantFrom('complete', 'throw', 'fail')), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.array(fc.nat()),
      async (turns, cuts) => {
        const scripts = turns.map(([events, how]) => async (...[_turn, io, end]: Parameters<typeof untilStopped>) => {
          for (const event of events) io.emit(event);
          if (how === 'throw') throw new Error('x');
          return end();
        });
        const t = engineOnFakes({ scripts });
        const id = t.engine.create('/w');
        let live = emptyThread(id);
        await Promise.all(turns.map((_, i) => t.prompt(id, `p${i}`)));
        await t.until(t.idle(id));
        const stored = t.stored(id);
        live = foldAll(live, t.sent);
        expect(stored.map((event) => event.seq)).toEqual(stored.map((_, i) => i + 1));
        for (const turn of t.turns) {
          const own = stored.filter((event) => event.turnId === turn.turnId);
          expect(own.filter((event) => event.kind === 'turn_started')).toHaveLength(1);
          expect(own.filter(isTerminal)).toHaveLength(1);
          expect(own.at(-1)).toSatisfy(isTerminal);
        }
        const at = cuts.map((cut) => cut % (stored.length + 1)).sort((a, b) => a - b);
        let split = emptyThread(id);
        for (const [i, end] of [...at, stored.length].entries())
          split = foldAll(split, stored.slice(at[i - 1] ?? 0, end));
        expect(split).toEqual(live);
        expect(live.rows.filter((row) => row.open)).toEqual([]);
      },
    ),
    { seed: 5, numRuns: 150 },
  );
});

test('a glance at a thread is what its view is, and keeps nothing of it in memory', async () => {
  const first = engineOnFakes({ scripts: [says({ kind: 'assistant_text', text: 'hello', isDelta: false })] });
  const id = first.engine.create('/w');
  await first.prompt(id, 'hi');
  await first.until(first.idle(id));
  const next = engineOnFakes({ transcript: first.transcript });
  let reads = 0;
  const { read } = first.transcript;
  Object.assign(first.transcript, {
    read: (thread: Parameters<typeof read>[0]) => {
      reads += 1;
      return read(thread);
    },
  });
  expect(await next.engine.glance(id)).toEqual(await first.engine.view(id));
  await next.engine.glance(id);
  expect(reads).toBe(2);
  await next.engine.view(id);
  await next.engine.glance(id);
  expect(reads).toBe(3);
});
