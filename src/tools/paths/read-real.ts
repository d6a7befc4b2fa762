import { constants } from 'node:fs';
import { lstat, open, realpath } from 'node:fs/promises';
import { codeOf } from '../../node/index.ts';

export type ReadReal =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  /** Why not, in a sentence for the model. `isMissing`: there is no such file. */
  | { readonly kind: 'refused'; readonly why: string; readonly isMissing: boolean };

/** Opened by these: a link in its place is not followed, and a pipe does not keep us waiting. Windows knows neither. */
const asItself = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Reads a whole file by its real path. What lies there by a link that was put into the path since it was resolved is not
 * read. `most`: bytes. Never rejects.
 */
export async function readReal(real: string, most: number): Promise<ReadReal> {
  try {
    const file = await open(real, asItself);
    try {
      const found = await file.stat();
      if (found.isDirectory()) return refused('It is a folder; list_files shows what is in it.');
      if (!found.isFile()) return refused('It is no ordinary file.');
      if (found.size > most) return refused(`It has ${found.size} bytes; at most ${most} are read.`);
      const [now, there] = await Promise.all([realpath(real), lstat(real)]);
      if (now !== real || there.ino !== found.ino || there.dev !== found.dev) {
        return refused('It was replaced by a link while it was being opened.');
      }
      const { buffer, bytesRead } = await file.read(Buffer.alloc(found.size), 0, found.size, 0);
      return { kind: 'read', bytes: buffer.subarray(0, bytesRead) };
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT') return { kind: 'refused', why: 'There is no such file.', isMissing: true };
    if (code === 'ELOOP') return refused('It was replaced by a link while it was being opened.');
    if (code === 'EISDIR') return refused('It is a folder; list_files shows what is in it.');
    return refused(`It can’t be read (${code === '' ? 'unknown' : code}).`);
  }
}

function refused(why: string): ReadReal {
  return { kind: 'refused', why, isMissing: false };
}
