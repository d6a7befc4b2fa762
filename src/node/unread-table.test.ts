import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { journalFolder } from './journal-file.ts';
import { readJournal } from './journal-text.ts';
import { processRecords } from './process-records.ts';
import { reap } from './reap.ts';
import { spawnChild } from './spawn.ts';
import { runShort } from './spawn-short.ts';

const table = vi.hoisted(() => ({ fails: false, failed: 0 }));
vi.mock('./spawn-processes.ts', async (original) => {
  const real = await original<typeof import('./spawn-processes.ts')>();
  return {
    ...real,
    listProcesses: () => {
      if (!table.fails) return real.listProcesses();
      table.failed += 1;
      throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
    },
  };
});

const env = { PATH: process.env.PATH ?? '' };
const limit = { timeout: 40_000 };
let home: string;
let forget: () => void;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'unread-table-'));
  forget = processRecords.attach({ dataHome: home, label: 'a test', warn: () => undefined });
});
afterEach(() => {
  table.fails = false;
  table.failed = 0;
  forget();
  rmSync(home, { recursive: true });
});

function onRecord() {
  const [name = ''] = readdirSync(journalFolder(home));
  const journal = readJournal(readFileSync(join(journalFolder(home), name), 'utf8'));
  return journal.kind === 'journal' ? journal.runs : [];
}

test.skipIf(process.platform === 'win32')(
  'a child whose remains can’t be looked for ends all the same, says so and stays on record',
  limit,
  async () => {
    let output = '';
    const child = spawnChild({
      file: '/bin/sh',
      args: ['-c', 'sleep 600 & echo $!; wait'],
      cwd: home,
      env,
      stdin: '',
      onStdout: (bytes) => {
        output += Buffer.from(bytes).toString();
      },
    });
    await vi.waitFor(() => expect(output).toMatch(/\d+\n/));
    const below = Number(output);
    child.observe();
    await vi.waitFor(() => expect(onRecord()).toMatchObject([{ seen: [{ pid: below }] }]), { timeout: 5000 });
    table.fails = true;
    // The looks that are planned meanwhile come to nothing: an exception of a timer would fail this file.
    child.observe();
    await vi.waitFor(() => expect(table.failed).toBeGreaterThan(0), { timeout: 5000 });
    process.kill(child.pid ?? 0, 'SIGKILL');
    expect(await child.ended).toMatchObject({ signal: 'SIGKILL', survivors: [below], proven: false });
    expect(onRecord()).toMatchObject([{ process: { pid: child.pid }, seen: [{ pid: below }] }]);
    process.kill(below, 'SIGKILL');
  },
);

test.skipIf(process.platform === 'win32')('a child that is stopped then, too; so is a short run', limit, async () => {
  table.fails = true;
  const options = { cwd: home, env, stdin: '' };
  const child = spawnChild({ file: 'sleep', args: ['600'], ...options, onStdout: () => undefined });
  const [end, short] = await Promise.all([child.stop(), runShort('sleep', ['600'], { ...options, timeoutMs: 50 })]);
  expect(end).toMatchObject({ signal: 'SIGINT', survivors: [], proven: false });
  expect(short).toMatchObject({ failure: 'no-answer' });
  const kept = onRecord().filter((run) => run.label === 'sleep');
  expect(kept).toHaveLength(2);
  expect(kept).toContainEqual(expect.objectContaining({ process: expect.objectContaining({ pid: child.pid }) }));
});

test('what can’t be looked for is said, and left for another time', async () => {
  const child = spawnChild({ file: process.execPath, args: ['-e', ''], cwd: home, env, stdin: '', onStdout: () => {} });
  const [name = ''] = readdirSync(journalFolder(home));
  table.fails = true;
  const warned: string[] = [];
  expect(await reap({ dataHome: home, warn: (line) => warned.push(line) })).toEqual([]);
  expect(warned).toEqual([expect.stringContaining('EMFILE')]);
  expect(readdirSync(journalFolder(home))).toEqual([name]);
  table.fails = false;
  expect(await child.ended).toMatchObject({ proven: true });
});

test.skipIf(process.platform !== 'linux')('without a file to open a process is not taken for dead', () => {
  const script = `import { openSync } from 'node:fs';
    import { listProcesses, processesByMark, processRow } from ${JSON.stringify(join(import.meta.dirname, 'spawn-processes.ts'))};
    const own = processRow(process.pid);
    const said = (call) => { try { call(); return 'nothing'; } catch (error) { return error.code; } };
    said(() => { for (;;) openSync('/dev/null'); });
    const told = [said(listProcesses), said(() => processesByMark('X', [own])), processRow(process.pid)];
    process.stdout.write(JSON.stringify(told));`;
  const node = `ulimit -n 64; exec '${process.execPath}' --no-warnings --input-type=module -e "$SCRIPT"`;
  const said = execFileSync('/bin/sh', ['-c', node], { env: { ...env, SCRIPT: script }, encoding: 'utf8' });
  expect(JSON.parse(said)).toEqual(['EMFILE', 'EMFILE', null]);
});
