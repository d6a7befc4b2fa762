import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Baseline, FileChange } from '../model/index.ts';
import { runShort, systemClock } from '../node/index.ts';
import type { ChangesOfTurn } from '../ports/index.ts';
import { createChanges } from './index.ts';

const patience = { timeout: 30_000 };
let root: string;
let work: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'changes-')));
  work = join(root, 'work');
  mkdirSync(work);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const environment = {
  PATH: process.env.PATH ?? '',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
};
const git = (cwd: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@y', '-c', 'protocol.file.allow=always', ...args], {
    cwd,
    env: environment,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
const write = (path: string, text: string | Uint8Array): void => writeFileSync(join(work, path), text);
/** As long ago as a user takes to type a prompt. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 120));

type Options = {
  readonly trusted?: boolean;
  readonly noGit?: boolean;
  readonly sandbox?: ChangesOfTurn['sandbox'];
  readonly cwd?: string;
};

function keeper({ trusted = true, noGit = false }: Options = {}) {
  return createChanges({
    git: async () =>
      noGit
        ? null
        : (cwd, args, options = {}) =>
            runShort('git', ['-c', 'core.quotePath=false', ...args], {
              cwd,
              env: environment,
              timeoutMs: 20_000,
              maxOutput: 16 * 1024 * 1024,
              ...options,
            }),
    trusted: () => trusted,
    home: async () => join(root, 'data'),
    clock: systemClock,
    log: { debug: () => {}, info: () => {}, warn: (text) => expect.fail(text), error: () => {} },
  });
}

/** A turn that does `act`, and what is said of `changes` and of the rest. */
async function turn(act: () => void, changes: readonly FileChange[], options: Options = {}) {
  await settle();
  const kept = keeper(options);
  const followed = kept.begin({
    cwd: options.cwd ?? work,
    sandbox: options.sandbox ?? 'danger-full-access',
    madeFrom: null,
  });
  // What the start looks like is known before a program could have begun: no model answers in this time.
  await followed.look();
  const paths = changes.map(({ path }) => path);
  await followed.before(paths);
  act();
  const explained = changes.length === 0 ? { baselines: [], changes: [] } : await followed.after(changes);
  const rest = await followed.end(new AbortController().signal);
  const contentOf = async ({ blob }: Pick<Baseline, 'blob'>): Promise<string | null> =>
    blob === null ? null : ((await kept.read(blob))?.toString('latin1') ?? 'gone');
  const baselines = await Promise.all(
    explained.baselines.map(async (baseline) => [baseline.grade, baseline.gap ?? (await contentOf(baseline))] as const),
  );
  const unsaid = await Promise.all(
    rest.changes.map(async (change) => ({
      path: change.path.slice(work.length + 1),
      change: change.change,
      before: [change.grade, change.gap ?? (await contentOf(change))],
      diff: change.diff,
      by: change.by,
    })),
  );
  return { baselines, changes: explained.changes, unsaid, more: rest.more };
}

function repository(): void {
  git(work, 'init', '-q', '-b', 'main');
  write('.gitignore', '*.log\n');
  write('clean.txt', 'one\ntwo\n');
  write('dirty.txt', 'committed\n');
  write('staged.txt', 'committed\n');
  write('gone.txt', 'committed\n');
  write('from.txt', 'moved along\n');
  mkdirSync(join(work, 'sub dir'));
  write('sub dir/ü.txt', 'named\n');
  git(work, 'add', '-A');
  git(work, 'commit', '-qm', 'x');
  write('dirty.txt', 'mine\n');
  write('staged.txt', 'mine, staged\n');
  git(work, 'add', 'staged.txt');
  write('untracked.txt', 'mine, new\n');
  write('ignored.log', 'mine, ignored\n');
  rmSync(join(work, 'gone.txt'));
  git(work, 'mv', 'from.txt', 'to.txt');
}

const at = (path: string): string => join(work, path);

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
    expect(await followed.end(AbortSignal.abort())).toEqual({ changes: [], more: 0, unseen: 'not-kept' });
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

describe('what is no plain text file of the folder', () => {
  beforeEach(repository);

  test.skipIf(process.platform === 'win32')('links', patience, async () => {
    writeFileSync(join(root, 'secret.txt'), 'secret\n');
    symlinkSync(join(root, 'secret.txt'), at('out.txt'));
    symlinkSync('clean.txt', at('in.txt'));
    symlinkSync(root, at('folder'));
    symlinkSync('nowhere', at('dangling'));
    git(work, 'add', '-A');
    git(work, 'commit', '-qm', 'links');
    const paths = [
      'out.txt',
      'in.txt',
      'folder/secret.txt',
      'dangling',
      '../secret.txt',
      '/etc/hostname',
      '.git/config',
    ];
    const { baselines, changes } = await turn(
      () => write('clean.txt', 'by Codex\n'),
      paths.map((path) => ({ path, kind: 'update' })),
      { sandbox: 'workspace-write' },
    );
    const outside = ['unknown', 'outside'];
    // A link to a file of the folder is that file.
    expect(baselines).toEqual([outside, ['exact', 'one\ntwo\n'], ...Array.from({ length: 5 }, () => outside)]);
    expect(JSON.stringify(changes)).not.toContain('secret\\n');
    const tracked = await turn(() => {
      rmSync(at('in.txt'));
      write('in.txt', 'a file now\n');
    }, [{ path: 'in.txt', kind: 'update' }]);
    expect(tracked.baselines).toEqual([['unknown', 'link']]);
  });

  test.skipIf(process.platform === 'win32')('a folder that became a link leads nowhere', patience, async () => {
    mkdirSync(join(root, 'elsewhere'));
    writeFileSync(join(root, 'elsewhere/ü.txt'), 'secret\n');
    const { unsaid } = await turn(() => {
      rmSync(at('sub dir'), { recursive: true });
      symlinkSync(join(root, 'elsewhere'), at('sub dir'));
    }, []);
    expect(JSON.stringify(unsaid)).not.toContain('secret');
  });

  test('binary files are kept, not compared', patience, async () => {
    const bytes = Buffer.from([0, 255, 13, 10, 10, 128, 10]);
    write('b.bin', bytes);
    git(work, 'add', '-A');
    git(work, 'commit', '-qm', 'b');
    const { baselines, changes } = await turn(
      () => write('b.bin', Buffer.from([0, 1])),
      [{ path: 'b.bin', kind: 'update' }],
    );
    expect(baselines).toEqual([['git', bytes.toString('latin1')]]);
    expect(changes).toEqual([{ path: 'b.bin', kind: 'update' }]);
  });

  test('line ends are as they lay on the disk', patience, async () => {
    write('.gitattributes', '*.txt text eol=crlf\n');
    write('crlf.txt', 'a\r\nb\r\n');
    git(work, 'add', '-A');
    git(work, 'commit', '-qm', 'crlf');
    expect(git(work, 'show', 'HEAD:crlf.txt')).toBe('a\nb\n');
    const { baselines, changes } = await turn(
      () => write('crlf.txt', 'a\r\nB\r\n'),
      [{ path: 'crlf.txt', kind: 'update' }],
    );
    expect(baselines).toEqual([['git', 'a\r\nb\r\n']]);
    expect(changes[0]?.diff).toContain('@@ -1,2 +1,2 @@\n a\r\n-b\r\n+B\r\n');
  });

  test('too large: clean, copied and afterwards', patience, async () => {
    const large = 'x'.repeat(3 * 1024 * 1024);
    write('large.txt', large);
    git(work, 'add', '-A');
    git(work, 'commit', '-qm', 'large');
    write('large-new.txt', large);
    const { baselines, changes } = await turn(
      () => {
        write('large.txt', 'small\n');
        write('large-new.txt', 'small\n');
        write('clean.txt', large);
      },
      ['large.txt', 'large-new.txt', 'clean.txt'].map((path) => ({ path, kind: 'update' })),
    );
    expect(baselines).toEqual([
      ['unknown', 'too-large'],
      ['unknown', 'too-large'],
      ['git', 'one\ntwo\n'],
    ]);
    expect(changes.some(({ diff }) => diff !== undefined)).toBe(false);
  });

  test('a repository within is another one', patience, async () => {
    const other = join(root, 'other');
    mkdirSync(other);
    git(other, 'init', '-q');
    writeFileSync(join(other, 'a.txt'), 'a\n');
    git(other, 'add', '-A');
    git(other, 'commit', '-qm', 'x');
    git(work, 'submodule', '--quiet', 'add', other, 'module');
    git(work, 'commit', '-qam', 'module');
    mkdirSync(at('nested'));
    git(at('nested'), 'init', '-q');
    write('nested/b.txt', 'b\n');
    const { baselines, unsaid } = await turn(
      () => {
        write('module/a.txt', 'x\n');
        write('nested/b.txt', 'x\n');
        write('nested/new.txt', 'x\n');
      },
      ['module/a.txt', 'nested/b.txt', 'nested/new.txt', 'module'].map((path) => ({ path, kind: 'update' })),
    );
    expect(baselines.map(([, gap]) => gap)).toEqual(Array.from({ length: 4 }, () => 'other-repository'));
    expect(unsaid).toEqual([]);
  });

  test('a move compares with where it came from', patience, async () => {
    const { baselines, changes } = await turn(() => {
      renameSync(at('clean.txt'), at('moved.txt'));
      write('moved.txt', 'one\n2\n');
    }, [{ path: 'moved.txt', kind: 'move', movedFrom: 'clean.txt' }]);
    expect(baselines).toEqual([['git', 'one\ntwo\n']]);
    expect(changes[0]?.diff).toContain('-two\n+2\n');
  });
});

/** A program that leaves a trace when somebody runs it. */
function trap(name = 'trap'): { readonly path: string; readonly sprung: () => boolean } {
  const path = join(root, name);
  writeFileSync(path, `#!/bin/sh\ntouch '${root}/${name}-sprung'\ncat\n`);
  chmodSync(path, 0o755);
  return { path, sprung: () => readdirSync(root).includes(`${name}-sprung`) };
}

describe.skipIf(process.platform === 'win32')('what a repository would have run', () => {
  beforeEach(repository);
  const dates = { path: 'clean.txt', kind: 'update' } as const;

  test('its own filters: what they would change is unknown, the rest is not', patience, async () => {
    const { path, sprung } = trap();
    for (const word of ['clean', 'smudge', 'process']) git(work, 'config', `filter.own.${word}`, path);
    write('.gitattributes', '*.txt filter=own\n');
    mkdirSync(at('src'));
    write('src/a.js', 'one\n');
    git(work, '-c', 'filter.own.process=', '-c', 'filter.own.clean=', 'add', 'src', '.gitattributes');
    git(work, '-c', 'filter.own.process=', '-c', 'filter.own.clean=', 'commit', '-qm', 'filtered');
    expect(sprung()).toBe(false);
    const { baselines } = await turn(() => {
      write('clean.txt', 'by Codex\n');
      write('src/a.js', 'two\n');
    }, [dates, { path: 'src/a.js', kind: 'update' }]);
    expect(baselines).toEqual([
      ['unknown', 'not-kept'],
      ['git', 'one\n'],
    ]);
    expect(sprung()).toBe(false);
  });

  test('a difference program and a text conversion', patience, async () => {
    const { path, sprung } = trap();
    git(work, 'config', 'diff.external', path);
    git(work, 'config', 'diff.own.textconv', path);
    write('.gitattributes', '*.txt diff=own\n');
    const { changes } = await turn(() => write('clean.txt', 'by Codex\n'), [dates]);
    expect(changes[0]?.diff).toContain('+by Codex\n');
    expect(sprung()).toBe(false);
  });

  test('a bare repository that lies in the folder is none', patience, async () => {
    const { path, sprung } = trap();
    const bare = at('docs');
    mkdirSync(bare);
    git(bare, 'init', '-q', '--bare');
    git(bare, 'config', 'core.bare', 'false');
    git(bare, 'config', 'core.worktree', work);
    git(bare, 'config', 'filter.own.clean', path);
    const { baselines } = await turn(
      () => writeFileSync(join(bare, 'new.txt'), 'x'),
      [{ path: 'new.txt', kind: 'add' }],
      {
        cwd: bare,
      },
    );
    expect(baselines).toEqual([['unknown', 'no-repository']]);
    expect(sprung()).toBe(false);
  });

  test('a repository that the turn puts in place of its own is not asked', patience, async () => {
    const { path, sprung } = trap();
    const { unsaid } = await turn(
      () => {
        write('sub dir/ü.txt', 'by a command\n');
        git(at('sub dir'), 'init', '-q');
        git(at('sub dir'), 'config', 'filter.own.clean', path);
        write('sub dir/.gitattributes', '* filter=own\n');
      },
      [],
      { cwd: at('sub dir') },
    );
    expect(sprung()).toBe(false);
    // What lies in another repository is that one's.
    expect(unsaid).toEqual([]);
  });
});

test('what a partial clone has not got stays at its remote, and is unknown', patience, async () => {
  repository();
  git(work, 'config', 'uploadpack.allowFilter', 'true');
  const clone = join(root, 'clone');
  git(root, 'clone', '-q', '--no-checkout', '--filter=blob:none', `file://${work}`, clone);
  git(clone, 'checkout', '-q', 'main');
  // A commit whose blob was never asked for: the index says that the file is as there.
  write('clean.txt', 'newer\n');
  git(work, 'commit', '-qam', 'newer');
  git(clone, 'fetch', '-q', '--filter=blob:none');
  git(clone, 'update-ref', 'refs/heads/main', 'origin/main');
  git(clone, 'read-tree', 'origin/main');
  git(clone, 'update-index', '--skip-worktree', 'clean.txt');
  const { baselines } = await turn(
    () => writeFileSync(join(clone, 'clean.txt'), 'by Codex\n'),
    [{ path: 'clean.txt', kind: 'update' }],
    { cwd: clone },
  );
  expect(baselines).toEqual([['unknown', 'not-kept']]);
});

test('a file that a sparse checkout had left out did not stand there clean', patience, async () => {
  repository();
  git(work, 'commit', '-qam', 'x');
  git(work, 'sparse-checkout', 'set', '--no-cone', '/*', '!/clean.txt');
  expect(readdirSync(work)).not.toContain('clean.txt');
  const { baselines } = await turn(() => write('clean.txt', 'by Codex\n'), [{ path: 'clean.txt', kind: 'add' }]);
  expect(baselines).toEqual([['unknown', 'not-kept']]);
});

test('two hundred files that a command made are told within seconds', patience, async () => {
  repository();
  await settle();
  const followed = keeper().begin({ cwd: work, sandbox: 'danger-full-access', madeFrom: null });
  await followed.look();
  for (let at = 0; at < 200; at += 1) write(`made-${at}.txt`, 'x\n');
  const start = performance.now();
  const { changes } = await followed.end(new AbortController().signal);
  expect(changes).toHaveLength(200);
  // The end of a turn waits ten at most; one program a file would take that.
  expect(performance.now() - start).toBeLessThan(8000);
});
