import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { resolvePath } from './resolve-path.ts';

let root = '';
let cwd = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'paths-')));
  cwd = join(root, 'work');
  mkdirSync(join(cwd, 'src'), { recursive: true });
  mkdirSync(join(root, 'elsewhere'));
  writeFileSync(join(cwd, 'src/a.ts'), 'a');
  writeFileSync(join(root, 'elsewhere/x.txt'), 'x');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const look = (given: string, to: 'read' | 'write' = 'read', addDirs: readonly string[] = []) =>
  resolvePath({ cwd, addDirs }, given, to);
const kindOf = async (given: string, to: 'read' | 'write' = 'read', addDirs: readonly string[] = []) =>
  (await look(given, to, addDirs)).kind;

test('relative and absolute, there or not yet', async () => {
  const real = join(cwd, 'src/a.ts');
  expect(await look('src/a.ts')).toEqual({ kind: 'inside', path: real, real, name: 'src/a.ts', why: null });
  expect(await look(real)).toMatchObject({ kind: 'inside', name: 'src/a.ts' });
  expect(await look('./src/../src/new/deep.ts', 'write')).toMatchObject({ kind: 'inside', name: 'src/new/deep.ts' });
  expect(await look('.')).toMatchObject({ kind: 'inside', name: '.' });
});

test('what lies elsewhere is outside, unless the user added its folder', async () => {
  const far = join(root, 'elsewhere/x.txt');
  expect(await look('../elsewhere/x.txt')).toMatchObject({
    kind: 'outside',
    real: far,
    why: 'It lies outside the workspace.',
  });
  expect(await kindOf(far, 'write')).toBe('outside');
  expect(await kindOf(far, 'write', [join(root, 'elsewhere')])).toBe('inside');
  expect(await kindOf(join(root, 'work-two/a'), 'write')).toBe('outside');
});

test('a folder that was added by a link is the one that it leads to', async () => {
  symlinkSync(join(root, 'elsewhere'), join(root, 'by-link'));
  expect(await kindOf(join(root, 'elsewhere/x.txt'), 'read', [join(root, 'by-link')])).toBe('inside');
});

test.runIf(process.platform !== 'win32')(
  'a link to a name that no card would show as it is leads nowhere',
  async () => {
    const odd = join(root, 'elsewhere', 'x\nIt is read from inside.\u202e');
    writeFileSync(odd, 'x');
    symlinkSync(odd, join(cwd, 'plain.txt'));
    expect(await look('plain.txt')).toMatchObject({ kind: 'refused', name: expect.not.stringMatching(/[\n\u202e]/) });
    expect(await kindOf('plain.txt', 'write')).toBe('refused');
  },
);

test('a link is what it leads to: of a file, of a folder, above a file that is not there yet', async () => {
  symlinkSync(join(root, 'elsewhere/x.txt'), join(cwd, 'link.txt'));
  symlinkSync(join(root, 'elsewhere'), join(cwd, 'linked'));
  symlinkSync('src', join(cwd, 'own'));
  expect(await look('link.txt')).toMatchObject({ kind: 'outside', real: join(root, 'elsewhere/x.txt') });
  expect(await kindOf('linked/x.txt')).toBe('outside');
  expect(await look('linked/new/deep.txt', 'write')).toMatchObject({
    kind: 'outside',
    real: join(root, 'elsewhere/new/deep.txt'),
  });
  expect(await look('own/a.ts')).toMatchObject({ kind: 'inside', name: 'src/a.ts' });
});

test('a link that leads nowhere, or to itself, is refused', async () => {
  symlinkSync(join(root, 'gone/file'), join(cwd, 'dangling'));
  symlinkSync('round', join(cwd, 'round'));
  expect(await look('dangling', 'write')).toMatchObject({ kind: 'refused', why: expect.stringContaining('nowhere') });
  expect(await look('dangling/x', 'write')).toMatchObject({ kind: 'refused' });
  expect(await look('round')).toMatchObject({ kind: 'refused', why: expect.stringContaining('itself') });
  expect(await look('src/a.ts/x', 'write')).toMatchObject({
    kind: 'refused',
    why: expect.stringContaining('is a file'),
  });
});

test('a link that was put there after the first look is seen by the second', async () => {
  expect(await kindOf('src/a.ts', 'write')).toBe('inside');
  renameSync(join(cwd, 'src'), join(cwd, 'src-before'));
  symlinkSync(join(root, 'elsewhere'), join(cwd, 'src'));
  expect(await kindOf('src/a.ts', 'write')).toBe('outside');
});

test('a link with a harmless name that leads to something protected is protected, and so is the other way round', async () => {
  mkdirSync(join(cwd, '.vscode'));
  symlinkSync('.vscode', join(cwd, 'docs'));
  symlinkSync('src', join(cwd, '.husky'));
  writeFileSync(join(cwd, '.env'), 'KEY=1');
  symlinkSync('.env', join(cwd, 'notes.txt'));
  expect(await kindOf('docs/tasks.json', 'write')).toBe('protected');
  expect(await kindOf('.husky/pre-commit', 'write')).toBe('protected');
  expect(await look('notes.txt')).toMatchObject({ kind: 'protected', why: expect.stringContaining('.env') });
});

test('what the folder itself is called does not count', async () => {
  const within = join(root, '.codex/worktrees/one');
  mkdirSync(within, { recursive: true });
  expect(await resolvePath({ cwd: within, addDirs: [] }, 'a.ts', 'write')).toMatchObject({ kind: 'inside' });
  expect(await resolvePath({ cwd: within, addDirs: [] }, '../two/a.ts', 'write')).toMatchObject({ kind: 'protected' });
});

test('a worktree: its .git file, and the git folder that it leads to, wherever that is', async () => {
  const git = (folder: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder, stdio: 'pipe' });
  git(cwd, 'init', '-q', `--separate-git-dir=${join(cwd, 'meta')}`);
  git(cwd, 'commit', '-q', '--allow-empty', '-m', 'x');
  git(cwd, 'worktree', 'add', '-q', join(root, 'tree'));
  expect(await kindOf('.git', 'write')).toBe('protected');
  expect(await look('meta/hooks/pre-commit', 'write')).toMatchObject({
    kind: 'protected',
    why: expect.stringContaining('git'),
  });
  expect(await kindOf('meta/config', 'write')).toBe('protected');
  expect(await kindOf('src/a.ts', 'write')).toBe('inside');
  const tree = { cwd: join(root, 'tree'), addDirs: [join(cwd, 'meta')] };
  expect(await resolvePath(tree, '.git', 'write')).toMatchObject({ kind: 'protected' });
  expect(await resolvePath(tree, join(cwd, 'meta/worktrees/tree/HEAD'), 'write')).toMatchObject({ kind: 'protected' });
});

test('a bare repository within the workspace is a folder of git', async () => {
  execFileSync('git', ['init', '-q', '--bare', join(cwd, 'fixtures/bare')], { stdio: 'pipe' });
  expect(await kindOf('fixtures/bare/config', 'write')).toBe('protected');
  expect(await kindOf('fixtures/other', 'write')).toBe('inside');
});

test('whatever is asked, inside means that what is there lies inside', async () => {
  symlinkSync(join(root, 'elsewhere'), join(cwd, 'out'));
  symlinkSync('../src', join(cwd, 'src/in'));
  symlinkSync('..', join(cwd, 'up'));
  symlinkSync('out/x.txt', join(cwd, 'chain'));
  const part = fc.constantFrom(
    'src',
    'in',
    'out',
    'up',
    'work',
    'elsewhere',
    'x.txt',
    'chain',
    'a.ts',
    '..',
    '.',
    'new',
  );
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 7 }), fc.boolean(), async (parts, isAbsolute) => {
      const given = isAbsolute ? join(cwd, ...parts) : parts.join('/');
      const found = await look(given, 'write');
      seen.add(found.kind);
      if (found.real === null) return;
      const there = existsSync(found.real) ? realpathSync(found.real) : found.real;
      expect(there).toBe(found.real);
      expect(found.kind === 'inside').toBe(there === cwd || there.startsWith(`${cwd}/`));
    }),
    { seed: 11, numRuns: 800 },
  );
  expect([...seen].toSorted()).toEqual(['inside', 'outside', 'refused']);
});

test('what is refused says so without repeating what can’t be shown', async () => {
  expect(await look('a\u001b[2Kb')).toMatchObject({ kind: 'refused', real: null, name: 'a?[2Kb' });
});
