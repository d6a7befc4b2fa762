import { join } from 'node:path';
import type { BaselineGap } from '../model/index.ts';
import type { ChangesOfTurn } from '../ports/index.ts';
import type { Git } from './git.ts';
import type { DirtyFile, GitStatus } from './git-status.ts';
import { gitStatus } from './git-status.ts';
import type { Stamp } from './read-file.ts';
import { isOlder, largestFile, look, stampAt } from './read-file.ts';
import type { Repository } from './repository.ts';
import { openRepository } from './repository.ts';

/** Most that is copied at the start of a turn, which stays in memory until the turn ends. */
const mostBytes = 16 * 1024 * 1024;
const mostCopies = 1000;
/** Most files whose stamps are remembered. */
const mostStamps = 5000;
/** Files that are read at the same time. */
const atOnce = 8;
/**
 * How long after its start a turn has certainly changed nothing, in milliseconds: a program must be started and a model be
 * asked first (measured: 300 ms).
 */
const grace = 60;

/** What stood in a file that was not as it was committed. */
export type StartContent =
  | { readonly kind: 'copy'; readonly bytes: Buffer }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly gap: BaselineGap };

type StartFile = {
  readonly file: DirtyFile;
  readonly content: StartContent;
  /** Null = nothing was to be had there. */
  readonly stamp: Stamp | 'not-taken' | null;
};

/** How a turn found its folder; a word = it could not be found out, and why. */
export type TurnStart = {
  readonly repository: Repository;
  readonly status: GitStatus;
  readonly files: ReadonlyMap<string, StartFile>;
};

/** Looks how a folder stands at `moment`, in milliseconds since the epoch; one that is made in this turn stands as its commit. */
export async function turnStart(
  git: Git,
  { cwd, madeFrom }: ChangesOfTurn,
  { moment, signal }: { readonly moment: number; readonly signal: AbortSignal },
): Promise<TurnStart | BaselineGap> {
  const repository = await openRepository(git, cwd, signal);
  if (typeof repository === 'string') return repository;
  if (madeFrom !== null) return { repository, status: { head: madeFrom, dirty: new Map() }, files: new Map() };
  const status = await gitStatus(repository, { signal, background: true });
  if (typeof status === 'string') return status;
  const files = new Map<string, StartFile>();
  // A changed file is likelier to be changed again than one that nobody added yet.
  const dirty = [...status.dirty.values()].sort((a, b) => order(a) - order(b));
  let bytes = 0;
  let copies = 0;
  let next = 0;
  const work = async (): Promise<void> => {
    for (let file = dirty[next++]; file !== undefined && !signal.aborted; file = dirty[next++]) {
      const full = copies >= mostCopies || bytes >= mostBytes;
      if (full && files.size >= mostStamps) {
        files.set(file.path, { file, stamp: 'not-taken', content: unknown('too-many') });
        continue;
      }
      copies += 1;
      const found = await startOf(join(repository.root, file.path), file, full, moment);
      if (found.content.kind === 'copy') bytes += found.content.bytes.length;
      files.set(file.path, found);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { repository, status, files };
}

async function startOf(path: string, file: DirtyFile, full: boolean, moment: number): Promise<StartFile> {
  if (file.state === 'repository') return { file, stamp: null, content: unknown('other-repository') };
  if (full) return { file, stamp: await stampAt(path), content: unknown('too-many') };
  const found = await look(path, largestFile);
  if (found.kind === 'none') {
    // Git saw it a moment ago: the turn may have taken it away already.
    const content: StartContent = file.state === 'gone' ? { kind: 'none' } : unknown('changed-before');
    return { file, stamp: null, content };
  }
  const { stamp } = found;
  const isOfStart = stamp !== null && (isOlder(stamp, moment) || stamp.changedAt <= moment + grace);
  if (!isOfStart || file.state === 'gone') return { file, stamp, content: unknown('changed-before') };
  return found.kind === 'file'
    ? { file, stamp, content: { kind: 'copy', bytes: found.bytes } }
    : { file, stamp, content: unknown(found.why) };
}

const unknown = (gap: BaselineGap): StartContent => ({ kind: 'unknown', gap });

function order({ state }: DirtyFile): number {
  return state === 'untracked' ? 1 : 0;
}
