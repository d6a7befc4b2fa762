import { PassThrough } from 'node:stream';
import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import * as z from 'zod';
import type { Notification } from './peer.ts';
import { RpcError } from './rpc-error.ts';
import { FakeServer } from './testing/fake-server.ts';

const anything = z.unknown();
const gone = new RpcError({ kind: 'gone' }, 'it ended with exit code 1');

/** What a promise came to, in words. */
const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    (value) => `ok ${JSON.stringify(value)}`,
    (error) => (error instanceof RpcError ? `${error.failure.kind}: ${error.message}` : String(error)),
  );

test('a request goes out without a jsonrpc member, and its answer is checked', async () => {
  const server = new FakeServer();
  const answer = server.peer.request('model/list', { limit: 3 }, z.object({ data: z.array(z.string()) }));
  const odd = outcome(server.peer.request('model/list', {}, z.object({ data: z.array(z.string()) })));
  await server.settle();
  expect(server.sent).toEqual([
    { id: 1, method: 'model/list', params: { limit: 3 } },
    { id: 2, method: 'model/list', params: {} },
  ]);
  server.say({ id: 2, result: { data: 7 } }, { id: 1, result: { data: ['a'], more: true } });
  expect(await answer).toEqual({ data: ['a'] });
  expect(await odd).toBe('not-understood: Codex answered model/list with something that is not understood.');
});

test('a request without parameters has none', async () => {
  const server = new FakeServer();
  void server.peer.request('account/logout', undefined, anything);
  await server.settle();
  expect(server.sent).toEqual([{ id: 1, method: 'account/logout' }]);
});

test('a refused configuration is told without its values', async () => {
  const server = new FakeServer();
  const refused = server.peer.request('account/read', {}, anything);
  const message =
    'failed to load configuration: /x/config.toml:1:9: invalid type: string "my password", expected a map';
  server.say({ id: 1, error: { code: -32600, message } });
  await expect(refused).rejects.toThrow(message.replace('my password', '…'));
});

test('a refusal is told in the words of the server, without what they may hide', async () => {
  const server = new FakeServer();
  const refused = server.peer.request('account/read', {}, anything);
  server.say({ id: 1, error: { code: -32600, message: 'no: sk-abcdefghijklmnopqrstuvwx\u001b[2J', data: { a: 1 } } });
  await expect(refused).rejects.toMatchObject({
    kind: 'unavailable',
    message: 'Codex refused account/read: no: [redacted:api-key]\\u{1b}[2J',
    failure: { kind: 'refused', code: -32600, data: { a: 1 } },
  });
});

test.each([
  ['initialize', 30_000],
  ['turn/interrupt', 10_000],
  ['account/logout', 60_000],
] as const)('%s waits %i ms, and an answer after that is dropped', async (method, ms) => {
  const server = new FakeServer();
  // The parameters do not matter here.
  const late = outcome(server.peer.request(method as 'account/logout', undefined, anything));
  let settled = false;
  void late.then(() => {
    settled = true;
  });
  server.clock.advance(ms - 1);
  await server.settle();
  expect(settled).toBe(false);
  server.clock.advance(1);
  expect(await late).toBe(`timeout: Codex did not answer ${method} within ${ms / 1000} s.`);
  server.say({ id: 1, result: {} });
  expect(server.log.lines).toEqual(['debug: an answer of the app-server came that nobody waits for']);
});

test('who gives up gets the reason of the signal', async () => {
  const server = new FakeServer();
  const stop = new AbortController();
  const given = outcome(server.peer.request('account/read', {}, anything, { signal: stop.signal }));
  stop.abort('user');
  expect(await given).toBe('user');
  await expect(server.peer.request('account/read', {}, anything, { signal: stop.signal })).rejects.toBe('user');
  await server.settle();
  expect(server.sent).toHaveLength(1);
});

test('an overloaded server is asked again, later and later, and not for ever', async () => {
  const server = new FakeServer();
  const asked = outcome(server.peer.request('account/read', {}, anything));
  const overloaded = { code: -32001, message: 'Server overloaded; retry later.' };
  for (const [tries, wait] of [100, 400, 1600].entries()) {
    server.say({ id: tries + 1, error: overloaded });
    server.clock.advance(wait - 1);
    await server.settle();
    expect(server.sent).toHaveLength(tries + 1);
    server.clock.advance(1);
    await server.settle();
    expect(server.sent.at(-1)).toEqual({ id: tries + 2, method: 'account/read', params: {} });
  }
  server.say({ id: 4, error: overloaded });
  expect(await asked).toBe('refused: Codex refused account/read: Server overloaded; retry later.');
  const better = server.peer.request('account/read', {}, anything);
  server.say({ id: 5, error: overloaded });
  server.clock.advance(100);
  server.say({ id: 6, result: 'done' });
  expect(await better).toBe('done');
});

test('one that waits to be asked again is not sent once nobody waits for it', async () => {
  const server = new FakeServer();
  const stop = new AbortController();
  const asked = outcome(server.peer.request('account/read', {}, anything, { signal: stop.signal }));
  server.say({ id: 1, error: { code: -32001, message: 'later' } });
  stop.abort('user');
  expect(await asked).toBe('user');
  server.clock.advance(60_000);
  await server.settle();
  expect(server.sent).toHaveLength(1);
});

test('one that waits to be asked again is refused when the server goes, and is not sent after', async () => {
  const server = new FakeServer();
  const asked = outcome(server.peer.request('account/read', {}, anything));
  server.say({ id: 1, error: { code: -32001, message: 'later' } });
  server.peer.end(gone);
  expect(await asked).toBe('gone: it ended with exit code 1');
  server.clock.advance(60_000);
  await server.settle();
  expect(server.sent).toHaveLength(1);
});

test('the end refuses everything that waits with the real cause, and everything after it', async () => {
  const server = new FakeServer();
  const waiting = [1, 2, 3].map(() => outcome(server.peer.request('account/read', {}, anything)));
  // The last line came without its end.
  server.peer.push(Buffer.from('{"id":2,"result":"in time"}'));
  server.peer.end(gone);
  expect(await Promise.all(waiting)).toEqual([
    'gone: it ended with exit code 1',
    'ok "in time"',
    'gone: it ended with exit code 1',
  ]);
  expect(await outcome(server.peer.request('account/read', {}, anything))).toBe('gone: it ended with exit code 1');
  server.say({ method: 'turn/started', params: {} });
  server.peer.end(new Error('twice'));
});

test('notifications come in order, an answer in its place among them', () => {
  const server = new FakeServer();
  const heard: string[] = [];
  server.peer.onNotification(({ method, emittedAtMs }) => heard.push(`${method} ${emittedAtMs}`));
  void server.peer.request('turn/start', { threadId: 't', input: [] }, anything, {
    onAnswer: (answer) => heard.push(`answer ${answer}`),
  });
  server.say({ method: 'turn/started', emittedAtMs: 1 }, { id: 1, result: 'yes' }, { method: 'turn/completed' });
  expect(heard).toEqual(['turn/started 1', 'answer yes', 'turn/completed null']);
});

test('a listener that fails keeps nobody from hearing', async () => {
  const server = new FakeServer();
  const heard: Notification[] = [];
  server.peer.onNotification(() => {
    throw new Error('broken');
  });
  server.peer.onNotification((told) => heard.push(told));
  const answered = server.peer.request('account/read', {}, anything, {
    onAnswer: () => {
      throw new Error('broken too');
    },
  });
  server.say({ method: 'warning', params: {} }, { id: 1, result: 1 });
  expect(heard).toHaveLength(1);
  expect(await answered).toBe(1);
  expect(server.log.lines).toEqual([
    'error: a listener of the app-server failed: broken',
    'error: the answer to account/read could not be taken: broken too',
  ]);
});

test('what is unknown is handed on and logged once a method; names without end are not', () => {
  const server = new FakeServer();
  const heard: string[] = [];
  server.peer.onNotification(({ method }) => heard.push(method));
  server.say({ method: 'item/started' }, { method: 'item/new' }, { method: 'item/new' });
  expect(heard).toEqual(['item/started', 'item/new', 'item/new']);
  expect(server.log.lines).toEqual(['warn: the app-server told something unknown: item/new']);
  for (let i = 0; i < 500; i++) server.say({ method: `made/up/${i}` });
  expect(server.log.lines).toHaveLength(100);
});

test('nonsense costs its own line, and is not quoted', async () => {
  const server = new FakeServer();
  const waiting = server.peer.request('account/read', {}, anything);
  server.say('private words of a model', '', '   ', '[]', '{}', '{"id":9}', 'more words', { id: 1, result: 'fine' });
  expect(await waiting).toBe('fine');
  expect(server.log.lines).toEqual([
    'warn: the app-server sent a line that is not JSON',
    'warn: the app-server sent a line that is no message',
    'warn: the app-server sent a message without a method or an id',
    'warn: the app-server sent an answer without a result',
  ]);
});

test('an answer that is none ends its request at once', async () => {
  const server = new FakeServer();
  const odd = outcome(server.peer.request('account/read', {}, anything));
  server.say({ id: 1, error: 'no' });
  expect(await odd).toBe('not-understood: Codex answered account/read with something that is not understood.');
});

test('a line that is too long ends what it would have answered, and no more', async () => {
  const server = new FakeServer({ maxLineBytes: 2 * 1024 * 1024 });
  const heard: string[] = [];
  server.peer.onNotification(({ method }) => heard.push(method));
  const long = outcome(server.peer.request('thread/read', { threadId: 't', includeTurns: true }, anything));
  const other = outcome(server.peer.request('account/read', {}, anything));
  const filling = 'x'.repeat(3 * 1024 * 1024);
  server.say({ id: 1, result: { filling } }, { method: 'item/completed', params: { id: 2, filling } });
  server.say({ method: 'item/tool/call', id: 5, params: { filling } }, { id: 2, result: 'fine' });
  expect(await long).toBe("not-understood: Codex's answer to thread/read has 4 MB, and no more than 2 MB are taken.");
  expect(await other).toBe('ok "fine"');
  await server.settle();
  expect(server.sent.at(-1)).toEqual({ id: 5, error: { code: -32600, message: 'the request is longer than 2 MB' } });
  expect(heard).toEqual([]);
  expect(server.log.lines).toEqual([
    'warn: a line of the app-server was let go: an answer, 4 MB, more than 2 MB',
    'warn: a line of the app-server was let go: item/completed, 4 MB, more than 2 MB',
    'warn: a line of the app-server was let go: item/tool/call, 4 MB, more than 2 MB',
  ]);
});

test('any cut of the stream gives the same messages', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 12 });
  const message = fc.oneof(
    text.map((delta) => JSON.stringify({ method: 'item/agentMessage/delta', params: { delta } })),
    // Line ends that are none: legal inside a JSON string.
    fc.constant('{"method":"warning","params":{"message":"a\u2028b\u2029c\u0085d"}}'),
    fc.constant('{"id":1,"result":{}}'),
    fc.constant('garbage'),
    fc.constant(''),
  );
  void fc.assert(
    fc.property(fc.array(message), fc.array(fc.nat({ max: 30 })), (lines, cuts) => {
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
      const hear = (pieces: readonly Uint8Array[]): readonly string[] => {
        const server = new FakeServer();
        const heard: string[] = [];
        server.peer.onWire((direction, line) => heard.push(`${direction} ${line}`));
        server.peer.onNotification((told) => heard.push(JSON.stringify(told)));
        for (const piece of pieces) server.peer.push(piece);
        return heard;
      };
      const pieces: Uint8Array[] = [];
      let from = 0;
      for (const cut of cuts) {
        pieces.push(bytes.subarray(from, from + cut));
        from += cut;
      }
      expect(hear([...pieces, bytes.subarray(from)])).toEqual(hear([bytes]));
      expect(hear([bytes]).filter((line) => line.startsWith('< '))).toEqual(
        lines.filter((line) => line !== '').map((line) => `< ${line}`),
      );
    }),
    { seed: 6, numRuns: 300 },
  );
});

test('every request is settled once, in any order of answers, refusals, time and end', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('ask' as const) }),
    fc.record({ kind: fc.constant('answer' as const), id: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ kind: fc.constant('refuse' as const), id: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ kind: fc.constant('overload' as const), id: fc.integer({ min: 1, max: 12 }) }),
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 30_000 }) }),
    fc.record({ kind: fc.constant('abort' as const) }),
    fc.record({ kind: fc.constant('question' as const), id: fc.integer({ min: 0, max: 5 }) }),
    fc.record({ kind: fc.constant('end' as const) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const server = new FakeServer();
      let settled = 0;
      const asked: Promise<void>[] = [];
      let stop = new AbortController();
      const count = (): void => {
        settled += 1;
      };
      for (const one of steps) {
        switch (one.kind) {
          case 'ask':
            asked.push(server.peer.request('account/read', {}, anything, { signal: stop.signal }).then(count, count));
            break;
          case 'answer':
            server.say({ id: one.id, result: {} });
            break;
          case 'refuse':
            server.say({ id: one.id, error: { code: -1, message: 'no' } });
            break;
          case 'overload':
            server.say({ id: one.id, error: { code: -32001, message: 'later' } });
            break;
          case 'wait':
            server.clock.advance(one.ms);
            break;
          case 'abort':
            stop.abort('user');
            stop = new AbortController();
            break;
          case 'question':
            server.say({ id: one.id, method: 'item/tool/call', params: {} });
            break;
          case 'end':
            server.peer.end(gone);
            break;
        }
      }
      server.peer.end(gone);
      await Promise.all(asked);
      expect(settled).toBe(asked.length);
      await server.settle();
      const after = server.sent.length;
      server.clock.advance(120_000);
      await server.settle();
      expect(server.sent).toHaveLength(after);
    }),
    { seed: 6, numRuns: 1000 },
  );
});

test('a key that is handed over is in no kept line', async () => {
  const server = new FakeServer();
  const lines: string[] = [];
  const stop = server.peer.onWire((direction, line) => lines.push(`${direction} ${line}`));
  void server.peer.request('account/login/start', { type: 'apiKey', apiKey: 'secret' }, anything);
  server.say({ id: 1, result: { type: 'apiKey' } });
  await server.settle();
  expect(server.sent).toMatchObject([{ params: { apiKey: 'secret' } }]);
  expect(lines).toEqual([
    '> {"id":1,"method":"account/login/start","params":{}}',
    '< {"id":1,"result":{"type":"apiKey"}}',
  ]);
  stop();
  server.say({ method: 'warning' });
  expect(lines).toHaveLength(2);
});

test('a server that reads nothing is told so, before memory runs out', async () => {
  const output = new PassThrough();
  const server = new FakeServer({ output });
  output.destroy();
  const words = "gone: Codex's app-server does not take account/read: it does not read any more.";
  expect(await outcome(server.peer.request('account/read', {}, anything))).toBe(words);
});

test('questions: the one who came last is asked first, and whoever passes leaves it to the others', async () => {
  const server = new FakeServer();
  const answers: unknown[] = [];
  const of = (name: string, thread: string) =>
    server.peer.handle('item/tool/call', ({ params }) => {
      answers.push([name, params]);
      return z.object({ threadId: z.literal(thread) }).safeParse(params).success
        ? Promise.resolve({ by: name })
        : undefined;
    });
  of('first', 'a');
  const stop = of('second', 'b');
  server.say({ id: 0, method: 'item/tool/call', params: { threadId: 'a' } });
  server.say({ id: 1, method: 'item/tool/call', params: { threadId: 'b' } });
  await server.settle();
  stop();
  server.say({ id: 2, method: 'item/tool/call', params: { threadId: 'b' } });
  await server.settle();
  expect(server.sent).toEqual([
    { id: 0, result: { by: 'first' } },
    { id: 1, result: { by: 'second' } },
    { id: 2, error: { code: -32601, message: 'this client does not answer that' } },
  ]);
  expect(server.log.lines).toEqual(['warn: the app-server asked what nobody here answers: item/tool/call']);
});

test('questions that cannot be answered are answered all the same', async () => {
  const server = new FakeServer();
  const circle: { self?: unknown } = {};
  circle.self = circle;
  server.peer.handle('item/tool/call', () => Promise.reject(new Error('broken')));
  server.peer.handle('currentTime/read', () => {
    throw new Error('broken at once');
  });
  server.peer.handle('attestation/generate', () => Promise.resolve(circle));
  server.peer.handle('execCommandApproval', () => Promise.resolve(undefined));
  server.say({ id: 'a', method: 'item/tool/call' }, { id: 'b', method: 'currentTime/read' });
  server.say({ id: 'c', method: 'attestation/generate' }, { id: 'd', method: 'execCommandApproval' });
  server.say({ id: 'e', method: 'made/up' });
  await server.settle();
  const failed = { code: -32603, message: 'the client could not answer' };
  expect(new Map(server.sent.map((message) => [message.id, message.error ?? message.result]))).toEqual(
    new Map<unknown, unknown>([
      ['a', failed],
      ['b', failed],
      ['c', failed],
      ['d', null],
      ['e', { code: -32601, message: 'this client does not answer that' }],
    ]),
  );
  expect(server.sent).toHaveLength(5);
});

test('a question that is settled elsewhere is withdrawn and gets no answer; one that is repeated gets one', async () => {
  const server = new FakeServer();
  const asked: { readonly signal: AbortSignal; readonly answer: (value: unknown) => void }[] = [];
  server.peer.handle('item/fileChange/requestApproval', ({ signal }) => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    asked.push({ signal, answer: resolve });
    return promise;
  });
  const ask = (id: number) => server.say({ id, method: 'item/fileChange/requestApproval', params: {} });
  ask(7);
  ask(7);
  expect(asked).toHaveLength(1);
  server.say({ method: 'serverRequest/resolved', params: { threadId: 't', requestId: 7 } });
  expect(asked[0]?.signal.reason).toBe('resolved');
  asked[0]?.answer('late');
  ask(8);
  asked[1]?.answer('yes');
  await server.settle();
  server.say({ method: 'serverRequest/resolved', params: { threadId: 't', requestId: 8 } });
  expect(asked[1]?.signal.aborted).toBe(false);
  ask(9);
  server.peer.end(gone);
  expect(asked[2]?.signal.reason).toBe('gone');
  asked[2]?.answer('too late');
  await server.settle();
  expect(server.sent).toEqual([{ id: 8, result: 'yes' }]);
});

test('resolved words that say nothing settle nothing', () => {
  const server = new FakeServer();
  const answerer = vi.fn(() => new Promise<never>(() => undefined));
  server.peer.handle('currentTime/read', answerer);
  server.say({ id: 1, method: 'currentTime/read', params: {} });
  for (const params of [null, 7, {}, { requestId: null }, { requestId: '1' }]) {
    server.say({ method: 'serverRequest/resolved', params });
  }
  expect(answerer).toHaveBeenCalledOnce();
});
