import { createHash } from 'node:crypto';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LanesError, messageOf } from '../model/index.ts';
import { writeFileAtomic } from '../node/index.ts';

/** Images that a turn can carry, with the ending of their file's name. */
const endings = { 'image/png': 'png', 'image/jpeg': 'jpg', 'image/gif': 'gif', 'image/webp': 'webp' } as const;

export type KeptImageType = keyof typeof endings;

/**
 * Writes an image into the data home, readable by its owner alone, and says where: what has no file of its own (a pasted
 * picture) can then go with a prompt, and still be shown when the thread is read again. The same bytes are one file.
 * Throws LanesError `storage`.
 */
export async function keepImage(home: string, bytes: Uint8Array, type: KeptImageType): Promise<string> {
  const folder = join(home, 'images');
  const name = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  const path = join(folder, `${name}.${endings[type]}`);
  try {
    const there = await stat(path).catch(() => null);
    if (there?.isFile() === true && there.size === bytes.length) return path;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    await writeFileAtomic(path, bytes);
    return path;
  } catch (error) {
    throw new LanesError('storage', `The image can't be kept in ${folder}: ${messageOf(error)}`, { cause: error });
  }
}

/** Whether a path is one that `keepImage` gave: such a file is an image, whoever names it. */
export function isKeptImage(home: string, path: string): boolean {
  return dirname(path) === join(home, 'images') && /^[0-9a-f]{32}\.(?:png|jpg|gif|webp)$/.test(basename(path));
}
