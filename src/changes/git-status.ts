import type { BaselineGap } from '../model/index.ts';
import type { Repository } from './repository.ts';

/** Most of git's answer that is read, in bytes: about 60,000 files that are not as they were committed. */
const longestAnswer = 4 * 1024 * 1024;
/** A repository that takes longer is not followed, in milliseconds. */
const statusPatience = 20_000;

/** A file that is not as it was committed. */
export type DirtyFile = {
  /** Below the root, with `/`. */
  readonly path: string;
  readonly state: 'changed' | 'untracked' | 'gone' | 'repository';
  /** All that git says of it: another text is another state. */
  readonly said: string;
};

export type GitStatus = {
  /** The commit that is checked out; null = there is none yet. */
  readonly head: string | null;
  readonly dirty: ReadonlyMap<string, DirtyFile>;
};

/** What is not as it was committed, in the turn's folder and below. `background`: while a turn's program begins. */
export async function gitStatus(
  { git, within }: Repository,
  { signal, background }: { readonly signal: AbortSignal; readonly background: boolean },
): Promise<GitStatus | Extract<BaselineGap, 'no-repository' | 'too-many' | 'too-slow'>> {
  const status = await git(
    [
      // On one thread: the others are the turn's.
      ...['-c', 'core.preloadIndex=false', '-c', 'index.threads=1', '--literal-pathspecs'],
      ...['status', '--porcelain=v2', '-z', '--branch', '--untracked-files=all', '--no-renames', '--no-ahead-behind'],
      // What is changed in a nested repository is that repository's; asking it would start a git in each.
      ...['--ignore-submodules=dirty', '--', within],
    ],
    { timeoutMs: statusPatience, signal, background, maxOutput: longestAnswer },
  );
  if (status.failure === 'too-much-output') return 'too-many';
  if (status.failure === 'no-answer') return 'too-slow';
  return status.exitCode === 0 ? readStatus(status.stdout) : 'no-repository';
}

/** `git status --porcelain=v2 -z --branch`. */
function readStatus(output: string): GitStatus {
  let head: string | null = null;
  const dirty = new Map<string, DirtyFile>();
  for (const said of output.split('\0')) {
    const oid = /^# branch\.oid ([0-9a-f]+)$/.exec(said)?.[1];
    if (oid !== undefined) head = oid;
    const file = fileOf(said);
    // One that was staged as deleted and lies there again is there.
    if (file !== null && !(file.state === 'gone' && dirty.has(file.path))) dirty.set(file.path, file);
  }
  return { head, dirty };
}

/** How many fields stand before the path. */
const fieldsBefore: Readonly<Record<string, number>> = { '1': 8, u: 10, '?': 1 };

function fileOf(said: string): DirtyFile | null {
  const before = fieldsBefore[said.slice(0, 1)];
  if (before === undefined || said[1] !== ' ') return null;
  const fields = said.split(' ');
  const path = fields.slice(before).join(' ');
  if (path === '') return null;
  const [type, xy = '', sub = ''] = fields;
  if (type === '?') {
    // A whole repository below, which git does not look into.
    return { path: path.replace(/\/$/, ''), state: path.endsWith('/') ? 'repository' : 'untracked', said };
  }
  if (sub.startsWith('S')) return { path, state: 'repository', said };
  const gone = xy[1] === 'D' || (xy[0] === 'D' && xy[1] === '.');
  return { path, state: gone ? 'gone' : 'changed', said };
}
