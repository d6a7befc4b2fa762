import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { VaultProxy } from './proxy.ts';
import { startVaultProxy } from './proxy.ts';
import { ask, askRaw, Upstream } from './testing/upstream.ts';

const key = 'sk-vault-0123456789abcdef';

let upstream: Upstream;
let proxy: VaultProxy;
let stored: { readonly value: string } | { readonly why: string };

beforeEach(async () => {
  stored = { value: key };
  upstream = await Upstream.open();
  proxy = await open();
  proxy.spending.begin(() => null);
});

afterEach(async () => {
  await proxy.close();
  await upstream.close();
});

const open = (base = `${upstream.origin}/base/v1`): Promise<VaultProxy> =>
  startVaultProxy({ upstream: base, headerNames: new Set(['x-mine']), key: async () => stored });

const codeOf = (body: Buffer): unknown => (JSON.parse(body.toString()) as { error: { code: unknown } }).error.code;

test('a request goes on with the key, and its answer comes back', async () => {
  upstream.answer = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'text/plain', 'x-request-id': 'req_1', 'set-cookie': 'a=b' });
      response.end(Buffer.concat(chunks).toString().toUpperCase());
    });
  };
  const headers = { 'x-mine': 'yes', 'x-other': 'no', cookie: 'c', 'thread-id': 't' };
  const answer = await ask(proxy, { path: '/v1/responses?api-version=2', headers, body: 'hello' });
  expect([answer.status, answer.body.toString(), answer.headers['x-request-id']]).toEqual([200, 'HELLO', 'req_1']);
  expect(answer.headers).not.toHaveProperty('set-cookie');
  const [asked] = upstream.asked;
  expect(asked).toMatchObject({
    method: 'POST',
    url: '/base/v1/responses?api-version=2',
    headers: { authorization: `Bearer ${key}`, 'x-mine': 'yes', 'thread-id': 't', 'content-length': '5' },
  });
  expect(asked?.headers).not.toHaveProperty('x-other');
  expect(asked?.headers).not.toHaveProperty('cookie');
  expect(JSON.stringify(asked)).not.toContain(proxy.token);
  expect((await ask(proxy, { method: 'GET', path: '/v1/models' })).status).toBe(200);
  expect(upstream.asked[1]).toMatchObject({ method: 'GET', url: '/base/v1/models' });
});

test('what is none of the two gets no further, and the key is not even looked up', async () => {
  const looked = vi.fn(async () => stored);
  const own = await startVaultProxy({ upstream: upstream.origin, headerNames: new Set(), key: looked });
  own.spending.begin(() => null);
  for (const question of [
    { path: '/v1/responses/compact' },
    { path: '/v1/files' },
    { path: '/v1/../v1/responses' },
    { method: 'DELETE' },
    { headers: { host: 'evil.test' } },
    { headers: { origin: 'https://evil.test' } },
    { headers: { authorization: 'Bearer no' } },
  ]) {
    const answer = await ask(own, question);
    expect(answer.status, JSON.stringify(question)).toBe(403);
    expect(String(codeOf(answer.body))).toMatch(/^forbidden_/);
  }
  expect(upstream.asked).toEqual([]);
  expect(looked).not.toHaveBeenCalled();
  await own.close();
});

test('without a turn nothing is spent; a list of models may be read', async () => {
  const own = await open();
  const refused = await ask(own);
  expect([refused.status, codeOf(refused.body)]).toEqual([403, 'no_turn']);
  expect((await ask(own, { method: 'GET', path: '/v1/models' })).status).toBe(200);
  const turn = own.spending.begin(() => ['t']);
  expect((await ask(own, { headers: { 'thread-id': 't' } })).status).toBe(200);
  expect(turn.requests).toBe(1);
  turn.end();
  expect((await ask(own)).status).toBe(403);
  expect(upstream.asked.map(({ method }) => method)).toEqual(['GET', 'POST']);
  await own.close();
});

test('a key that is gone: a refusal with the reason, and nothing is counted', async () => {
  const turn = proxy.spending.begin(() => null);
  stored = { why: 'the stored key was cleared while the turn ran' };
  const answer = await ask(proxy);
  expect([answer.status, codeOf(answer.body)]).toEqual([401, 'no_key']);
  expect(answer.body.toString()).toContain('was cleared');
  expect(turn.requests).toBe(0);
  expect(upstream.asked).toEqual([]);
});

test.each([
  [401, { error: { message: 'Incorrect API key provided' } }, {}],
  [429, { error: { message: 'slow down' } }, { 'retry-after': '7', 'x-ratelimit-remaining-requests': '0' }],
  [500, 'not json', {}],
  [503, '', {}],
])('what the provider answers with %i passes as it is', async (status, body, headers) => {
  const bytes = typeof body === 'string' ? body : JSON.stringify(body);
  upstream.answer = (request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(bytes);
  };
  const answer = await ask(proxy, { body: 'x' });
  expect([answer.status, answer.body.toString()]).toEqual([status, bytes]);
  expect(answer.headers).toMatchObject(headers);
});

test.each([301, 302, 303, 307, 308, 304])('an answer %i is not followed: the key goes nowhere else', async (status) => {
  const elsewhere = await Upstream.open();
  upstream.answer = (request, response) => {
    request.resume();
    response.writeHead(status, { location: `${elsewhere.origin}/v1/responses` }).end();
  };
  const answer = await ask(proxy, { body: 'x' });
  expect([answer.status, codeOf(answer.body)]).toEqual([502, 'redirected']);
  expect(JSON.stringify(answer.headers) + answer.body.toString()).not.toContain(elsewhere.origin);
  expect(elsewhere.asked).toEqual([]);
  await elsewhere.close();
});

test('a provider that quotes its key does not tell the child', async () => {
  upstream.answer = (request, response) => {
    request.resume();
    const told = request.headers.authorization ?? '';
    response.writeHead(400, { 'content-type': 'text/plain', 'x-request-id': told });
    response.write(told.slice(0, 12));
    setImmediate(() => response.end(`${told.slice(12)} and so on`));
  };
  const answer = await ask(proxy, { body: 'x' });
  expect(answer.body.toString()).toBe(`Bearer ${'*'.repeat(key.length)} and so on`);
  expect(JSON.stringify(answer.headers)).not.toContain(key);
});

test('a provider that can’t be reached is said, without its address and without the key', async () => {
  const gone = await Upstream.open();
  const { origin } = gone;
  await gone.close();
  const own = await open(origin);
  own.spending.begin(() => null);
  const answer = await ask(own, { body: 'x' });
  expect([answer.status, codeOf(answer.body)]).toEqual([502, 'unreachable']);
  expect(answer.body.toString()).toContain("the provider can't be reached (ECONNREFUSED)");
  expect(answer.body.toString()).not.toContain(key);
  await own.close();
});

test('events at any cut arrive byte for byte', async () => {
  const piece = fc.oneof(
    fc.constantFrom('data: {"a":"é\u2028"}\n\n', 'event: x\r\n', '\n', ': ping\n\n', 'sk-vault-', 'data: 😀'),
    fc.string({ unit: 'binary', maxLength: 20 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 10 }), async (pieces) => {
      upstream.answer = (request, response) => {
        request.resume();
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        void (async () => {
          for (const one of pieces) {
            response.write(one);
            await new Promise((resolve) => setImmediate(resolve));
          }
          response.end();
        })();
      };
      const { body } = await ask(proxy, { body: '{}' });
      expect(body.equals(Buffer.from(pieces.join('')))).toBe(true);
    }),
    { seed: 14, numRuns: 60 },
  );
});

test('an event is passed on before the next one comes', async () => {
  const more = Promise.withResolvers<void>();
  upstream.answer = (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n');
    void more.promise.then(() => response.end('data: 2\n\n'));
  };
  const { port } = new URL(proxy.url);
  const client = httpRequest({
    ...{ port, host: '127.0.0.1', method: 'POST', path: '/v1/responses' },
    headers: { authorization: `Bearer ${proxy.token}` },
  });
  client.end('{}');
  const [response] = await once(client, 'response');
  const [first] = await once(response, 'data');
  expect(String(first)).toBe('data: 1\n\n');
  more.resolve();
  const [second] = await once(response, 'data');
  expect(String(second)).toBe('data: 2\n\n');
});

test('what is packed on its way there stays so; what comes back packed unasked is unpacked', async () => {
  const packed = gzipSync('a prompt');
  const got: Buffer[] = [];
  upstream.answer = (request, response) => {
    request.on('data', (chunk: Buffer) => got.push(chunk));
    request.on('end', () => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'text/plain' });
      response.end(gzipSync('an answer'));
    });
  };
  const answer = await ask(proxy, { headers: { 'content-encoding': 'gzip' }, body: packed });
  expect(Buffer.concat(got).equals(packed)).toBe(true);
  expect(upstream.asked[0]?.headers).toMatchObject({ 'content-encoding': 'gzip', 'accept-encoding': 'identity' });
  expect(answer.body.toString()).toBe('an answer');
  expect(answer.headers).not.toHaveProperty('content-encoding');
});

test('a body of 48 MB there and one back, and neither is kept', async () => {
  const part = Buffer.alloc(1024 * 1024, 'x');
  const parts = 48;
  let got = 0;
  upstream.answer = (request, response) => {
    request.on('data', (chunk: Buffer) => {
      got += chunk.length;
    });
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      void (async () => {
        for (let i = 0; i < parts; i++) if (!response.write(part)) await once(response, 'drain');
        response.end();
      })();
    });
  };
  const answer = await ask(proxy, { body: Buffer.alloc(parts * part.length, 'y') });
  expect(got).toBe(parts * part.length);
  expect(answer.body.length).toBe(parts * part.length);
});

test('a reader that does not read holds the provider up', async () => {
  const part = Buffer.alloc(1024 * 1024, 'x');
  let sent = 0;
  const full = Promise.withResolvers<void>();
  upstream.answer = (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    void (async () => {
      while (sent < 96 && !response.destroyed) {
        sent += 1;
        if (response.write(part)) continue;
        const drained = once(response, 'drain').catch(() => undefined);
        const waited = await Promise.race([drained.then(() => 'drained'), later(500).then(() => 'stuck')]);
        if (waited === 'stuck') full.resolve();
        await drained;
      }
      response.end();
    })();
  };
  const { port } = new URL(proxy.url);
  const client = httpRequest({
    ...{ port, host: '127.0.0.1', method: 'POST', path: '/v1/responses' },
    headers: { authorization: `Bearer ${proxy.token}` },
  });
  client.end('{}');
  const [response] = await once(client, 'response');
  response.pause();
  await full.promise;
  expect(sent).toBeLessThan(64);
  let read = 0;
  response.on('data', (chunk: Buffer) => {
    read += chunk.length;
  });
  response.resume();
  await once(response, 'end');
  expect(read).toBe(96 * part.length);
});

const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a child that goes ends the request at the provider, in its body and in the answer', async () => {
  for (const when of ['body', 'answer']) {
    const came = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    upstream.answer = (request, response) => {
      request.on('error', () => undefined);
      request.resume();
      if (when === 'answer') response.writeHead(200).write('begun');
      response.on('close', gone.resolve);
      came.resolve();
    };
    const { port } = new URL(proxy.url);
    const client = httpRequest({
      ...{ port, host: '127.0.0.1', method: 'POST', path: '/v1/responses' },
      headers: { authorization: `Bearer ${proxy.token}` },
    });
    client.on('error', () => undefined);
    client.write('a beginning');
    if (when === 'answer') client.end();
    await came.promise;
    client.destroy();
    await gone.promise;
  }
});

test('a provider that breaks off breaks the answer off', async () => {
  upstream.answer = (request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: 1\n\n', () => response.destroy());
  };
  await expect(ask(proxy, { body: '{}' })).rejects.toThrow();
});

test('an answer that comes before the body was read is passed on', async () => {
  upstream.answer = (_request, response) => {
    response.writeHead(413, { 'content-type': 'application/json' });
    response.end('{"error":{"message":"too large"}}');
  };
  const answer = await ask(proxy, { body: Buffer.alloc(8 * 1024 * 1024, 'x') });
  expect([answer.status, answer.body.toString()]).toEqual([413, '{"error":{"message":"too large"}}']);
});

test('a hundred at once, each its own answer', async () => {
  upstream.answer = (request, response) => {
    const id = String(request.headers['thread-id']);
    request.resume();
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      void (async () => {
        for (let i = 0; i < 20; i++) {
          response.write(`data: ${id} ${i}\n\n`);
          await new Promise((resolve) => setImmediate(resolve));
        }
        response.end();
      })();
    });
  };
  const turn = proxy.spending.begin(() => ['7']);
  const all = Array.from({ length: 100 }, (_, i) => ask(proxy, { headers: { 'thread-id': String(i) }, body: '{}' }));
  for (const [i, answer] of (await Promise.all(all)).entries()) {
    const expected = Array.from({ length: 20 }, (_, n) => `data: ${i} ${n}\n\n`).join('');
    expect(answer.body.toString()).toBe(expected);
  }
  expect(turn.requests).toBe(1);
});

test('whoever opens connections and says nothing takes no more than a part of what this process may open', async () => {
  const { hostname, port } = new URL(proxy.url);
  const silent = Array.from({ length: 280 }, () => connect(Number(port), hostname).on('error', () => undefined));
  try {
    const cut = () => silent.filter(({ destroyed }) => destroyed).length;
    for (const socket of silent) socket.resume();
    await vi.waitFor(() => expect(cut()).toBe(24));
  } finally {
    for (const socket of silent) socket.destroy();
  }
  await vi.waitFor(async () => expect((await ask(proxy)).status).toBe(200));
});

test('a connection that does not say what it wants is closed; a body may take its time', async () => {
  const base = { upstream: upstream.origin, headerNames: new Set<string>(), key: async () => stored };
  const quick = await startVaultProxy({ ...base, headersMs: 200 });
  quick.spending.begin(() => null);
  const { hostname, port } = new URL(quick.url);
  try {
    const slow = httpRequest({
      ...{ hostname, port, method: 'POST', path: '/v1/responses', agent: false },
      headers: { authorization: `Bearer ${quick.token}` },
    });
    slow.write('a beginning');
    const closed = ['', 'POST /v1/responses HTTP/1.1\r\nHost: '].map(async (said) => {
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      socket.resume().write(said);
      await once(socket, 'close');
    });
    await Promise.all(closed);
    slow.end(' and an end');
    const [response] = await once(slow, 'response');
    expect(response.statusCode).toBe(200);
    response.resume();
  } finally {
    await quick.close();
  }
});

test('a WebSocket is refused at once: by 426 with the token, by 403 without', async () => {
  const { host } = new URL(proxy.url);
  const upgrade = (authorization: string) =>
    `GET /v1/responses HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nAuthorization: ${authorization}\r\n\r\n`;
  expect(await askRaw(proxy, upgrade(`Bearer ${proxy.token}`))).toMatch(/^HTTP\/1\.1 426 /);
  expect(await askRaw(proxy, upgrade('Bearer no'))).toMatch(/^HTTP\/1\.1 403 /);
  expect(upstream.asked).toEqual([]);
});

test('it listens on loopback alone, with a token of its own each time', async () => {
  const other = await open();
  expect(new URL(proxy.url).hostname).toBe('127.0.0.1');
  expect(other.token).not.toBe(proxy.token);
  expect(proxy.token).toMatch(/^lanes-turn-[\w-]{43}$/);
  expect((await ask({ url: other.url, token: proxy.token })).status).toBe(403);
  await other.close();
});

test('closed: what runs is cut, and nobody answers any more', async () => {
  const came = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  upstream.answer = (request, response) => {
    request.resume();
    response.on('close', gone.resolve);
    came.resolve();
  };
  const waiting = ask(proxy, { body: '{}' });
  const cut = expect(waiting).rejects.toThrow();
  await came.promise;
  await Promise.all([proxy.close(), proxy.close()]);
  await cut;
  await gone.promise;
  await expect(ask(proxy)).rejects.toThrow(/ECONNREFUSED/);
});

test('whatever bytes come: the provider is asked for nothing that was not allowed, and the key is in no answer', async () => {
  const { host } = new URL(proxy.url);
  const line = fc.oneof(
    fc.constantFrom(
      ...['POST /v1/responses HTTP/1.1', 'GET /v1/models HTTP/1.1', 'POST http://evil.test/v1/responses HTTP/1.1'],
      ...[
        'CONNECT evil.test:443 HTTP/1.1',
        'GET / HTTP/1.0',
        'POST /v1/responses HTTP/9.9',
        'PRI * HTTP/2.0',
        '',
        'SM',
      ],
      ...[`Host: ${host}`, 'Host: evil.test', `Authorization: Bearer ${proxy.token}`, 'Authorization: Bearer x'],
      ...['Content-Length: 5', 'Content-Length: 5, 6', 'Transfer-Encoding: chunked', 'Transfer-Encoding: xchunked'],
      ...['Origin: https://evil.test', 'Expect: 100-continue', 'Connection: upgrade', 'Upgrade: h2c', ' folded: x'],
      ...['0', '5', 'hello', 'POST /v1/files HTTP/1.1'],
    ),
    fc.string({ unit: 'binary', maxLength: 30 }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 10 }), fc.constantFrom('\r\n', '\n', '\r'), async (lines, end) => {
      upstream.asked.length = 0;
      const said = await askRaw(proxy, Buffer.from(`${lines.join(end)}${end}${end}`, 'latin1'));
      expect(said).not.toContain(key);
      expect(said).not.toContain(proxy.token);
      for (const { method, url } of upstream.asked) {
        expect([`${method} ${url}`]).toEqual([method === 'POST' ? 'POST /base/v1/responses' : 'GET /base/v1/models']);
      }
    }),
    { seed: 15, numRuns: 400 },
  );
  expect((await ask(proxy)).status).toBe(200);
}, 60_000);
