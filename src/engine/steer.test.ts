import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Script } from '../../test/fakes/engine.ts';
import { engineOnFakes, interactiveInputs } from '../../test/fakes/engine.ts';
import type { LaneInputs, ThreadId } from '../model/index.ts';
import { requestId } from '../model/index.ts';

function room(scripts: readonly Script[], inputs: LaneInputs = interactiveInputs) {
  const fakes = engineOnFakes({ scripts });
  fakes.state.inputs = inputs;
  const id = fakes.engine.create('/w');
  const steer = (text: string) => fakes.engine.steer(id, { requestId: requestId(`s-${text}`), text });
  const messages = () =>
    fakes.stored(id).flatMap((event) => (event.kind === 'user_message' ? [[event.text, event.delivery]] : []));
  const began = () => fakes.until(() => fakes.turns.length > 0);
  const idle = (thread: ThreadId = id) => fakes.until(fakes.idle(thread));
  return { ...fakes, id, steer, messages, began, idle };
}

/** Takes the first message or refuses it, and ends. */
const answersOne =
  (taken: boolean): Script =>
  async (_turn, io, end) => {
    for await (const message of io.inbox) {
      message.settle(taken);
      break;
    }
    return end();
  };

test('a message that the running turn takes is of that turn', async () => {
  const { engine, prompt, steer, messages, began, idle, id, stored, turns } = room([answersOne(true)]);
  await prompt(id, 'first');
  await began();
  expect(await steer('more')).toEqual({ ok: true });
  await idle();
  expect(messages()).toEqual([
    ['first', 'start'],
    ['more', 'steer'],
  ]);
  expect(turns).toHaveLength(1);
  const log = stored(id);
  const at = log.findIndex((event) => event.kind === 'user_message' && event.delivery === 'steer');
  expect(log[at]).toMatchObject({
    requestId: 's-more',
    turnId: log.find(({ kind }) => kind === 'turn_started')?.turnId,
  });
  expect(at).toBeLessThan(log.findIndex(({ kind }) => kind === 'turn_completed'));
  expect((await engine.view(id)).turns).toHaveLength(1);
});

test('a message that the turn does not take begins a turn of its own', async () => {
  const { prompt, steer, messages, began, idle, id, turns } = room([answersOne(false)]);
  await prompt(id, 'first');
  await began();
  expect(await steer('more')).toEqual({ ok: true });
  await idle();
  expect(messages().map(([text]) => text)).toEqual(['first', 'more']);
  expect(messages().map(([, delivery]) => delivery)).not.toContain('steer');
  expect(turns.map(({ text }) => text)).toEqual(['first', 'more']);
});

test('a lane that ends without a word to a message gives it back', async () => {
  const ended = Promise.withResolvers<void>();
  const silent: Script = async (_turn, _io, end) => {
    await ended.promise;
    return end();
  };
  const { prompt, steer, began, idle, id, turns } = room([silent]);
  await prompt(id, 'first');
  await began();
  const sent = [steer('one'), steer('two')];
  ended.resolve();
  expect(await Promise.all(sent)).toEqual([{ ok: true }, { ok: true }]);
  await idle();
  expect(turns.map(({ text }) => text)).toEqual(['first', 'one', 'two']);
});

test('a lane that takes none, or no turn at all: it is a prompt like any other', async () => {
  const ended = Promise.withResolvers<void>();
  const silent: Script = async (_turn, _io, end) => {
    await ended.promise;
    return end();
  };
  const exec: LaneInputs = { ...interactiveInputs, gates: { ...interactiveInputs.gates, interactive: false } };
  const { prompt, steer, messages, began, idle, id, turns } = room([silent], exec);
  await prompt(id, 'first');
  await began();
  expect(await steer('queued')).toEqual({ ok: true });
  ended.resolve();
  await idle();
  expect(await steer('idle')).toEqual({ ok: true });
  await idle();
  expect(turns.map(({ text }) => text)).toEqual(['first', 'queued', 'idle']);
  expect(messages()).toEqual([
    ['first', 'start'],
    ['queued', 'queued'],
    ['idle', 'start'],
  ]);
});

test('what the lane says after its end counts no more', async () => {
  const late: ((taken: boolean) => void)[] = [];
  const keeps: Script = async (_turn, io, end) => {
    for await (const message of io.inbox) {
      late.push(message.settle);
      break;
    }
    return end();
  };
  const { prompt, steer, messages, began, idle, id } = room([keeps]);
  await prompt(id, 'first');
  await began();
  await steer('more');
  await idle();
  late[0]?.(true);
  expect(messages().map(([text]) => text)).toEqual(['first', 'more']);
  expect(messages().map(([, delivery]) => delivery)).not.toContain('steer');
});

test('a prompt that is sent after Stop runs; one that waited when Stop was asked for does not', async () => {
  const released = Promise.withResolvers<void>();
  const slow: Script = async (_turn, io, end) => {
    await new Promise<void>((stop) => io.signal.addEventListener('abort', () => stop(), { once: true }));
    await released.promise;
    return { outcome: 'interrupted', facts: end().facts };
  };
  const { engine, prompt, steer, began, idle, id, turns, stored } = room([slow]);
  await prompt(id, 'first');
  await began();
  await prompt(id, 'waits');
  const stopped = engine.stop(id, 'user');
  expect(await steer('after')).toEqual({ ok: true });
  released.resolve();
  await stopped;
  await idle();
  expect(turns.map(({ text }) => text)).toEqual(['first', 'after']);
  const ends = stored(id).filter(({ kind }) => /^turn_(completed|interrupted)$/.test(kind));
  expect(ends.map(({ kind }) => kind)).toEqual(['turn_interrupted', 'turn_interrupted', 'turn_completed']);
});

test('a window that closes runs nothing more', async () => {
  const slow: Script = async (_turn, io, end) => {
    await new Promise<void>((stop) => io.signal.addEventListener('abort', () => stop(), { once: true }));
    return { outcome: 'interrupted', facts: end().facts };
  };
  const { engine, prompt, began, id, turns } = room([slow]);
  await prompt(id, 'first');
  await began();
  await prompt(id, 'waits');
  const closed = engine.close();
  expect(await prompt(id, 'late')).toMatchObject({ ok: false });
  await closed;
  expect(turns.map(({ text }) => text)).toEqual(['first']);
});

test('1,000 timings of messages around the end of a turn: each is on record once, as taken or as a prompt', async () => {
  const ticks = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i += 1) await Promise.resolve();
  };
  const seen = { steer: 0, other: 0 };
  const plan = fc.record({
    decisions: fc.array(fc.boolean(), { maxLength: 4 }),
    endsAfter: fc.integer({ min: 0, max: 60 }),
    answersAfter: fc.integer({ min: 0, max: 10 }),
    sentAt: fc.array(fc.integer({ min: 0, max: 80 }), { minLength: 1, maxLength: 4 }),
    isSteer: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(plan, async ({ decisions, endsAfter, answersAfter, sentAt, isSteer }) => {
      const lane: Script = async (_turn, io, end) => {
        const answer = async (): Promise<void> => {
          let index = 0;
          for await (const message of io.inbox) {
            const decision = decisions[index++];
            // Some are never answered.
            if (decision === undefined) continue;
            await ticks(answersAfter);
            message.settle(decision);
          }
        };
        void answer();
        await ticks(endsAfter);
        return end();
      };
      const { prompt, steer, messages, began, idle, id, engine } = room([lane]);
      await prompt(id, 'first');
      await began();
      const sent = sentAt.map(async (at, index) => {
        await ticks(at);
        return isSteer[index] === true ? steer(`m${index}`) : prompt(id, `m${index}`);
      });
      for (const answer of await Promise.all(sent)) expect(answer).toEqual({ ok: true });
      await idle();
      const rows = messages();
      expect(rows.map(([text]) => text).toSorted()).toEqual(
        ['first', ...sentAt.map((_, index) => `m${index}`)].toSorted(),
      );
      for (const [, delivery] of rows.slice(1)) seen[delivery === 'steer' ? 'steer' : 'other'] += 1;
      // One turn for each that was not taken.
      const turns = (await engine.view(id)).turns;
      expect(turns).toHaveLength(rows.filter(([, delivery]) => delivery !== 'steer').length);
    }),
    { seed: 20260121, numRuns: 1000 },
  );
  expect(seen.steer).toBeGreaterThan(50);
  expect(seen.other).toBeGreaterThan(50);
});
