import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { ThreadId } from '../model/index.ts';
import { defaultThreadOptions } from '../model/index.ts';
import type { PracticeServer } from '../practice/index.ts';
import { startPractice } from '../practice/index.ts';
import type { TestAppOptions } from './testing/test-app.ts';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

const limit = 90_000;
const real = test.skipIf(realCodex === '' || process.platform === 'win32');

let room: TestRoom;
let practice: PracticeServer;
beforeEach(async () => {
  room = new TestRoom();
  practice = await startPractice({ workspaces: [realpathSync(tmpdir())], pace: 'instant' });
  mkdirSync(room.work, { recursive: true });
  git('init', '-q', '-b', 'main');
  writeFileSync(join(room.work, 'a.txt'), 'one\ntwo\nthree\n');
  git('add', '-A');
  git('commit', '-qm', 'begin');
});
afterEach(async () => {
  await room.close();
  await practice.close();
});

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'commit.gpgSign=false'];
  return execFileSync('git', [...identity, ...args], { cwd: room.work, stdio: 'pipe' }).toString();
}

const open = (options: TestAppOptions = {}): Promise<App> =>
  room.open({
    practiceUrl: practice.url,
    ...options,
    settings: { codexPath: { value: realCodex, source: 'test' }, ...options.settings },
  });

async function turn(app: App, thread: ThreadId, text: string): Promise<void> {
  const done = room.events.filter((event) => event.kind === 'receipt').length;
  await send(app, thread, text);
  await vi.waitFor(() => expect(room.events.filter((event) => event.kind === 'receipt')).toHaveLength(done + 1), {
    timeout: 40_000,
    interval: 20,
  });
  expect(room.events.findLast((event) => event.kind.startsWith('turn_'))).toMatchObject({ kind: 'turn_completed' });
}

/** A thread whose first turn ran in a worktree of its own. */
async function threadInWorktree(app: App, text: string): Promise<ThreadId> {
  const thread = app.threads.create(room.work);
  expect(await app.threads.setOptions(thread, { ...defaultThreadOptions, worktree: true })).toEqual({ ok: true });
  await turn(app, thread, text);
  return thread;
}

real('from the first turn in a worktree through another process to the merge', { timeout: limit }, async () => {
  const app = await open({ settings: { keepRawStreams: true } });
  const thread = await threadInWorktree(app, 'run: echo made > made.txt; pwd');
  const { worktree } = await app.threads.view(thread);
  expect(worktree).toMatchObject({ origin: room.work, base: git('rev-parse', 'HEAD').trim() });
  expect(worktree?.path.startsWith(join(room.codexHome, 'worktrees/'))).toBe(true);
  // Early: before the first word of the answer.
  const kinds = room.events.map((event) => event.kind);
  expect(kinds.indexOf('worktree_created')).toBeLessThan(kinds.indexOf('assistant_text'));
  expect(existsSync(join(room.work, 'made.txt'))).toBe(false);
  await app.close();

  const again = await open();
  await turn(again, thread, 'run: echo more >> a.txt; pwd');
  const ran = room.events.findLast((event) => event.kind === 'command_execution' && event.phase === 'completed');
  expect(ran).toMatchObject({ output: `${worktree?.path}\n` });
  expect(await again.threads.worktree.diff(thread)).toMatchObject({
    ok: true,
    diff: expect.stringContaining('+more'),
    files: [
      { path: 'a.txt', kind: 'update', added: 1, removed: 0 },
      { path: 'made.txt', kind: 'add', added: 1, removed: 0 },
    ],
  });
  writeFileSync(join(room.work, 'a.txt'), 'something else\n');
  expect(await again.threads.worktree.merge(thread)).toMatchObject({ ok: false, conflicts: ['a.txt'] });
  expect(existsSync(join(room.work, 'made.txt'))).toBe(false);
  git('checkout', '-q', 'a.txt');
  expect(await again.threads.worktree.merge(thread)).toEqual({ ok: true, files: 2 });
  expect(readFileSync(join(room.work, 'made.txt'), 'utf8')).toBe('made\n');
  expect(room.events.at(-1)).toMatchObject({ kind: 'worktree_closed', how: 'merged', kept: null });
  expect((await again.threads.view(thread)).worktree).toBeNull();
  // It goes on in the folder itself.
  await turn(again, thread, 'run: pwd');
  const last = room.events.findLast((event) => event.kind === 'command_execution' && event.phase === 'completed');
  expect(last).toMatchObject({ output: `${room.work}\n` });
  const raw = readdirSync(join(room.dataHome, 'raw', thread)).sort();
  // Of the first turn alone: the second process was not asked to.
  expect(raw).toEqual([expect.stringMatching(/\.jsonl$/), expect.stringMatching(/\.meta\.json$/)]);
});

real(
  'a worktree is refused to others while its turn runs, and kept when it is discarded',
  { timeout: limit },
  async () => {
    const app = await open();
    const thread = await threadInWorktree(app, 'run: echo mine > a.txt');
    await send(app, thread, 'slow command');
    await vi.waitFor(() => expect(app.threads.activity(thread).running).toBe(true));
    for (const refused of [await app.threads.worktree.merge(thread), await app.threads.worktree.discard(thread)]) {
      expect(refused).toEqual({ ok: false, message: expect.stringMatching(/turn/) });
    }
    await app.threads.stop(thread);
    expect(await app.threads.worktree.discard(thread)).toEqual({
      ok: true,
      kept: `refs/codex-lanes/discarded/${thread}`,
    });
    expect(git('show', `refs/codex-lanes/discarded/${thread}:a.txt`)).toBe('mine\n');
    expect(git('status', '--porcelain')).toBe('');
    expect(await app.threads.worktree.discard(thread)).toMatchObject({ ok: false, message: /no worktree/ });
  },
);

real('a worktree that is gone does not hold up its thread', { timeout: limit }, async () => {
  const app = await open();
  const thread = await threadInWorktree(app, 'say: hello');
  rmSync((await app.threads.view(thread)).worktree?.path ?? '', { recursive: true });
  expect(await app.threads.worktree.diff(thread)).toMatchObject({ ok: false, message: /no longer there/ });
  expect(await app.threads.worktree.merge(thread)).toMatchObject({ ok: false, message: /no longer there/ });
  expect(await app.threads.worktree.discard(thread)).toEqual({ ok: true, kept: null });
  await turn(app, thread, 'say: again');
});

real('in a workspace that is not trusted git is not started', { timeout: limit }, async () => {
  const app = await open();
  const thread = await threadInWorktree(app, 'say: hello');
  await app.close();
  const trap = join(room.root, 'trap');
  mkdirSync(trap);
  writeFileSync(join(trap, 'git'), `#!/bin/sh\ntouch '${trap}/started'\n`, { mode: 0o755 });
  const untrusted = await open({ trusted: false, env: { PATH: `${trap}:${process.env.PATH}` } });
  const { diff, merge, discard } = untrusted.threads.worktree;
  for (const call of [diff, merge, discard])
    expect(await call(thread)).toMatchObject({ ok: false, message: /trusted/ });
  expect(existsSync(join(trap, 'started'))).toBe(false);
});
