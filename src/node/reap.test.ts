import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Leftover } from '../model/index.ts';
import type { JournalOwner, JournalProcess } from './journal-text.ts';
import { ownerLine, processLine, runLine, seenLine } from './journal-text.ts';
import { thisBoot, thisMachine } from './machine.ts';
import { reap } from './reap.ts';
import { listProcesses, processRow } from './spawn-processes.ts';
import { runMarker } from './spawn-sweep.ts';

let home: string;
let folder: string;
const warnings: string[] = [];
const strays: number[] = [];

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'reap-')));
  folder = join(home, 'processes');
  mkdirSync(folder);
  warnings.length = 0;
});
afterEach(() => {
  for (const pid of strays.splice(0)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone, as it should be.
    }
  }
  rmSync(home, { recursive: true });
});

const go = (graceMs = 100): Promise<readonly Leftover[]> =>
  reap({ dataHome: home, warn: (line) => warnings.push(line), graceMs });
const alive = (pid: number): boolean => listProcesses().some((row) => row.pid === pid);

/** Nobody has this pid: the largest that Linux can give is below. */
const dead = 4_194_304 + 1;
const owner: JournalOwner = {
  pid: dead,
  start: '1',
  boot: thisBoot(),
  machine: thisMachine(),
  label: 'a VS Code window',
  since: '2026-01-01T00:00:00.000Z',
};
const turn = {
  label: 'codex exec',
  kind: 'turn',
  threadId: 'thread-1',
  startedAt: '2026-01-01T00:00:01.000Z',
} as const;

let written = 0;
function journal(text: string): string {
  written += 1;
  const path = join(folder, `${dead}-${String(written).padStart(12, '0')}.jsonl`);
  writeFileSync(path, text);
  return path;
}

/** Runs a shell whose children are nobody's when it has ended, and returns what it printed: pids. */
async function orphans(script: string, env: Readonly<Record<string, string>> = {}): Promise<readonly number[]> {
  const shell = spawn('/bin/sh', ['-c', script], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH ?? '', ...env },
  });
  let text = '';
  shell.stdout.on('data', (bytes) => {
    text += String(bytes);
  });
  await once(shell, 'exit');
  await vi.waitFor(() => expect(text).toMatch(/\n$/));
  const pids = text.trim().split(/\s+/).map(Number);
  strays.push(...pids);
  return pids;
}

function recorded(pid: number): JournalProcess {
  const row = processRow(pid);
  if (row === null) throw new Error(`${pid} does not live`);
  return { pid, start: row.startedAt, group: row.group };
}

describe.skipIf(process.platform !== 'linux')('what a dead window left behind', () => {
  test('is ended by pid and start, with its tree, and named; the journal is gone', async () => {
    const [pid = 0] = await orphans(`setsid sh -c 'sleep 6001 & sleep 6002 & wait' >/dev/null 2>&1 & echo $!`);
    await vi.waitFor(() => expect(listProcesses().filter((row) => row.parent === pid)).toHaveLength(2));
    const below = listProcesses().filter((row) => row.parent === pid);
    const path = journal(ownerLine(owner) + runLine({ ...turn, mark: 'm' }) + processLine('m', recorded(pid)));
    expect(await go()).toEqual([{ ...turn, pid, owner: 'a VS Code window', outcome: 'ended', descendants: 2 }]);
    for (const one of [pid, ...below.map((row) => row.pid)]) expect(alive(one)).toBe(false);
    expect(existsSync(path)).toBe(false);
    expect(await go()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    expect(warnings).toEqual([]);
  });

  test('that hears no SIGINT is killed', async () => {
    const [pid = 0] = await orphans(
      `setsid sh -c 'trap "" INT; while :; do sleep 0.1; done' >/dev/null 2>&1 & echo $!`,
    );
    journal(ownerLine(owner) + runLine({ ...turn, mark: 'm' }) + processLine('m', recorded(pid)));
    expect(await go()).toMatchObject([{ pid, outcome: 'ended' }]);
    expect(alive(pid)).toBe(false);
  });

  test('is found by its mark, where its owner died before it could write the pid', async () => {
    const [pid = 0] = await orphans('setsid sleep 6003 >/dev/null 2>&1 & echo $!', { [runMarker]: 'mark-1' });
    journal(ownerLine(owner) + runLine({ ...turn, mark: 'mark-1' }));
    expect(await go()).toMatchObject([{ pid, label: 'codex exec', outcome: 'ended', descendants: 0 }]);
    expect(alive(pid)).toBe(false);
  });

  test('without a mark is found by the session of one that was seen, also when that one is gone', async () => {
    // The leader of the session ends; two that it started live on in it, of which one was seen.
    const [leader = 0, seen = 0, other = 0] = await orphans(
      `setsid sh -c 'echo $$; sleep 6004 >/dev/null 2>&1 & echo $!; sleep 6005 >/dev/null 2>&1 & echo $!'`,
    );
    await vi.waitFor(() => expect(alive(leader)).toBe(false));
    const gone = { pid: leader, start: '1', group: leader };
    journal(
      ownerLine(owner) +
        runLine({ ...turn, mark: 'm' }) +
        processLine('m', { pid: dead, start: '1', group: 0 }) +
        seenLine('m', [gone, recorded(seen)]),
    );
    expect(await go()).toMatchObject([{ pid: dead, outcome: 'ended', descendants: 2 }]);
    expect([alive(seen), alive(other)]).toEqual([false, false]);
  });

  test('is nobody who was given the same pid or the same session later', async () => {
    const [pid = 0] = await orphans('setsid sleep 6006 >/dev/null 2>&1 & echo $!');
    const now = recorded(pid);
    const before = { ...now, start: String(Number(now.start) - 1) };
    journal(ownerLine(owner) + runLine({ ...turn, mark: 'm' }) + processLine('m', before) + seenLine('m', [before]));
    expect(await go()).toMatchObject([{ pid, outcome: 'gone', descendants: 0 }]);
    expect(alive(pid)).toBe(true);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('before the machine was restarted is gone, whoever has its pid and start now', async () => {
    const [pid = 0] = await orphans('setsid sleep 6007 >/dev/null 2>&1 & echo $!');
    journal(
      ownerLine({ ...owner, boot: 'before' }) + runLine({ ...turn, mark: 'm' }) + processLine('m', recorded(pid)),
    );
    expect(await go()).toMatchObject([{ outcome: 'gone' }]);
    expect(alive(pid)).toBe(true);
  });

  test('is left alone where no start was written down, said once, and not kept', async () => {
    const [pid = 0] = await orphans('setsid sleep 6008 >/dev/null 2>&1 & echo $!');
    journal(ownerLine(owner) + runLine({ ...turn, mark: 'm' }) + processLine('m', { ...recorded(pid), start: null }));
    expect(await go()).toMatchObject([{ pid, outcome: 'survived' }]);
    expect(alive(pid)).toBe(true);
    expect(await go()).toEqual([]);
  });

  test('is ended and named by one of two that look at once', async () => {
    const scripts = Array.from({ length: 3 }, () => orphans('setsid sleep 6009 >/dev/null 2>&1 & echo $!'));
    const pids = (await Promise.all(scripts)).flat();
    for (const pid of pids) {
      journal(ownerLine(owner) + runLine({ ...turn, mark: `m${pid}` }) + processLine(`m${pid}`, recorded(pid)));
    }
    const named = (await Promise.all([go(), go(), go()])).flat();
    expect(named.map(({ pid }) => pid).toSorted()).toEqual(pids.toSorted());
    expect(pids.filter(alive)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is taken over from one that died while it looked', async () => {
    const [pid = 0] = await orphans('setsid sleep 6010 >/dev/null 2>&1 & echo $!');
    const path = journal(ownerLine(owner) + runLine({ ...turn, mark: 'm' }) + processLine('m', recorded(pid)));
    writeFileSync(`${path}.lock`, JSON.stringify({ pid: dead, start: 'x', since: '', label: '', token: '' }));
    expect(await go()).toMatchObject([{ pid, outcome: 'ended' }]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('and can’t be ended is named, and tried again at the next start', async () => {
    const [pid = 0] = await orphans('setsid sleep 6011 >/dev/null 2>&1 & echo $!');
    const path = journal(ownerLine(owner) + runLine({ ...turn, mark: 'm' }) + processLine('m', recorded(pid)));
    // As a process that hangs in the kernel.
    const real = process.kill.bind(process);
    const kill = vi.spyOn(process, 'kill').mockImplementation((to, signal) => (to === pid ? true : real(to, signal)));
    vi.useFakeTimers({ toFake: ['performance', 'setTimeout'], shouldAdvanceTime: true, advanceTimeDelta: 500 });
    try {
      expect(await go()).toMatchObject([{ pid, outcome: 'survived' }]);
    } finally {
      vi.useRealTimers();
      kill.mockRestore();
    }
    expect(existsSync(path)).toBe(true);
    expect(await go()).toMatchObject([{ pid, outcome: 'ended' }]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is not what a living window runs, nor what another machine does', async () => {
    const [pid = 0] = await orphans('setsid sleep 6012 >/dev/null 2>&1 & echo $!');
    const run = runLine({ ...turn, mark: 'm' }) + processLine('m', recorded(pid));
    const mine = journal(ownerLine({ ...owner, pid: process.pid, start: recorded(process.pid).start }) + run);
    const other = journal(ownerLine({ ...owner, machine: 'elsewhere' }) + run);
    expect(await go()).toEqual([]);
    expect(alive(pid)).toBe(true);
    expect([existsSync(mine), existsSync(other)]).toEqual([true, true]);
  });

  test('never is this process, what is above it or its own children', async () => {
    const child = spawn('sleep', ['6013']);
    strays.push(child.pid ?? 0);
    const rows = [process.pid, process.ppid, child.pid ?? 0].map(recorded);
    journal(
      ownerLine(owner) +
        runLine({ ...turn, mark: 'm' }) +
        processLine('m', recorded(process.ppid)) +
        seenLine('m', rows),
    );
    expect(await go()).toMatchObject([{ outcome: 'gone' }]);
    expect(rows.every(({ pid }) => alive(pid))).toBe(true);
  });
});

describe('a folder of journals', () => {
  test('that is not there, or is a file or a link, is no reason to fail', async () => {
    rmSync(folder, { recursive: true });
    expect(await go()).toEqual([]);
    writeFileSync(folder, 'x');
    expect(await go()).toEqual([]);
    rmSync(folder);
    const elsewhere = join(home, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, `${dead}-000000000000.jsonl`), 'x');
    if (process.platform !== 'win32') symlinkSync(elsewhere, folder);
    expect(await go()).toEqual([]);
    expect(readdirSync(elsewhere)).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  test('keeps what is not ours or newer, and loses what is illegible and nobody’s', async () => {
    const target = join(home, 'target');
    writeFileSync(target, `${ownerLine(owner)}`);
    const kept = ['notes.txt', `${dead}.jsonl`, `${dead}-00000000000g.jsonl`];
    for (const name of kept) writeFileSync(join(folder, name), 'x');
    const newer = journal('{"processes":2}\n');
    const writing = join(folder, `${process.pid}-00000000000a.jsonl`);
    writeFileSync(writing, '{"proce');
    if (process.platform !== 'win32') symlinkSync(target, join(folder, `${dead}-00000000000b.jsonl`));
    journal('\0\0\0');
    journal('');
    writeFileSync(join(folder, `${dead}-00000000000c.jsonl.tmp`), ownerLine(owner));
    mkdirSync(join(folder, `${dead}-00000000000d.jsonl`));
    expect(await go()).toEqual([]);
    const left = readdirSync(folder).filter((name) => !kept.includes(name));
    const links = process.platform === 'win32' ? [] : [`${dead}-00000000000b.jsonl`];
    const expected = [...links, `${dead}-00000000000d.jsonl`].map((name) => join(folder, name));
    expect(left.map((name) => join(folder, name)).toSorted()).toEqual([newer, writing, ...expected].toSorted());
    expect(readFileSync(target, 'utf8')).toBe(ownerLine(owner));
  });
});
