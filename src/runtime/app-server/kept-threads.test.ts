import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nativeThreadId } from '../../model/index.ts';
import { listKeptThreads, readKeptThread, whyNotRead } from './kept-threads.ts';
import { RpcError } from './rpc-error.ts';
import { FakeServer } from './testing/fake-server.ts';

const kept = JSON.parse(readFileSync(new URL('../../../test/fixtures/kept-thread.json', import.meta.url), 'utf8')) as {
  readonly thread: Readonly<Record<string, unknown>>;
  readonly turns: readonly Readonly<Record<string, unknown>>[];
};
const id = nativeThreadId(String(kept.thread.id));

/** A server that answers from a table; what it was asked is kept. */
function served(answers: Readonly<Record<string, (params: never) => unknown>>) {
  const server = new FakeServer();
  const asked: [method: string, params: unknown][] = [];
  server.output.on('data', (bytes: Buffer) => {
    for (const line of bytes.toString().trimEnd().split('\n')) {
      const { id: call, method, params } = JSON.parse(line) as { id?: number; method: string; params: never };
      if (call === undefined) continue;
      asked.push([method, params]);
      const answer = answers[method]?.(params);
      setImmediate(() => {
        if (answer instanceof Error) server.say({ id: call, error: { code: -32600, message: answer.message } });
        else server.say({ id: call, result: answer ?? {} });
        if (method === 'thread/unsubscribe') server.say({ method: 'thread/closed', params: { threadId: id } });
      });
    }
  });
  return { lease: server.lease().lease, asked, clock: server.clock };
}
const never = new AbortController().signal;
const thread = (more: object) => ({ ...kept.thread, ...more });

test('the list is read page by page; sub-agents, ephemeral ones and what can’t be read are left out', async () => {
  const pages: Record<string, unknown> = {
    first: { data: [thread({ id: 'a' }), thread({ id: 'b', parentThreadId: 'a' }), { id: 7 }], nextCursor: 'second' },
    second: {
      data: [
        thread({ id: 'c', ephemeral: true }),
        thread({ id: 'd', source: { subagent: 'review' } }),
        thread({ id: 'e' }),
      ],
      nextCursor: null,
    },
  };
  const { lease, asked } = served({
    'thread/list': ({ cursor }: { cursor: string | null }) => pages[cursor ?? 'first'],
  });
  const threads = await listKeptThreads(lease, { cwd: '/w', limit: 100, signal: never });
  expect(threads.map((one) => one.id)).toEqual(['a', 'e']);
  expect(threads[0]).toMatchObject({
    title: 'run: echo hi; echo bye',
    isNamed: false,
    source: 'exec',
    createdAt: 1_795_288_240_000,
  });
  expect(asked[0]?.[1]).toMatchObject({ archived: false, modelProviders: [], cwd: '/w', cursor: null });
});

test('no more is listed than was asked for', async () => {
  const page = { data: [thread({ id: 'a' }), thread({ id: 'b' })], nextCursor: 'more' };
  const { lease, asked } = served({ 'thread/list': () => page });
  expect(await listKeptThreads(lease, { limit: 4, signal: never })).toHaveLength(4);
  expect(asked.map(([, params]) => (params as { limit: number }).limit)).toEqual([4, 2]);
});

/** As many turns as there are, in pages of those that were asked for, from the newest on. */
function conversation(count: number) {
  const turns = Array.from({ length: count }, (_, i) => ({ ...kept.turns[0], id: `t${i}` })).reverse();
  return served({
    'thread/resume': () => ({ thread: kept.thread }),
    'thread/turns/list': ({ cursor, limit }: { cursor: string | null; limit: number }) => {
      const from = Number(cursor ?? 0);
      const next = from + limit;
      return { data: turns.slice(from, next), nextCursor: next < count ? String(next) : null };
    },
  });
}

test('a conversation is read from its newest turn on while the thread is held, and let go', async () => {
  const { lease, asked, clock } = conversation(10);
  const read = await readKeptThread(lease, id, { clock, signal: never });
  expect(read.turns.map((turn) => turn.id)).toEqual(Array.from({ length: 10 }, (_, i) => `t${i}`));
  expect(read).toMatchObject({ shortened: false, held: false });
  expect(asked.map(([method]) => method)).toEqual([
    ...['thread/resume', 'thread/turns/list', 'thread/turns/list', 'thread/turns/list', 'thread/unsubscribe'],
  ]);
});

test('one that is too long is cut at its old end', async () => {
  const { lease, clock } = conversation(100);
  // The ids are shorter here: seven and a bit go in.
  const maxBytes = JSON.stringify(kept.turns[0]).length * 7;
  const read = await readKeptThread(lease, id, { clock, maxBytes, signal: never });
  expect(read.turns.map((turn) => turn.id)).toEqual(['t93', 't94', 't95', 't96', 't97', 't98', 't99']);
  expect(read.shortened).toBe(true);
  const single = conversation(3);
  const one = await readKeptThread(single.lease, id, { clock: single.clock, maxBytes: 1, signal: never });
  expect([one.turns.map((turn) => turn.id), one.shortened]).toEqual([['t2'], true]);
});

test('a build that has no pages gives all in one answer', async () => {
  const { lease, clock } = served({
    'thread/resume': () => ({ thread: kept.thread }),
    'thread/turns/list': () => new Error('Invalid request: unknown variant `thread/turns/list`'),
    'thread/read': () => ({ thread: { ...kept.thread, turns: kept.turns } }),
  });
  const read = await readKeptThread(lease, id, { clock, signal: never });
  expect(read.turns.map((turn) => turn.id)).toEqual(kept.turns.map((turn) => turn.id));
});

test('whatever goes wrong in between, the thread is let go', async () => {
  const { lease, asked, clock } = served({
    'thread/resume': () => ({ thread: kept.thread }),
    'thread/turns/list': () => new Error('no rollout'),
  });
  await expect(readKeptThread(lease, id, { clock, signal: never })).rejects.toThrow('no rollout');
  expect(asked.at(-1)?.[0]).toBe('thread/unsubscribe');
});

test.each([
  ['Codex refused thread/resume: thread x already has an active writer', /Another Codex process.*active writer/],
  ['Codex refused thread/read: thread not loaded: x', /no longer has this thread/],
  ['Codex refused thread/resume: something else', /something else/],
])('%s', (said, words) => {
  expect(whyNotRead(new RpcError({ kind: 'refused', code: -32600, data: null }, said))).toMatch(words);
});
