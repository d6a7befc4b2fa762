import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { codeOf } from '../node/index.ts';

/** Largest file that is kept or compared, in bytes. */
export const largestFile = 2 * 1024 * 1024;

/** Tells a file from one that was written since. */
export type Stamp = {
  readonly text: string;
  /** Milliseconds since the epoch of the last change of content or attributes, by the clock of the file's disk. */
  readonly changedAt: number;
  /** The disk tells seconds alone, as far as can be seen. */
  readonly coarse: boolean;
};

/** What lies at a path now. */
export type Found =
  | { readonly kind: 'none' }
  | { readonly kind: 'file'; readonly bytes: Buffer; readonly stamp: Stamp }
  /** Too large, no plain file, or not to be read. */
  | { readonly kind: 'unread'; readonly why: 'too-large' | 'link' | 'not-kept'; readonly stamp: Stamp | null };

/** Reads a plain file, of which no two states are mixed as far as its stamps tell. Never rejects, never follows a link. */
export async function look(path: string, most: number = largestFile): Promise<Found> {
  let stamp: Stamp | null = null;
  try {
    const stats = await lstat(path, { bigint: true });
    stamp = stampOf(stats);
    if (stats.isSymbolicLink()) return { kind: 'unread', why: 'link', stamp };
    if (!stats.isFile()) return { kind: 'unread', why: 'not-kept', stamp };
    if (stats.size > BigInt(most)) return { kind: 'unread', why: 'too-large', stamp };
    // O_NOFOLLOW is 0 on Windows, where making a link needs a right of its own.
    const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    try {
      // Fixed before: a file that grows must not be read without end.
      const bytes = Buffer.alloc(Number(stats.size) + 1);
      let size = 0;
      for (let read = -1; read !== 0 && size < bytes.length; size += read) {
        ({ bytesRead: read } = await file.read(bytes, size, bytes.length - size, size));
      }
      const after = stampOf(await file.stat({ bigint: true }));
      if (after.text !== stamp.text || size !== Number(stats.size))
        return { kind: 'unread', why: 'not-kept', stamp: after };
      return { kind: 'file', bytes: bytes.subarray(0, size), stamp };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'none' };
    // What may not be read has its stamp all the same: it tells whether the file was written since.
    return { kind: 'unread', why: code === 'ELOOP' ? 'link' : 'not-kept', stamp };
  }
}

/** The stamp alone; null = nothing to be had there. */
export async function stampAt(path: string): Promise<Stamp | null> {
  return lstat(path, { bigint: true }).then(stampOf, () => null);
}

function stampOf(stats: BigIntStats): Stamp {
  const { dev, ino, size, mtimeNs, ctimeNs, mode } = stats;
  const newest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  return {
    text: [dev, ino, mode, size, mtimeNs, ctimeNs].join(' '),
    changedAt: Number(newest / 1_000_000n),
    coarse: newest % 1_000_000_000n === 0n,
  };
}

/** How far a disk's clock may lag behind the system's, in milliseconds: a tick of the kernel, with room. */
const lag = 50;
/** The same for a disk that tells every second second. */
const coarseLag = 2100;

/** True when a file was certainly not written at or after `moment`, in milliseconds since the epoch. */
export function isOlder({ changedAt, coarse }: Stamp, moment: number): boolean {
  return changedAt > 0 && changedAt < moment - (coarse ? coarseLag : lag);
}
