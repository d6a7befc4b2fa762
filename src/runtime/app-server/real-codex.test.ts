import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { liveProcesses, systemClock } from '../../node/index.ts';
import type { Lease } from './lease.ts';
import type { Notification } from './peer.ts';
import { SharedServer } from './shared-server.ts';
import { signIn } from './sign-in.ts';
import { keptLog } from './testing/fake-server.ts';
import { realCodex, ServerRoom } from './testing/server-room.ts';

const anything = z.unknown();
const withThread = z.object({ thread: z.object({ id: z.string() }) });
const withTurn = z.object({ turn: z.object({ id: z.string(), status: z.string() }) });
const account = z.object({ account: z.object({ type: z.string() }).nullable(), requiresOpenaiAuth: z.boolean() });
const apiKey = 'sk-test-0123456789abcdefghijklmnop';
/** The built-in provider, which needs a login. Nothing is asked of it here. */
const openai = '[features]\nplugins = false\napps = false\nremote_plugin = false\n';

let room: ServerRoom;
let log: ReturnType<typeof keptLog>;
let server: SharedServer;

beforeEach(async () => {
  room = await ServerRoom.open();
  log = keptLog();
  server = open();
});

afterEach(async () => {
  await server.close();
  expect(liveProcesses.list()).toEqual([]);
  await room.close();
});

function open(options: { readonly idleMs?: number } = {}): SharedServer {
  return new SharedServer({ clock: systemClock, log, version: '0.0.0-test', experimentalApi: true, ...options });
}

const input = (text: string) => [{ type: 'text' as const, text, text_elements: [] }];

async function startThread(lease: Lease): Promise<string> {
  const params = { cwd: room.work, sandbox: 'workspace-write', approvalPolicy: 'never' } as const;
  return (await lease.request('thread/start', params, withThread)).thread.id;
}

/** Everything that a lease hears from now on. */
function hear(lease: Lease): { readonly all: Notification[]; readonly until: (method: string) => Promise<unknown> } {
  const all: Notification[] = [];
  lease.onNotification((told) => all.push(told));
  const until = async (method: string): Promise<unknown> => {
    await vi.waitFor(() => expect(all.map((told) => told.method)).toContain(method), { timeout: 30_000 });
    return all.findLast((told) => told.method === method)?.params;
  };
  return { all, until };
}

const deltas = (all: readonly Notification[]): readonly string[] =>
  all
    .filter(({ method }) => method === 'item/agentMessage/delta')
    .map(({ params }) => z.object({ delta: z.string() }).parse(params).delta);

test.skipIf(realCodex === null)('hello, and a turn whose text streams', async () => {
  const lease = await server.lease(await room.program());
  expect(lease.userAgent).toMatch(/^codex_lanes\//);
  expect(lease.codexHome).toBe(room.codexHome);
  const heard = hear(lease);
  const threadId = await startThread(lease);
  const { turn } = await lease.request('turn/start', { threadId, input: input('say: one two three four') }, withTurn);
  expect(turn.status).toBe('inProgress');
  const end = withTurn.parse(await heard.until('turn/completed'));
  expect(end.turn).toMatchObject({ id: turn.id, status: 'completed' });
  expect(deltas(heard.all).length).toBeGreaterThan(1);
  expect(deltas(heard.all).join('')).toBe('one two three four');
  expect(log.lines).toEqual([]);
  lease.release();
});

test.skipIf(realCodex === null)('two threads share one process, which is closed when nobody needs it', async () => {
  await server.close();
  server = open({ idleMs: 100 });
  const program = await room.program();
  const [one, two] = await Promise.all([server.lease(program), server.lease(program)]);
  expect([two.pid, two.generation]).toEqual([one.pid, 1]);
  const heard = hear(one);
  const ids = await Promise.all([startThread(one), startThread(two)]);
  const ask = (threadId: string) => two.request('turn/start', { threadId, input: input('say: hello') }, withTurn);
  await Promise.all(ids.map(ask));
  await vi.waitFor(() => expect(heard.all.filter(({ method }) => method === 'turn/completed')).toHaveLength(2));
  expect(await server.closeUnused()).toBe(false);
  one.release();
  two.release();
  two.release();
  expect(await two.ended).toMatchObject({ asked: true, exitCode: 0, signal: null });
  await vi.waitFor(() => expect(liveProcesses.list()).toEqual([]));
  expect(log.lines).toEqual([]);
});

test.skipIf(realCodex === null || process.platform === 'win32')(
  'a kill in the middle of a turn: the cause is told, and the thread goes on in the next process',
  async () => {
    const program = await room.program();
    const lease = await server.lease(program);
    const starts: (readonly [number, string | null])[] = [];
    const heard = hear(lease);
    const threadId = await startThread(lease);
    await lease.request('turn/start', { threadId, input: input('say: before') }, withTurn);
    await heard.until('turn/completed');
    server.onStart(async (own, before) => {
      await own.request('thread/resume', { threadId }, withThread);
      starts.push([own.generation, before?.words ?? null]);
    });
    await lease.request('turn/start', { threadId, input: input('fail: hang') }, withTurn);
    await heard.until('item/agentMessage/delta');
    const waiting = lease.request('thread/read', { threadId, includeTurns: true }, anything).catch(String);
    process.kill(lease.pid, 'SIGKILL');
    const end = await lease.ended;
    expect(end).toMatchObject({ asked: false, signal: 'SIGKILL', exitCode: null });
    expect(end.words).toMatch(/^Codex's app-server was ended by SIGKILL\./);
    // It may have answered before it died.
    expect([end.words, undefined]).toContain(String(await waiting).match(/Codex's.*/)?.[0]);
    await expect(lease.request('account/read', {}, anything)).rejects.toMatchObject({ failure: { kind: 'gone' } });
    // It was in use: the next one is there without being asked for.
    await vi.waitFor(() => expect(starts).toEqual([[2, end.words]]), { timeout: 30_000 });
    const next = await server.lease(program);
    expect(next.generation).toBe(2);
    const again = hear(next);
    await next.request('turn/start', { threadId, input: input('say: after') }, withTurn);
    await again.until('turn/completed');
    expect(deltas(again.all).join('')).toBe('after');
    lease.release();
    next.release();
    expect(log.lines).toEqual([`warn: ${end.words}`]);
  },
);

/** Each phase is left while what it names is on its way. */
const phases = ['hello', 'thread/start', 'turn/start', 'text', 'command', 'interrupt', 'close'] as const;

test.skipIf(realCodex === null || process.platform === 'win32').each(phases)(
  'killed in phase %s: all that waits hears the cause, nothing is left, the next one works',
  async (phase) => {
    const program = await room.program();
    const pid = (): number => liveProcesses.list().find(({ kind }) => kind === 'server')?.pid ?? 0;
    const kill = (): void => {
      const victim = pid();
      // 0 would be our own group.
      if (victim <= 0) throw new Error('there is no server to kill');
      process.kill(victim, 'SIGKILL');
    };
    const settled: Promise<string>[] = [];
    const wait = (promise: Promise<unknown>): void => void settled.push(promise.then(() => 'answered', String));
    const starting = server.lease(program);
    if (phase === 'hello') {
      await vi.waitFor(() => expect(pid()).toBeGreaterThan(0));
      kill();
      wait(starting);
    } else {
      const lease = await starting;
      const heard = hear(lease);
      const run = async (): Promise<void> => {
        if (phase === 'thread/start') return wait(startThread(lease));
        const threadId = await startThread(lease);
        const text = phase === 'command' || phase === 'close' ? 'slow command' : 'fail: hang';
        const turn = lease.request('turn/start', { threadId, input: input(text) }, withTurn);
        if (phase === 'turn/start') return wait(turn);
        const started = phase === 'command' || phase === 'close' ? 'commandExecution' : 'agentMessage';
        await vi.waitFor(() => expect(JSON.stringify(heard.all)).toContain(started), { timeout: 30_000 });
        wait(lease.request('thread/list', {}, anything));
        const turnId = (await turn).turn.id;
        if (phase === 'interrupt') wait(lease.request('turn/interrupt', { threadId, turnId }, anything));
        if (phase === 'close') wait(server.close());
      };
      await run();
      kill();
      expect((await lease.ended).words).toMatch(/SIGKILL|was closed/);
      lease.release();
    }
    for (const outcome of await Promise.all(settled)) expect(outcome).toMatch(/^answered$|SIGKILL|was closed/);
    expect(log.lines.filter((line) => line.includes('may still run'))).toEqual([]);
    if (phase === 'close') return;
    const next = await server.lease(program);
    expect(await next.request('account/read', {}, account)).toMatchObject({ requiresOpenaiAuth: false });
    next.release();
  },
);

test.skipIf(realCodex === null)('close ends a running command too, and the requests that wait', async () => {
  const lease = await server.lease(await room.program());
  const heard = hear(lease);
  const threadId = await startThread(lease);
  await lease.request('turn/start', { threadId, input: input('slow command') }, withTurn);
  await vi.waitFor(
    () =>
      expect(JSON.stringify(heard.all.filter((told) => told.method === 'item/started'))).toContain('commandExecution'),
    { timeout: 30_000 },
  );
  lease.observe();
  await server.close();
  expect((await lease.ended).asked).toBe(true);
  await expect(server.lease(await room.program())).rejects.toMatchObject({ failure: { kind: 'gone' } });
});

test.skipIf(realCodex === null)('interrupt ends a hanging turn in time', async () => {
  const lease = await server.lease(await room.program());
  const heard = hear(lease);
  const threadId = await startThread(lease);
  const { turn } = await lease.request('turn/start', { threadId, input: input('fail: hang') }, withTurn);
  await heard.until('item/agentMessage/delta');
  await lease.request('turn/interrupt', { threadId, turnId: turn.id }, anything);
  expect(withTurn.parse(await heard.until('turn/completed')).turn.status).toBe('interrupted');
  lease.release();
});

test.skipIf(realCodex === null)('a thread can be written elsewhere once nobody hears it here any more', async () => {
  const program = await room.program();
  const other = open();
  try {
    const [lease, stranger] = await Promise.all([server.lease(program), other.lease(program)]);
    const heard = hear(lease);
    const threadId = await startThread(lease);
    await lease.request('turn/start', { threadId, input: input('say: mine') }, withTurn);
    await heard.until('turn/completed');
    const resume = () => stranger.request('thread/resume', { threadId }, withThread);
    await expect(resume()).rejects.toThrow('already has an active writer');
    await lease.request('thread/unsubscribe', { threadId }, anything);
    await heard.until('thread/closed');
    expect((await resume()).thread.id).toBe(threadId);
    lease.release();
    stranger.release();
  } finally {
    await other.close();
  }
});

test.skipIf(realCodex === null)('a key of ours is in the memory of the process alone', async () => {
  room.configure(openai);
  const own = {
    auth_mode: 'chatgpt',
    OPENAI_API_KEY: null,
    tokens: { id_token: 'a.e30.b', access_token: 'c', refresh_token: 'd' },
  };
  writeFileSync(join(room.codexHome, 'auth.json'), JSON.stringify(own));
  const program = await room.program({ nativeAuth: 'api-key' }, apiKey);
  expect(program.apiKey).toBe(apiKey);
  expect(JSON.stringify([program.args, program.env])).not.toContain(apiKey);
  const lease = await server.lease(program);
  expect(await lease.request('account/read', {}, account)).toMatchObject({ account: { type: 'apiKey' } });
  if (process.platform === 'linux') {
    for (const file of ['environ', 'cmdline']) {
      expect(readFileSync(`/proc/${lease.pid}/${file}`, 'latin1')).not.toContain(apiKey);
    }
  }
  lease.release();
  await server.close();
  // The user's own login is as it was, and the key lies nowhere.
  expect(JSON.parse(readFileSync(join(room.codexHome, 'auth.json'), 'utf8'))).toEqual(own);
  const files = readdirSync(room.root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(5);
  for (const { parentPath, name } of files) {
    expect(readFileSync(join(parentPath, name)).includes(apiKey), name).toBe(false);
  }
});

test.skipIf(realCodex === null)(
  'ChatGPT: the browser flow begins, and is cancelled; a code cannot be had offline',
  async () => {
    room.configure(openai);
    const lease = await server.lease(await room.program());
    const heard = hear(lease);
    const stop = new AbortController();
    const steps: string[] = [];
    const end = await signIn(lease, {
      method: 'browser',
      onStep: (step) => {
        steps.push(step.url);
        stop.abort('user');
      },
      canReach: async () => true,
      clock: systemClock,
      log,
      signal: stop.signal,
    });
    expect(end).toEqual({ kind: 'cancelled' });
    expect(new URL(steps[0] ?? '').origin).toBe('https://auth.openai.com');
    expect(await heard.until('account/login/completed')).toMatchObject({ success: false });
    const unreached = await signIn(lease, {
      method: 'browser',
      onStep: () => steps.push('never'),
      canReach: async () => false,
      clock: systemClock,
      log,
      signal: new AbortController().signal,
    });
    expect(unreached).toMatchObject({ kind: 'failed', message: expect.stringContaining('can’t be reached') });
    expect(steps).toHaveLength(1);
    expect(existsSync(join(room.codexHome, 'auth.json'))).toBe(false);
    lease.release();
  },
);

test.skipIf(realCodex === null)('a broken configuration: it starts, says so, and begins no thread', async () => {
  const program = await room.program();
  room.configure('model = 5\n');
  const lease = await server.lease(program);
  const summary = 'Invalid configuration; using defaults.';
  const told = expect.objectContaining({ method: 'configWarning', params: expect.objectContaining({ summary }) });
  await vi.waitFor(() => expect(lease.notices).toContainEqual(told));
  await expect(startThread(lease)).rejects.toThrow('failed to load configuration');
  lease.release();
  const strict = { ...program, args: [...program.args, '--strict-config'] };
  await expect(server.lease(strict)).rejects.toThrow(
    /ended by itself, with exit code 1\. Its last words: Error: .*expected a string/,
  );
  expect(server.users).toBe(0);
});
