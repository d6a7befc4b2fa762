import type { BigIntStats } from 'node:fs';
import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { codeOf } from '../../node/index.ts';
import type { HeldText, WorkspaceFiles } from '../../ports/index.ts';

/** Largest file that is patched, in bytes. */
const largestFile = 16 * 1024 * 1024;

export type OnDisk = {
  readonly bytes: Buffer;
  readonly mode: number;
  /** Tells the file from another one at its path. */
  readonly identity: string;
  /** Tells it from what it is once it was written to. */
  readonly stamp: string;
  /** Null = it is no text that is known here; an editor may hold it all the same. */
  readonly encoding: string | null;
};

/** What stands at a path; a text that an editor holds counts before the disk's. */
export type FileState =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly text: string; readonly disk: OnDisk; readonly held: HeldText | null }
  | { readonly kind: 'odd'; readonly words: string };

/** O_NOFOLLOW is 0 on Windows, where making a link needs a right of its own. */
const asItself = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Looks at a real path without following a link. Never rejects. */
export async function stateOf(real: string, files: WorkspaceFiles): Promise<FileState> {
  const held = await files.held(real);
  try {
    const read = await readAt(real);
    if (typeof read === 'string') return { kind: 'odd', words: read };
    const decoded = await files.decode(real, read.bytes);
    const disk = { ...read, encoding: decoded?.encoding ?? null };
    const text = held?.text ?? decoded?.text;
    return text === undefined
      ? { kind: 'odd', words: 'it is no text, or in an encoding that is not known here.' }
      : { kind: 'text', text, disk, held };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' && held !== null)
      return { kind: 'odd', words: 'an editor has it open, and it is not on the disk any more.' };
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'none' };
    return {
      kind: 'odd',
      words: code === 'ELOOP' ? 'it is a link now.' : `it can’t be read (${code === '' ? 'unknown' : code}).`,
    };
  }
}

/** Reads one state of a plain file; a sentence where it is none. Throws what the file system throws. */
export async function readAt(path: string): Promise<Omit<OnDisk, 'encoding'> | string> {
  const seen = await lstat(path, { bigint: true });
  if (seen.isSymbolicLink()) return 'it is a link now.';
  if (seen.isDirectory()) return 'it is a folder.';
  if (!seen.isFile()) return 'it is no plain file.';
  if (seen.size > BigInt(largestFile)) return `it has ${seen.size} bytes, and ${largestFile} are the most.`;
  const file = await open(path, asItself);
  try {
    const bytes = await file.readFile();
    const stats = await file.stat({ bigint: true });
    if (stampOf(seen) !== stampOf(stats)) return 'it was written to while it was read.';
    return { bytes, mode: Number(stats.mode) & 0o7777, identity: `${stats.dev} ${stats.ino}`, stamp: stampOf(stats) };
  } finally {
    await file.close();
  }
}

export function stampOf({ dev, ino, mode, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, mode, size, mtimeNs, ctimeNs].join(' ');
}
