import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** A Git repository as Codex recognises one. */
export type Repository = {
  /** The folder that has the `.git`. */
  readonly root: string;
  /** Of a worktree: the root of its main repository; else null. */
  readonly main: string | null;
};

/** The repository that `folder` (a real path) lies in; null = none. */
export async function repositoryOf(folder: string): Promise<Repository | null> {
  for (let at = folder; ; at = dirname(at)) {
    const git = join(at, '.git');
    const link = await readFile(git, 'utf8').catch(() => null);
    if (link !== null) return { root: at, main: mainRepository(at, link) };
    // An empty `.git` is no repository, to git as to Codex.
    if (await exists(join(git, 'HEAD'))) return { root: at, main: null };
    if (dirname(at) === at) return null;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** For a worktree, whose `.git` is a file that names `<main>/.git/worktrees/<name>`; null = a submodule or something else. */
function mainRepository(at: string, link: string): string | null {
  const named = /^gitdir:\s*(.+?)\s*$/m.exec(link)?.[1];
  if (named === undefined) return null;
  const worktrees = dirname(resolve(at, named));
  const isWorktree = worktrees.replaceAll('\\', '/').endsWith('/.git/worktrees');
  return isWorktree ? dirname(dirname(worktrees)) : null;
}
