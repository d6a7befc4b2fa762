import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
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

  test('line ends that git would write otherwise than they lay on the disk are not made up', patience, async () => {
    write('.gitattributes', '*.txt text eol=crlf\n');
    git(work, 'add', '-A');
    git(work, 'commit', '-qm', 'lf');
    // As a program wrote it that knows nothing of the attribute: git calls it clean.
    expect(git(work, 'status', '--porcelain')).toBe('');
    const { baselines, changes } = await turn(
      () => write('clean.txt', 'one\n2\n'),
      [{ path: 'clean.txt', kind: 'update' }],
    );
    expect(baselines).toEqual([['git', 'one\ntwo\n']]);
    expect(changes[0]?.diff).toContain('@@ -1,2 +1,2 @@\n one\n-two\n+2\n');
  });

  test('a difference shows the line ends as they are, whatever the user’s git does with them', patience, async () => {
    const config = join(root, 'gitconfig');
    const attributes = join(root, 'attributes');
    writeFileSync(attributes, '* filter=upper\n');
    writeFileSync(
      config,
      `[core]\n\tautocrlf = true\n\tattributesFile = ${attributes}\n[filter "upper"]\n\tclean = tr a-z A-Z\n`,
    );
    write('crlf.txt', 'one\r\ntwo\r\n');
    const { changes } = await turn(() => write('crlf.txt', 'one\ntwo\r\n'), [{ path: 'crlf.txt', kind: 'update' }], {
      config,
    });
    expect(changes[0]?.diff).toContain('@@ -1,2 +1,2 @@\n-one\r\n+one\n two\r\n');
  });

  test('line ends of both kinds can not be had again', patience, async () => {
    write('.gitattributes', '*.txt text eol=crlf\n');
    write('both.txt', 'one\r\ntwo\n');
    git(work, 'add', '-A');
    git(work, 'commit', '-qm', 'both');
    const { baselines } = await turn(() => write('both.txt', 'x\n'), [{ path: 'both.txt', kind: 'update' }]);
    expect(baselines).toEqual([['unknown', 'not-kept']]);
  });

  test('a name that git would take for a pattern is a name', patience, async () => {
    const { baselines } = await turn(() => write(':(x', 'new\n'), [{ path: ':(x', kind: 'add' }]);
    expect(baselines).toEqual([['git', null]]);
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

  test('what is too large and was told is told again when a command changes it', patience, async () => {
    await settle();
    const followed = keeper().begin({ cwd: work, sandbox: 'danger-full-access', madeFrom: null });
    await followed.look();
    write('clean.txt', 'x'.repeat(3 * 1024 * 1024));
    await followed.after([{ path: 'clean.txt', kind: 'update' }]);
    write('clean.txt', 'y'.repeat(3 * 1024 * 1024));
    const { changes } = await followed.end(new AbortController().signal);
    expect(changes).toMatchObject([{ path: at('clean.txt'), grade: 'unknown', gap: 'too-large' }]);
  });

  test('what many changes left is not all held in memory, and what is not is unknown', patience, async () => {
    await settle();
    const followed = keeper().begin({ cwd: work, sandbox: 'danger-full-access', madeFrom: null });
    await followed.look();
    const paths = Array.from({ length: 18 }, (_, file) => `large-${file}.bin`);
    for (const path of paths) write(path, Buffer.alloc(1_990_000));
    await followed.after(paths.map((path) => ({ path, kind: 'add' })));
    const [first = '', last = ''] = [paths[0], paths.at(-1)];
    for (const path of [first, last]) write(path, 'x');
    const { baselines } = await followed.after([first, last].map((path) => ({ path, kind: 'update' })));
    expect(baselines.map(({ grade, gap }) => gap ?? grade)).toEqual(['copied', 'too-many']);
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

test('of more changed files than are remembered, those that nobody touched are no changes', patience, async () => {
  repository();
  for (let file = 0; file < 5100; file += 1) write(`mine-${file}.txt`, '');
  const { unsaid, more, unseen, overlooked } = await turn(() => write('clean.txt', 'x\n'), []);
  expect(unsaid.map(({ path }) => path)).toEqual(['clean.txt']);
  expect([more, unseen]).toEqual([0, null]);
  // Several are looked at at the same time, so a few more than those are remembered.
  expect(overlooked).toBeGreaterThan(90);
  expect(overlooked).toBeLessThanOrEqual(100);
});
