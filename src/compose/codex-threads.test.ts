import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { NativeThreadId, ThreadId } from '../model/index.ts';
import { nativeThreadId, threadId } from '../model/index.ts';
import type { SettingsSnapshot } from '../ports/index.ts';
import type { CodexThreadsDeps } from './codex-threads.ts';
import { codexThreadActions } from './codex-threads.ts';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

const patience = { timeout: 30_000, interval: 10 };
const open: Partial<SettingsSnapshot> = {
  nativeInteractive: { value: true, source: 'codexLanes.native.interactive' },
};
const never = new AbortController().signal;

let room: TestRoom;
beforeEach(() => {
  room = new TestRoom();
});
afterEach(() => room.close());

/** Codex's own program, as a user runs it in a terminal. */
function terminal(...args: readonly string[]) {
  const child = spawn(realCodex, ['exec', '--json', ...args], {
    cwd: room.work,
    env: { PATH: process.env.PATH, HOME: join(room.root, 'home'), CODEX_HOME: room.codexHome },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString();
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const id = async (): Promise<NativeThreadId> => {
    await vi.waitFor(() => expect(out).toContain('thread_id'), patience);
    return nativeThreadId(/"thread_id":"([^"]+)"/.exec(out)?.[1] ?? '');
  };
  return { child, ended, id, out: () => out };
}

async function inTerminal(...args: readonly string[]): Promise<NativeThreadId> {
  const run = terminal(...args);
  await run.ended;
  return run.id();
}

async function listed(app: App) {
  const answer = await app.threads.codex.list(never);
  return answer.kind === 'threads' ? answer.threads : answer.why;
}

async function opened(app: App, id: NativeThreadId): Promise<ThreadId> {
  const answer = await app.threads.codex.open(id, never);
  if (!answer.ok) throw new Error(answer.message);
  return answer.threadId;
}

async function turn(app: App, thread: ThreadId, text: string) {
  const receipts = () => room.events.flatMap((event) => (event.kind === 'receipt' ? [event.receipt] : []));
  const before = receipts().length;
  await send(app, thread, text);
  await vi.waitFor(() => expect(receipts()).toHaveLength(before + 1), patience);
  return receipts().at(-1);
}

describe.skipIf(realCodex === '')('threads of Codex’s own', () => {
  test('a thread of the terminal is listed, opened with its history and gone on with', async () => {
    const app = await room.open({ settings: open });
    const id = await inTerminal('-s', 'workspace-write', 'run: echo hi');
    expect(await inTerminal('resume', id, 'say: two')).toBe(id);
    expect(await listed(app)).toMatchObject([
      { nativeThreadId: id, title: 'run: echo hi', cwd: room.work, source: 'exec' },
    ]);
    const thread = await opened(app, id);
    const view = await app.threads.view(thread);
    expect(view).toMatchObject({ title: 'run: echo hi', cwd: room.work, nativeThreadId: id });
    expect(view.rows.map((row) => row.kind)).toEqual([
      ...['user', 'reasoning', 'command', 'text'],
      ...['user', 'text', 'notice'],
    ]);
    expect(view.rows.every((row) => !row.open)).toBe(true);
    expect(view.turns).toMatchObject([
      { state: 'completed', model: null, cwd: room.work },
      { state: 'completed', resolved: null, transport: null },
    ]);
    // The one there is; and it is no longer Codex's own.
    expect(await listed(app)).toEqual([]);
    expect(await opened(app, id)).toBe(thread);
    expect(await app.threads.list()).toHaveLength(1);
    const receipt = await turn(app, thread, 'say: three');
    expect(receipt).toMatchObject({
      nativeThreadId: id,
      transport: 'app-server',
      usage: { input: expect.any(Number) },
    });
    // The terminal goes on with it, too, and knows what was said here.
    expect(await inTerminal('resume', id, 'say: four')).toBe(id);
    expect(await turn(app, thread, 'say: five')).toMatchObject({ nativeThreadId: id });
  });

  test('exec resumes it where the transport is exec', async () => {
    const app = await room.open({ settings: { ...open, nativeTransport: 'exec' } });
    const id = await inTerminal('say: one');
    const thread = await opened(app, id);
    expect(await turn(app, thread, 'say: two')).toMatchObject({ nativeThreadId: id, transport: 'exec', usage: null });
    expect(await turn(app, thread, 'say: three')).toMatchObject({
      nativeThreadId: id,
      usage: { input: expect.any(Number) },
    });
  });

  test('ours are not Codex’s own: neither while they run nor afterwards, on either transport', async () => {
    const app = await room.open({ settings: open });
    const other = await room.open({ settings: { ...open, nativeTransport: 'exec' } });
    const thread = app.threads.create(room.work);
    await send(app, thread, 'fail: hang');
    await vi.waitFor(() => expect(room.events.some(({ nativeThreadId: id }) => id !== undefined)).toBe(true), patience);
    await vi.waitFor(async () => expect((await app.threads.list())[0]?.nativeThreadIds).toHaveLength(1), patience);
    expect(await listed(other)).toEqual([]);
    await app.threads.stop(thread);
    await turn(other, other.threads.create(room.work), 'say: hi');
    expect(await listed(app)).toEqual([]);
  });

  test('one that a terminal writes is refused with the reason, and nothing is lost', async () => {
    const app = await room.open({ settings: open });
    const id = await inTerminal('say: one');
    const busy = terminal('resume', id, 'fail: hang');
    await busy.id();
    await vi.waitFor(async () => {
      expect(await app.threads.codex.open(id, never)).toMatchObject({
        ok: false,
        message: expect.stringContaining('already has an active writer'),
      });
    }, patience);
    expect(await app.threads.list()).toEqual([]);
    busy.child.kill('SIGINT');
    await busy.ended;
    const view = await app.threads.view(await opened(app, id));
    expect(view.turns.map(({ state }) => state)).toEqual(['completed', 'interrupted']);
    // It is taken again while the thread is ours: the turn fails, and says why.
    const again = terminal('resume', id, 'fail: hang');
    await again.id();
    await turn(app, view.threadId, 'say: two');
    expect(room.events.findLast(({ kind }) => kind === 'turn_failed')).toMatchObject({
      error: { code: 'thread_busy' },
    });
    again.child.kill('SIGINT');
    await again.ended;
    expect(await turn(app, view.threadId, 'say: three')).toMatchObject({ nativeThreadId: id });
  });

  test('a thread of a folder that is not open is listed, and not opened', async () => {
    const app = await room.open({ settings: open });
    const elsewhere = join(room.root, 'elsewhere');
    mkdirSync(join(elsewhere, '.git'), { recursive: true });
    const id = await inTerminal('-C', elsewhere, '--skip-git-repo-check', 'say: one');
    expect(await listed(app)).toMatchObject([{ nativeThreadId: id, cwd: elsewhere }]);
    expect(await app.threads.codex.open(id, never)).toMatchObject({
      ok: false,
      message: expect.stringContaining(elsewhere),
    });
    expect(await app.threads.list()).toEqual([]);
  });

  test('nothing is started where it may not be, and the reason is said', async () => {
    const shut = await room.open();
    expect(await shut.threads.codex.list(never)).toEqual({ kind: 'none', why: '' });
    const untrusted = await room.open({ settings: open, trusted: false });
    expect(await listed(untrusted)).toMatch(/not trusted/);
    const missing = await room.open({ settings: { ...open, codexPath: { value: '/nowhere/codex', source: 'test' } } });
    expect(await listed(missing)).toMatch(/not found|can’t|cannot|missing/i);
    const gone = new AbortController();
    gone.abort();
    const app = await room.open({ settings: open });
    expect(await app.threads.codex.list(gone.signal)).toMatchObject({ kind: 'none' });
    expect([shut, untrusted, missing].flatMap((one) => one.runtime.processes())).toEqual([]);
    expect(await app.threads.codex.open(nativeThreadId('0199aaaa-0000-7000-8000-000000000000'), never)).toEqual({
      ok: false,
      message: 'Codex no longer has this thread.',
    });
  });

  test('who has left while it was read takes nobody else along', async () => {
    const app = await room.open({ settings: open });
    const id = await inTerminal('say: one');
    const left = new AbortController();
    const first = app.threads.codex.open(id, left.signal);
    left.abort();
    const second = app.threads.codex.open(id, never);
    expect(await first).toMatchObject({ ok: false });
    expect(await second).toMatchObject({ ok: true });
    expect(await app.threads.list()).toHaveLength(1);
  });

  test('two clicks open one thread', async () => {
    const app = await room.open({ settings: open });
    const id = await inTerminal('say: one');
    const [one, two] = await Promise.all([opened(app, id), opened(app, id)]);
    expect(two).toBe(one);
  });
});

test('the log of a thread whose summary names none is read once, until it is written again', async () => {
  const id = nativeThreadId('n');
  const summary = { threadId: threadId('t'), updatedAt: '2026-01-01T00:00:00.000Z' };
  let ours = [summary];
  let reads = 0;
  const threads = codexThreadActions({
    ours: async () => ours,
    nativeOf: async () => {
      reads += 1;
      return id;
    },
  } as unknown as CodexThreadsDeps);
  for (let i = 0; i < 2; i++) expect(await threads.open(id, never)).toEqual({ ok: true, threadId: 't' });
  expect(reads).toBe(1);
  ours = [{ ...summary, updatedAt: '2026-01-02T00:00:00.000Z' }];
  await threads.open(id, never);
  expect(reads).toBe(2);
});
