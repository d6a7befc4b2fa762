import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock } from './lock.ts';
import { isRunning, processStart } from './process-start.ts';

let folder = '';
let path = '';
const children: ChildProcess[] = [];
const options = { what: 'Thread t1', label: 'the command line' };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanes-lock-'));
  path = join(folder, 'lock');
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
});

/** A process that takes the lock, says so, and holds it until it is killed. */
async function holder(): Promise<ChildProcess> {
  const url = new URL('./lock.ts', import.meta.url).href;
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `const { acquireLock } = await import(${JSON.stringify(url)});
       await acquireLock(${JSON.stringify(path)}, { what: 'Thread t1', label: 'a VS Code window' });
       process.stdout.write('held');
       setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.push(child);
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
}

test('a second process is refused and told who holds the lock', async () => {
  const child = await holder();
  await expect(acquireLock(path, options)).rejects.toMatchObject({
    kind: 'conflict',
    message: expect.stringContaining(`in use by a VS Code window (process ${child.pid})`),
  });
});

test('the lock of a process that was killed is taken over, at once', async () => {
  const child = await holder();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await acquireLock(path, options);
  expect(readFileSync(path, 'utf8')).toContain(`"pid":${process.pid}`);
  lock.release();
  expect(readdirSync(folder)).toEqual([]);
});

test('a pid that was given out again does not keep a lock alive', async () => {
  if (process.platform === 'win32') return;
  const lock = await acquireLock(path, options);
  const stolen = { ...JSON.parse(readFileSync(path, 'utf8')), start: 'another boot/1' };
  lock.release();
  writeFileSync(path, JSON.stringify(stolen));
  (await acquireLock(path, options)).release();
  expect(readdirSync(folder)).toEqual([]);
});

test('within one process a lock is held once, and is free after its release', async () => {
  const lock = await acquireLock(path, options);
  await expect(acquireLock(path, options)).rejects.toMatchObject({ kind: 'conflict' });
  lock.release();
  (await acquireLock(path, options)).release();
});

test('a release does not remove a lock that another took since', async () => {
  const lock = await acquireLock(path, options);
  writeFileSync(path, 'of another');
  lock.release();
  expect(readFileSync(path, 'utf8')).toBe('of another');
});

test('of many that find a stale lock exactly one gets it', async () => {
  writeFileSync(path, JSON.stringify({ pid: 2 ** 30, start: null, since: '', label: 'x', token: 'y' }));
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(path, options)));
  expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
});

test('an illegible lock is left alone while it is young', async () => {
  writeFileSync(path, '{"pid":');
  await expect(acquireLock(path, options)).rejects.toMatchObject({ kind: 'conflict' });
  const old = Date.now() / 1000 - 60;
  utimesSync(path, old, old);
  (await acquireLock(path, options)).release();
});

test('processes are told apart by pid and start', async () => {
  const start = await processStart(process.pid);
  expect(await isRunning(process.pid, start)).toBe(true);
  if (process.platform !== 'win32') expect(await isRunning(process.pid, `${start}0`)).toBe(false);
  expect(await isRunning(2 ** 30, null)).toBe(false);
});
