import { randomBytes } from 'node:crypto';
import { link, lstat, open, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { codeOf, renamePatiently } from '../../node/index.ts';
import type { OnDisk } from './file-state.ts';
import { readAt, stampOf } from './file-state.ts';
import { FolderMoved, HeldFolder } from './held-folder.ts';

/** Null = done; else why not, in words that follow the file's name. */
export type Failure = string | null;

const changed = 'it was changed since it was read, and was left as it is. Read it again.';
const moved = 'a folder above it leads elsewhere now (a link was put there), and nothing was written.';

/** Puts new bytes in the place of a file that was read before. The mode stays; a link in its place is not followed. */
export async function replaceFile(real: string, bytes: Uint8Array, read: OnDisk): Promise<Failure> {
  return inFolder(real, async (folder, name) => {
    const temporary = await written(folder, bytes, read.mode);
    try {
      await folder.check();
      if (!(await isUnchanged(folder.at(name), read))) return changed;
      await renamePatiently(temporary, folder.at(name));
      return null;
    } finally {
      await rm(temporary, { force: true });
    }
  });
}

/** Makes a file with the folders above it; what is there already stays. @param mode null = the user's usual */
export async function createFile(real: string, bytes: Uint8Array, mode: number | null): Promise<Failure> {
  return inFolder(real, async (folder, name) => {
    const temporary = await written(folder, bytes, mode);
    try {
      await folder.check();
      await takePlace(temporary, folder.at(name));
      return null;
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return 'something was put there meanwhile, and stays as it is.';
      throw error;
    } finally {
      await rm(temporary, { force: true });
    }
  });
}

export async function removeFile(real: string, read: OnDisk): Promise<Failure> {
  return inFolder(real, async (folder, name) => {
    await folder.check();
    if (!(await isUnchanged(folder.at(name), read))) return changed;
    await rm(folder.at(name));
    return null;
  });
}

async function inFolder(real: string, act: (folder: HeldFolder, name: string) => Promise<Failure>): Promise<Failure> {
  let folder: HeldFolder | null = null;
  try {
    folder = await HeldFolder.open(dirname(real));
    return await act(folder, basename(real));
  } catch (error) {
    if (error instanceof FolderMoved) return moved;
    const code = codeOf(error);
    if (code === '') throw error;
    return `it can’t be written (${code}).`;
  } finally {
    await folder?.close();
  }
}

async function written(folder: HeldFolder, bytes: Uint8Array, mode: number | null): Promise<string> {
  await folder.check();
  const path = folder.at(`.codex-lanes-${randomBytes(8).toString('hex')}.tmp`);
  // `wx` follows no link. A file that is to keep its mode is nobody else's to read before it has it.
  const file = await open(path, 'wx', mode === null ? 0o666 : 0o600);
  try {
    await file.writeFile(bytes);
    if (mode !== null) await file.chmod(mode);
    await file.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  return path;
}

/** A link takes a free name alone; some disks know none. */
async function takePlace(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP', 'EMLINK', 'EINVAL'].includes(codeOf(error))) throw error;
    const there = await lstat(path).catch(() => null);
    if (there !== null) throw Object.assign(new Error('taken'), { code: 'EEXIST' });
    await renamePatiently(temporary, path);
  }
}

/** The same file with the same bytes; one that was only touched counts as the same. */
async function isUnchanged(path: string, read: OnDisk): Promise<boolean> {
  const stats = await lstat(path, { bigint: true }).catch(() => null);
  if (stats === null || !stats.isFile()) return false;
  if (stampOf(stats) === read.stamp) return true;
  const now = await readAt(path);
  return typeof now !== 'string' && now.mode === read.mode && read.bytes.equals(now.bytes);
}
