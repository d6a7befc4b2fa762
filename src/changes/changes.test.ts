import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { FileChange } from '../model/index.ts';
import {
  at,
  eachInItsOwnFolder,
  git,
  keeper,
  patience,
  repository,
  root,
  settle,
  turn,
  work,
  write,
} from './testing/followed-turn.ts';

eachInItsOwnFolder();

describe('a repository with files in each state', () => {
  beforeEach(repository);

  test.each<readonly [string, string, FileChange['kind'], readonly [string, string | null]]>([
    ['clean', 'clean.txt', 'update', ['git', 'one\ntwo\n']],
    ['clean, in a folder with a space', 'sub dir/ü.txt', 'update', ['git', 'named\n']],
    ['dirty', 'dirty.txt', 'update', ['copied', 'mine\n']],
    ['staged', 'staged.txt', 'update', ['copied', 'mine, staged\n']],
    ['renamed and staged', 'to.txt', 'update', ['copied', 'moved along\n']],
    ['renamed away', 'from.txt', 'add', ['copied', null]],
    ['untracked', 'untracked.txt', 'update', ['copied', 'mine, new\n']],
    ['deleted', 'gone.txt', 'add', ['copied', null]],
    ['new', 'new.txt', 'add', ['git', null]],
    ['ignored', 'ignored.log', 'update', ['unknown', 'ignored']],
    ['made in the turn without a word', 'made.txt', 'update', ['unknown', 'changed-before']],
  ])('%s', patience, async (_name, path, kind, baseline) => {
    const { baselines, changes, unsaid } = await turn(() => write(path, 'by Codex\n'), [{ path: at(path), kind }]);
    expect(baselines).toEqual([baseline]);
    const [grade, before] = baseline;
    if (grade === 'unknown') expect(changes).toEqual([{ path: at(path), kind }]);
    else {
      expect(changes[0]?.diff).toContain('\n+by Codex\n');
      for (const line of (before ?? '').split('\n').filter(Boolean)) expect(changes[0]?.diff).toContain(`\n-${line}\n`);
    }
    expect(unsaid).toEqual([]);
  });

  test('a deleted file keeps what it held, and its difference', patience, async () => {
    const { baselines, changes } = await turn(
      () => rmSync(at('clean.txt')),
      [{ path: at('clean.txt'), kind: 'delete' }],
    );
    expect(baselines).toEqual([['git', 'one\ntwo\n']]);
    expect(changes[0]?.diff).toBe(`--- a/${at('clean.txt')}\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-one\n-two\n`);
  });

  test('a second change of a file begins where the first ended', patience, async () => {
    await settle();
    const followed = keeper().begin({ cwd: work, sandbox: 'danger-full-access', madeFrom: null });
    write('clean.txt', 'first\n');
    const change = { path: at('clean.txt'), kind: 'update' } as const;
    await followed.after([change]);
    write('clean.txt', 'second\n');
    const { baselines, changes } = await followed.after([change]);
    expect(baselines).toMatchObject([{ grade: 'copied' }]);
    expect(changes[0]?.diff).toContain('-first\n+second\n');
  });

  test('what commands changed is found, with who unknown; what was said is not said again', patience, async () => {
    const { unsaid } = await turn(() => {
      write('clean.txt', 'by a command\n');
      write('dirty.txt', 'by a command\n');
      write('new.txt', 'by a command\n');
      write('ignored.log', 'by a command\n');
      rmSync(at('untracked.txt'));
      write('staged.txt', 'by a patch\n');
    }, [{ path: at('staged.txt'), kind: 'update' }]);
    expect(unsaid).toMatchObject([
      { path: 'clean.txt', change: 'update', before: ['git', 'one\ntwo\n'], by: null },
      { path: 'dirty.txt', change: 'update', before: ['copied', 'mine\n'], by: null },
      { path: 'new.txt', change: 'add', before: ['git', null], by: null },
      { path: 'untracked.txt', change: 'delete', before: ['copied', 'mine, new\n'], by: null },
    ]);
    expect(unsaid[1]?.diff).toContain('-mine\n+by a command\n');
  });

  test('a file that was said and then changed by a command is both', patience, async () => {
    await settle();
    const followed = keeper().begin({ cwd: work, sandbox: 'danger-full-access', madeFrom: null });
    write('clean.txt', 'by a patch\n');
    await followed.after([{ path: at('clean.txt'), kind: 'update' }]);
    write('clean.txt', 'by a command, later\n');
    const { changes } = await followed.end(new AbortController().signal);
    expect(changes).toMatchObject([{ path: at('clean.txt'), change: 'update', grade: 'copied' }]);
    expect(changes[0]?.diff).toContain('-by a patch\n+by a command, later\n');
  });

  test('touched, and changed and changed back, are no changes', patience, async () => {
    const { unsaid } = await turn(() => {
      for (const path of ['clean.txt', 'dirty.txt', 'untracked.txt']) {
        const text = readFileSync(at(path));
        write(path, 'for a moment');
        write(path, text);
      }
    }, []);
    expect(unsaid).toEqual([]);
  });

  test('a commit in the turn hides nothing', patience, async () => {
    const { unsaid, baselines } = await turn(() => {
      write('clean.txt', 'by Codex\n');
      write('sub dir/ü.txt', 'by a command\n');
      git(work, 'add', '-A');
      git(work, 'commit', '-qm', 'by a command');
    }, [{ path: at('clean.txt'), kind: 'update' }]);
    expect(baselines).toEqual([['git', 'one\ntwo\n']]);
    expect(unsaid).toMatchObject([{ path: 'sub dir/ü.txt', change: 'update', before: ['git', 'named\n'] }]);
  });

  test('a list without end is cut, and says by how much', patience, async () => {
    const { unsaid, more } = await turn(() => {
      for (let i = 0; i < 230; i += 1) write(`new-${i}.txt`, 'x\n');
    }, []);
    expect([unsaid.length, more]).toEqual([200, 30]);
  });

  test('many touched files hide no change, and are not counted', patience, async () => {
    for (let i = 0; i < 230; i += 1) write(`mine-${i}.txt`, 'x\n');
    const { unsaid, more } = await turn(() => {
      for (let i = 0; i < 230; i += 1) write(`mine-${i}.txt`, 'x\n');
      write('untracked.txt', 'by a command\n');
    }, []);
    expect([unsaid.map(({ path }) => path), more]).toEqual([['untracked.txt'], 0]);
  });

  test('a turn in a folder below is followed there alone', patience, async () => {
    const { baselines, unsaid } = await turn(
      () => {
        write('sub dir/ü.txt', 'by Codex\n');
        write('clean.txt', 'elsewhere\n');
      },
      [
        { path: 'ü.txt', kind: 'update' },
        { path: at('clean.txt'), kind: 'update' },
      ],
      { cwd: at('sub dir') },
    );
    expect(baselines).toEqual([
      ['git', 'named\n'],
      ['unknown', 'outside'],
    ]);
    expect(unsaid).toEqual([]);
  });

  test('what git was told not to look at need not have been clean', patience, async () => {
    git(work, 'update-index', '--assume-unchanged', 'clean.txt');
    write('clean.txt', 'mine, unseen\n');
    const { baselines } = await turn(
      () => write('clean.txt', 'by Codex\n'),
      [{ path: at('clean.txt'), kind: 'update' }],
    );
    expect(baselines).toEqual([['unknown', 'not-kept']]);
  });

  test('a file that was changed before its copy was taken has none', patience, async () => {
    await settle();
    const kept = keeper();
    const followed = kept.begin({ cwd: work, sandbox: 'danger-full-access', madeFrom: null });
    const until = Date.now() + 200;
    while (Date.now() < until) write('dirty.txt', `by Codex ${Date.now()}\n`);
    const { baselines } = await followed.after([{ path: at('dirty.txt'), kind: 'update' }]);
    expect(baselines).toMatchObject([{ grade: 'unknown', gap: 'changed-before', blob: null }]);
  });

  test('a dirty file that a command changed before the look is told all the same', patience, async () => {
    await settle();
    const followed = keeper().begin({ cwd: work, sandbox: 'danger-full-access', madeFrom: null });
    await settle();
    write('dirty.txt', 'by a command\n');
    await followed.look();
    const { changes } = await followed.end(new AbortController().signal);
    expect(changes).toMatchObject([
      { path: at('dirty.txt'), change: 'update', grade: 'unknown', gap: 'changed-before' },
    ]);
    expect(changes[0]?.diff).toBeUndefined();
  });

  test('a folder that is made in the turn begins as its commit, whenever it is looked at', patience, async () => {
    git(work, 'stash', '-q', '-u');
    const head = git(work, 'rev-parse', 'HEAD').trim();
    const followed = keeper().begin({ cwd: work, sandbox: 'danger-full-access', madeFrom: head });
    write('clean.txt', 'by a command\n');
    await followed.look();
    const { changes } = await followed.end(new AbortController().signal);
    expect(changes).toMatchObject([{ path: at('clean.txt'), change: 'update', grade: 'git' }]);
    expect(changes[0]?.diff).toContain('-two\n+by a command\n');
  });

  test('blobs are for the user alone, and only of what was changed', patience, async () => {
    await turn(() => write('dirty.txt', 'by Codex\n'), [{ path: at('dirty.txt'), kind: 'update' }]);
    const files = readdirSync(join(root, 'data/blobs'), { recursive: true, withFileTypes: true }).filter((f) =>
      f.isFile(),
    );
    expect(files).toHaveLength(1);
    const [file] = files;
    const path = join(file?.parentPath ?? '', file?.name ?? '');
    expect(readFileSync(path, 'utf8')).toBe('mine\n');
    if (process.platform !== 'win32') {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    }
  });

  test('an end that is cut short says nothing', patience, async () => {
    const followed = keeper().begin({ cwd: work, sandbox: 'danger-full-access', madeFrom: null });
    void followed.look();
    write('new.txt', 'x\n');
    expect(await followed.end(AbortSignal.abort())).toEqual({
      changes: [],
      more: 0,
      unseen: 'not-kept',
      overlooked: 0,
    });
  });
});

describe('what can be proven', () => {
  const change = { path: 'clean.txt', kind: 'update' } as const;
  beforeEach(repository);

  test('read before the write', patience, async () => {
    const { baselines } = await turn(() => write('clean.txt', 'x\n'), [change], { sandbox: 'workspace-write' });
    expect(baselines).toEqual([['exact', 'one\ntwo\n']]);
  });

  test('in a sandbox that announces late, nothing', patience, async () => {
    const { baselines } = await turn(() => write('clean.txt', 'x\n'), [change], { sandbox: 'danger-full-access' });
    expect(baselines).toEqual([['git', 'one\ntwo\n']]);
  });

  test('not when it was written already, by whomever', patience, async () => {
    await settle();
    const followed = keeper().begin({ cwd: work, sandbox: 'workspace-write', madeFrom: null });
    await followed.after([]);
    write('clean.txt', 'by a command\n');
    await followed.before(['clean.txt']);
    write('clean.txt', 'by a patch\n');
    expect((await followed.after([change])).baselines).toMatchObject([{ grade: 'git' }]);
  });

  test('not when nothing came after', patience, async () => {
    await settle();
    const followed = keeper().begin({ cwd: work, sandbox: 'workspace-write', madeFrom: null });
    await followed.before(['clean.txt']);
    expect((await followed.after([change])).baselines).toMatchObject([{ grade: 'git' }]);
  });

  test('a second change, when nobody wrote between', patience, async () => {
    await settle();
    const followed = keeper().begin({ cwd: work, sandbox: 'workspace-write', madeFrom: null });
    for (const [text, grade] of [
      ['first\n', 'exact'],
      ['second\n', 'exact'],
    ] as const) {
      await followed.before(['clean.txt']);
      write('clean.txt', text);
      expect((await followed.after([change])).baselines).toMatchObject([{ grade }]);
    }
  });
});

describe('no repository', () => {
  beforeEach(() => write('a.txt', 'mine\n'));
  const change = { path: 'a.txt', kind: 'update' } as const;
  const act = (): void => write('a.txt', 'by Codex\n');

  test('is said, and a change that is announced in time is known all the same', patience, async () => {
    expect((await turn(act, [change])).baselines).toEqual([['unknown', 'no-repository']]);
    write('a.txt', 'mine\n');
    const { baselines, changes, unsaid } = await turn(act, [change], { sandbox: 'workspace-write' });
    expect(baselines).toEqual([['exact', 'mine\n']]);
    expect(changes[0]?.diff).toContain('-mine\n+by Codex\n');
    expect(unsaid).toEqual([]);
  });

  test('no git on this machine', patience, async () => {
    expect((await turn(act, [change], { noGit: true })).baselines).toEqual([['unknown', 'no-git']]);
    write('a.txt', 'mine\n');
    const { baselines, changes } = await turn(act, [change], { noGit: true, sandbox: 'workspace-write' });
    expect(baselines).toEqual([['exact', 'mine\n']]);
    expect(changes[0]?.diff).toBeUndefined();
  });

  test('an untrusted workspace starts no git', patience, async () => {
    repository();
    const trap = join(root, 'trap');
    writeFileSync(trap, `#!/bin/sh\ntouch '${root}/sprung'\n`);
    chmodSync(trap, 0o755);
    git(work, 'config', 'core.fsmonitor', trap);
    expect((await turn(act, [change], { trusted: false })).baselines).toEqual([['unknown', 'untrusted']]);
    expect(readdirSync(root)).not.toContain('sprung');
  });

  test('a repository without a commit: what lies there was copied', patience, async () => {
    git(work, 'init', '-q');
    write('staged.txt', 'staged\n');
    git(work, 'add', 'staged.txt');
    const { baselines, unsaid } = await turn(() => {
      act();
      write('staged.txt', 'by Codex\n');
      write('new.txt', 'by a command\n');
    }, [change, { path: 'staged.txt', kind: 'update' }]);
    expect(baselines).toEqual([
      ['copied', 'mine\n'],
      ['copied', 'staged\n'],
    ]);
    expect(unsaid).toMatchObject([{ path: 'new.txt', change: 'add', before: ['git', null] }]);
  });
});
