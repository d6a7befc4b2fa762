import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { threadId, turnId } from '../model/index.ts';
import type { RawStreamEnd } from '../ports/index.ts';
import type { RawStreamsDeps } from './raw-streams.ts';
import { createRawStreams } from './raw-streams.ts';

let home: string;
let logged: string[];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'raw-streams-'));
  logged = [];
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const ended: RawStreamEnd = { exitCode: 0, signal: null, stderr: 'a word' };
const say = (line: string): void => void logged.push(line);

async function keep(lines: readonly string[], more: Partial<RawStreamsDeps> = {}, turn = 'tu', end = ended) {
  const open = createRawStreams({
    wanted: () => true,
    home: async () => home,
    secrets: () => ['hunter2-"hunter2"'],
    log: { debug: say, info: say, warn: say, error: say },
    ...more,
  });
  const stream = open({ threadId: threadId('th'), turnId: turnId(turn) });
  for (const line of lines) stream?.line(line);
  await stream?.end(end);
}
const path = (name: string): string => join(home, 'raw/th', name);
const kept = (turn = 'tu'): string => readFileSync(path(`${turn}.jsonl`), 'utf8');

test('lines stay as they came, beside how the stream ended; both for their owner alone', async () => {
  const lines = ['{"id":1,  "id":2}', 'no JSON', '', '{"text":"\u2028"}'];
  await keep(lines, {}, 'tu', { ...ended, args: ['exec', 'resume', 'id'], stopped: false, overdue: null });
  expect(kept()).toBe(`${lines.join('\n')}\n`);
  expect(JSON.parse(readFileSync(path('tu.meta.json'), 'utf8'))).toEqual({
    ...ended,
    ...{ args: ['exec', 'resume', 'id'], stopped: false, overdue: null },
  });
  for (const name of ['tu.jsonl', 'tu.meta.json']) expect(statSync(path(name)).mode & 0o777).toBe(0o600);
});

test.each([
  ['a known value, escaped', JSON.stringify({ text: 'it is hunter2-"hunter2" here' })],
  ['a token behind an escape', JSON.stringify({ text: 'a\nsk-abcdefghijklmnopqrstuvwxyz' })],
  ['the same in an event of a server', `data: ${JSON.stringify({ text: 'a\nsk-abcdefghijklmnopqrstuvwxyz' })}`],
  [
    'a token in JSON within JSON',
    JSON.stringify({ arguments: JSON.stringify({ said: 'a\nsk-abcdefghijklmnopqrstuvwxyz' }) }),
  ],
  ['a token in a line that is no JSON', 'Bearer abcdefghijklmnopqrstuvwxyz'],
  ['a token as a key', JSON.stringify({ 'sk-abcdefghijklmnopqrstuvwxyz': 1 })],
])('no secret is written: %s', async (_name, line) => {
  await keep([line], {}, 'tu', { ...ended, stderr: line });
  for (const text of [kept(), readFileSync(path('tu.meta.json'), 'utf8')]) {
    expect(text).toContain('[redacted:');
    expect(text).not.toMatch(/hunter2-|abcdefghij/);
  }
  if (line.startsWith('{')) expect(() => JSON.parse(kept())).not.toThrow();
});

test('nothing is written where nobody wants it, nor under a name that leads elsewhere', async () => {
  await keep(['x'], { wanted: () => false });
  await keep(['x'], {}, '../../evil');
  expect(readdirSync(home)).toEqual([]);
});

test('a turn is cut at its limit, with a mark', async () => {
  await keep(['a'.repeat(50), 'b'.repeat(60), 'c'], { turnBytes: 100 });
  expect(kept().split('\n')).toEqual(['a'.repeat(50), '{"type":"codex_lanes.cut","lines":2}', '']);
});

test('the oldest are removed when all together are too many', async () => {
  for (const [i, turn] of ['one', 'two', 'three'].entries()) {
    await keep(['x'.repeat(1000)], { totalBytes: 2500 }, turn);
    const time = new Date(2026, 0, i + 1);
    for (const kind of ['jsonl', 'meta.json']) utimesSync(path(`${turn}.${kind}`), time, time);
  }
  await keep(['x'.repeat(1000)], { totalBytes: 2500 }, 'four');
  expect(readdirSync(join(home, 'raw/th')).sort()).toEqual([
    'four.jsonl',
    'four.meta.json',
    'three.jsonl',
    'three.meta.json',
  ]);
});

test('a disk that takes nothing is told once and harms nobody', async () => {
  writeFileSync(join(home, 'raw'), 'no folder');
  await keep(['a', 'b']);
  expect(logged).toEqual([expect.stringContaining('a raw stream is not kept')]);
  expect(existsSync(path('tu.meta.json'))).toBe(false);
});
