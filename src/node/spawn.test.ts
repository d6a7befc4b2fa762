import { expect, test, vi } from 'vitest';
import type { Child, ChildOptions } from './spawn.ts';
import { spawnChild } from './spawn.ts';
import { descendantsOf, listProcesses } from './spawn-processes.ts';
import { runShort } from './spawn-short.ts';
import { taskkillCommand } from './spawn-taskkill.ts';

const env = { PATH: process.env.PATH ?? '' };

function start(script: string, options: Partial<ChildOptions> = {}): Child & { readonly output: () => string } {
  const parts: Uint8Array[] = [];
  const child = spawnChild({
    file: process.execPath,
    args: ['-e', script],
    cwd: process.cwd(),
    env,
    stdin: '',
    onStdout: (bytes) => parts.push(bytes.slice()),
    ...options,
  });
  return { ...child, output: () => Buffer.concat(parts).toString('utf8') };
}

const alive = (pid: number): boolean => listProcesses().some((row) => row.pid === pid);

test('stdin is written and ended; stdout comes whole; stderr keeps its tail', async () => {
  const child = start(
    `let all = ''; process.stdin.on('data', (d) => { all += d; }).on('end', () => {
      process.stdout.write(all.toUpperCase()); process.stderr.write('x'.repeat(5000) + 'end'); process.exitCode = 3; });`,
    { stdin: 'é'.repeat(100_000), stderrTailBytes: 10 },
  );
  const end = await child.ended;
  expect(end).toMatchObject({ exitCode: 3, signal: null, killStep: 'none', stderrTail: 'xxxxxxxend', survivors: [] });
  expect(child.output()).toBe('É'.repeat(100_000));
});

test('only the given environment is seen', async () => {
  const child = start(
    `process.stdout.write(Object.keys(process.env).filter((k) => !k.startsWith('__')).sort().join())`,
  );
  await child.ended;
  expect(child.output()).toBe('CODEX_LANES_RUN,PATH');
});

test.skipIf(process.platform !== 'linux')('a part of what it started is ended, and the rest runs on', async () => {
  const child = start(
    `const { spawn } = require('node:child_process');
     const begin = (part) => spawn('sh', ['-c', 'sleep 600 & wait'], { detached: true, env: { ...process.env, PART: part } });
     console.log(begin('one').pid, begin('other').pid); setInterval(() => {}, 1000)`,
  );
  await vi.waitFor(() => expect(child.output()).toMatch(/\d+ \d+/));
  const [one = 0, other = 0] = child.output().trim().split(' ').map(Number);
  const below = (pid: number) => descendantsOf(pid, listProcesses());
  await vi.waitFor(() => expect([below(one), below(other)].map(({ length }) => length)).toEqual([1, 1]));
  const gone = [one, ...below(one).map(({ pid }) => pid)];
  expect(await child.endPart('PART', 'one')).toBe(2);
  expect(gone.filter(alive)).toEqual([]);
  expect(below(other)).toHaveLength(1);
  expect(await child.endPart('PART', 'none')).toBe(0);
  // Another program's parts are not ours to end.
  const stranger = start('setInterval(() => {}, 1000)');
  expect(await stranger.endPart('PART', 'other')).toBe(0);
  await Promise.all([stranger.stop(), child.stop()]);
  expect(alive(other)).toBe(false);
});

test('a program that is not there is an answer, not an exception', async () => {
  const end = await spawnChild({
    file: '/nowhere/codex',
    args: [],
    cwd: process.cwd(),
    env,
    stdin: '',
    onStdout: () => undefined,
  }).ended;
  expect(end.startError).toContain('ENOENT');
  expect(end.exitCode).toBeNull();
});

test('SIGINT is enough for a polite program', async () => {
  const child = start(`process.on('SIGINT', () => process.exit(1)); setInterval(() => {}, 1000); console.log('up')`);
  await vi.waitFor(() => expect(child.output()).toBe('up\n'));
  expect(await child.stop()).toMatchObject({ exitCode: 1, killStep: 'SIGINT' });
});

test.skipIf(process.platform === 'win32')(
  'a deaf program is killed with what it started, other sessions too',
  async () => {
    const child = start(
      `process.on('SIGINT', () => {});
    const { spawn } = require('node:child_process');
    const own = spawn('sh', ['-c', 'sleep 500 & sleep 501 & wait'], { detached: true, stdio: 'ignore' });
    console.log(own.pid); setInterval(() => {}, 1000);`,
      { graceMs: 50 },
    );
    await vi.waitFor(() => expect(child.output()).toMatch(/\d+\n/));
    const shell = Number(child.output());
    await vi.waitFor(() => expect(descendantsOf(shell, listProcesses())).toHaveLength(2));
    const below = descendantsOf(shell, listProcesses());
    const end = await child.stop();
    expect(end).toMatchObject({ signal: 'SIGKILL', killStep: 'SIGKILL', leftBehind: 3, survivors: [] });
    for (const pid of [child.pid ?? 0, shell, ...below.map((row) => row.pid)]) expect(alive(pid)).toBe(false);
  },
);

test.runIf(process.platform === 'linux')(
  'orphans of a program that was killed by a stranger are found by their mark',
  async () => {
    const child = start(
      `const { spawn } = require('node:child_process');
    const own = spawn('sh', ['-c', 'sleep 502 & echo ok; wait'], { detached: true, stdio: 'inherit' });
    console.log(own.pid); setInterval(() => {}, 1000);`,
    );
    await vi.waitFor(() => expect(child.output()).toMatch(/^(?=[\s\S]*\d\n)(?=[\s\S]*ok\n)/));
    const shell = Number(/\d+/.exec(child.output())?.[0]);
    process.kill(child.pid ?? 0, 'SIGKILL');
    const end = await child.ended;
    expect(end).toMatchObject({ signal: 'SIGKILL', killStep: 'none', leftBehind: 2, survivors: [] });
    expect(alive(shell)).toBe(false);
  },
);

test.runIf(process.platform === 'linux')(
  'what ends by itself soon after its program is not left behind; what stays is',
  async () => {
    const leaving = (seconds: string) =>
      start(
        `const { spawn } = require('node:child_process');
    spawn('sleep', ['${seconds}'], { detached: true, stdio: 'ignore' }).unref();`,
      );
    expect(await leaving('0.3').ended).toMatchObject({ exitCode: 0, leftBehind: 0, survivors: [] });
    expect(await leaving('503').ended).toMatchObject({ exitCode: 0, leftBehind: 1, survivors: [] });
  },
);

test.each([
  ['an answer', 'console.log("v1"); console.error("w")', { exitCode: 0, stdout: 'v1', stderr: 'w', problem: null }],
  ['an exit code', 'process.exit(4)', { exitCode: 4, problem: null }],
  [
    'no answer',
    'setInterval(() => {}, 1000)',
    { exitCode: null, failure: 'no-answer', problem: 'no answer within 0.3 s' },
  ],
  ['a signal', 'process.kill(process.pid, "SIGTERM")', { exitCode: null, failure: 'signal' }],
])('a short run gives %s', async (_name, script, expected) => {
  expect(
    await runShort(process.execPath, ['-e', script], { env, timeoutMs: script.includes('setInterval') ? 300 : 5000 }),
  ).toMatchObject(expected);
});

test.skipIf(process.platform !== 'linux')('a short run in a session of its own has no terminal of ours', async () => {
  const script = 'process.stdout.write(require("node:fs").readFileSync("/proc/self/stat", "latin1"))';
  const sessionOf = async (ownSession: boolean) => {
    const run = await runShort(process.execPath, ['-e', script], { env, timeoutMs: 20_000, ownSession });
    const [, , , session] = run.stdout.slice(run.stdout.lastIndexOf(')') + 2).split(' ');
    return { own: run.stdout.split(' ')[0] === session };
  };
  expect(await sessionOf(true)).toEqual({ own: true });
  expect(await sessionOf(false)).toEqual({ own: false });
});

test('a short run of what is not there says so', async () => {
  expect(await runShort('/nowhere/codex', [], { env, timeoutMs: 5000 })).toMatchObject({
    exitCode: null,
    failure: 'not-started',
    problem: expect.stringContaining('ENOENT'),
  });
});

test('a short run that prints without end is ended, and so is a cancelled one', async () => {
  const flood = await runShort(process.execPath, ['-e', 'for (;;) process.stdout.write("x".repeat(65536))'], {
    env,
    timeoutMs: 20_000,
    maxOutput: 100_000,
  });
  expect(flood).toMatchObject({ exitCode: null, failure: 'too-much-output' });
  const stop = new AbortController();
  const cancelled = runShort(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    env,
    timeoutMs: 20_000,
    signal: stop.signal,
  });
  stop.abort();
  expect(await cancelled).toMatchObject({ exitCode: null, failure: 'cancelled' });
});

test.skipIf(process.platform === 'win32')('a short run that hangs is killed with what it started', async () => {
  // The grandchild holds the pipe open: waiting for the end of the output alone would take 500 s.
  const run = await runShort('/bin/sh', ['-c', 'sleep 500 & echo $!; wait'], { env, timeoutMs: 300 });
  expect(run).toMatchObject({ exitCode: null, problem: 'no answer within 0.3 s' });
  expect(Number(run.stdout)).toBeGreaterThan(0);
  expect(alive(Number(run.stdout))).toBe(false);
});

test.skipIf(process.platform !== 'linux')(
  'a short run that ended well and leaves one who holds its pipe is an answer',
  async () => {
    const run = await runShort('/bin/sh', ['-c', 'sleep 500 & echo $!'], { env, timeoutMs: 500 });
    expect(run).toMatchObject({ exitCode: 0, failure: null });
    // An orphan with another parent: known by the marker in its environment.
    expect(alive(Number(run.stdout))).toBe(false);
  },
);

test.each([
  [{ SystemRoot: 'D:\\Win' }, 'D:\\Win\\System32\\taskkill.exe'],
  [{ SYSTEMROOT: 'D:\\Win' }, 'D:\\Win\\System32\\taskkill.exe'],
  [{ SystemRoot: '' }, 'C:\\Windows\\System32\\taskkill.exe'],
  [{}, 'C:\\Windows\\System32\\taskkill.exe'],
])('Windows ends a tree by the system’s own taskkill: %j', (windows, file) => {
  expect(taskkillCommand(4711, windows)).toEqual({ file, args: ['/pid', '4711', '/T', '/F'] });
});

test('stdin that stays open is talked to, and its end is the polite way out', async () => {
  const child = start(
    `process.stdin.on('data', (d) => process.stdout.write('heard ' + d)).on('end', () => process.exit(7))`,
    { stdin: null },
  );
  child.stdin?.write('one\n');
  await vi.waitFor(() => expect(child.output()).toBe('heard one\n'));
  child.stdin?.write('two\n');
  await vi.waitFor(() => expect(child.output()).toBe('heard one\nheard two\n'));
  child.stdin?.end();
  expect(await child.exited).toEqual({ exitCode: 7, signal: null, startError: null, stderrTail: '' });
  expect(await child.ended).toMatchObject({ exitCode: 7, killStep: 'none' });
});

test('a write to a program that is gone is no error of ours', async () => {
  const child = start(`process.stdin.destroy(); process.stderr.write('bye')`, { stdin: null });
  for (let i = 0; i < 50; i++) child.stdin?.write('x'.repeat(65_536));
  expect(await child.exited).toMatchObject({ exitCode: 0, stderrTail: 'bye' });
  child.stdin?.write('more');
  await child.ended;
});

test.skipIf(process.platform === 'win32')('the exit is told before what it left behind is looked for', async () => {
  const child = start(
    `const { spawn } = require('node:child_process');
    spawn('sleep', ['500'], { detached: true, stdio: 'ignore' }).unref(); process.exitCode = 3;`,
    { stdin: null },
  );
  const order: string[] = [];
  await Promise.all([
    child.exited.then(({ exitCode }) => order.push(`exited ${exitCode}`)),
    child.ended.then(({ leftBehind }) => order.push(`ended, ${leftBehind} left behind`)),
  ]);
  expect(order).toEqual(['exited 3', 'ended, 1 left behind']);
});
