import { expect, test } from 'vitest';
import type { LiveProcess } from '../model/index.ts';
import { LiveProcesses, labelOf, liveProcesses } from './live-processes.ts';
import { spawnChild } from './spawn.ts';
import { runShort } from './spawn-short.ts';

const env = { PATH: process.env.PATH ?? '' };
const forever = ['-e', 'setInterval(() => {}, 1000)'];

test.each([
  ['/opt/codex/bin/codex', ['exec', '--json', '-s', 'read-only', '-C', '/home/a', '-'], 'codex exec'],
  ['/opt/codex/bin/codex', ['login', 'status'], 'codex login status'],
  ['/opt/codex/bin/codex', ['--version'], 'codex --version'],
  ['codex', ['exec', '-c', 'x="sk-secret"', 'resume', 'id'], 'codex exec'],
  ['/usr/bin/npm', ['install', '/home/a/secret', 'x'], 'npm install'],
  ['/bin/bash', ['-ilc', 'printenv PATH'], 'bash'],
  ['node.exe', ['--token=abc'], 'node'],
  ['codex', ['exec', 'Write me a poem'], 'codex exec'],
])('%s %j is shown as %s', (file, args, label) => expect(labelOf(file, args)).toBe(label));

test('a process is listed while it lives, by whom it was started for, and can be ended by hand', async () => {
  const seen: (readonly LiveProcess[])[] = [];
  const stop = liveProcesses.onChange((rows) => seen.push(rows));
  const child = spawnChild({
    file: process.execPath,
    args: forever,
    cwd: process.cwd(),
    env,
    stdin: '',
    onStdout: () => undefined,
    purpose: { kind: 'turn', threadId: 'thread-1' },
  });
  const pid = child.pid ?? 0;
  expect(liveProcesses.list()).toMatchObject([{ pid, kind: 'turn', threadId: 'thread-1', label: 'node' }]);
  expect(await liveProcesses.end(pid)).toBe(true);
  expect(() => process.kill(pid, 0)).toThrow();
  expect(liveProcesses.list()).toEqual([]);
  expect(await liveProcesses.end(pid)).toBe(false);
  expect(await child.ended).toMatchObject({ killStep: 'SIGINT' });
  expect(seen.map((rows) => rows.length)).toEqual([1, 0]);
  stop();
});

test('a short run is listed too; ended by hand it says so', async () => {
  const run = runShort(process.execPath, forever, { env, timeoutMs: 60_000 });
  const [row] = liveProcesses.list();
  expect(row).toMatchObject({ kind: 'probe', threadId: null });
  expect(await liveProcesses.end(row?.pid ?? 0)).toBe(true);
  expect(await run).toMatchObject({ exitCode: null, problem: 'it was ended by hand' });
  expect(liveProcesses.list()).toEqual([]);
});

test('a program that could not be started is never listed', async () => {
  const child = spawnChild({ file: '/nowhere/codex', args: [], cwd: '/', env, stdin: '', onStdout: () => undefined });
  expect(liveProcesses.list()).toEqual([]);
  expect((await child.ended).startError).not.toBeNull();
});

test('a row that is gone does not take a later process of the same pid with it', async () => {
  const live = new LiveProcesses();
  const started = { pid: 7, kind: 'probe', label: 'codex', threadId: null } as const;
  const first = live.add(started, async () => undefined);
  live.add(started, async () => undefined);
  first();
  expect(live.list()).toHaveLength(1);
});
