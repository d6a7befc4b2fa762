import type { Git } from './git-worktree-run.ts';
import { reasonOf } from './git-worktree-run.ts';
import { safeLine } from './safe-output.ts';

export type ReviewChoices = {
  /** The branch that is checked out; null = none is. */
  readonly branch: string | null;
  /** The others, of this repository and of its remotes, the last used first. */
  readonly branches: readonly string[];
  /** The newest first; `at` is an ISO time. */
  readonly commits: readonly { readonly sha: string; readonly title: string; readonly at: string }[];
};

/** Most of each that is shown. */
const mostBranches = 200;
const mostCommits = 50;
/** Characters of a commit's title: others wrote it, and git takes a line of any length. */
const longestTitle = 200;

const nul = '\u0000';

/**
 * What a review in `cwd` can be held against. A repository without a commit has nothing of it. Answers git's reason where it
 * is no repository, or git fails.
 */
export async function reviewChoices(
  git: Git,
  cwd: string,
): Promise<({ readonly ok: true } & ReviewChoices) | { readonly ok: false; readonly message: string }> {
  const format = '%(HEAD)%00%(refname)%00%(refname:short)';
  const refs = ['for-each-ref', '--sort=-committerdate', `--format=${format}`, `--count=${mostBranches}`];
  const listed = await git(cwd, [...refs, 'refs/heads', 'refs/remotes']);
  if (listed.exitCode !== 0) return { ok: false, message: reasonOf(listed) };
  const rows = linesOf(listed.stdout).map((line) => line.split(nul));
  const branches = rows.flatMap(([head, full = '', short = '']) =>
    head === '*' || !isRevision(short) || /^refs\/remotes\/[^/]+\/HEAD$/.test(full) ? [] : [short],
  );
  const branch = rows.find(([head]) => head === '*')?.[2] ?? null;
  const log = ['log', '--no-show-signature', `--max-count=${mostCommits}`, '--format=%H%x00%cI%x00%s'];
  const commits = linesOf((await git(cwd, log)).stdout).flatMap((line) => {
    const [sha = '', at = '', title = ''] = line.split(nul);
    return /^[0-9a-f]{40,64}$/.test(sha) ? [{ sha, title: safeLine(title, longestTitle), at }] : [];
  });
  return { ok: true, branch, branches, commits };
}

/** One that stands for itself as an argument: what begins with a dash would be taken for an option by whoever runs git with it. */
const isRevision = (short: string): boolean => short !== '' && !short.startsWith('-');

const linesOf = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '');
