import * as fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { FakeClock } from '../../../test/fakes/engine.ts';
import { isLanesError } from '../../model/index.ts';
import { liveProcesses } from '../../node/index.ts';
import type { Clock } from '../../ports/index.ts';
import type { Lease } from './lease.ts';
import { RpcError } from './rpc-error.ts';
import type { ServerEnd } from './server-end.ts';
import type { RunningServer, ServerProgram } from './server-process.ts';
import type { SharedServerOptions } from './shared-server.ts';
import { SharedServer } from './shared-server.ts';
import { FakeServer, keptLog } from './testing/fake-server.ts';

const anything = z.unknown();

/** A program that speaks the protocol. `how`: what is wrong with it. */
function fake(how: 'sound' | 'falls' | 'deaf' | 'stays', more: Partial<ServerProgram> = {}): ServerProgram {
  const script = `
    const how = ${JSON.stringify(how)};
    if (how === 'falls') { process.stderr.write('\\u001b[31mError: no room for my-secret\\u001b[0m\\n'); process.exit(3); }
    let rest = '';
    process.stdin.on('data', (bytes) => {
      const lines = (rest + bytes).split('\\n');
      rest = lines.pop();
      for (const line of lines) {
        const { id, method, params } = JSON.parse(line);
        if (how === 'deaf' || id === undefined) continue;
        if (method === 'initialize') say({ id, result: { userAgent: params.clientInfo.name, codexHome: '/', more: 1 } });
        else if (method === 'account/login/start') say({ id, result: { type: 'apiKey' } });
        else if (method === 'account/logout') process.exit(4);
        else if (method === 'account/read') say({ method: 'account/updated' }), say({ id, result: 'read' });
      }
    });
    const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
    process.stdin.on('end', () => { if (how !== 'stays' && how !== 'deaf') process.exit(0); });
    if (how === 'stays' || how === 'deaf') setInterval(() => {}, 1000);`;
  const program = {
    file: process.execPath,
    args: ['-e', script],
    cwd: process.cwd(),
    env: {},
    apiKey: null,
    vault: null,
  };
  return { ...program, secrets: ['my-secret'], ...more };
}

/** A clock in the test's hands that says what is waited for. */
function watchedClock() {
  const inner = new FakeClock();
  const asked: number[] = [];
  const clock: Clock = {
    now: inner.now,
    monotonic: inner.monotonic,
    after: (ms, call) => {
      asked.push(ms);
      return inner.after(ms, call);
    },
  };
  return { clock, asked, advance: (ms: number) => inner.advance(ms) };
}

const opened: { readonly server: SharedServer; readonly advance: (ms: number) => void }[] = [];

function open(options: Partial<SharedServerOptions> = {}) {
  const time = watchedClock();
  const log = keptLog();
  const server = new SharedServer({ clock: time.clock, log, version: '1', experimentalApi: false, ...options });
  opened.push({ server, advance: time.advance });
  return { server, log, ...time };
}

afterEach(async () => {
  for (const { server, advance } of opened.splice(0)) {
    const closed = server.close();
    advance(120_000);
    await closed;
  }
  expect(liveProcesses.list()).toEqual([]);
});

test('many ask at once, one process is started, and it gets the key', async () => {
  const { server } = open();
  const leases = await Promise.all(Array.from({ length: 5 }, () => server.lease(fake('sound', { apiKey: 'k' }))));
  expect(new Set(leases.map(({ pid }) => pid)).size).toBe(1);
  expect(liveProcesses.list()).toMatchObject([{ kind: 'server' }]);
  expect(server.users).toBe(5);
  expect(leases[0]?.userAgent).toBe('codex_lanes');
  for (const lease of leases) lease.release();
  expect(server.users).toBe(0);
});

test.each<[string, ServerProgram, RegExp]>([
  ['is not there', fake('sound', { file: '/nowhere/codex' }), /^Codex's app-server could not be started: .*ENOENT/],
  [
    'falls',
    fake('falls'),
    /^Codex's app-server ended by itself, with exit code 3\. Its last words: Error: no room for \[redacted\]$/,
  ],
])('a program that %s: the cause is told', async (_, program, words) => {
  const { server } = open();
  const error: unknown = await server.lease(program).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(RpcError);
  expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringMatching(words) });
  expect(server.users).toBe(0);
});

test('one that never says hello is given up after 30 s and ended', async () => {
  const { server, asked, advance } = open();
  const lease = server.lease(fake('deaf')).catch(String);
  await vi.waitFor(() => expect(asked).toContain(30_000));
  advance(30_000);
  // Its input was closed, and it stays.
  await vi.waitFor(() => expect(asked).toContain(2000));
  advance(2000);
  expect(await lease).toMatch(/Codex did not answer initialize within 30 s/);
  expect(liveProcesses.list()).toEqual([]);
});

test.skipIf(process.platform === 'win32')('one that does not leave when its input ends is killed', async () => {
  const { server, asked, advance } = open();
  const lease = await server.lease(fake('stays'));
  const closed = server.close();
  await vi.waitFor(() => expect(asked).toContain(2000));
  expect(liveProcesses.list()).toHaveLength(1);
  advance(2000);
  await closed;
  expect(await lease.ended).toMatchObject({ asked: true, signal: 'SIGINT' });
});

test('a crash refuses what waits, and the next start waits, longer each time, until it is refused', async () => {
  // Told apart from the waits between starts.
  const { server, asked, advance, log } = open({ closePatienceMs: 1777 });
  const program = fake('sound');
  let lease = await server.lease(program);
  const words = "Codex's app-server ended by itself, with exit code 4.";
  for (const wait of [500, 1000, 2000, 4000]) {
    const waiting = lease.request('account/logout', undefined, anything).catch(String);
    expect(await waiting).toContain(words);
    expect(await lease.ended).toMatchObject({ exitCode: 4, words, asked: false });
    // It was in use, so it is started again; who asks meanwhile gets the same one.
    await vi.waitFor(() => expect(asked).toContain(wait));
    const next = server.lease(program);
    advance(wait - 1);
    expect(liveProcesses.list()).toEqual([]);
    advance(1);
    lease.release();
    lease = await next;
  }
  expect(lease.generation).toBe(5);
  await lease.request('account/logout', undefined, anything).catch(() => undefined);
  lease.release();
  const refused: unknown = await server.lease(program).catch((error: unknown) => error);
  expect(isLanesError(refused, 'unavailable')).toBe(true);
  expect(String(refused)).toMatch(/ended 5 times within a minute and is started again in \d+ s at the earliest\./);
  // Another program is another matter.
  (await server.lease(fake('sound', { env: { OTHER: '1' } }))).release();
  advance(60_000);
  (await server.lease(program)).release();
  expect(log.lines.filter((line) => line === `warn: ${words}`)).toHaveLength(5);
});

test.skipIf(process.platform === 'win32')('a crash that nobody sees starts nothing', async () => {
  const { server, asked } = open();
  const lease = await server.lease(fake('sound'));
  lease.release();
  process.kill(lease.pid, 'SIGKILL');
  expect(await lease.ended).toMatchObject({ signal: 'SIGKILL' });
  await vi.waitFor(() => expect(liveProcesses.list()).toEqual([]));
  expect(asked).not.toContain(500);
});

test('nobody uses it for five minutes: it is closed; who comes then gets a new one', async () => {
  const { server, advance } = open();
  const first = await server.lease(fake('sound'));
  first.release();
  advance(299_999);
  const second = await server.lease(fake('sound'));
  expect(second.pid).toBe(first.pid);
  advance(600_000);
  expect(await second.request('account/read', {}, anything)).toBe('read');
  second.release();
  advance(300_000);
  const third = await server.lease(fake('sound'));
  expect(third.generation).toBe(2);
  // Never two that may hold the same thread.
  expect(liveProcesses.list()).toHaveLength(1);
  expect(await first.ended).toMatchObject({ asked: true, exitCode: 0 });
  third.release();
});

test('another key: what runs goes on with the old one, what comes gets the new one', async () => {
  const { server } = open();
  const old = await server.lease(fake('sound', { apiKey: 'a' }));
  const fresh = await server.lease(fake('sound', { apiKey: 'b' }));
  expect([old.generation, fresh.generation]).toEqual([1, 2]);
  const told: string[] = [];
  server.onNotification(({ method }) => told.push(method));
  expect(await old.request('account/read', {}, anything)).toBe('read');
  // It may be of another account than what comes.
  expect(told).toEqual([]);
  expect(await server.running(fake('sound', { apiKey: 'a' }))).toBe(null);
  expect((await server.running(fake('sound', { apiKey: 'b' })))?.pid).toBe(fresh.pid);
  expect(liveProcesses.list()).toHaveLength(2);
  old.release();
  expect(await old.ended).toMatchObject({ asked: true });
  expect(await fresh.request('account/read', {}, anything)).toBe('read');
  expect(told).toEqual(['account/updated']);
  fresh.release();
});

test('hooks hear of each start and what was before it, before anybody else does; one that fails keeps nobody waiting', async () => {
  const { server, advance, asked, log } = open();
  const heard: string[] = [];
  server.onStart(() => Promise.reject(new Error('broken hook')));
  const stop = server.onStart(async (lease, before) => {
    await lease.request('account/read', {}, anything);
    heard.push(`${lease.generation} after ${before?.exitCode ?? 'nothing'}`);
  });
  const lease = await server.lease(fake('sound'));
  expect(heard).toEqual(['1 after nothing']);
  await lease.request('account/logout', undefined, anything).catch(() => undefined);
  await vi.waitFor(() => expect(asked).toContain(500));
  advance(500);
  await vi.waitFor(() => expect(heard).toEqual(['1 after nothing', '2 after 4']));
  stop();
  lease.release();
  expect(log.lines).toContain("error: after the start of Codex's app-server: broken hook");
});

test('who gives up while it starts leaves it to the others', async () => {
  const { server } = open();
  const stop = new AbortController();
  const given = server.lease(fake('sound'), stop.signal).catch((error: unknown) => error);
  const other = server.lease(fake('sound'));
  stop.abort('user');
  expect(await given).toBe('user');
  await expect(server.lease(fake('sound'), stop.signal)).rejects.toBe('user');
  const lease = await other;
  expect(await lease.request('account/read', {}, anything)).toBe('read');
  expect(server.users).toBe(1);
  lease.release();
});

test('closed in the middle of a start: nothing is left, nothing starts any more', async () => {
  const { server, asked, advance } = open();
  const lease = server.lease(fake('deaf')).catch(String);
  await vi.waitFor(() => expect(asked).toContain(30_000));
  const closed = server.close();
  await vi.waitFor(() => expect(asked).toContain(2000));
  advance(2000);
  await closed;
  expect(await lease).toContain("Codex's app-server was closed with the window.");
  expect(liveProcesses.list()).toEqual([]);
  await expect(server.lease(fake('sound'))).rejects.toThrow('was closed with the window');
});

test('closed where nobody uses it, and only there', async () => {
  const { server } = open();
  expect(await server.closeUnused()).toBe(true);
  const lease = await server.lease(fake('sound'));
  expect(await server.closeUnused()).toBe(false);
  lease.release();
  expect(await server.closeUnused()).toBe(true);
  expect(liveProcesses.list()).toEqual([]);
});

test('what a lease has registered ends with it', async () => {
  const inside = new FakeServer();
  const { lease } = inside.lease();
  const heard: string[] = [];
  lease.onNotification(({ method }) => heard.push(method));
  lease.onWire((direction) => heard.push(direction));
  lease.handle('currentTime/read', () => Promise.resolve({ time: 1 }));
  inside.say({ method: 'warning' }, { id: 1, method: 'currentTime/read' });
  await inside.settle();
  expect(heard).toEqual(['<', 'warning', '<', '>']);
  lease.release();
  inside.say({ method: 'warning' }, { id: 2, method: 'currentTime/read' });
  await inside.settle();
  expect(heard).toHaveLength(4);
  expect(inside.sent.at(-1)).toMatchObject({ id: 2, error: { code: -32601 } });
});

/** Servers in memory, whose starts and deaths are in the test's hands. */
class FakeStarts {
  alive = 0;
  /** Most that lived at one time. */
  most = 0;
  readonly waiting: (() => void)[] = [];
  readonly running: (() => void)[] = [];

  readonly start: NonNullable<SharedServerOptions['start']> = async (_program, _deps, signal) => {
    const begun = Promise.withResolvers<void>();
    this.waiting.push(begun.resolve);
    const abort = (): void => begun.reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    this.alive += 1;
    this.most = Math.max(this.most, this.alive);
    try {
      await begun.promise;
    } catch (error) {
      this.alive -= 1;
      throw error;
    }
    const { peer } = new FakeServer();
    const ended = Promise.withResolvers<ServerEnd>();
    let over = false;
    const end = (asked: boolean): void => {
      if (over) return;
      over = true;
      this.alive -= 1;
      ended.resolve({ exitCode: 1, signal: null, startError: null, stderr: '', asked, words: 'it fell' });
    };
    this.running.push(() => end(false));
    const server: RunningServer = {
      peer,
      pid: 1,
      info: { userAgent: '', codexHome: '/' },
      vault: null,
      notices: [],
      onStderr: () => () => undefined,
      ended: ended.promise,
      observe: () => undefined,
      endCommandsOf: async () => 0,
      close: async () => {
        for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
        end(true);
      },
    };
    return server;
  };
}

test('in any order of uses, crashes, waits and closings: one server, every use is answered, none is left', async () => {
  const step = fc.constantFrom(...(['lease', 'release', 'begin', 'crash', 'second', 'minutes', 'unused'] as const));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const clock = new FakeClock();
      const starts = new FakeStarts();
      const options = { clock, log: keptLog(), version: '1', experimentalApi: false, start: starts.start };
      const server = new SharedServer(options);
      const held: Lease[] = [];
      let asked = 0;
      let answered = 0;
      const settle = async (): Promise<void> => {
        for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
      };
      const take = (lease: Lease): void => {
        answered += 1;
        held.push(lease);
      };
      const refuse = (): void => {
        answered += 1;
      };
      for (const one of steps) {
        if (one === 'lease') {
          asked += 1;
          server.lease(fake('sound')).then(take, refuse);
        } else if (one === 'release') held.shift()?.release();
        else if (one === 'begin') starts.waiting.shift()?.();
        else if (one === 'crash') starts.running.shift()?.();
        else if (one === 'second') clock.advance(1000);
        else if (one === 'minutes') clock.advance(400_000);
        else void server.closeUnused();
        await settle();
        expect(starts.most).toBeLessThanOrEqual(1);
      }
      await server.close();
      await settle();
      expect(starts.alive).toBe(0);
      expect(answered).toBe(asked);
      for (const lease of held) lease.release();
      expect(server.users).toBe(0);
    }),
    { seed: 6, numRuns: 1000 },
  );
});
