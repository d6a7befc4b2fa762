import { realpath } from 'node:fs/promises';
import { relative, sep } from 'node:path';
import type { BaselineGap } from '../model/index.ts';
import type { ShortRun } from '../node/index.ts';
import type { Git, GitOptions } from './git.ts';

/** A working tree, asked in a way that nothing which lies in it decides what is run. */
export type Repository = {
  /** Of the working tree; a real path. */
  readonly root: string;
  /** The turn's folder below it, with `/`; `.` = it is the root itself. */
  readonly within: string;
  readonly gitDir: string;
  /** Filters that the repository's own configuration brings, and that are therefore not run. */
  readonly ownFilters: ReadonlySet<string>;
  /** Runs git at the root. */
  readonly git: (args: readonly string[], options?: GitOptions) => Promise<ShortRun>;
};

/** What a partial clone has left at its remote stays there: a look must not ask the network, nor start what reaches it. */
const atHome = { GIT_NO_LAZY_FETCH: '1', GIT_ALLOW_PROTOCOL: '' };
/** A folder of the working tree that looks like a bare repository is none: anybody can put one there. */
const notBare = ['-c', 'safe.bareRepository=explicit'];

/** Finds the working tree that `cwd` lies in. */
export async function openRepository(
  git: Git,
  cwd: string,
  signal: AbortSignal,
): Promise<Repository | Extract<BaselineGap, 'no-repository' | 'not-kept'>> {
  const args = [...notBare, 'rev-parse', '--show-toplevel', '--absolute-git-dir'];
  const run = await git(cwd, args, { env: atHome, signal });
  // A line end in one of the names would make three of them.
  const [top, gitDir, ...more] = run.stdout.split('\n');
  if (run.exitCode !== 0 || !top || !gitDir || more.length > 0) return 'no-repository';
  const root = await realpath(top).catch(() => null);
  const folder = await realpath(cwd).catch(() => null);
  if (root === null || folder === null) return 'no-repository';
  const within = relative(root, folder).split(sep).join('/') || '.';
  if (within === '..' || within.startsWith('../')) return 'no-repository';
  return pinned(git, { root, within, gitDir }, signal);
}

type At = Pick<Repository, 'root' | 'within' | 'gitDir'>;

/**
 * The same repository, whatever lies in its folder by now: a turn could put another one there. Its filters are looked up
 * anew.
 */
export async function pinned(
  git: Git,
  { root, within, gitDir }: At,
  signal: AbortSignal,
): Promise<Repository | Extract<BaselineGap, 'no-repository' | 'not-kept'>> {
  const env = { ...atHome, GIT_DIR: gitDir, GIT_WORK_TREE: root };
  const listed = ['config', '--null', '--show-scope', '--name-only', '--get-regexp', '^filter\\.'];
  const found = await git(root, listed, { env, signal });
  // 1: there is none.
  if (found.exitCode !== 0 && found.exitCode !== 1) return 'no-repository';
  const ownFilters = filtersOf(found.stdout);
  // Git would read its switch as one of another name: a filter that can't be switched off is not gone near.
  if ([...ownFilters].some((name) => name.includes('='))) return 'not-kept';
  const off = [...ownFilters].flatMap((name) =>
    ['clean=', 'smudge=', 'process=', 'required=false'].flatMap((word) => ['-c', `filter.${name}.${word}`]),
  );
  return {
    root,
    within,
    gitDir,
    ownFilters,
    git: (args, options) => git(root, [...off, ...args], { ...options, env }),
  };
}

/** `local\0filter.name.clean\0…`. What the user or the system has set up runs as in every other git command. */
function filtersOf(output: string): ReadonlySet<string> {
  const parts = output.split('\0');
  const names = new Set<string>();
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const name = /^filter\.(.+)\.[^.]+$/s.exec(parts[at + 1] ?? '')?.[1];
    if (name !== undefined && (parts[at] === 'local' || parts[at] === 'worktree')) names.add(name);
  }
  return names;
}
