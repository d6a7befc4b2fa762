import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Journal } from './journal-text.ts';
import { readJournal } from './journal-text.ts';
import { ProcessRecords } from './process-records.ts';

let home: string;
const warnings: string[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'records-'));
  warnings.length = 0;
});
afterEach(() => rmSync(home, { recursive: true }));

const turn = { label: 'codex exec', kind: 'turn', threadId: 'thread-1' } as const;
const folder = (): string => join(home, 'processes');
const attach = (records: ProcessRecords, dataHome = home) =>
  records.attach({ dataHome, label: 'a VS Code window', warn: (line) => warnings.push(line) });

function onDisk(): Journal | null {
  const [name] = readdirSync(folder());
  return name === undefined ? null : readJournal(readFileSync(join(folder(), name), 'utf8'));
}

test('nothing is written before something is started; then each step stands on disk when its call returns', () => {
  const records = new ProcessRecords();
  const forget = attach(records);
  expect(readdirSync(home)).toEqual([]);
  const record = records.begin('m', turn);
  expect(onDisk()).toMatchObject({
    owner: { pid: process.pid, label: 'a VS Code window' },
    runs: [{ ...turn, process: null }],
  });
  record.started(process.pid);
  expect(onDisk()).toMatchObject({ runs: [{ process: { pid: process.pid } }] });
  const row = { pid: 77, parent: 1, group: 77, startedAt: '5' };
  record.seen([row]);
  record.seen([row]);
  expect(onDisk()).toMatchObject({ runs: [{ seen: [{ pid: 77, start: '5', group: 77 }] }] });
  record.ended([], true);
  expect(onDisk()).toMatchObject({ runs: [] });
  forget();
  expect(readdirSync(folder())).toEqual([]);
  expect(warnings).toEqual([]);
});

test.skipIf(process.platform === 'win32')('it is for its owner alone', () => {
  const records = new ProcessRecords();
  attach(records);
  records.begin('m', turn);
  const modes = [folder(), join(folder(), readdirSync(folder())[0] ?? '')].map((path) => statSync(path).mode & 0o777);
  expect(modes).toEqual([0o700, 0o600]);
});

test('what would not end stays on record, also when its owner goes in order', () => {
  const records = new ProcessRecords();
  const forget = attach(records);
  records.begin('m', turn).ended([{ pid: 77, parent: 1, group: 77, startedAt: '5' }], true);
  forget();
  expect(onDisk()).toMatchObject({ runs: [{ mark: 'm', seen: [{ pid: 77, start: '5' }] }] });
});

test('a journal is gone a while after it is empty, and comes back when somebody took it away', () => {
  vi.useFakeTimers();
  try {
    const records = new ProcessRecords();
    attach(records);
    const first = records.begin('m', turn);
    rmSync(folder(), { recursive: true });
    first.started(process.pid);
    expect(onDisk()).toMatchObject({ runs: [{ mark: 'm', process: { pid: process.pid } }] });
    first.ended([], true);
    const second = records.begin('n', turn);
    vi.advanceTimersByTime(5000);
    expect(onDisk()).toMatchObject({ runs: [{ mark: 'n' }] });
    second.ended([], true);
    vi.advanceTimersByTime(5000);
    expect(onDisk()).toBeNull();
  } finally {
    vi.useRealTimers();
  }
});

test('it does not grow without end', () => {
  const records = new ProcessRecords();
  attach(records);
  records.begin('long', turn);
  for (let i = 0; i < 4000; i += 1) records.begin(`m${i}`, turn).ended([], true);
  const [name = ''] = readdirSync(folder());
  expect(statSync(join(folder(), name)).size).toBeLessThan(300_000);
  expect(onDisk()).toMatchObject({ runs: [{ mark: 'long' }] });
});

test.each([
  ['its folder is a file', () => writeFileSync(folder(), '')],
  ['its folder can’t be made', () => rmSync(home, { recursive: true })],
  [
    'the data home is of a newer release',
    () => writeFileSync(join(home, 'format'), '{"format":"codex-lanes/data-home","version":99}'),
  ],
])('where %s, that is said once and nothing fails', (name, prepare) => {
  prepare();
  if (name.includes('be made')) writeFileSync(home, '');
  const records = new ProcessRecords();
  const forget = attach(records);
  for (const mark of ['m', 'n']) {
    const record = records.begin(mark, turn);
    record.started(process.pid);
    record.seen([{ pid: 77, parent: 1, group: 77, startedAt: '5' }]);
    record.ended([], true);
  }
  forget();
  expect(warnings).toHaveLength(1);
  if (name.includes('newer')) expect(readdirSync(home)).toEqual(['format']);
});

test('a disk that is full in between leaves no half line before the next', () => {
  const records = new ProcessRecords();
  attach(records);
  records.begin('m', turn);
  const [name = ''] = readdirSync(folder());
  const path = join(folder(), name);
  rmSync(path);
  mkdirSync(path);
  records.begin('n', turn);
  expect(warnings).toHaveLength(1);
  rmSync(path, { recursive: true });
  records.begin('o', turn);
  expect(onDisk()).toMatchObject({ runs: [{ mark: 'm' }, { mark: 'n' }, { mark: 'o' }] });
  expect(warnings).toHaveLength(1);
});
