import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** What Windows answers while another program (a virus scanner, an indexer) has the file open for a moment. */
const passingCodes = ['EPERM', 'EACCES', 'EBUSY'];
/** Together 1.3 s: what a scanner was seen to need. */
const pausesMs = [10, 20, 40, 80, 160, 320, 640];

/**
 * Replaces a file as a whole: whoever reads sees the old content or the new one, also after a crash or a power cut.
 * The folder must exist; the file is readable by its owner alone. Throws what the file system throws; the old file is
 * then untouched.
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  // In the same folder, since a rename is atomic only within a file system.
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await renamePatiently(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

/** Takes the place of what is there, also where another program has it open for a moment. */
export async function renamePatiently(from: string, to: string): Promise<void> {
  for (const ms of pausesMs) {
    try {
      return await rename(from, to);
    } catch (error) {
      if (process.platform !== 'win32' || !passingCodes.includes(codeOf(error))) throw error;
      await pause(ms);
    }
  }
  await rename(from, to);
}

/** Makes names in a folder durable. Windows has no such call and some network file systems refuse it: then it is theirs to do. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const folder = await open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP', 'EPERM', 'EACCES', 'EBADF', 'EISDIR'].includes(codeOf(error))) throw error;
  }
}

/** The system's code of a failed call (`ENOENT`); empty for anything else. */
export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}
