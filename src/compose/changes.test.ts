import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { LogEvent, RowOf, ThreadId } from '../model/index.ts';
import { emptyThread, foldAll } from '../model/index.ts';
import type { PracticeServer } from '../practice/index.ts';
import { startPractice } from '../practice/index.ts';
import { send, TestRoom } from './testing/test-app.ts';

const limit = 60_000;
const patience = { timeout: 30_000, interval: 20 };
let room: TestRoom;
/** One whose answers act in other folders than the room's. */
let practice: PracticeServer | null = null;
beforeEach(() => {
  room = new TestRoom();
});
afterEach(async () => {
  await room.close();
  await practice?.close();
  practice = null;
});

const git = (...args: readonly string[]): void => {
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@y', ...args], { cwd: room.work, stdio: 'ignore' });
};
const write = (name: string, text: string): void => writeFileSync(join(room.work, name), text);
const at = (name: string): string => join(room.work, name);

async function openRepository(sandbox: 'workspace-write' | 'danger-full-access', practiceUrl?: string): Promise<App> {
  const app = await room.open({
    settings: { nativeSandbox: sandbox },
    ...(practiceUrl === undefined ? {} : { practiceUrl }),
  });
  git('init', '-q', '-b', 'main');
  write('clean.js', 'oldName();\n');
  write('dirty.js', 'committed();\n');
  write('shell.txt', 'before\n');
  git('add', '-A');
  git('commit', '-qm', 'x');
  write('dirty.js', 'oldName(); // mine\n');
  return app;
}

async function turn(app: App, thread: ThreadId, text: string): Promise<readonly RowOf<'file-change'>[]> {
  const ends = () => room.events.filter((event) => /^turn_(completed|failed|interrupted)$/.test(event.kind));
  const before = ends().length;
  await send(app, thread, text);
  await vi.waitFor(() => expect(ends()).toHaveLength(before + 1), patience);
  expect(ends().at(-1)).toMatchObject({ kind: 'turn_completed' });
  return (await app.threads.view(thread)).rows.filter((row) => row.kind === 'file-change');
}

describe.each(['workspace-write', 'danger-full-access'] as const)('a real turn, %s', (sandbox) => {
  test(
    'a patch of a clean and of a dirty file: what stood before, and the difference',
    async () => {
      const app = await openRepository(sandbox);
      const thread = app.threads.create(room.work);
      const rows = await turn(app, thread, 'rename oldName to newName');
      expect(readFileSync(at('clean.js'), 'utf8')).toBe('newName();\n');
      expect(rows).toHaveLength(1);
      const [row] = rows;
      expect(row).toMatchObject({ announced: true, diffSource: 'pre-image', status: 'completed' });
      const texts = await Promise.all(
        (row?.baselines ?? []).map(async ({ path, blob }) => [
          path,
          blob && String(await app.threads.contentBefore(blob)),
        ]),
      );
      expect(Object.fromEntries(texts)).toEqual({
        [at('clean.js')]: 'oldName();\n',
        [at('dirty.js')]: 'oldName(); // mine\n',
      });
      const grades = Object.fromEntries((row?.baselines ?? []).map(({ path, grade }) => [path, grade]));
      // Codex may write before it says so; what is proven then is where the turn began.
      if (sandbox === 'danger-full-access') {
        expect(grades).toEqual({ [at('clean.js')]: 'git', [at('dirty.js')]: 'copied' });
      } else {
        expect(['exact', 'git']).toContain(grades[at('clean.js')]);
        expect(['exact', 'copied']).toContain(grades[at('dirty.js')]);
      }
      const diffs = Object.fromEntries((row?.changes ?? []).map(({ path, diff }) => [path, diff]));
      expect(diffs[at('clean.js')]).toContain('-oldName();\n+newName();\n');
      expect(diffs[at('dirty.js')]).toContain('-oldName(); // mine\n+newName(); // mine\n');
    },
    limit,
  );

  test(
    'what a command changed is a row with who unknown, before the turn ends',
    async () => {
      const app = await openRepository(sandbox);
      const thread = app.threads.create(room.work);
      // No model is as fast as the practice endpoint: the folder is looked at meanwhile.
      const rows = await turn(app, thread, 'run: sleep 2; echo by a command > shell.txt; echo new > made.txt');
      expect(rows).toMatchObject([
        {
          announced: false,
          open: false,
          changes: [
            { path: at('made.txt'), kind: 'add' },
            { path: at('shell.txt'), kind: 'update' },
          ],
          baselines: [
            { path: at('made.txt'), grade: 'git', blob: null },
            { path: at('shell.txt'), grade: 'git' },
          ],
        },
      ]);
      expect(rows[0]?.changes[1]?.diff).toContain('-before\n+by a command\n');
      const last = room.events.findLastIndex(({ kind }) => kind === 'disk_change_detected');
      expect(last).toBeLessThan(room.events.findLastIndex(({ kind }) => kind === 'turn_completed'));
      // What is read again is what was told.
      const log = readFileSync(join(room.dataHome, 'threads', thread, 'events.jsonl'), 'utf8')
        .trimEnd()
        .split('\n');
      const read = foldAll(
        emptyThread(thread),
        log.map((line): LogEvent => JSON.parse(line)),
      );
      expect(read.rows.filter(({ kind }) => kind === 'file-change')).toEqual(rows);
      expect(existsSync(join(room.dataHome, 'blobs'))).toBe(true);
    },
    limit,
  );
});

test(
  'outside Git nothing is made up: no baseline, and why',
  async () => {
    const app = await room.open({
      settings: { nativeSandbox: 'danger-full-access', nativeSkipGitCheck: true },
    });
    write('a.js', 'oldName();\n');
    const rows = await turn(app, app.threads.create(room.work), 'rename oldName to newName');
    expect(rows).toMatchObject([
      {
        diffSource: null,
        changes: [{ path: at('a.js'), kind: 'update' }],
        baselines: [{ path: at('a.js'), grade: 'unknown', gap: 'no-repository', blob: null }],
      },
    ]);
  },
  limit,
);

test(
  'a patch that moves a file: told as Codex tells it, and nothing made up',
  async () => {
    const app = await openRepository('danger-full-access');
    const patch = [
      '*** Begin Patch',
      '*** Update File: clean.js',
      '*** Move to: moved.js',
      '@@',
      '-oldName();',
      '+newName();',
      '*** End Patch',
    ];
    const rows = await turn(app, app.threads.create(room.work), `run: apply_patch <<'EOF'\n${patch.join('\n')}\nEOF`);
    expect(readFileSync(at('moved.js'), 'utf8')).toBe('newName();\n');
    // Codex tells an update of the file that is gone, and not where it went.
    expect(rows).toMatchObject([
      { announced: true, changes: [{ path: at('clean.js') }], baselines: [{ grade: 'git' }] },
      { announced: false, changes: [{ path: at('moved.js'), kind: 'add' }], baselines: [{ grade: 'git', blob: null }] },
    ]);
  },
  limit,
);

test(
  'a turn in a worktree of its own is followed from its first one',
  async () => {
    practice = await startPractice({ workspaces: [room.codexHome], pace: 'instant' });
    const app = await openRepository('danger-full-access', practice.url);
    const thread = app.threads.create(room.work);
    await app.threads.setOptions(thread, { ...(await app.threads.view(thread)).options, worktree: true });
    const rows = await turn(app, thread, 'run: echo by a command > shell.txt');
    const { worktree } = await app.threads.view(thread);
    expect(rows).toMatchObject([
      {
        announced: false,
        changes: [{ path: join(worktree?.path ?? '', 'shell.txt'), kind: 'update' }],
        baselines: [{ grade: 'git' }],
      },
    ]);
    expect(rows[0]?.changes[0]?.diff).toContain('-before\n+by a command\n');
    expect(readFileSync(at('shell.txt'), 'utf8')).toBe('before\n');
  },
  limit,
);
