import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { reviewChoices } from './git-review.ts';
import type { Git } from './git-worktree-run.ts';
import { findGit } from './git-worktree-run.ts';

let folder: string;
let git: Git;

beforeEach(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'git-review-')));
  const found = await findGit(process.env);
  if (found === null) throw new Error('no git');
  git = found;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: folder, encoding: 'utf8' });

test('branches but the one that is checked out, and commits, the newest first', async () => {
  run('init', '--quiet', '--initial-branch=main');
  writeFileSync(join(folder, 'a'), '1');
  run('add', '.');
  run('commit', '--quiet', '--message=first: “one”');
  run('checkout', '--quiet', '-b', 'topic/two');
  run('commit', '--quiet', '--allow-empty', '--message=second');
  run('update-ref', 'refs/remotes/origin/main', 'main');
  run('update-ref', 'refs/heads/--output=x', 'main');
  run('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
  const found = await reviewChoices(git, folder);
  expect(found).toMatchObject({ ok: true, branch: 'topic/two' });
  if (!found.ok) throw new Error(found.message);
  expect(found.branches.toSorted()).toEqual(['main', 'origin/main']);
  expect(found.commits.map(({ title }) => title)).toEqual(['second', 'first: “one”']);
  expect(found.commits[0]?.sha).toBe(run('rev-parse', 'HEAD').trim());
  expect(Date.parse(found.commits[0]?.at ?? '')).toBeGreaterThan(0);
});

test('a commit’s title is a short line, whatever stands in it', async () => {
  run('init', '--quiet', '--initial-branch=main');
  run('commit', '--quiet', '--allow-empty', `--message=\u001b[2J\u202egnp.exe ${'x'.repeat(5000)}`);
  const found = await reviewChoices(git, folder);
  const title = found.ok ? (found.commits[0]?.title ?? '') : '';
  expect(title).toMatch(/^\\u\{1b\}\[2J\\u\{202e\}gnp\.exe x+…$/);
  expect(title).toHaveLength(201);
});

test('a repository without a commit has nothing; what is no repository is said', async () => {
  expect(await reviewChoices(git, folder)).toMatchObject({ ok: false, message: expect.stringContaining('not a git') });
  run('init', '--quiet');
  expect(await reviewChoices(git, folder)).toEqual({ ok: true, branch: null, branches: [], commits: [] });
});
