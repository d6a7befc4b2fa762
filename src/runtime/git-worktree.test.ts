import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Worktree } from '../model/index.ts';
import { nativeThreadId } from '../model/index.ts';
import { findWorktree } from './git-worktree.ts';
import { discardWorktree, mergeWorktree, worktreeDiff } from './git-worktree-merge.ts';
import type { Git } from './git-worktree-run.ts';
import { findGit, gitAt } from './git-worktree-run.ts';

const patience = { timeout: 60_000 };
const thread = '01a1fbda-0000-7000-8000-000000000000';

let root: string;
let origin: string;
let home: string;
let tree: string;
let worktree: Worktree;
let git: Git;
let env: Record<string, string>;

function run(cwd: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'commit.gpgSign=false'];
  return execFileSync('git', [...identity, ...args], { cwd, env, stdio: 'pipe' })
    .toString()
    .trim();
}

/** Every file below a folder with its bytes, its kind and whether it can be run; not what git keeps. */
function filesIn(folder: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  // Level by level: Node's own recursion goes through links where the file system does not tell kinds.
  const walk = (within: string): void => {
    for (const entry of readdirSync(join(folder, within), { withFileTypes: true })) {
      const name = join(within, entry.name);
      const path = join(folder, name);
      if (name === '.git') continue;
      if (entry.isSymbolicLink()) found[name] = `-> ${readlinkSync(path)}`;
      else if (entry.isFile()) {
        found[name] = `${(lstatSync(path).mode & 0o100) !== 0 ? 'x ' : ''}${readFileSync(path).toString('hex')}`;
      } else if (entry.isDirectory()) {
        found[name] = 'folder';
        walk(name);
      }
    }
  };
  walk('');
  return found;
}

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'git-worktree-')));
  origin = join(root, 'repo');
  home = join(root, 'codex-home');
  tree = join(home, 'worktrees/ab12/repo');
  for (const folder of [origin, join(root, 'home'), join(home, 'worktrees/ab12')]) {
    mkdirSync(folder, { recursive: true });
  }
  env = { PATH: process.env.PATH ?? '', HOME: join(root, 'home'), LANG: 'C.UTF-8' };
  run(origin, 'init', '-q', '-b', 'main');
  writeFileSync(join(origin, 'a.txt'), Array.from({ length: 40 }, (_, i) => `line ${i}\n`).join(''));
  writeFileSync(join(origin, 'gone.txt'), 'to be deleted\n');
  writeFileSync(join(origin, 'old name.txt'), 'this file moves\nand keeps most of its text\nand more\n');
  writeFileSync(join(origin, 'script.sh'), 'echo hi\n');
  writeFileSync(join(origin, 'crlf.txt'), 'one\r\ntwo\r\nthree\r\n');
  writeFileSync(join(origin, 'bytes.bin'), Buffer.from([0, 1, 2, 255, 254, 0]));
  writeFileSync(join(origin, '.gitignore'), 'ignored/\n');
  run(origin, 'add', '-A');
  run(origin, 'commit', '-qm', 'begin');
  run(origin, 'worktree', 'add', '-q', '--detach', tree);
  worktree = { path: tree, origin, base: run(origin, 'rev-parse', 'HEAD') };
  const found = await findGit(env);
  if (found === null) throw new Error('these tests need git');
  git = found;
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const inputs = (more: Partial<Worktree> = {}) => ({ git, worktree: { ...worktree, ...more }, codexHome: home });

/** One of everything that can happen to a file. */
function changeEverything(): void {
  const at = (name: string): string => join(tree, name);
  writeFileSync(at('a.txt'), readFileSync(at('a.txt'), 'utf8').replace('line 3\n', 'line three\n'));
  run(tree, 'commit', '-qam', 'a commit of its own');
  rmSync(at('gone.txt'));
  renameSync(at('old name.txt'), at('new name.txt'));
  chmodSync(at('script.sh'), 0o755);
  writeFileSync(at('crlf.txt'), 'one\r\nTWO\r\nthree\r\n');
  writeFileSync(at('bytes.bin'), Buffer.from([9, 0, 1, 2, 255, 254, 0, 10]));
  writeFileSync(at('latin1.txt'), Buffer.from('caf\u00e9\n', 'latin1'));
  writeFileSync(at('no end'), 'no newline at the end');
  writeFileSync(at('-odd "name"\t\u00e4\u2028.txt'), 'odd\n');
  mkdirSync(at('deep/er'), { recursive: true });
  writeFileSync(at('deep/er/staged.txt'), 'staged\n');
  run(tree, 'add', 'deep');
  appendFileSync(at('deep/er/staged.txt'), 'and more\n');
  symlinkSync('a.txt', at('link'));
  mkdirSync(at('ignored'));
  writeFileSync(at('ignored/cache'), 'x\n');
  writeFileSync(at('ignored/wanted'), 'staged although ignored\n');
  run(tree, 'add', '-f', 'ignored/wanted');
}

describe.skipIf(process.platform === 'win32')('a merge', () => {
  test('brings everything, leaves the index alone and removes the worktree', patience, async () => {
    changeEverything();
    const { 'ignored/cache': _, ...expected } = filesIn(tree);
    const index = readFileSync(join(origin, '.git/index'));
    expect(await mergeWorktree(inputs(), 'th')).toEqual({ files: 12, kept: 'refs/codex-lanes/merged/th' });
    expect(filesIn(origin)).toEqual(expected);
    expect(readFileSync(join(origin, '.git/index'))).toEqual(index);
    expect(existsSync(join(home, 'worktrees/ab12'))).toBe(false);
    expect(run(origin, 'worktree', 'list')).not.toContain('ab12');
    expect(run(origin, 'log', '--format=%s', 'refs/codex-lanes/merged/th')).toBe('a commit of its own\nbegin');
  });

  test('applies beside what happened in the folder meanwhile', patience, async () => {
    writeFileSync(join(tree, 'a.txt'), readFileSync(join(tree, 'a.txt'), 'utf8').replace('line 30\n', 'line thirty\n'));
    writeFileSync(join(origin, 'a.txt'), `a line of mine\n${readFileSync(join(origin, 'a.txt'), 'utf8')}`);
    run(origin, 'commit', '-qam', 'the base moves on');
    writeFileSync(join(origin, 'mine.txt'), 'not committed\n');
    expect(await mergeWorktree(inputs(), 'th')).toEqual({ files: 1, kept: null });
    const text = readFileSync(join(origin, 'a.txt'), 'utf8');
    expect(text).toMatch(/^a line of mine\n[\s\S]*line thirty\n/);
    expect(readFileSync(join(origin, 'mine.txt'), 'utf8')).toBe('not committed\n');
  });

  test.each<readonly [string, () => void, readonly string[]]>([
    [
      'the same line changed',
      () =>
        writeFileSync(join(origin, 'a.txt'), readFileSync(join(origin, 'a.txt'), 'utf8').replace('line 3\n', 'mine\n')),
      ['a.txt'],
    ],
    ['a file of the same name that is not tracked', () => writeFileSync(join(origin, 'no end'), 'mine'), ['no end']],
    ['a deleted file that was changed', () => appendFileSync(join(origin, 'gone.txt'), 'mine\n'), ['gone.txt']],
    ['a changed file that is gone', () => rmSync(join(origin, 'bytes.bin')), ['bytes.bin']],
    [
      'a link where a folder would be written through it',
      () => {
        mkdirSync(join(root, 'elsewhere'));
        symlinkSync(join(root, 'elsewhere'), join(origin, 'deep'));
      },
      ['deep/er/staged.txt'],
    ],
  ])('that does not fit changes nothing and names the file: %s', patience, async (_name, meanwhile, conflicts) => {
    changeEverything();
    meanwhile();
    const before = [filesIn(origin), readFileSync(join(origin, '.git/index')), filesIn(tree)];
    expect(await mergeWorktree(inputs(), 'th')).toEqual({ problem: expect.stringMatching(/Nothing was/), conflicts });
    expect([filesIn(origin), readFileSync(join(origin, '.git/index')), filesIn(tree)]).toEqual(before);
  });

  test('that breaks off while it writes is taken back, byte by byte', patience, async () => {
    changeEverything();
    const fake = join(root, 'git');
    const real = execFileSync('/bin/sh', ['-c', 'command -v git'], { env }).toString().trim();
    // As on a full disk: some files are written, then it fails.
    writeFileSync(
      fake,
      `#!/bin/sh
case " $* " in
  *" --check "*) ;;
  *" apply "*) '${real}' "$@"; echo half > a.txt; rm -f script.sh; echo 'fatal: unable to write file' >&2; exit 128 ;;
esac
exec '${real}' "$@"
`,
    );
    chmodSync(fake, 0o755);
    const before = filesIn(origin);
    const result = await mergeWorktree({ ...inputs(), git: gitAt(fake, env) }, 'th');
    expect(result).toEqual({
      problem: 'The changes could not be written: unable to write file. Nothing was changed.',
    });
    expect(filesIn(origin)).toEqual(before);
    expect(existsSync(tree)).toBe(true);
  });

  test('with line ends that git turns', patience, async () => {
    run(origin, 'config', 'core.autocrlf', 'true');
    for (const [folder, word] of [
      [origin, 'two'],
      [tree, 'zwei'],
    ] as const) {
      writeFileSync(join(folder, 'crlf.txt'), `one\r\n${word}\r\nthree\r\n`);
    }
    expect(await mergeWorktree(inputs(), 'th')).toMatchObject({ files: 1 });
    expect(readFileSync(join(origin, 'crlf.txt'), 'utf8')).toBe('one\r\nzwei\r\nthree\r\n');
  });

  test('of a submodule is refused, and the submodule named', patience, async () => {
    const other = join(root, 'other');
    mkdirSync(other);
    run(other, 'init', '-q');
    run(other, 'commit', '-q', '--allow-empty', '-m', 'x');
    run(tree, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other, 'sub');
    const before = filesIn(origin);
    expect(await mergeWorktree(inputs(), 'th')).toEqual({
      problem: expect.stringMatching(/submodules/),
      conflicts: ['sub'],
    });
    expect(filesIn(origin)).toEqual(before);
  });

  test('of nothing removes the worktree', patience, async () => {
    expect(await mergeWorktree(inputs(), 'th')).toEqual({ files: 0, kept: null });
    expect(existsSync(tree)).toBe(false);
  });
});

describe('the difference', () => {
  test.skipIf(process.platform === 'win32')(
    'has all files with their lines and changes nothing',
    patience,
    async () => {
      changeEverything();
      run(origin, 'config', 'diff.noprefix', 'true');
      run(origin, 'config', 'color.ui', 'always');
      const before = [filesIn(tree), run(tree, 'status', '--porcelain'), filesIn(origin)];
      const result = await worktreeDiff(inputs());
      if ('problem' in result) throw new Error(result.problem);
      expect(Object.fromEntries(result.files.map(({ path, ...file }) => [path, file]))).toEqual({
        'a.txt': { kind: 'update', added: 1, removed: 1 },
        'gone.txt': { kind: 'delete', added: 0, removed: 1 },
        'new name.txt': { kind: 'move', movedFrom: 'old name.txt', added: 0, removed: 0 },
        'script.sh': { kind: 'update', added: 0, removed: 0 },
        'crlf.txt': { kind: 'update', added: 1, removed: 1 },
        'bytes.bin': { kind: 'update', added: null, removed: null },
        'latin1.txt': { kind: 'add', added: 1, removed: 0 },
        'no end': { kind: 'add', added: 1, removed: 0 },
        '-odd "name"\t\u00e4\u2028.txt': { kind: 'add', added: 1, removed: 0 },
        'deep/er/staged.txt': { kind: 'add', added: 2, removed: 0 },
        link: { kind: 'add', added: 1, removed: 0 },
        'ignored/wanted': { kind: 'add', added: 1, removed: 0 },
      });
      expect(result.diff).toContain('diff --git a/a.txt b/a.txt\n');
      expect(result.diff).toContain('+line three\n');
      expect([filesIn(tree), run(tree, 'status', '--porcelain'), filesIn(origin)]).toEqual(before);
    },
  );

  test.skipIf(process.platform === 'win32')(
    'starts neither hooks nor watchers nor programs that show differences',
    patience,
    async () => {
      const trap = join(root, 'trap');
      const caught = join(root, 'caught');
      writeFileSync(trap, `#!/bin/sh\necho "$0 $*" >> '${caught}'\n`);
      chmodSync(trap, 0o755);
      for (const hook of ['post-index-change', 'reference-transaction', 'pre-commit', 'post-checkout']) {
        mkdirSync(join(origin, '.git/hooks'), { recursive: true });
        symlinkSync(trap, join(origin, '.git/hooks', hook));
      }
      for (const key of ['core.fsmonitor', 'diff.external', 'diff.trap.command', 'diff.trap.textconv', 'core.pager']) {
        run(origin, 'config', key, trap);
      }
      writeFileSync(join(tree, '.gitattributes'), '*.txt diff=trap\n');
      writeFileSync(join(tree, 'a.txt'), 'changed\n');
      run(tree, 'diff');
      expect(readFileSync(caught, 'utf8')).not.toBe('');
      rmSync(caught);
      expect(await worktreeDiff(inputs())).toMatchObject({ files: [{ path: '.gitattributes' }, { path: 'a.txt' }] });
      expect(await discardWorktree(inputs(), 'th')).toMatchObject({ kept: expect.any(String) });
      expect(existsSync(caught)).toBe(false);
    },
  );
});

describe('what names a worktree is not trusted', () => {
  test.each<readonly [string, () => Partial<Worktree>, RegExp]>([
    ['the folder itself', () => ({ path: origin }), /not one of Codex’s worktrees/],
    ['a folder outside', () => ({ path: root }), /not one of Codex’s worktrees/],
    ['a way out', () => ({ path: join(home, 'worktrees/../..') }), /not one of Codex’s worktrees/],
    [
      'a link out',
      () => {
        symlinkSync(root, join(home, 'worktrees/out'));
        return { path: join(home, 'worktrees/out') };
      },
      /not one of Codex’s worktrees/,
    ],
    [
      'a repository of its own',
      () => {
        const own = join(home, 'worktrees/own');
        mkdirSync(own);
        run(own, 'init', '-q');
        run(own, 'commit', '-q', '--allow-empty', '-m', 'x');
        return { path: own };
      },
      /not a worktree of this thread’s repository/,
    ],
    ['a folder that is gone', () => ({ path: join(home, 'worktrees/gone') }), /no longer there/],
    ['a base that is no commit', () => ({ base: '--output=/tmp/x' }), /not known/],
    ['a base that is nowhere', () => ({ base: '1'.repeat(40) }), /not in the repository/],
    ['an origin that is no repository', () => ({ origin: home }), /not a Git repository|not a worktree/],
  ])('%s', patience, async (_name, more, problem) => {
    const broken = inputs(more());
    const before = filesIn(root);
    for (const result of [
      await worktreeDiff(broken),
      await mergeWorktree(broken, 'th'),
      await discardWorktree(broken, 'th'),
    ]) {
      expect(result).toMatchObject({ problem: expect.stringMatching(problem) });
    }
    expect(filesIn(root)).toEqual(before);
  });

  test('a `.git` file that points elsewhere is not followed', patience, async () => {
    const other = join(root, 'other');
    mkdirSync(other);
    run(other, 'init', '-q');
    run(other, 'commit', '-q', '--allow-empty', '-m', 'x');
    writeFileSync(join(tree, '.git'), `gitdir: ${join(other, '.git')}\n`);
    writeFileSync(join(tree, 'new.txt'), 'new\n');
    expect(await worktreeDiff(inputs())).toMatchObject({ files: [{ path: 'new.txt', kind: 'add' }] });
  });
});

describe('a discarded worktree', () => {
  test(
    'is kept under a reference, with what was not committed; a second one does not take its place',
    patience,
    async () => {
      writeFileSync(join(tree, 'a.txt'), 'mine\n');
      writeFileSync(join(tree, 'new.txt'), 'new\n');
      const before = filesIn(origin);
      expect(await discardWorktree(inputs(), 'th')).toEqual({ kept: 'refs/codex-lanes/discarded/th' });
      expect(existsSync(tree)).toBe(false);
      expect(filesIn(origin)).toEqual(before);
      expect(run(origin, 'show', 'refs/codex-lanes/discarded/th:new.txt')).toBe('new');
      mkdirSync(join(home, 'worktrees/cd34'));
      const second = join(home, 'worktrees/cd34/repo');
      run(origin, 'worktree', 'add', '-q', '--detach', second);
      run(origin, 'worktree', 'lock', second);
      writeFileSync(join(second, 'other.txt'), 'other\n');
      const { kept } = (await discardWorktree(inputs({ path: second }), 'th')) as { readonly kept: string };
      expect(kept).toMatch(/^refs\/codex-lanes\/discarded\/th-[0-9a-f]{12}$/);
      expect(run(origin, 'show', `${kept}:other.txt`)).toBe('other');
      expect(run(origin, 'show', 'refs/codex-lanes/discarded/th:new.txt')).toBe('new');
      expect(existsSync(second)).toBe(false);
    },
  );

  test('with nothing in it leaves no reference', patience, async () => {
    expect(await discardWorktree(inputs(), 'th')).toEqual({ kept: null });
    expect(run(origin, 'for-each-ref', 'refs/codex-lanes')).toBe('');
  });
});

describe('the worktree of a thread', () => {
  const sessions = (): string => join(home, 'sessions/2026/11/21');
  const record = (line: string): void => {
    mkdirSync(sessions(), { recursive: true });
    writeFileSync(join(sessions(), `rollout-2026-11-21T09-49-36-${thread}.jsonl`), line);
  };
  const meta = (cwd: string): string =>
    `${JSON.stringify({ type: 'session_meta', payload: { cwd, more: 'x'.repeat(200_000) } })}\n{"type":"other"}\n`;
  const find = () => findWorktree({ codexHome: home, nativeThreadId: nativeThreadId(thread), origin, env });

  test('is found by its record, with the commit that it began with', patience, async () => {
    expect(await find()).toBeNull();
    record(meta(tree));
    expect(await find()).toEqual(worktree);
    run(tree, 'commit', '-q', '--allow-empty', '-m', 'a command commits at once');
    expect(await find()).toEqual(worktree);
  });

  test('that has just begun is looked for in the newest folders alone', patience, async () => {
    record(meta(tree));
    const look = (days: 'newest' | 'all') =>
      findWorktree({ codexHome: home, nativeThreadId: nativeThreadId(thread), origin, env, days });
    mkdirSync(join(home, 'sessions/2026/11/22'));
    expect(await look('newest')).toEqual(worktree);
    mkdirSync(join(home, 'sessions/2026/12/01'), { recursive: true });
    expect(await look('newest')).toBeNull();
    expect(await look('all')).toEqual(worktree);
  });

  test('may be a folder in it', patience, async () => {
    mkdirSync(join(tree, 'pkg'));
    record(meta(join(tree, 'pkg')));
    expect(await find()).toEqual({ ...worktree, path: join(tree, 'pkg') });
  });

  test.each([
    ['half a line', '{"type":"session_meta","payload":{"cwd":"/ho'],
    ['another folder', '{"type":"session_meta","payload":{"cwd":"/"}}\n'],
    ['another shape', '[1]\n'],
    ['nothing', ''],
  ])('is not there yet: %s', async (_name, line) => {
    record(line);
    expect(await find()).toBeNull();
  });

  test('needs git', async () => {
    record(meta(tree));
    env = { ...env, PATH: join(root, 'home') };
    expect(await findGit(env)).toBeNull();
    expect(await find()).toBeNull();
  });
});
