import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Script } from '../../test/fakes/engine.ts';
import { engineOnFakes, readyInputs, untilStopped } from '../../test/fakes/engine.ts';
import type { LaneEvent, LogEvent, NativeThreadId, ThreadId, Usage } from '../model/index.ts';
import {
  defaultThreadOptions,
  emptyThread,
  foldAll,
  isTerminal,
  itemId,
  nativeThreadId,
  noUsage,
  threadId,
  verifySeals,
} from '../model/index.ts';

const native = { ...readyInputs, selected: 'codex-native' } as const;
const n1 = nativeThreadId('n1');
const n2 = nativeThreadId('n2');
const n3 = nativeThreadId('n3');
const total = (input: number): Usage => ({ ...noUsage, input });

const ran =
  (id: NativeThreadId, input: number, completionPolicy: 'persistent' | 'ephemeral' = 'persistent'): Script =>
  async (_turn, io, end) => {
    io.emit({ kind: 'assistant_text', text: `to ${input}`, isDelta: false, nativeThreadId: id });
    io.emit({ kind: 'usage_updated', usage: null, threadTotal: total(input), authority: 'live-turn-completed' });
    return end({ nativeThreadId: id, completionPolicy, usageAuthority: 'live-turn-completed' });
  };

const newDigest = () => {
  const hash = createHash('sha256');
  return { update: (text: string) => void hash.update(text), hex: () => hash.digest('hex') };
};
const sealsOf = (events: readonly LogEvent[]) =>
  verifySeals(
    events.map((event) => JSON.stringify(event)),
    newDigest,
  ).map(({ state }) => state);

async function room(...scripts: readonly Script[]) {
  const t = engineOnFakes({ scripts });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  const turn = async (text: string, thread: ThreadId = id): Promise<void> => {
    await t.prompt(thread, text);
    await t.until(t.idle(thread));
  };
  const fork = async (of: ThreadId): Promise<ThreadId> => {
    const made = await t.engine.fork(of);
    if (!made.ok) throw new Error(made.message);
    return made.threadId;
  };
  return { ...t, id, turn, fork };
}

test('a fork holds all that was said, branches off with its first turn, and both go their own way', async () => {
  const t = await room(ran(n1, 10), ran(n2, 25), ran(n1, 30), ran(n2, 40));
  await t.engine.setOptions(t.id, { ...defaultThreadOptions, model: 'm', ephemeral: false, worktree: true });
  await t.turn('one');
  const fork = await t.fork(t.id);
  const parent = t.stored(t.id);
  // Written at once, and let go.
  expect(t.transcript.writers.size).toBe(0);
  const copied = t.stored(fork).slice(0, parent.length);
  expect(copied).toEqual(parent.map((event) => ({ ...event, threadId: fork })));
  expect(t.stored(fork).slice(parent.length)).toMatchObject([
    { kind: 'thread_forked', from: { threadId: t.id, title: 'one', nativeThreadId: n1 } },
    { kind: 'thread_options_changed', options: { model: 'm', worktree: false } },
  ]);
  expect(await t.engine.view(fork)).toMatchObject({ cwd: '/w', title: 'one', nativeThreadId: null, worktree: null });
  await t.turn('two', fork);
  await t.turn('three');
  await t.turn('four', fork);
  expect(t.turns.map(({ nativeThreadId: asked, forkOf, usageBefore }) => [asked, forkOf, usageBefore])).toEqual([
    [null, null, noUsage],
    [null, n1, total(10)],
    [n1, null, total(10)],
    [n2, null, total(25)],
  ]);
  expect(t.turns[1]?.history.map((said) => ('text' in said ? said.text : said.act.kind))).toEqual(['one', 'to 10']);
  // Its first turn never told where the worktree is, so that the lane has to find it.
  expect(t.turns.map((turn) => turn.newWorktree)).toEqual([true, false, true, false]);
  expect(sealsOf(t.stored(fork))).toEqual(['sealed', 'sealed', 'sealed']);
  expect(sealsOf(t.stored(t.id))).toEqual(['sealed', 'sealed']);
});

test('a first turn that fails before Codex names a thread branches off again; so does a fork of that fork', async () => {
  const fails: Script = async (_turn, _io, end) => ({
    outcome: 'failed',
    error: { code: 'connection_failed', message: 'x', retryable: true, hint: null },
    facts: end({ completionPolicy: 'persistent' }).facts,
  });
  const t = await room(ran(n1, 10), fails, ran(n2, 20), ran(n2, 22));
  await t.turn('one');
  const fork = await t.fork(t.id);
  await t.turn('two', fork);
  const second = await t.fork(fork);
  await t.turn('three', second);
  await t.turn('four', fork);
  expect(t.turns.slice(1).map(({ forkOf, usageBefore }) => [forkOf, usageBefore])).toEqual([
    [n1, total(10)],
    [n1, total(10)],
    [n1, total(10)],
  ]);
  expect(sealsOf(t.stored(second))).toEqual(['sealed', 'sealed', 'sealed']);
});

test('a fork of what Codex did not keep says so, and begins a new thread of Codex', async () => {
  const t = await room(ran(n1, 10, 'ephemeral'), ran(n2, 5));
  await t.engine.setOptions(t.id, { ...defaultThreadOptions, ephemeral: true });
  await t.turn('one');
  const fork = await t.fork(t.id);
  expect(t.stored(fork).at(-1)).toMatchObject({ kind: 'system_notice', code: 'fork_not_kept' });
  await t.engine.setOptions(fork, defaultThreadOptions);
  await t.turn('two', fork);
  expect(t.turns[1]).toMatchObject({ nativeThreadId: null, forkOf: null, usageBefore: noUsage });
});

const went = (events: readonly LogEvent[]) =>
  events.filter((event) => event.kind === 'system_notice' && event.code === 'fork_went_on');

test('where the other thread went on before a fork began, its total is not guessed, and the fork says what it knows', async () => {
  const t = await room(ran(n1, 10), ran(n1, 30), ran(n2, 50), ran(n2, 60));
  await t.turn('one');
  const fork = await t.fork(t.id);
  const again = await t.fork(fork);
  await t.engine.rename(t.id, 'a name');
  await t.turn('two');
  await t.turn('three', fork);
  expect(t.turns[2]).toMatchObject({ forkOf: n1, usageBefore: null });
  expect(went(t.stored(fork))).toMatchObject([{ turnId: t.turns[2]?.turnId }]);
  await t.turn('four', fork);
  expect(t.turns[3]).toMatchObject({ nativeThreadId: n2, usageBefore: total(50) });
  expect(went(t.stored(fork))).toHaveLength(1);
  // A fork of the fork that had not begun branches off the same thread of Codex.
  await t.turn('five', again);
  expect(t.turns[4]).toMatchObject({ forkOf: n1, usageBefore: null });
  expect(went(t.stored(again))).toHaveLength(1);
  // Of all that the other thread holds now.
  const late = await t.fork(t.id);
  await t.turn('six', late);
  expect(t.turns[5]).toMatchObject({ forkOf: n1, usageBefore: total(30) });
  expect(went(t.stored(late))).toEqual([]);
});

test('what did not reach Codex, or left nothing there, is no going on; a turn that still runs is', async () => {
  const t = await room(ran(n1, 10), ran(n3, 15, 'ephemeral'), ran(n2, 20), ran(n2, 30), untilStopped, ran(n2, 40));
  await t.turn('one');
  const [first, second, third] = [await t.fork(t.id), await t.fork(t.id), await t.fork(t.id)];
  await t.engine.setOptions(t.id, { ...defaultThreadOptions, ephemeral: true });
  await t.turn('aside');
  await t.engine.setOptions(t.id, defaultThreadOptions);
  await t.turn('two', first);
  expect(t.turns[2]).toMatchObject({ forkOf: n1, usageBefore: total(10) });
  t.state.inputs = { ...native, gates: { ...native.gates, unlocked: false } };
  await t.turn('refused');
  t.state.inputs = native;
  await t.turn('three', second);
  expect(t.turns[3]).toMatchObject({ forkOf: n1, usageBefore: total(10) });
  await t.prompt(t.id, 'four');
  await t.turn('five', third);
  expect(t.turns.at(-1)).toMatchObject({ forkOf: n1, usageBefore: null });
  expect([first, second, third].map((id) => went(t.stored(id)).length)).toEqual([0, 0, 1]);
  await t.engine.stop(t.id, 'user');
});

test('a fork whose other thread is gone can’t know, and guesses nothing', async () => {
  const t = await room(ran(n1, 10), ran(n2, 20));
  await t.turn('one');
  const fork = await t.fork(t.id);
  t.transcript.logs.delete(t.id);
  await t.turn('two', fork);
  expect(t.turns[1]).toMatchObject({ forkOf: n1, usageBefore: null });
  expect(went(t.stored(fork))).toEqual([]);
});

test('a fork on the API lane carries the conversation; one out of a worktree says that it leaves it', async () => {
  const t = await room(async (_turn, io, end) => {
    io.emit({ kind: 'worktree_created', worktree: { path: '/trees/1', origin: '/w', base: 'b' } });
    return end({ nativeThreadId: n1, completionPolicy: 'persistent' });
  });
  await t.turn('one');
  const fork = await t.fork(t.id);
  expect(t.stored(fork).at(-1)).toMatchObject({ code: 'fork_leaves_worktree' });
  t.state.inputs = readyInputs;
  await t.turn('two', fork);
  expect(t.turns[1]).toMatchObject({ lane: 'api', cwd: '/w', history: [{ text: 'one' }] });
});

test('a fork is refused while a turn runs or waits, here or in another window, and of nothing', async () => {
  const t = await room(untilStopped, untilStopped);
  expect(await t.engine.fork(t.id)).toMatchObject({ ok: false });
  await t.prompt(t.id, 'one');
  await t.prompt(t.id, 'two');
  expect(await t.engine.fork(t.id)).toMatchObject({ ok: false, message: expect.stringContaining('running') });
  const other = engineOnFakes({ transcript: t.transcript });
  expect(await other.engine.fork(t.id)).toMatchObject({
    ok: false,
    message: expect.stringContaining('another window'),
  });
  expect(t.transcript.logs.size).toBe(1);
  await t.engine.stop(t.id, 'user');
  expect(await other.engine.fork(t.id)).toMatchObject({ ok: true });
});

test('one changed character in what a fork copied is found', async () => {
  const t = await room(ran(n1, 10), ran(n2, 20));
  await t.turn('one');
  const fork = await t.fork(t.id);
  await t.turn('two', fork);
  const forged = t
    .stored(fork)
    .map((event) => (event.kind === 'user_message' && event.text === 'one' ? { ...event, text: 'One' } : event));
  expect(sealsOf(forged)).toEqual(['broken', 'sealed']);
  const [grandparent] = [threadId('elsewhere')];
  const misnamed = t
    .stored(fork)
    .map((event) =>
      event.kind === 'thread_forked' ? { ...event, from: { ...event.from, threadId: grandparent } } : event,
    );
  expect(sealsOf(misnamed)).toEqual(['broken', 'sealed']);
});

const long = process.env.CODEX_LANES_LONG === '1';

type Act = 'turn' | 'fail' | 'lost' | 'fork' | 'options' | 'rename' | 'lane' | 'restart' | 'queue';
const acts: readonly Act[] = ['turn', 'fail', 'lost', 'fork', 'options', 'rename', 'lane', 'restart', 'queue'];
const said: fc.Arbitrary<LaneEvent> = fc.record({
  kind: fc.constant('assistant_text' as const),
  text: fc.string(),
  isDelta: fc.boolean(),
  itemId: fc.constantFrom('a', 'b').map(itemId),
});

test(
  'whatever is done to threads: no gaps, turns end once, live = stored = any split, seals hold, forks show the same rows',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ act: fc.constantFrom(...acts), which: fc.nat(), events: fc.array(said, { maxLength: 4 }) }),
          { minLength: 1, maxLength: 12 },
        ),
        fc.nat(),
        async (steps, cut) => {
          let run = 0;
          let t = engineOnFakes();
          const threads = [t.engine.create('/w')];
          const live = new Map<ThreadId, LogEvent[]>();
          const script =
            (act: Act, events: readonly LaneEvent[]): Script =>
            async (turn, io, end) => {
              run += 1;
              const id = turn.nativeThreadId ?? nativeThreadId(`n${run}`);
              for (const event of events) io.emit({ ...event, nativeThreadId: id });
              if (act === 'turn' || act === 'queue') return end({ nativeThreadId: id, completionPolicy: 'persistent' });
              const code = act === 'lost' ? 'resume_not_found' : 'server_error';
              const error = { code, message: 'x', retryable: false, hint: null } as const;
              return { outcome: 'failed', error, facts: end({ nativeThreadId: turn.nativeThreadId }).facts };
            };
          const keep = (): void => {
            for (const event of t.sent.splice(0)) {
              const own = live.get(event.threadId) ?? [];
              live.set(event.threadId, [...own, event]);
            }
          };
          for (const [i, { act, which, events }] of steps.entries()) {
            const id = threads[which % threads.length] ?? threadId('none');
            switch (act) {
              case 'turn':
              case 'fail':
              case 'lost':
                t.scripts.push(script(act, events));
                await t.prompt(id, `p${i}`);
                await t.until(t.idle(id));
                break;
              case 'queue':
                t.scripts.push(script(act, events), script(act, events));
                await Promise.all([t.prompt(id, `p${i}a`), t.prompt(id, `p${i}b`)]);
                await t.until(t.idle(id));
                break;
              case 'fork': {
                const made = await t.engine.fork(id);
                if (!made.ok) break;
                threads.push(made.threadId);
                const [parent, copy] = [t.folded(id), t.folded(made.threadId)];
                expect(copy.rows.slice(0, parent.rows.length)).toEqual(parent.rows);
                expect(copy.rows.slice(parent.rows.length).map((row) => row.kind)).toEqual(
                  copy.rows.slice(parent.rows.length).map(() => 'notice'),
                );
                expect(copy.turns).toEqual(parent.turns);
                expect(copy.options).toEqual({ ...parent.options, worktree: false });
                live.set(made.threadId, [...t.stored(made.threadId)]);
                break;
              }
              case 'options':
                await t.engine.setOptions(id, { ...defaultThreadOptions, model: `m${i}`, ephemeral: which % 3 === 0 });
                break;
              case 'rename':
                await t.engine.rename(id, `title ${i}`);
                break;
              case 'lane':
                t.state.inputs = t.state.inputs.selected === 'api' ? native : readyInputs;
                break;
              case 'restart': {
                keep();
                const { inputs } = t.state;
                await t.engine.close();
                t = engineOnFakes({ transcript: t.transcript, firstId: 1000 * (i + 1) });
                t.state.inputs = inputs;
                break;
              }
            }
            keep();
          }
          for (const id of threads) {
            const stored = t.stored(id);
            expect(stored.map(({ seq, threadId: of }) => [seq, of])).toEqual(stored.map((_, i) => [i + 1, id]));
            expect(stored).toEqual(live.get(id) ?? []);
            for (const turn of new Set(stored.flatMap((event) => event.turnId ?? []))) {
              expect(stored.filter((event) => event.turnId === turn && isTerminal(event))).toHaveLength(1);
            }
            const whole = foldAll(emptyThread(id), stored);
            const at = cut % (stored.length + 1);
            expect(foldAll(foldAll(emptyThread(id), stored.slice(0, at)), stored.slice(at))).toEqual(whole);
            expect(whole.rows.filter((row) => row.open)).toEqual([]);
            expect(new Set(sealsOf(stored))).not.toContain('broken');
            if (stored.length > 0) expect(await t.engine.view(id)).toEqual(whole);
          }
        },
      ),
      { seed: 31, numRuns: long ? 3000 : 150 },
    );
  },
  long ? 600_000 : 20_000,
);
