import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { LogEvent, Receipt, ThreadId } from '../model/index.ts';
import { defaultThreadOptions, verifySeals } from '../model/index.ts';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

const limit = 60_000;
const patience = { timeout: 20_000, interval: 20 };

let room: TestRoom;
beforeEach(() => {
  room = new TestRoom();
});
afterEach(() => room.close());

/** Sends and waits for the receipt. */
async function turn(app: App, thread: ThreadId, text: string): Promise<Receipt> {
  const own = () =>
    room.events.flatMap((event) => (event.kind === 'receipt' && event.threadId === thread ? [event.receipt] : []));
  const before = own().length;
  await send(app, thread, text);
  await vi.waitFor(() => expect(own()).toHaveLength(before + 1), patience);
  const last = own().at(-1);
  if (last === undefined) throw new Error('no receipt');
  return last;
}

const sealsOf = (thread: ThreadId) =>
  verifySeals(readFileSync(join(room.dataHome, 'threads', thread, 'events.jsonl'), 'utf8').split('\n'), () => {
    const hash = createHash('sha256');
    return { update: (text) => void hash.update(text), hex: () => hash.digest('hex') };
  }).map(({ state }) => state);

/** What Codex keeps of threads. */
const kept = (): readonly string[] =>
  readdirSync(join(room.codexHome, 'sessions'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.jsonl'),
  );

const said = (thread: ThreadId): readonly string[] =>
  room.events.flatMap((event: LogEvent) =>
    event.threadId === thread && event.kind === 'assistant_text' ? [event.text] : [],
  );

describe.skipIf(realCodex === '')('threads of the real Codex', () => {
  test(
    'a fork goes on by itself, its figures by itself, and every seal holds, over a restart too',
    async () => {
      const app = await room.open();
      const thread = app.threads.create(room.work);
      const first = await turn(app, thread, 'say: one');
      const made = await app.threads.fork(thread);
      if (!made.ok) throw new Error(made.message);
      const second = await turn(app, made.threadId, 'say: two');
      expect(second.nativeThreadId).not.toBe(first.nativeThreadId);
      // Of the turn alone, though Codex goes on counting from the other thread's total.
      expect(second.usage?.output).toBeLessThan(2 * (first.usage?.output ?? 0));
      expect((await turn(app, thread, 'say: three')).nativeThreadId).toBe(first.nativeThreadId);
      await app.close();
      const next = await room.open();
      expect((await turn(next, made.threadId, 'say: four')).nativeThreadId).toBe(second.nativeThreadId);
      expect(said(made.threadId)).toEqual(['two', 'four']);
      expect(kept()).toHaveLength(2);
      expect(sealsOf(thread)).toEqual(['sealed', 'sealed']);
      expect(sealsOf(made.threadId)).toEqual(['sealed', 'sealed', 'sealed']);
      const list = await next.threads.list();
      expect(list.map(({ title, turns, state, lane, forkedFrom }) => [title, turns, state, lane, forkedFrom])).toEqual([
        ['say: one', 3, 'completed', 'codex-native', thread],
        ['say: one', 2, 'completed', 'codex-native', null],
      ]);
    },
    limit,
  );

  test(
    'an ephemeral turn of a thread that is kept leaves nothing behind, and the thread goes on without it',
    async () => {
      const app = await room.open();
      const thread = app.threads.create(room.work);
      const first = await turn(app, thread, 'say: one');
      const [file = ''] = kept();
      const before = readFileSync(join(room.codexHome, 'sessions', file));
      expect(await app.threads.setOptions(thread, { ...defaultThreadOptions, ephemeral: true })).toEqual({ ok: true });
      const second = await turn(app, thread, 'say: secret');
      expect(second).toMatchObject({ completionPolicy: 'ephemeral', historyCompleteness: 'live-only' });
      expect(said(thread)).toEqual(['one', 'secret']);
      expect(kept()).toEqual([file]);
      expect(readFileSync(join(room.codexHome, 'sessions', file))).toEqual(before);
      await app.threads.setOptions(thread, defaultThreadOptions);
      const third = await turn(app, thread, 'say: three');
      expect(third.nativeThreadId).toBe(first.nativeThreadId);
      expect(third.usage?.output).toBeLessThan(2 * (first.usage?.output ?? 0));
      expect(readFileSync(join(room.codexHome, 'sessions', file), 'utf8')).not.toContain('secret');
    },
    limit,
  );

  test(
    'three threads run at once, the second writer of one is told who has it',
    async () => {
      const app = await room.open();
      const threads = [1, 2, 3].map(() => app.threads.create(room.work));
      for (const thread of threads) await send(app, thread, 'slow command');
      const [first] = threads;
      if (first === undefined) throw new Error('no thread');
      await vi.waitFor(() => {
        const commands = room.events.filter((event) => event.kind === 'command_execution');
        expect(new Set(commands.map((event) => event.threadId)).size).toBe(3);
      }, patience);
      expect(threads.map((thread) => app.threads.activity(thread).running)).toEqual([true, true, true]);
      const other = await room.open();
      const prompt = { requestId: 'r' as never, text: 'x' };
      expect(await other.threads.submit(first, prompt)).toMatchObject({
        ok: false,
        message: expect.stringMatching(/^This thread is in use by a VS Code window/),
      });
      await Promise.all(threads.map((thread) => app.threads.stop(thread)));
      expect(app.runtime.processes()).toEqual([]);
      // Named in the first turn's events, so that it is gone on with.
      expect((await other.threads.view(first)).nativeThreadId).not.toBeNull();
    },
    limit,
  );
});
