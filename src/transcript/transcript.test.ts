import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EventBody, LogEvent } from '../model/index.ts';
import { threadId, turnId } from '../model/index.ts';
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
  const [only] = await store().list();
  expect(only).toMatchObject({ title: 'hi', updatedAt: statSync(file('events.jsonl')).mtime.toISOString() });
  await writer.close();
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
