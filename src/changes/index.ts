import type { Changes, Clock, Log } from '../ports/index.ts';
import { BlobStore } from './blob-store.ts';
import type { Git } from './git.ts';
import { FollowedTurn } from './turn-changes.ts';

export type ChangesDeps = {
  /** Git as it is on this machine; null = it is not. */
  readonly git: () => Promise<Git | null>;
  /** An untrusted workspace starts no program: no git either. */
  readonly trusted: () => boolean;
  /** Opens the data home. */
  readonly home: () => Promise<string>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
};

export type KeptChanges = Changes & {
  /** A content that a baseline names; null = it is not kept (any more). */
  readonly read: (blob: string) => Promise<Buffer | null>;
};

/** Keeps what stood in files before a turn changed them. */
export function createChanges({ git, trusted, home, clock, log }: ChangesDeps): KeptChanges {
  const blobs = new BlobStore(home);
  const ask = async () => (trusted() ? ((await git()) ?? 'no-git') : 'untrusted');
  return {
    begin: (turn) => new FollowedTurn({ git: ask, blobs, log, moment: clock.now() }, turn),
    read: (blob) => blobs.read(blob),
  };
}
