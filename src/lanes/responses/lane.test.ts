import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { laneTurn, turnIo } from '../../../test/fakes/lane-turn.ts';
import type { LaneEvent, Payer, TurnError, TurnProgress } from '../../model/index.ts';
import { threadId, turnErrorCodes, turnId } from '../../model/index.ts';
import type { Clock, LaneTurn, OpenRawStream, SettingsSnapshot, TurnEnd } from '../../ports/index.ts';
import { createResponsesLane, probeApi } from './index.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Seen = { readonly url: string; readonly headers: IncomingHttpHeaders; readonly body: string };
type Handler = (request: IncomingMessage, response: ServerResponse, count: number) => void;

async function serve(handler: Handler): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      seen.push({ url: request.url ?? '', headers: request.headers, body });
      handler(request, response, seen.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, seen };
}

const sse = (...events: readonly object[]): string =>
  events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const message = {
  type: 'message',
  id: 'm1',
  status: 'completed',
  content: [{ type: 'output_text', text: 'Grüße 😀!' }],
};
const start = { type: 'response.created', response: { model: 'gpt-5.5-2026-03-01' } };
const usage = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 4 },
  output_tokens: 3,
  output_tokens_details: { reasoning_tokens: 1 },
};
const completed = { type: 'response.completed', response: { model: 'gpt-5.5-2026-03-01', usage } };
const delta = (text: string): object => ({
  type: 'response.output_text.delta',
  item_id: 'm1',
  content_index: 0,
  delta: text,
});
const whole = [
  start,
  { type: 'response.output_item.added', output_index: 0, item: { type: 'reasoning', id: 'r1', summary: [] } },
  { type: 'response.reasoning_summary_text.delta', item_id: 'r1', summary_index: 0, delta: 'think' },
  {
    type: 'response.output_item.done',
    output_index: 0,
    item: { type: 'reasoning', id: 'r1', summary: [{ text: 'think' }] },
  },
  { type: 'response.output_item.added', output_index: 1, item: { ...message, content: [] } },
  delta('Grüße '),
  delta('😀!'),
  { type: 'response.brand_new', x: 1 },
  { type: 'response.brand_new', x: 2 },
  { type: 'response.output_item.done', output_index: 1, item: message },
  completed,
];

const turn: LaneTurn = laneTurn({
  threadId: threadId('t'),
  turnId: turnId('u1'),
  text: 'hello',
  history: [
    { role: 'user', text: 'before' },
    { role: 'assistant', text: 'answer' },
  ],
  cwd: '/repo',
  model: 'gpt-5.5',
  effort: 'low',
  sandbox: 'read-only',
});

const settingsFor = (apiBaseUrl: string): SettingsSnapshot =>
  ({
    apiBaseUrl,
    apiModel: 'gpt-5.5',
    apiEffort: null,
    apiHeaders: { 'x-team': 'blue' },
    ...{ apiMaxRounds: 100, apiMaxTokens: 1e9, apiMaxMinutes: 60 },
  }) as unknown as SettingsSnapshot;

/** Time stands still but for waits up to 65 s, which pass at once; the watchdog's longer ones only when `silence` says so. */
function fakeClock(silence = false): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  return {
    waits,
    now: () => Date.parse('2026-01-01T00:00:00Z'),
    monotonic: () => 0,
    after: (ms, call) => {
      if (ms > 65_000 && !silence) return () => {};
      // A second is the pace at which progress is told.
      if (ms <= 65_000 && ms !== 1000) waits.push(ms);
      const timer = setTimeout(call, ms > 65_000 ? 50 : 0);
      return () => clearTimeout(timer);
    },
  };
}

type Options = {
  readonly key?: string | null;
  readonly clock?: Clock;
  readonly fetch?: typeof globalThis.fetch;
  readonly onEvent?: (event: LaneEvent, stop: () => void) => void;
  readonly mayPay?: (payer: Payer | null) => TurnError | null;
  readonly rawStream?: OpenRawStream;
  readonly onProgress?: (progress: TurnProgress, goOn: () => void) => void;
};

const secret = `s${'k-'}test-0123456789abcdefWXYZ`;

async function run(url: string, options: Options = {}): Promise<{ end: TurnEnd; events: LaneEvent[]; logged: string }> {
  const events: LaneEvent[] = [];
  const stopper = new AbortController();
  let logged = '';
  const write = (text: string): void => {
    logged += text;
  };
  const key = options.key === undefined ? secret : options.key;
  const lane = createResponsesLane({
    settings: () => settingsFor(url),
    keyFor: async (origin) => (key !== null && origin === new URL(url).origin ? { value: key, source: 'vault' } : null),
    clock: options.clock ?? fakeClock(),
    random: () => 0,
    log: { debug: write, info: write, warn: write, error: write },
    ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
    ...(options.rawStream === undefined ? {} : { rawStream: options.rawStream }),
  });
  let goOn = (): void => {};
  const io = turnIo({
    emit: (event) => {
      events.push(event);
      options.onEvent?.(event, () => stopper.abort('user'));
    },
    mayPay: options.mayPay ?? (() => null),
    progress: (progress) => options.onProgress?.(progress, () => goOn()),
    onWait: (call) => {
      goOn = call;
      return () => {
        goOn = () => {};
      };
    },
    signal: stopper.signal,
  });
  const end = await lane.run(turn, io);
  return { end, events, logged };
}

const stream = (response: ServerResponse, text: string): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(text);
};
const json = (response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};

/** A fetch that answers with these bytes, cut at these places. */
function answering(bytes: Uint8Array, cuts: readonly number[]): typeof globalThis.fetch {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return async () =>
    new Response(
      new ReadableStream({
        start: (controller) => {
          for (const [i, to] of at.slice(1).entries())
            if (to > (at[i] ?? 0)) controller.enqueue(bytes.slice(at[i], to));
          controller.close();
        },
      }),
      { headers: { 'content-type': 'text/event-stream' } },
    );
}
const local = 'http://127.0.0.1:9/v1';

test('a whole answer: request, events, facts', async () => {
  const { url, seen } = await serve((_request, response) => stream(response, sse(...whole)));
  const { end, events } = await run(url);
  expect(JSON.parse(seen[0]?.body ?? '')).toMatchObject({
    model: 'gpt-5.5',
    stream: true,
    store: false,
    reasoning: { effort: 'low', summary: 'auto' },
    input: [
      { role: 'user' },
      { role: 'assistant', content: [{ type: 'output_text', text: 'answer' }] },
      { content: [{ type: 'input_text', text: 'hello' }] },
    ],
    instructions: expect.stringContaining('<cwd>/repo</cwd>'),
  });
  expect(seen[0]?.url).toBe('/v1/responses');
  expect(seen[0]?.headers).toMatchObject({ authorization: `Bearer ${secret}`, 'x-team': 'blue' });
  expect(events.map((event) => event.kind)).toEqual([
    'reasoning',
    'reasoning',
    'assistant_text',
    'assistant_text',
    'unsupported_raw_event',
    'usage_updated',
  ]);
  // The deltas are the answer: it is not said a second time.
  const said = events.filter((event) => event.kind === 'assistant_text');
  expect(said.map((event) => event.text).join('')).toBe('Grüße 😀!');
  expect(new Set(said.map((event) => event.itemId)).size).toBe(1);
  expect(end).toMatchObject({
    outcome: 'completed',
    facts: {
      endpoint: new URL(url).host,
      modelServed: 'gpt-5.5-2026-03-01',
      payer: { kind: 'api-key', label: '…WXYZ', source: 'vault' },
      usage: { input: 10, cachedInput: 4, output: 3, reasoningOutput: 1, cacheWrite: null },
    },
  });
});

const bytes = new TextEncoder().encode(sse(...whole));

test('any split of the bytes gives the same events', async () => {
  const expected = await run(local, { fetch: answering(bytes, []) });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 30 }), async (cuts) => {
      const { end, events } = await run(local, { fetch: answering(bytes, cuts) });
      expect({ end, events }).toEqual({ end: expected.end, events: expected.events });
    }),
    { seed: 12, numRuns: 60 },
  );
});

test('a cut at any byte ends the turn once, with a known code, after what had come', async () => {
  const all = (await run(local, { fetch: answering(bytes, []) })).events;
  for (let cut = 0; cut < bytes.length; cut += 1) {
    const { end, events } = await run(local, { fetch: answering(bytes.slice(0, cut), []) });
    const own = events.filter((event) => !(event.kind === 'warning' && event.code === 'retry'));
    expect(own).toEqual(all.slice(0, own.length));
    expect(end).toMatchObject({ outcome: 'failed', error: { code: 'stream_cut' } });
    if (end.outcome === 'failed') expect(turnErrorCodes).toContain(end.error.code);
  }
}, 30_000);

test('deltas arrive while the answer is still being written; a stop keeps them', async () => {
  const { url } = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(sse(start, delta('one '), delta('two')));
  });
  const { end, events } = await run(url, {
    onEvent: (event, stop) => {
      if (event.kind === 'assistant_text' && event.text === 'two') stop();
    },
  });
  expect(events).toHaveLength(2);
  expect(end.outcome).toBe('interrupted');
});

test('a redirect to another origin is refused and nothing is sent there', async () => {
  const other = await serve((_request, response) => stream(response, sse(...whole)));
  const { url } = await serve((_request, response) => {
    response.writeHead(307, { location: `${other.url}/responses` });
    response.end();
  });
  const { end } = await run(url);
  expect(end).toMatchObject({ outcome: 'failed', error: { code: 'config_invalid' } });
  expect(other.seen).toEqual([]);
});

test('a redirect within the origin is followed, three times at most', async () => {
  const { url, seen } = await serve((request, response) => {
    if (request.url === '/v2/responses') return stream(response, sse(...whole));
    response.writeHead(308, { location: '/v2/responses' });
    response.end();
  });
  expect((await run(url)).end.outcome).toBe('completed');
  expect(seen[1]?.headers.authorization).toBe(`Bearer ${secret}`);
  const circle = await serve((_request, response) => {
    response.writeHead(307, { location: '/v1/responses' });
    response.end();
  });
  expect((await run(circle.url)).end).toMatchObject({ error: { code: 'protocol_error' } });
  expect(circle.seen).toHaveLength(4);
});

test('no key: a loopback endpoint is asked without one, another is not asked', async () => {
  const { url, seen } = await serve((_request, response) => stream(response, sse(...whole)));
  expect((await run(url, { key: null })).end).toMatchObject({
    outcome: 'completed',
    facts: { payer: { kind: 'none' } },
  });
  expect(seen[0]?.headers.authorization).toBeUndefined();
  const fetch = (): never => {
    throw new Error('must not be called');
  };
  const { end } = await run('https://api.example.com/v1', { key: null, fetch });
  expect(end).toMatchObject({ outcome: 'failed', error: { code: 'authentication_required' } });
});

test('a passing refusal is tried again after Retry-After, each time with a warning', async () => {
  const { url, seen } = await serve((_request, response, count) => {
    if (count === 1) return json(response, 429, { error: { code: 'rate_limit_exceeded' } }, { 'retry-after': '7' });
    if (count === 2) return json(response, 503, {}, { 'retry-after': 'Thu, 01 Jan 2026 00:00:20 GMT' });
    if (count === 3) return void response.destroy();
    stream(response, sse(...whole));
  });
  const clock = fakeClock();
  const { end, events } = await run(url, { clock });
  expect(end.outcome).toBe('completed');
  expect(clock.waits).toEqual([7000, 20_000, 2000]);
  expect(events.filter((event) => event.kind === 'warning')).toHaveLength(3);
  expect(seen).toHaveLength(4);
});

test('how far the request is: each try with its reason, then the answer that is waited for', async () => {
  const { url } = await serve((_request, response, count) => {
    if (count === 1) return json(response, 503, {});
    stream(response, sse(...whole));
  });
  const told: TurnProgress[] = [];
  await run(url, { onProgress: (progress) => told.push(progress) });
  const { host } = new URL(url);
  expect(told.at(-1)).toMatchObject({
    steps: [
      { what: 'request-sent', detail: host },
      { what: 'reconnecting', detail: expect.stringContaining('overloaded') },
      { what: 'request-sent', detail: host },
      { what: 'request-accepted', detail: host },
    ],
    waiting: { on: 'reply', what: null },
    givesUpAt: '2026-01-01T00:02:00.000Z',
  });
  expect(told.map(({ waiting }) => waiting.on)).toEqual(['network', 'network', 'network', 'reply']);
});

test('a stream that is to be kept is kept whole, cut or not, and ended once', async () => {
  for (const stream of [bytes, bytes.slice(0, -20)]) {
    const lines: string[] = [];
    const ends: object[] = [];
    await run(local, {
      fetch: answering(stream, [7, 90]),
      rawStream: () => ({
        line: (line) => lines.push(line),
        end: async (end) => void ends.push(end),
      }),
    });
    // What the lane says of its end stands in the last event: it does not read on after that.
    expect(new TextDecoder().decode(stream).startsWith(lines.join('\n'))).toBe(true);
    expect(lines.join('\n').length).toBeGreaterThan(stream.length / 2);
    expect(ends).toEqual([{ exitCode: null, signal: null, stderr: '', version: '127.0.0.1:9', stopped: false }]);
  }
});

test('a user who goes on waiting has the limit of silence begin anew', async () => {
  const { url } = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(sse(start));
  });
  const limits: (() => void)[] = [];
  const idle = fakeClock();
  const after = (ms: number, call: () => void): (() => void) => {
    // Not the end of the turn's minutes either.
    if (ms < 65_000 || ms > 125_000) return idle.after(ms, call);
    limits.push(call);
    return () => void limits.splice(limits.indexOf(call), 1);
  };
  let waited = 0;
  const { end } = await run(url, {
    clock: { ...idle, after },
    onProgress: ({ waiting }, goOn) => {
      if (waiting.on !== 'reply' || waited > 2) return;
      waited += 1;
      const before = limits.at(-1);
      goOn();
      expect(limits).toHaveLength(1);
      expect(limits.at(-1)).not.toBe(before);
      if (waited > 2) limits.at(-1)?.();
    },
  });
  expect(waited).toBe(3);
  expect(end).toMatchObject({ error: { code: 'no_response' } });
});

test.each([
  // The second asks for a summary of what was said.
  [400, { error: { code: 'context_length_exceeded', message: 'too long' } }, 'context_full', 2],
  [
    400,
    {
      error: {
        code: 400,
        message: 'the request exceeds the available context size, try increasing it',
        type: 'exceed_context_size_error',
      },
    },
    'context_full',
    2,
  ],
  [
    400,
    {
      error: {
        code: 400,
        message: "This model's maximum context length is 4096 tokens. However, your request has 9000 input tokens.",
        type: 'BadRequestError',
      },
    },
    'context_full',
    2,
  ],
  [400, { error: { type: 'invalid_request_error', message: 'bad' } }, 'bad_request', 1],
  [401, { error: { code: 'invalid_api_key', message: `bad key ${secret}` } }, 'unauthorized', 1],
  [403, {}, 'forbidden', 1],
  [404, { error: { code: 'model_not_found' } }, 'model_unknown', 1],
  [404, {}, 'not_found', 1],
  [429, { error: { code: 'insufficient_quota' } }, 'quota_exceeded', 1],
  [429, {}, 'rate_limited', 4],
  [500, { error: 'plain words' }, 'server_error', 4],
  [503, {}, 'overloaded', 4],
] as const)('%i %j is %s after %i tries', async (status, body, code, tries) => {
  const { url, seen } = await serve((_request, response) => json(response, status, body));
  const result = await run(url);
  expect(result.end).toMatchObject({ outcome: 'failed', error: { code } });
  expect(seen).toHaveLength(tries);
  expect(JSON.stringify(result)).not.toContain(secret);
});

test.each([
  ['failed', { type: 'response.failed', response: { error: { code: 'server_error', message: 'm' } } }, 'server_error'],
  [
    'incomplete',
    { type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' } } },
    'incomplete',
  ],
  [
    'filtered',
    { type: 'response.incomplete', response: { incomplete_details: { reason: 'content_filter' } } },
    'refused',
  ],
  ['an error event', { type: 'error', code: 'rate_limit_exceeded', message: 'm' }, 'rate_limited'],
])('a response that is %s keeps its text and says why', async (_name, last, code) => {
  const { end, events } = await run(local, {
    fetch: answering(new TextEncoder().encode(sse(start, delta('half'), last)), []),
  });
  expect(events.filter((event) => event.kind === 'assistant_text')).toMatchObject([{ text: 'half', isDelta: true }]);
  expect(end).toMatchObject({ outcome: 'failed', error: { code } });
});

test('a whole text that is not what its deltas said replaces them', async () => {
  const done = { type: 'response.output_text.done', item_id: 'm1', output_index: 0, content_index: 0, text: 'whole' };
  const { events } = await run(local, {
    fetch: answering(new TextEncoder().encode(sse(start, delta('half'), done, completed)), []),
  });
  expect(events.filter((event) => event.kind === 'assistant_text')).toMatchObject([
    { text: 'half', isDelta: true },
    { text: 'whole', isDelta: false },
  ]);
});

test('a refusal, a tool call that was never offered, another model', async () => {
  const call = { type: 'function_call', id: 'f1', name: 'rm', arguments: '{"a":1}', status: 'completed' };
  const text = sse(
    { type: 'response.created', response: { model: 'gpt-5.5-mini' } },
    { type: 'response.output_item.done', item: call },
    { type: 'response.refusal.delta', item_id: 'm1', delta: 'I will not.' },
    completed,
  );
  const { end, events } = await run(local, { fetch: answering(new TextEncoder().encode(text), []) });
  expect(events).toMatchObject([
    { kind: 'model_rerouted', askedModel: 'gpt-5.5', servedModel: 'gpt-5.5-mini' },
    { kind: 'tool_call', name: 'rm', arguments: { a: 1 }, status: 'failed' },
    { kind: 'warning', code: 'tool_not_run' },
    { kind: 'assistant_text', text: 'I will not.', isDelta: true },
    { kind: 'usage_updated' },
  ]);
  expect(end).toMatchObject({ outcome: 'failed', error: { code: 'refused' } });
});

test('a payer that is not agreed to: nothing is asked of the endpoint, and the facts name it', async () => {
  const { url, seen } = await serve((_request, response) => stream(response, sse(start, completed)));
  const error = { code: 'budget_spent', message: 'no', retryable: true, hint: null } as const;
  const told: (Payer | null)[] = [];
  const { end } = await run(url, {
    mayPay: (payer) => {
      told.push(payer);
      return error;
    },
  });
  const payer = { kind: 'api-key', label: '…WXYZ', source: 'vault' };
  expect(end).toMatchObject({ outcome: 'failed', error, facts: { payer } });
  expect(told).toEqual([payer]);
  expect(seen).toEqual([]);
});

test('silence before and after the headers is given up', async () => {
  for (const first of [undefined, sse(start)]) {
    const { url } = await serve((_request, response) => {
      if (first === undefined) return;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(first);
    });
    expect((await run(url, { clock: fakeClock(true) })).end).toMatchObject({
      outcome: 'failed',
      error: { code: 'no_response' },
    });
  }
});

test('a page instead of a stream, and an address that is none', async () => {
  const { url } = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<html>');
  });
  expect((await run(url)).end).toMatchObject({ error: { code: 'protocol_error' } });
  const fetch = (): Promise<never> =>
    Promise.reject(
      Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }),
    );
  expect((await run(local, { fetch })).end).toMatchObject({
    error: { code: 'connection_failed', message: expect.stringContaining('ECONNREFUSED') },
  });
});

test('the probe: reachable, refused, offline, no key', async () => {
  const probe = (url: string, key: string | null) =>
    probeApi({ settings: settingsFor(url), key: key === null ? null : { value: key, source: 'vault' } });
  const good = await serve((_request, response) => json(response, 200, {}, { 'x-codex-lanes-practice': 'offline' }));
  expect(await probe(good.url, null)).toMatchObject({
    reach: 'reachable',
    endpointLabel: 'practice (offline)',
    needsKey: false,
  });
  const bad = await serve((_request, response) => json(response, 401, {}));
  expect(await probe(bad.url, secret)).toMatchObject({
    reach: 'refused',
    detail: expect.stringContaining('refused the key'),
  });
  const gone = await serve((_request, response) => void response.destroy());
  expect(await probe(gone.url, secret)).toMatchObject({ reach: 'offline' });
  expect(await probe('https://api.example.com/v1', null)).toMatchObject({
    reach: 'unknown',
    needsKey: true,
    payer: null,
  });
});

test('a key with a line break is never sent nor shown', async () => {
  const { url, seen } = await serve((_request, response) => stream(response, sse(...whole)));
  const result = await run(url, { key: `${secret}\nx` });
  expect(result.end).toMatchObject({ outcome: 'failed', error: { code: 'unauthorized' } });
  expect(JSON.stringify(result)).not.toContain(secret);
  expect(seen).toEqual([]);
});

test('organisation and project go along; what is named among the headers counts', async () => {
  const { url, seen } = await serve((_request, response) => response.end(sse(...whole)));
  const own = { apiOrganization: 'org-1', apiProject: 'proj-1', apiHeaders: { 'openai-project': 'other' } };
  const settings = { ...settingsFor(url), ...own } as unknown as SettingsSnapshot;
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const lane = createResponsesLane({ settings: () => settings, keyFor: async () => null, clock: fakeClock(), log });
  await lane.run(turn, turnIo({ emit: () => {} }));
  await probeApi({ settings, key: null });
  expect(seen.map(({ headers }) => [headers['openai-organization'], headers['openai-project']])).toEqual([
    ['org-1', 'other'],
    ['org-1', 'other'],
  ]);
});

test('an endpoint that says not to try again is not tried again', async () => {
  const { url, seen } = await serve((_request, response) => {
    response.writeHead(503, { 'x-should-retry': 'false' });
    response.end('{}');
  });
  const { end } = await run(url);
  expect(end).toMatchObject({ outcome: 'failed', error: { code: 'overloaded' } });
  expect(seen).toHaveLength(1);
});
