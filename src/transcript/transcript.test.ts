import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { EventBody, LogEvent } from '../model/index.ts';
import { emptyThread, foldAll, nativeThreadId, threadId, turnId } from '../model/index.ts';
import { emptySummary, summarize } from './summary.ts';
import type { LogFile } from './thread-log.ts';
import { ThreadLog } from './thread-log.ts';
import { createTranscript } from './transcript.ts';

let folder = '';
const id = threadId('t-1');
const warnings: string[] = [];
const log = { debug: () => {}, info: () => {}, warn: (text: string) => warnings.push(text), error: () => {} };

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'lanes-transcript-')), 'threads');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

const store = (secrets: readonly string[] = []) =>
  createTranscript({ folder, secrets: () => secrets, label: 'a test', log });

function event(seq: number, body: EventBody, thread = id): LogEvent {
  const at = new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString();
  const where = { provider: 'openai', laneId: 'api', transport: 'responses' } as const;
  return { v: 1, seq, at, ...where, threadId: thread, turnId: turnId('u'), ...body };
}
const text = (seq: number, words: string): LogEvent =>
  event(seq, { kind: 'assistant_text', text: words, isDelta: true });
const prompt = (seq: number, words: string, thread = id): LogEvent =>
  event(seq, { kind: 'user_message', text: words, attachments: [], delivery: 'start' }, thread);
const file = (name: string): string => join(folder, id, name);

test('what is appended in any batches is read back, by another opening too', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }), { maxLength: 6 }),
      async (batches) => {
        rmSync(folder, { recursive: true, force: true });
        let seq = 0;
        const events: LogEvent[] = [];
        for (const half of [batches.slice(0, 3), batches.slice(3)]) {
          const writer = await store().open(id);
          // Not awaited one by one: the order of the calls is the order on disk.
          const stored = half.map((words) => {
            const batch = words.map((word) => text(++seq, word.toWellFormed()));
            events.push(...batch);
            return writer.append(batch);
          });
          await Promise.all([...stored, writer.close()]);
        }
        expect(await store().read(id)).toEqual(events);
      },
    ),
    { seed: 4, numRuns: 25 },
  );
});

test('a log torn at any byte reads as its whole lines; the next writer keeps the torn bytes aside and goes on', async () => {
  const writer = await store().open(id);
  await writer.append([prompt(1, 'hi'), text(2, 'one'), text(3, 'zwölf 😀')]);
  await writer.close();
  const whole = readFileSync(file('events.jsonl'));
  for (let cut = 0; cut <= whole.length; cut += 1) {
    for (const name of readdirSync(join(folder, id))) rmSync(file(name));
    writeFileSync(file('events.jsonl'), whole.subarray(0, cut));
    const lines = whole.subarray(0, cut).toString('utf8').split('\n').length - 1;
    expect(await store().read(id)).toHaveLength(lines);
    const next = await store().open(id);
    await next.append([text(lines + 1, 'after')]);
    await next.close();
    expect((await store().read(id)).at(-1)).toMatchObject({ seq: lines + 1, text: 'after' });
    const torn = whole.subarray(whole.subarray(0, cut).lastIndexOf(10) + 1, cut);
    if (torn.length > 0) expect(readFileSync(file('events.torn-1'))).toEqual(torn);
    else expect(readdirSync(join(folder, id))).not.toContain('events.torn-1');
  }
});

test('a second writer, also of another process, is refused with the name of the first', async () => {
  const writer = await store().open(id);
  await expect(store().open(id)).rejects.toMatchObject({ kind: 'conflict' });
  const child = spawnSync(process.execPath, [
    '--input-type=module',
    '-e',
    `const { createTranscript } = await import(${JSON.stringify(new URL('./transcript.ts', import.meta.url).href)});
     await createTranscript({ folder: ${JSON.stringify(folder)}, secrets: () => [], label: 'another', log: console })
       .open('t-1').then(() => console.log('opened'), (error) => console.log(error.kind, error.message));`,
  ]);
  expect(child.stdout.toString()).toContain(`conflict This thread is in use by a test (process ${process.pid})`);
  await writer.close();
  await (await store().open(id)).close();
});

test('lists newest first, with titles, and makes a lost or stale summary again from the log', async () => {
  for (const [i, name] of ['a', 'b', 'c'].entries()) {
    const writer = await store().open(threadId(name));
    await writer.append(Array.from({ length: i + 1 }, (_, n) => prompt(n + 1, `prompt of ${name}`, threadId(name))));
    await writer.close();
  }
  const list = await store().list();
  expect(list.map((one) => one.title)).toEqual(['prompt of c', 'prompt of b', 'prompt of a']);
  rmSync(join(folder, 'b', 'summary.json'));
  writeFileSync(join(folder, 'c', 'summary.json'), 'garbage');
  expect(await store().list()).toEqual(list);
});

test('a running thread is listed with the time of its log', async () => {
  const writer = await store().open(id);
  await writer.append([prompt(1, 'hi')]);
  await writer.append([text(2, 'more')]);
  const updatedAt = statSync(file('events.jsonl')).mtime.toISOString();
  // Its summary is written beside the log.
  await vi.waitFor(async () => expect((await store().list())[0]).toMatchObject({ title: 'hi', updatedAt }));
  await writer.close();
});

test('events do not wait for the summary; whoever hears what follows an end finds it there', async () => {
  const writer = await store().open(id);
  await writer.append([prompt(1, 'hi'), decided(2)]);
  // As after a turn: the receipt is told when the end is in the list.
  await writer.append([end(3)]);
  await writer.append([text(4, 'after')]);
  expect((await store().list())[0]).toMatchObject({ turns: 1, state: 'completed' });
  await writer.close();
  expect(JSON.parse(readFileSync(file('summary.json'), 'utf8'))).toMatchObject({
    size: statSync(file('events.jsonl')).size,
  });
});

test('a known secret and a token never reach the disk', async () => {
  const writer = await store(['hunter2-hunter2']).open(id);
  await writer.append([prompt(1, `my key is hunter2-hunter2 or s${'k-'}abcdefghijklmnopqrstuv`)]);
  await writer.close();
  for (const name of readdirSync(join(folder, id))) {
    expect(readFileSync(file(name), 'utf8')).not.toMatch(/hunter2|abcdefghijklmnop/);
  }
  expect(await store().read(id)).toMatchObject([{ text: 'my key is [redacted:secret] or [redacted:api-key]' }]);
});

test.each(['', '..', 'a/b', '../x', 'x'.repeat(65), 'a\0', 'ä'])('the id %j is refused', async (bad) => {
  await expect(store().open(threadId(bad))).rejects.toMatchObject({ kind: 'bad-input' });
  await expect(store().read(threadId(bad))).rejects.toMatchObject({ kind: 'bad-input' });
});

test('a thread that is not there is not found, and a newer store is refused', async () => {
  await expect(store().read(id)).rejects.toMatchObject({ kind: 'not-found' });
  writeFileSync(join(folder, 'format'), '{"format":"codex-lanes/threads","version":2}');
  await expect(store().list()).rejects.toMatchObject({ kind: 'newer-format' });
});

test.each([
  ['a gap', JSON.stringify(text(3, 'x')), /line 2, has seq 3/],
  ['no JSON', 'nonsense', /line 2, can't be read/],
])('%s is an error that names the line, and frees the thread', async (_name, line, message) => {
  const writer = await store().open(id);
  await writer.append([prompt(1, 'hi')]);
  await writer.close();
  appendFileSync(file('events.jsonl'), `${line}\n`);
  for (let i = 0; i < 2; i += 1) {
    await expect(store().open(id)).rejects.toMatchObject({ kind: 'storage', message: expect.stringMatching(message) });
  }
  expect((await store().list()).map((one) => one.title)).toEqual(['hi']);
});

test.skipIf(process.platform === 'win32')('files are readable by their owner alone', async () => {
  const writer = await store().open(id);
  await writer.append([prompt(1, 'hi')]);
  expect(statSync(join(folder, id)).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(join(folder, id))) expect(statSync(file(name)).mode & 0o777).toBe(0o600);
  await writer.close();
});

test.each([
  ['ENOSPC', 'the disk is full'],
  ['EROFS', 'the disk is read-only'],
])('a write refused with %s says so and leaves whole lines', async (code, words) => {
  const cuts: number[] = [];
  const broken: LogFile = {
    appendFile: () => Promise.reject(Object.assign(new Error(code), { code })),
    truncate: async (size) => {
      cuts.push(size ?? 0);
    },
    sync: async () => {},
    close: async () => {},
  };
  const threadLog = new ThreadLog(broken, { size: 7, lastSeq: 0 });
  const refusal = { kind: 'storage', message: `Saving the thread failed: ${words}.` };
  await expect(threadLog.append([prompt(1, 'hi')])).rejects.toMatchObject(refusal);
  expect(cuts).toEqual([7]);
});

const end = (seq: number, turn = 'u'): LogEvent => ({
  ...event(seq, { kind: 'turn_completed', durationMs: 1 }),
  turnId: turnId(turn),
});
const decided = (seq: number, turn = 'u'): LogEvent => ({
  ...event(seq, { kind: 'lane_decided', asked: 'api', resolved: 'api', trace: [] }),
  turnId: turnId(turn),
});

test('a list tells how many turns there are, how the last one ended and on which lane', async () => {
  const writer = await store().open(id);
  const listed = async () =>
    (await store().list()).map(({ turns, state, lane, forkedFrom }) => [turns, state, lane, forkedFrom]);
  await writer.append([prompt(1, 'hi')]);
  await writer.append([decided(2), end(3)]);
  await writer.append([decided(4, 'u2')]);
  // A prompt that was taken out of the queue meanwhile is no turn.
  const later = event(5, { kind: 'user_message', text: 'later', attachments: [], delivery: 'queued' });
  const taken = event(6, { kind: 'turn_interrupted', durationMs: 0, by: 'user' });
  for (const told of [later, taken]) await writer.append([{ ...told, turnId: turnId('u3') }]);
  await vi.waitFor(async () => expect(await listed()).toEqual([[2, 'running', 'api', null]]));
  await writer.close();
  // Nobody holds it: whoever ran the turn is gone.
  expect(await listed()).toEqual([[2, 'interrupted', 'api', null]]);
  const next = await store().open(id);
  expect(await listed()).toEqual([[2, 'running', 'api', null]]);
  await next.append([end(7, 'u2')]);
  await next.append([event(8, { kind: 'thread_forked', from: { threadId: 'p', title: 't', nativeThreadId: null } })]);
  await next.close();
  expect(await listed()).toEqual([[2, 'completed', 'api', 'p']]);
  // Made again from the log, it is the same; so is one that an earlier release wrote.
  const whole = JSON.parse(readFileSync(file('summary.json'), 'utf8')) as object;
  writeFileSync(file('summary.json'), JSON.stringify({ ...whole, version: 1, turns: 99 }));
  expect(await listed()).toEqual([[2, 'completed', 'api', 'p']]);
});

test('a summary counts turns and tells their state as the view does', () => {
  const kinds = fc.constantFrom(
    'lane_decided',
    'turn_started',
    'turn_completed',
    'turn_failed',
    'turn_interrupted',
    'queued',
    'text',
  );
  fc.assert(
    fc.property(fc.array(fc.array(kinds, { maxLength: 5 }), { maxLength: 6 }), (turns) => {
      const bodies: Readonly<Record<string, EventBody>> = {
        lane_decided: { kind: 'lane_decided', asked: 'api', resolved: 'api', trace: [] },
        turn_started: {
          kind: 'turn_started',
          model: null,
          effort: null,
          cwd: null,
          sandbox: null,
          approvalPolicy: null,
        },
        turn_completed: { kind: 'turn_completed', durationMs: 1 },
        turn_failed: {
          kind: 'turn_failed',
          durationMs: 1,
          error: { code: 'internal', message: '', retryable: false, hint: null },
        },
        turn_interrupted: { kind: 'turn_interrupted', durationMs: 1, by: 'user' },
        queued: { kind: 'user_message', text: 'x', attachments: [], delivery: 'queued' },
        text: { kind: 'assistant_text', text: 'x', isDelta: false },
      };
      const events = turns
        .flatMap((own, n) => own.map((kind) => ({ n, body: bodies[kind] })))
        .flatMap(({ n, body }, i) => (body === undefined ? [] : [{ ...event(i + 1, body), turnId: turnId(`u${n}`) }]));
      const view = foldAll(emptyThread(id), events);
      const state = events.reduce(summarize, emptySummary(id));
      expect([state.turns, state.last?.state, state.last?.lane]).toEqual([
        view.turns.length,
        view.turns.at(-1)?.state,
        view.turns.length === 0 ? undefined : (view.turns.at(-1)?.resolved ?? null),
      ]);
    }),
    { seed: 41, numRuns: 300 },
  );
});

test('a copy bears the new id and is byte for byte the same beside it, whatever the lines hold', async () => {
  const writer = await store().open(id);
  await writer.append([prompt(1, 'hi "t-1" \u2028'), text(2, 'one')]);
  await writer.close();
  // A kind and fields of a later release, in an order of its own.
  const odd = { later: { 2: 'b', 1: 'a' }, ...text(3, 'x'), kind: 'thread_pinned', more: [null, 1.5] };
  appendFileSync(file('events.jsonl'), `${JSON.stringify(odd)}\n{"torn`);
  const copy = threadId('t-2');
  await store().copy(id, copy, [{ ...text(4, 'then'), threadId: copy }]);
  const lines = (of: string) => readFileSync(join(folder, of, 'events.jsonl'), 'utf8').split('\n');
  expect(lines('t-2').slice(0, 3)).toEqual(
    lines('t-1')
      .slice(0, 3)
      .map((line) => line.replace('"threadId":"t-1"', '"threadId":"t-2"')),
  );
  expect((await store().read(copy)).map(({ seq, threadId: of, kind }) => [seq, of, kind])).toEqual([
    [1, 't-2', 'user_message'],
    [2, 't-2', 'assistant_text'],
    [3, 't-2', 'unsupported_raw_event'],
    [4, 't-2', 'assistant_text'],
  ]);
  expect((await store().list()).map((one) => one.title)).toEqual(['hi "t-1"', 'hi "t-1"']);
  const next = await store().open(copy);
  await next.append([{ ...text(5, 'more'), threadId: copy }]);
  await next.close();
});

test('a copy that can’t be whole is not made', async () => {
  const copy = threadId('t-2');
  await expect(store().copy(id, copy, [])).rejects.toMatchObject({ kind: 'not-found' });
  const writer = await store().open(id);
  await writer.append([prompt(1, 'hi')]);
  await expect(store().copy(id, copy, [text(3, 'x')])).rejects.toMatchObject({ kind: 'conflict' });
  await writer.close();
  appendFileSync(file('events.jsonl'), 'nonsense\n');
  await expect(store().copy(id, copy, [])).rejects.toMatchObject({ kind: 'storage' });
  expect(readdirSync(folder)).toEqual(expect.not.arrayContaining(['t-2']));
});

test('a thread that is made piece by piece is there as a whole, redacted, or not at all', async () => {
  const made = [[prompt(1, 'the-secret-word')], [text(2, 'one')], [text(3, 'two')]];
  await store(['the-secret-word']).make(id, made);
  expect((await store().read(id)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
  expect(readFileSync(file('events.jsonl'), 'utf8')).not.toContain('the-secret-word');
  expect(statSync(file('events.jsonl')).mode & 0o777).toBe(0o600);
  const other = threadId('t-2');
  const broken = function* () {
    yield [prompt(1, 'one', other)];
    throw new Error('no more');
  };
  await expect(store().make(other, broken())).rejects.toMatchObject({ kind: 'storage' });
  expect(readdirSync(folder)).not.toContain('t-2');
  // One that is there is not written over.
  await expect(store().make(id, [[prompt(1, 'other')]])).rejects.toMatchObject({ kind: 'storage' });
  expect(await store().read(id)).toHaveLength(3);
});

test('a summary names the runtime’s threads at once, and one of an older release says that it does not know', async () => {
  const writer = await store().open(id);
  const native = nativeThreadId('n-1');
  await writer.append([prompt(1, 'hello')]);
  await writer.append([{ ...text(2, 'one'), nativeThreadId: native }]);
  await writer.append([{ ...text(3, 'two'), nativeThreadId: native }]);
  expect((await store().list())[0]?.nativeThreadIds).toEqual([native]);
  await writer.close();
  const summary = JSON.parse(readFileSync(file('summary.json'), 'utf8')) as Record<string, unknown>;
  expect(summary.nativeThreadIds).toEqual([native]);
  const { nativeThreadIds: _, ...older } = summary;
  writeFileSync(file('summary.json'), JSON.stringify(older));
  expect((await store().list())[0]).not.toHaveProperty('nativeThreadIds');
});
