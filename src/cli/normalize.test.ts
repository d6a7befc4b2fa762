import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ExecRunEnd } from '../lanes/exec/index.ts';
import { readRunMeta } from '../lanes/exec/index.ts';
import type { RawStreamEnd } from '../ports/index.ts';
import { startPractice } from '../practice/index.ts';
import type { StreamSource } from './normalize.ts';
import { normalizeStream } from './normalize.ts';

const fixtures = new URL('../../test/fixtures/codex-0.169/', import.meta.url);
const golden = new URL('../../test/golden/normalize/', import.meta.url);

const names = readdirSync(fixtures)
  .filter((name) => name.endsWith('.meta.json'))
  .map((name) => name.slice(0, -'.meta.json'.length))
  .sort();
const streamOf = (name: string): Uint8Array => readFileSync(new URL(`${name}.jsonl`, fixtures));
const metaOf = (name: string): ExecRunEnd => readRunMeta(readFileSync(new URL(`${name}.meta.json`, fixtures), 'utf8'));

const long = process.env.CODEX_LANES_LONG === '1';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

type Told = {
  readonly kind: string;
  readonly turnId?: string;
  readonly threadId: string;
  readonly [key: string]: unknown;
};
type Normalized = { readonly text: string; readonly events: readonly Told[]; readonly breaches: readonly string[] };

async function normalized(
  from: StreamSource,
  chunks: readonly Uint8Array[],
  runEnd: ExecRunEnd | null = null,
): Promise<Normalized> {
  let text = '';
  const breaches: string[] = [];
  const holds = await normalizeStream({
    from,
    input: (async function* () {
      yield* chunks;
    })(),
    runEnd,
    write: async (lines) => {
      text += lines;
    },
    complain: (breach) => breaches.push(breach),
  });
  expect(holds).toBe(breaches.length === 0);
  const events = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Told]));
  return { text, events, breaches };
}

const ends = ({ events }: Normalized): readonly string[] =>
  events.flatMap(({ kind, error }) =>
    /^turn_(completed|failed|interrupted)$/.test(kind)
      ? [kind === 'turn_failed' ? String((error as { code: string }).code) : kind]
      : [],
  );

describe('captures of the real binary', () => {
  test.each(names)('%s', async (name) => {
    const result = await normalized('exec', [streamOf(name)], metaOf(name));
    expect(result.breaches).toEqual([]);
    expect(ends(result)).toHaveLength(1);
    await expect(result.text).toMatchFileSnapshot(new URL(`${name}.jsonl`, golden).pathname);
  });
});

test('all captures one after the other: each is a turn, threads that come again are the same thread', async () => {
  const whole = names.map(streamOf);
  const result = await normalized('exec', whole);
  expect(result.breaches).toEqual([]);
  // Whatever does not begin with a thread belongs to the run before it.
  expect(ends(result)).toHaveLength(whole.filter((stream) => Buffer.from(stream).includes('thread.started')).length);
});

const run = (thread: string, total: number, ...between: readonly object[]): string =>
  [
    { type: 'thread.started', thread_id: thread },
    { type: 'turn.started' },
    { type: 'item.completed', item: { id: 'item_0', type: 'agent_message', text: `total ${total}` } },
    ...between,
    { type: 'turn.completed', usage: { input_tokens: total } },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');

const usages = ({ events }: Normalized): readonly unknown[] =>
  events.flatMap(({ kind, threadId, turnId, usage }) =>
    kind === 'usage_updated' ? [[threadId, turnId, (usage as { input: number } | null)?.input ?? null]] : [],
  );

test('runs of two threads: ids by their place, usage of a thread that comes again by subtraction', async () => {
  const result = await normalized('exec', [bytes(run('a', 10) + run('b', 5) + run('a', 25))]);
  expect(result.breaches).toEqual([]);
  expect(usages(result)).toEqual([
    ['thread-1', 'turn-1', 10],
    ['thread-2', 'turn-2', 5],
    ['thread-1', 'turn-3', 15],
  ]);
  expect(result.events.filter(({ kind }) => kind === 'thread_started')).toHaveLength(2);
});

test('two turns of one run', async () => {
  const second = [{ type: 'turn.started' }, { type: 'turn.completed', usage: { input_tokens: 30 } }];
  const more = second.map((line) => `${JSON.stringify(line)}\n`).join('');
  const result = await normalized('exec', [bytes(run('a', 10) + more)]);
  expect(usages(result)).toEqual([
    ['thread-1', 'turn-1', 10],
    ['thread-1', 'turn-2', 20],
  ]);
  expect(ends(result)).toEqual(['turn_completed', 'turn_completed']);
});

test('a run that was cut before another one: its end is unknown, and so is the usage after it', async () => {
  const cut = run('a', 10).split('\n').slice(0, 3).join('\n');
  const result = await normalized('exec', [bytes(`${cut}\n${run('a', 25)}`)]);
  expect(ends(result)).toEqual(['runtime_crashed', 'turn_completed']);
  expect(usages(result)).toEqual([['thread-1', 'turn-2', null]]);
});

test('what is known of the last run decides its end: a stop, a limit, another thread than the one that was resumed', async () => {
  const cut = [bytes(run('a', 10).split('\n').slice(0, 3).join('\n'))];
  const end = { exitCode: 1, signal: null, stderr: '', stopped: false, overdue: null, resumed: null, forked: false };
  expect(ends(await normalized('exec', cut, { ...end, stopped: true }))).toEqual(['turn_interrupted']);
  expect(ends(await normalized('exec', cut, { ...end, overdue: 'silence' }))).toEqual(['no_response']);
  const whole = [bytes(run('a', 10))];
  const other = readRunMeta(
    JSON.stringify({ ...end, args: ['exec', 'resume', '01a1fbda-0000-7000-8000-000000000000', '-'] }),
  );
  expect(ends(await normalized('exec', whole, other))).toEqual(['resume_mismatch']);
  expect(usages(await normalized('exec', whole, { ...end, forked: true }))).toEqual([['thread-1', 'turn-1', null]]);
});

test.each([
  ['nothing', ''],
  ['empty lines', '\n\n'],
])('%s is one failed turn', async (_name, text) => {
  for (const from of ['exec', 'responses'] as const) {
    const result = await normalized(from, [bytes(text)]);
    expect(result.breaches).toEqual([]);
    expect(result.events.map(({ kind }) => kind)).toEqual(['thread_started', 'turn_started', 'turn_failed']);
  }
});

test.each([
  ['a byte order mark', bytes(`\ufeff${run('a', 10)}`)],
  ['UTF-16', new Uint8Array(Buffer.from(`\ufeff${run('a', 10)}`, 'utf16le'))],
  ['NUL bytes', bytes(`\0\0\n${run('a', 10)}\0`)],
  ['invalid UTF-8', Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), bytes(run('a', 10))])],
  ['U+2028 inside a string', bytes(run('a', 10, { type: 'x', text: '\u2028\u2029' }))],
])('%s: nothing breaks, and it ends once', async (_name, stream) => {
  const result = await normalized('exec', [stream]);
  expect(result.breaches).toEqual([]);
  expect(ends(result)).toHaveLength(1);
});

const tools = names.filter((name) => name.startsWith('exec-'));

test('a cut at any byte, pieces in any order, garbage between: every rule holds, and however it is split it is the same', async () => {
  const piece = fc.record({ name: fc.constantFrom(...names, ...tools), from: fc.nat(), to: fc.nat() });
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.json({ maxDepth: 2 }).map((text) => bytes(`\n${text}\n`)),
    fc
      .constantFrom('{"type":"turn.started"}', '{"type":"thread.started","thread_id":"x"}')
      .map((l) => bytes(`\n${l}\n`)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(piece, garbage), { maxLength: 5 }),
      fc.array(fc.nat(), { maxLength: 5 }),
      async (pieces, splits) => {
        const whole = Buffer.concat(
          pieces.map((one) => {
            if (one instanceof Uint8Array) return one;
            const stream = streamOf(one.name);
            const [from, to] = [one.from % (stream.length + 1), one.to % (stream.length + 1)];
            // Mostly from the start: a piece without its beginning alone is the rarer case.
            return stream.subarray(one.from % 3 === 0 ? Math.min(from, to) : 0, Math.max(from, to));
          }),
        );
        const at = [0, ...splits.map((split) => split % (whole.length + 1)).sort((a, b) => a - b), whole.length];
        const result = await normalized(
          'exec',
          at.slice(1).map((to, i) => whole.subarray(at[i], to)),
        );
        expect(result.breaches).toEqual([]);
        expect(result.text).toBe((await normalized('exec', [whole])).text);
        expect(ends(result).length).toBeGreaterThan(0);
      },
    ),
    { seed: 21, numRuns: long ? 5000 : 150 },
  );
});

describe('Responses streams', () => {
  const asked = [
    'say: hello there',
    'explain this file',
    'fail: incomplete',
    'fail: context',
    'fail: cut',
    'long answer',
  ];

  async function streams(): Promise<readonly Uint8Array[]> {
    const practice = await startPractice({ pace: 'instant' });
    const stream = async (text: string): Promise<Uint8Array> => {
      const content = [{ type: 'input_text', text }];
      const response = await fetch(`${practice.url}/responses`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'm', input: [{ type: 'message', role: 'user', content }], stream: true }),
      });
      const parts: Uint8Array[] = [];
      try {
        for await (const part of response.body ?? []) parts.push(part as Uint8Array);
      } catch {
        // A connection that breaks: what had come is the stream.
      }
      return Buffer.concat(parts);
    };
    try {
      return await Promise.all(asked.map(stream));
    } finally {
      await practice.close();
    }
  }

  test('each is a turn that ends as the lane would end it; together they are one thread', async () => {
    const kept = await streams();
    const result = await normalized('responses', kept);
    expect(result.breaches).toEqual([]);
    expect(ends(result)).toEqual([
      'turn_completed',
      'turn_completed',
      'incomplete',
      'context_full',
      'stream_cut',
      'turn_completed',
    ]);
    expect(new Set(result.events.map(({ threadId }) => threadId))).toEqual(new Set(['thread-1']));
    const first = result.events.filter(({ kind, turnId }) => kind === 'assistant_text' && turnId === 'turn-1');
    expect(first.map(({ text }) => text).join('')).toContain('hello there');
    expect(result.events.some(({ kind }) => kind === 'model_rerouted')).toBe(false);
  });

  test('a cut at any byte, and any split of what is left', async () => {
    const kept = await streams();
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat(), fc.array(fc.nat(), { maxLength: 4 }), async (which, cut, splits) => {
        const stream = kept[which % kept.length] ?? new Uint8Array();
        const whole = stream.subarray(0, cut % (stream.length + 1));
        const at = [0, ...splits.map((split) => split % (whole.length + 1)).sort((a, b) => a - b), whole.length];
        const result = await normalized(
          'responses',
          at.slice(1).map((to, i) => whole.subarray(at[i], to)),
        );
        expect(result.breaches).toEqual([]);
        expect(ends(result)).toHaveLength(1);
        expect(result.text).toBe((await normalized('responses', [whole])).text);
      }),
      { seed: 22, numRuns: long ? 3000 : 100 },
    );
  });
});

describe('what codex app-server and its client said', () => {
  const captures = readdirSync(fixtures)
    .filter((name) => /^as-.*\.jsonl$/.test(name))
    .map((name) => name.slice(0, -'.jsonl'.length));
  const raw = (name: string): Uint8Array =>
    bytes(
      Buffer.from(streamOf(name))
        .toString()
        .split('\n')
        .map((line) => (line === '' ? '' : JSON.stringify((JSON.parse(line) as { readonly msg: unknown }).msg)))
        .join('\n'),
    );

  test.each(captures)('%s, with times and directions or raw', async (name) => {
    const result = await normalized('app-server', [streamOf(name)]);
    expect(result.breaches).toEqual([]);
    await expect(result.text).toMatchFileSnapshot(new URL(`${name}.jsonl`, golden).pathname);
    expect(await normalized('app-server', [raw(name)])).toEqual(result);
  });

  test('all of it one after the other: each is a process of its own, a thread that comes again is the same', async () => {
    const result = await normalized('app-server', captures.map(streamOf));
    expect(result.breaches).toEqual([]);
    const natives = new Set(result.events.flatMap(({ nativeThreadId }) => nativeThreadId ?? []));
    expect(new Set(result.events.map(({ threadId }) => threadId)).size).toBe(natives.size);
    const turns = (one: Normalized) => one.events.filter(({ kind }) => kind === 'turn_started').length;
    const alone = await Promise.all(
      captures.map(async (name) => turns(await normalized('app-server', [streamOf(name)]))),
    );
    expect(turns(result)).toBe(alone.reduce((sum, count) => sum + count, 0));
    expect(ends(result)).toHaveLength(turns(result));
  });

  test.each([
    ['nothing', ''],
    ['empty lines', '\n\n'],
    ['control messages alone', '{"method":"skills/changed","params":{}}\n'],
  ])('%s is no turn', async (_name, text) => {
    expect(await normalized('app-server', [bytes(text)])).toEqual({ text: '', events: [], breaches: [] });
  });

  test('a cut at any byte, pieces in any order: every rule holds, and however it is split it is the same', async () => {
    const piece = fc.record({ name: fc.constantFrom(...captures), from: fc.nat(), to: fc.nat(), isRaw: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 3 }),
        fc.array(fc.nat(), { maxLength: 4 }),
        async (pieces, splits) => {
          const whole = Buffer.concat(
            pieces.map(({ name, from, to, isRaw }) => {
              const stream = isRaw ? raw(name) : streamOf(name);
              const at = [from % (stream.length + 1), to % (stream.length + 1)] as const;
              return stream.subarray(from % 3 === 0 ? Math.min(...at) : 0, Math.max(...at));
            }),
          );
          const at = [0, ...splits.map((split) => split % (whole.length + 1)).sort((a, b) => a - b), whole.length];
          const result = await normalized(
            'app-server',
            at.slice(1).map((to, i) => whole.subarray(at[i], to)),
          );
          expect(result.breaches).toEqual([]);
          expect(result.text).toBe((await normalized('app-server', [whole])).text);
        },
      ),
      { seed: 23, numRuns: long ? 2000 : 60 },
    );
  });
});

test('what is kept beside a raw stream of ours is such a file', () => {
  const kept: RawStreamEnd = {
    ...{ exitCode: null, signal: 'SIGKILL', killStep: 'SIGKILL', stderr: 'x', stopped: true, overdue: null },
    args: ['exec', '-C', '…', 'resume', '01a1fbda-0000-7000-8000-000000000000', '-'],
    version: 'codex-cli 0.169.0',
  };
  expect(readRunMeta(JSON.stringify(kept))).toEqual({
    ...{ exitCode: null, signal: 'SIGKILL', stderr: 'x', stopped: true, overdue: null },
    ...{ resumed: '01a1fbda-0000-7000-8000-000000000000', forked: false },
  });
});

test('a meta file that does not fit is refused with the field', () => {
  expect(() => readRunMeta('{"exitCode":0,"signal":null}')).toThrow('stderr');
  expect(() => readRunMeta('nonsense')).toThrow('JSON');
});
