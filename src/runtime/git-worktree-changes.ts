import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileChange, Worktree } from '../model/index.ts';
import type { ShortRun } from '../node/index.ts';
import { codeOf } from '../node/index.ts';
import type { LocatedWorktree, WorktreeProblem } from './git-worktree.ts';
import { inWorktree, isCommitName, locate } from './git-worktree.ts';
import type { Git } from './git-worktree-run.ts';
import { reasonOf } from './git-worktree-run.ts';

/** A file that differs from what the worktree began with. */
export type WorktreeFile = Pick<FileChange, 'path' | 'kind' | 'movedFrom'> & {
  /** Lines; null = not a text. */
  readonly added: number | null;
  readonly removed: number | null;
};

/** A worktree with all that it holds as one tree: commits, staged, unstaged and untracked files; not the ignored ones. */
export type Snapshot = LocatedWorktree & {
  readonly git: Git;
  readonly base: string;
  readonly tree: string;
  readonly head: string;
  /** A folder for our own files, removed afterwards. */
  readonly scratch: string;
};

/** Takes the snapshot and works with it. Nothing in the worktree or its index is changed. */
export async function withSnapshot<T>(
  git: Git,
  worktree: Worktree,
  codexHome: string,
  work: (snapshot: Snapshot) => Promise<T>,
): Promise<T | WorktreeProblem> {
  if (!isCommitName(worktree.base)) return { problem: 'The commit that the worktree began with is not known.' };
  const located = await locate(git, worktree, codexHome);
  if ('problem' in located) return located;
  const scratch = await mkdtemp(join(tmpdir(), 'codex-lanes-'));
  try {
    const taken = await take(git, located, worktree.base, scratch);
    return 'problem' in taken ? taken : await work(taken);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function take(
  git: Git,
  located: LocatedWorktree,
  base: string,
  scratch: string,
): Promise<Snapshot | WorktreeProblem> {
  const index = join(scratch, 'index');
  const env = { ...inWorktree(located), GIT_INDEX_FILE: index };
  const run = (...args: readonly string[]): Promise<ShortRun> => git(located.root, args, { env });
  const known = await run('rev-parse', '--verify', '--quiet', `${base}^{commit}`);
  if (known.exitCode !== 0) return { problem: 'The commit that the worktree began with is not in the repository.' };
  const head = await run('rev-parse', '--verify', 'HEAD^{commit}');
  if (head.exitCode !== 0) return { problem: `The worktree has no commit: ${reasonOf(head)}.` };
  try {
    // Its own, for what was staged although it is ignored.
    await copyFile(join(located.gitDir, 'index'), index);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    const read = await run('read-tree', 'HEAD');
    if (read.exitCode !== 0) return { problem: `The worktree can’t be read: ${reasonOf(read)}.` };
  }
  const added = await run('add', '-A', '--', '.');
  if (added.exitCode !== 0) return { problem: `The worktree can’t be read: ${reasonOf(added)}.` };
  const tree = await run('write-tree');
  if (tree.exitCode !== 0) return { problem: `The worktree can’t be read: ${reasonOf(tree)}.` };
  return { ...located, git, base, tree: tree.stdout, head: head.stdout, scratch };
}

/** What every comparison says, so that no configuration decides. */
const compared = ['-r', '-M', '--no-ext-diff', '--no-textconv', '--ignore-submodules=none'] as const;

export function diffTree(snapshot: Snapshot, ...options: readonly string[]): Promise<ShortRun> {
  const { git, root, base, tree } = snapshot;
  return git(root, ['diff-tree', ...compared, ...options, base, tree], { env: inWorktree(snapshot) });
}

export type Changes = {
  readonly files: readonly WorktreeFile[];
  /** Paths of nested repositories that were added, removed or moved on. */
  readonly submodules: readonly string[];
};

export async function changesOf(snapshot: Snapshot): Promise<Changes | WorktreeProblem> {
  const [raw, counted] = [await diffTree(snapshot, '--raw', '-z'), await diffTree(snapshot, '--numstat', '-z')];
  for (const run of [raw, counted]) {
    if (run.exitCode !== 0) return { problem: `The worktree can’t be compared: ${reasonOf(run)}.` };
  }
  const counts = countsIn(counted.stdout);
  const files: WorktreeFile[] = [];
  const submodules: string[] = [];
  for (const { modes, kind, path, movedFrom } of rawIn(raw.stdout)) {
    if (modes.includes('160000')) submodules.push(path);
    const count = counts.get(path) ?? { added: null, removed: null };
    files.push({ path, kind, ...(movedFrom === null ? {} : { movedFrom }), ...count });
  }
  return { files, submodules };
}

type RawRow = {
  readonly modes: readonly string[];
  readonly kind: FileChange['kind'];
  readonly path: string;
  readonly movedFrom: string | null;
};

/** `:100644 100644 <sha> <sha> R087\0from\0to\0`: two paths for a move, else one. */
function rawIn(output: string): readonly RawRow[] {
  const parts = output.split('\0');
  const rows: RawRow[] = [];
  for (let i = 0; i + 1 < parts.length; ) {
    const [oldMode = '', newMode = '', , , status = ''] = (parts[i] ?? '').replace(/^:/, '').split(' ');
    const modes = [oldMode, newMode];
    const letter = status[0] ?? '';
    const isMove = letter === 'R' || letter === 'C';
    const path = parts[i + (isMove ? 2 : 1)] ?? '';
    const movedFrom = letter === 'R' ? (parts[i + 1] ?? null) : null;
    rows.push({ modes, kind: kindOf(letter), path, movedFrom });
    i += isMove ? 3 : 2;
  }
  return rows;
}

function kindOf(letter: string): FileChange['kind'] {
  if (letter === 'A' || letter === 'C') return 'add';
  if (letter === 'D') return 'delete';
  return letter === 'R' ? 'move' : 'update';
}

type Count = Pick<WorktreeFile, 'added' | 'removed'>;

/** `1\t2\tpath\0`, or for a move `1\t2\t\0from\0to\0`; `-` where there are no lines. */
function countsIn(output: string): ReadonlyMap<string, Count> {
  const parts = output.split('\0');
  const counts = new Map<string, Count>();
  for (let i = 0; i < parts.length; i += 1) {
    const [, added, removed, path] = /^(-|\d+)\t(-|\d+)\t([\s\S]*)$/.exec(parts[i] ?? '') ?? [];
    if (added === undefined || removed === undefined) continue;
    const lines = (text: string): number | null => (text === '-' ? null : Number(text));
    const isMove = path === '';
    counts.set(isMove ? (parts[i + 2] ?? '') : (path ?? ''), { added: lines(added), removed: lines(removed) });
    if (isMove) i += 2;
  }
  return counts;
}
