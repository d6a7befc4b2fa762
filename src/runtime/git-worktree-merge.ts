import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Worktree } from '../model/index.ts';
import { FileBackup } from './file-backup.ts';
import type { LocatedWorktree, WorktreeProblem } from './git-worktree.ts';
import { inWorktree } from './git-worktree.ts';
import type { Changes, Snapshot, WorktreeFile } from './git-worktree-changes.ts';
import { changesOf, diffTree, withSnapshot } from './git-worktree-changes.ts';
import type { Git } from './git-worktree-run.ts';
import { reasonOf } from './git-worktree-run.ts';

export type WorktreeInputs = {
  readonly git: Git;
  readonly worktree: Worktree;
  readonly codexHome: string;
};

/** What the worktree has that its beginning had not, as a unified diff. */
export async function worktreeDiff({
  git,
  worktree,
  codexHome,
}: WorktreeInputs): Promise<{ readonly diff: string; readonly files: readonly WorktreeFile[] } | WorktreeProblem> {
  return withSnapshot(git, worktree, codexHome, async (snapshot) => {
    const changes = await changesOf(snapshot);
    if ('problem' in changes) return changes;
    const run = await diffTree(snapshot, '-p', '--no-color', '--src-prefix=a/', '--dst-prefix=b/');
    if (run.exitCode !== 0) return { problem: `The worktree can’t be compared: ${reasonOf(run)}.` };
    return { diff: run.stdout === '' ? '' : `${run.stdout}\n`, files: changes.files };
  });
}

export type Merged = { readonly files: number; readonly kept: string | null };
export type NotMerged = WorktreeProblem & { readonly conflicts?: readonly string[] };

/**
 * Applies the worktree's whole difference to the working tree of its origin, all or nothing and without the index; then
 * removes the worktree. Commits that were made in it are kept under `refs/codex-lanes/merged/<name>`.
 */
export async function mergeWorktree(inputs: WorktreeInputs, name: string): Promise<Merged | NotMerged> {
  const { git, worktree, codexHome } = inputs;
  return withSnapshot<Merged | NotMerged>(git, worktree, codexHome, async (snapshot) => {
    const changes = await changesOf(snapshot);
    if ('problem' in changes) return changes;
    const refused = refusalOf(changes);
    if (refused !== null) return refused;
    if (changes.files.length > 0) {
      const failed = await applyToOrigin(snapshot, changes.files);
      if (failed !== null) return failed;
    }
    const kept = snapshot.head === snapshot.base ? null : await keep(snapshot, 'merged', name, snapshot.head);
    if (kept !== null && typeof kept !== 'string') {
      return { problem: `The changes are in your folder, and the worktree was left: ${kept.problem}` };
    }
    await remove(git, snapshot);
    return { files: changes.files.length, kept };
  });
}

function refusalOf({ files, submodules }: Changes): NotMerged | null {
  if (submodules.length > 0) {
    const problem = 'The worktree changes nested repositories (submodules), which can’t be merged here.';
    return { problem, conflicts: submodules };
  }
  // Names that are not UTF-8 reach us damaged, so they could not be put back if something fails.
  const unreadable = files.filter(({ path, movedFrom = '' }) => `${path}${movedFrom}`.includes('\ufffd'));
  if (unreadable.length === 0) return null;
  const problem = 'The worktree has files whose names are not UTF-8, which can’t be merged here.';
  return { problem, conflicts: unreadable.map(({ path }) => path) };
}

async function applyToOrigin(snapshot: Snapshot, files: readonly WorktreeFile[]): Promise<NotMerged | null> {
  const { git, originRoot, scratch } = snapshot;
  const patch = join(scratch, 'patch');
  // By a file: the bytes of a text need not be UTF-8.
  const options = ['-p', '--binary', '--full-index', '--no-color', '--src-prefix=a/', '--dst-prefix=b/'];
  const written = await diffTree(snapshot, ...options, `--output=${patch}`);
  if (written.exitCode !== 0) return { problem: `The worktree can’t be compared: ${reasonOf(written)}.` };
  const apply = ['apply', '--binary', '-p1', '--whitespace=nowarn', '--no-ignore-whitespace'];
  const checked = await git(originRoot, [...apply, '--check', patch]);
  if (checked.exitCode !== 0) return conflictOf(checked.stderr, files, reasonOf(checked));
  const paths = files.flatMap(({ path, movedFrom }) => (movedFrom === undefined ? [path] : [path, movedFrom]));
  const backup = await FileBackup.take(originRoot, paths, join(scratch, 'backup'));
  const applied = await git(originRoot, [...apply, patch]);
  if (applied.exitCode === 0) return null;
  const left = await backup.restore();
  const state = left.length === 0 ? 'Nothing was changed.' : `These could not be put back: ${left.join(', ')}.`;
  return { problem: `The changes could not be written: ${reasonOf(applied)}. ${state}` };
}

/** Names the files that git's words are about. */
function conflictOf(stderr: string, files: readonly WorktreeFile[], reason: string): NotMerged {
  const about = (path: string): boolean =>
    [`error: ${path}: `, `error: patch failed: ${path}:`, `file '${path}' is `].some((words) => stderr.includes(words));
  const conflicts = files
    .filter(({ path, movedFrom }) => about(path) || (movedFrom !== undefined && about(movedFrom)))
    .map(({ path }) => path);
  if (conflicts.length === 0) return { problem: `The changes do not fit your folder: ${reason}.` };
  return { problem: 'The changes do not fit what your folder holds by now. Nothing was changed.', conflicts };
}

/**
 * Removes the worktree. What it held that its beginning had not is kept as a commit under
 * `refs/codex-lanes/discarded/<name>`, but for ignored files; null = it held nothing.
 */
export async function discardWorktree(
  inputs: WorktreeInputs,
  name: string,
): Promise<{ readonly kept: string | null } | WorktreeProblem> {
  const { git, worktree, codexHome } = inputs;
  return withSnapshot<{ readonly kept: string | null } | WorktreeProblem>(
    git,
    worktree,
    codexHome,
    async (snapshot) => {
      const kept = await keepAll(snapshot, name);
      if (kept !== null && typeof kept !== 'string') return kept;
      await remove(git, snapshot);
      return { kept };
    },
  );
}

async function keepAll(snapshot: Snapshot, name: string): Promise<string | null | WorktreeProblem> {
  const { git, root, tree, head, base } = snapshot;
  const env = inWorktree(snapshot);
  const own = await git(root, ['rev-parse', '--verify', `${head}^{tree}`], { env });
  if (own.exitCode === 0 && own.stdout === tree) {
    return head === base ? null : keep(snapshot, 'discarded', name, head);
  }
  const identity = { GIT_AUTHOR_NAME: 'Codex Lanes', GIT_AUTHOR_EMAIL: 'codex-lanes@localhost' };
  const committer = { GIT_COMMITTER_NAME: 'Codex Lanes', GIT_COMMITTER_EMAIL: 'codex-lanes@localhost' };
  const commit = await git(root, ['commit-tree', '--no-gpg-sign', tree, '-p', head, '-m', 'Discarded worktree'], {
    env: { ...env, ...identity, ...committer },
  });
  if (commit.exitCode !== 0) return { problem: `What the worktree holds can’t be kept: ${reasonOf(commit)}.` };
  return keep(snapshot, 'discarded', name, commit.stdout);
}

/** An earlier reference of the same name stays. */
async function keep(
  { git, originRoot }: Snapshot,
  kind: 'merged' | 'discarded',
  name: string,
  commit: string,
): Promise<string | WorktreeProblem> {
  const plain = `refs/codex-lanes/${kind}/${name}`;
  const none = '0'.repeat(commit.length);
  for (const ref of [plain, `${plain}-${commit.slice(0, 12)}`]) {
    const made = await git(originRoot, ['update-ref', ref, commit, none]);
    if (made.exitCode === 0) return ref;
    const there = await git(originRoot, ['rev-parse', '--verify', '--quiet', ref]);
    if (there.exitCode !== 0) return { problem: `What the worktree holds can’t be kept: ${reasonOf(made)}.` };
    if (there.stdout === commit) return ref;
  }
  return { problem: 'What the worktree holds can’t be kept: its references are taken.' };
}

/** What was asked for is done by now, so that what stays behind is only room on the disk. */
async function remove(git: Git, { root, originRoot }: LocatedWorktree): Promise<void> {
  // Twice: also when it is locked.
  const removed = await git(originRoot, ['worktree', 'remove', '--force', '--force', root]);
  if (removed.exitCode !== 0) {
    await rm(root, { recursive: true, force: true }).catch(() => undefined);
    await git(originRoot, ['worktree', 'prune']);
  }
  // The folder that Codex made around it; not when something else is in it.
  await rmdir(dirname(root)).catch(() => undefined);
}
