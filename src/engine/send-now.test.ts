import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Script } from '../../test/fakes/engine.ts';
import { engineOnFakes, interactiveInputs } from '../../test/fakes/engine.ts';
import type { TurnId } from '../model/index.ts';
import { requestId, turnId } from '../model/index.ts';

/** Runs until it is stopped. */
const untilStopped: Script = async (_turn, io, end) => {
  await new Promise<void>((stop) => io.signal.addEventListener('abort', () => stop(), { once: true }));
  return { outcome: 'interrupted', facts: end().facts };
};

function room(scripts: readonly Script[]) {
  const fakes = engineOnFakes({ scripts });
  const id = fakes.engine.create('/w');
  const now = (text: string) => fakes.engine.submitNow(id, { requestId: requestId(`n-${text}`), text });
  const waiting = async () => (await fakes.engine.view(id)).queued.map(({ text }) => text);
  const turnOf = async (text: string): Promise<TurnId> => {
    const { queued } = await fakes.engine.view(id);
    return queued.find((row) => row.text === text)?.turnId ?? turnId('none');
  };
  return { ...fakes, id, now, waiting, turnOf, idle: () => fakes.until(fakes.idle(id)) };
}

const texts = (turns: readonly { readonly text: string }[]) => turns.map(({ text }) => text);

test('sent now: the running turn ends by the user, this runs next, and what waits goes on waiting', async () => {
  const { engine, prompt, now, waiting, idle, id, turns, until } = room([untilStopped]);
  await prompt(id, 'first');
  await until(() => turns.length > 0);
  await prompt(id, 'second');
  await prompt(id, 'third');
  expect(await now('urgent')).toEqual({ ok: true });
  await until(() => turns.length > 1);
  expect(await waiting()).not.toContain('urgent');
  await idle();
  expect(texts(turns)).toEqual(['first', 'urgent', 'second', 'third']);
  const view = await engine.view(id);
  expect(view.turns.map(({ state }) => state)).toEqual(['interrupted', 'completed', 'completed', 'completed']);
  expect(view.rows.filter(({ kind }) => kind === 'interruption')).toMatchObject([{ by: 'user' }]);
});

test('sent now while nothing runs it is a prompt like any other', async () => {
  const { engine, now, idle, id, turns } = room([]);
  expect(await now('hello')).toEqual({ ok: true });
  await idle();
  expect(texts(turns)).toEqual(['hello']);
  expect((await engine.view(id)).turns.map(({ state }) => state)).toEqual(['completed']);
});

test('a prompt that waits is sent now', async () => {
  const { engine, prompt, turnOf, idle, id, turns, until } = room([untilStopped]);
  await prompt(id, 'first');
  await until(() => turns.length > 0);
  await prompt(id, 'second');
  await prompt(id, 'third');
  expect(await engine.sendQueued(id, await turnOf('third'))).toEqual({ ok: true });
  expect(engine.activity(id).stopping).toBe(true);
  await idle();
  expect(texts(turns)).toEqual(['first', 'third', 'second']);
});

test('a prompt that is taken out of the queue has its end on record, and is no turn', async () => {
  const go = Promise.withResolvers<void>();
  const waits: Script = async (_turn, _io, end) => {
    await go.promise;
    return end();
  };
  const { engine, prompt, turnOf, waiting, idle, id, turns, stored, until } = room([waits]);
  await prompt(id, 'first');
  await until(() => turns.length > 0);
  await prompt(id, 'second');
  await prompt(id, 'third');
  const gone = await turnOf('second');
  expect(await engine.dropQueued(id, gone)).toEqual({ ok: true });
  expect(await waiting()).toEqual(['third']);
  expect(engine.activity(id)).toMatchObject({ running: true, stopping: false, queued: 1 });
  go.resolve();
  await idle();
  expect(texts(turns)).toEqual(['first', 'third']);
  const view = await engine.view(id);
  expect(view.turns.map(({ state }) => state)).toEqual(['completed', 'completed']);
  expect(view.rows.flatMap((row) => (row.kind === 'user' ? [row.text] : []))).toEqual(['first', 'third']);
  expect(stored(id).filter((event) => event.turnId === gone)).toMatchObject([
    { kind: 'user_message', text: 'second', delivery: 'queued' },
    { kind: 'turn_interrupted', by: 'user', durationMs: 0 },
  ]);
});

test('what does not wait any more is neither sent again nor taken out', async () => {
  const { engine, prompt, turnOf, idle, id, turns, until } = room([untilStopped]);
  await prompt(id, 'first');
  await until(() => turns.length > 0);
  await prompt(id, 'second');
  const second = await turnOf('second');
  const stopped = engine.stop(id, 'user');
  for (const refused of [await engine.dropQueued(id, second), await engine.sendQueued(id, second)]) {
    expect(refused).toEqual({ ok: false, message: 'This prompt does not wait any more.' });
  }
  await stopped;
  await idle();
  expect(texts(turns)).toEqual(['first']);
});

test('Stop after Send now ends both', async () => {
  const { engine, prompt, now, idle, id, turns, until } = room([untilStopped]);
  await prompt(id, 'first');
  await until(() => turns.length > 0);
  expect(await now('urgent')).toEqual({ ok: true });
  await engine.stop(id, 'user');
  await idle();
  expect(texts(turns)).toEqual(['first']);
  expect((await engine.view(id)).turns.map(({ state }) => state)).toEqual(['interrupted', 'interrupted']);
});

test('a message that the turn had not read: Stop gives it back, Send now lets it wait', async () => {
  for (const how of ['stop', 'now'] as const) {
    const { engine, prompt, now, idle, id, turns, state, until } = room([untilStopped]);
    state.inputs = interactiveInputs;
    await prompt(id, 'first');
    await until(() => engine.activity(id).steers);
    const handed = engine.steer(id, { requestId: requestId('s'), text: 'more' });
    await Promise.resolve();
    await (how === 'stop' ? engine.stop(id, 'user') : now('urgent'));
    expect(await handed).toEqual(
      how === 'stop' ? { ok: false, message: 'The turn was stopped before it took the message.' } : { ok: true },
    );
    await idle();
    expect(texts(turns)).toEqual(how === 'stop' ? ['first'] : ['first', 'urgent', 'more']);
    expect(engine.activity(id).steers).toBe(false);
  }
});

test('1,000 seeded timings of the queue’s commands: each prompt runs once or ends on record, and none is lost', async () => {
  const ticks = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) await Promise.resolve();
  };
  const seen = { ran: 0, withdrawn: 0, ended: 0 };
  const step = fc.record({
    at: fc.integer({ min: 0, max: 120 }),
    what: fc.constantFrom('queue', 'now', 'send', 'drop', 'stop'),
    which: fc.nat({ max: 4 }),
  });
  const plan = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 8 }),
    lasts: fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 10, maxLength: 10 }),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ steps, lasts }) => {
      const scripts = lasts.map(
        (last): Script =>
          async (_turn, io, end) => {
            const over = Promise.withResolvers<void>();
            io.signal.addEventListener('abort', () => over.resolve(), { once: true });
            await Promise.race([over.promise, ticks(last)]);
            return io.signal.aborted ? { outcome: 'interrupted', facts: end().facts } : end();
          },
      );
      const { engine, prompt, now, id, turns, until, idle, stored } = room(scripts);
      await prompt(id, 'first');
      await until(() => turns.length > 0);
      const sent: string[] = ['first'];
      const nth = async (which: number): Promise<TurnId> => {
        const { queued } = await engine.view(id);
        return queued[which % Math.max(1, queued.length)]?.turnId ?? turnId('none');
      };
      await Promise.all(
        steps.map(async ({ at, what, which }, index) => {
          await ticks(at);
          const text = `m${index}`;
          if (what === 'stop') await engine.stop(id, 'user');
          else if (what === 'send') await engine.sendQueued(id, await nth(which));
          else if (what === 'drop') await engine.dropQueued(id, await nth(which));
          else {
            sent.push(text);
            expect(await (what === 'now' ? now(text) : prompt(id, text))).toEqual({ ok: true });
          }
        }),
      );
      await idle();
      const view = await engine.view(id);
      expect(view.queued).toEqual([]);
      expect(view.activeTurnId).toBeNull();
      const ids = stored(id).flatMap((event) => (event.kind === 'user_message' ? [event.turnId] : []));
      expect(ids).toHaveLength(sent.length);
      for (const turn of ids) {
        const kinds = stored(id).flatMap((event) => (event.turnId === turn ? [event.kind] : []));
        expect(kinds.filter((kind) => /^turn_(completed|failed|interrupted)$/.test(kind))).toHaveLength(1);
        expect(kinds.filter((kind) => kind === 'turn_started').length).toBeLessThanOrEqual(1);
        if (kinds.includes('turn_started')) seen.ran += 1;
        else if (kinds.includes('lane_decided')) seen.ended += 1;
        else seen.withdrawn += 1;
      }
    }),
    { seed: 20260122, numRuns: 1000 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
});
