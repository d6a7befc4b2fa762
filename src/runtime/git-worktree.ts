import { open, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import type { NativeThreadId, Worktree } from '../model/index.ts';
import { codeOf } from '../node/index.ts';
import type { Environment } from './child-environment.ts';
import type { Git } from './git-worktree-run.ts';
import { findGit, reasonOf } from './git-worktree-run.ts';

/** Where Codex keeps the worktrees that it makes (measured with 0.169: `<4 hex digits>/<name of the repository>` below). */
const worktreesFolder = 'worktrees';

/** Longest first line of a thread's record that is read, in bytes: it holds the instructions of the model too. */
const longestHead = 4 * 1024 * 1024;

export type FindWorktreeInputs = {
  readonly codexHome: string;
  readonly nativeThreadId: NativeThreadId;
  /** The folder that the thread was started in. */
  readonly origin: string;
  readonly env: Environment;
  /** `newest`: the thread has just begun, so that its record is in one of the last two folders. Default `all`. */
  readonly days?: 'newest' | 'all';
};

/** The worktree that Codex made for a thread, as its own record of the thread names it; null = not there (yet). */
export async function findWorktree(inputs: FindWorktreeInputs): Promise<Worktree | null> {
  const { codexHome, nativeThreadId, origin, env, days = 'all' } = inputs;
  const path = await recordedFolder(join(codexHome, 'sessions'), nativeThreadId, days === 'all' ? Infinity : 2);
  const git = path === null ? null : await findGit(env);
  if (path === null || git === null) return null;
  const found = await locate(git, { path, origin }, codexHome);
  if ('problem' in found) return null;
  const base = await beginOf(git, found);
  return base === null ? null : { path, origin, base };
}

/** The folder in the first line of the newest record of a thread. */
async function recordedFolder(sessions: string, thread: NativeThreadId, days: number): Promise<string | null> {
  if (!/^[\w-]+$/.test(thread)) return null;
  let left = days;
  // Year, month, day: the newest first, since the thread has just begun.
  for (const year of await namesIn(sessions)) {
    for (const month of await namesIn(join(sessions, year))) {
      for (const day of await namesIn(join(sessions, year, month))) {
        if (left === 0) return null;
        left -= 1;
        const folder = join(sessions, year, month, day);
        const name = (await namesIn(folder)).find((file) => file.endsWith(`-${thread}.jsonl`));
        if (name !== undefined) return folderIn(await firstLine(join(folder, name)));
      }
    }
  }
  return null;
}

/** Latest name first; none where there is no such folder. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort().reverse();
}

async function firstLine(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (let size = 0; size < longestHead; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(64 * 1024), 0, 64 * 1024, null);
      const part = buffer.subarray(0, bytesRead);
      const end = part.indexOf(0x0a);
      parts.push(end < 0 ? part : part.subarray(0, end));
      if (end >= 0 || bytesRead === 0) break;
      size += bytesRead;
    }
    return Buffer.concat(parts).toString('utf8');
  } finally {
    await file.close();
  }
}

function folderIn(line: string): string | null {
  try {
    const head = JSON.parse(line) as { type?: unknown; payload?: { cwd?: unknown } } | null;
    const cwd = head?.type === 'session_meta' ? head.payload?.cwd : null;
    return typeof cwd === 'string' && isAbsolute(cwd) ? cwd : null;
  } catch {
    // Half written.
    return null;
  }
}

/** A worktree as it lies on the disk, found through its repository and never through a file of its own. */
export type LocatedWorktree = {
  /** Its root, which the thread's folder lies in; a real path. */
  readonly root: string;
  /** Where the repository keeps its index and its HEAD. */
  readonly gitDir: string;
  /** Root of the working tree of the thread's own folder; a real path. */
  readonly originRoot: string;
};

/** A worktree that can't be used: `gone` when its folder is no longer there. */
export type WorktreeProblem = { readonly problem: string; readonly gone?: true };

/**
 * Finds a worktree by the list of its repository. What names it may come from a file that anybody could have written, so
 * a folder counts only where Codex keeps its worktrees and when the repository of `origin` knows it.
 */
export async function locate(
  git: Git,
  { path, origin }: Pick<Worktree, 'path' | 'origin'>,
  codexHome: string,
): Promise<LocatedWorktree | WorktreeProblem> {
  const real = await realPathOf(path);
  if (real === null) return { problem: 'The worktree’s folder is no longer there.', gone: true };
  const home = await realPathOf(join(codexHome, worktreesFolder));
  if (home === null || !isBelow(real, home)) return { problem: 'The folder is not one of Codex’s worktrees.' };
  const folder = await realPathOf(origin);
  if (folder === null) return { problem: 'The folder of this thread is no longer there.' };
  const top = await git(folder, ['rev-parse', '--show-toplevel']);
  const common = await git(folder, ['rev-parse', '--git-common-dir']);
  if (top.exitCode !== 0 || common.exitCode !== 0) {
    return { problem: `The folder of this thread is not a Git repository any more: ${reasonOf(top)}.` };
  }
  const admin = join(resolve(folder, common.stdout), 'worktrees');
  for (const name of await namesIn(admin)) {
    const gitDir = join(admin, name);
    const root = await rootOf(gitDir);
    if (root === null || !isBelow(root, home) || (real !== root && !isBelow(real, root))) continue;
    return { root, gitDir, originRoot: (await realPathOf(top.stdout)) ?? top.stdout };
  }
  return { problem: 'The folder is not a worktree of this thread’s repository.' };
}

async function rootOf(gitDir: string): Promise<string | null> {
  const link = await readFile(join(gitDir, 'gitdir'), 'utf8').catch(() => '');
  const named = link.replace(/\r?\n$/, '');
  return named === '' ? null : realPathOf(dirname(resolve(gitDir, named)));
}

async function realPathOf(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) === '') throw error;
    return null;
  }
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** So that the repository's own list says what the worktree is, whatever its `.git` file says. */
export function inWorktree({ root, gitDir }: LocatedWorktree): Readonly<Record<string, string>> {
  return { GIT_DIR: gitDir, GIT_WORK_TREE: root };
}

/** The commit that a worktree began with: the first of its HEAD's history, since a command may have committed already. */
async function beginOf(git: Git, worktree: LocatedWorktree): Promise<string | null> {
  const env = inWorktree(worktree);
  const history = await git(worktree.root, ['log', '-g', '--no-show-signature', '--format=%H', 'HEAD'], { env });
  const first = history.exitCode === 0 ? history.stdout.split('\n').at(-1) : undefined;
  if (first !== undefined && isCommitName(first)) return first;
  const head = await git(worktree.root, ['rev-parse', '--verify', 'HEAD^{commit}'], { env });
  return head.exitCode === 0 && isCommitName(head.stdout) ? head.stdout : null;
}

export function isCommitName(text: string): boolean {
  return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(text);
}
