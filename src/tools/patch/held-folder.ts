import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, mkdir, open, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../../node/index.ts';

/** A folder is another one than when its path was resolved. */
export class FolderMoved extends Error {}

/**
 * A folder by its real path, kept open: whatever is put in its place meanwhile is not written to. On Linux its files are
 * reached through the open folder itself; elsewhere the path is looked at once more right before each write.
 */
export class HeldFolder {
  readonly #real: string;
  readonly #handle: FileHandle | null;
  readonly #identity: string;

  private constructor(real: string, handle: FileHandle | null, identity: string) {
    this.#real = real;
    this.#handle = handle;
    this.#identity = identity;
  }

  /** Makes what is missing of it. Throws {@link FolderMoved} where a link leads elsewhere, else what the file system throws. */
  static async open(real: string): Promise<HeldFolder> {
    try {
      return await HeldFolder.#existing(real);
    } catch (error) {
      const above = dirname(real);
      if (codeOf(error) !== 'ENOENT' || above === real) throw error;
      const parent = await HeldFolder.open(above);
      try {
        await parent.check();
        await mkdir(parent.at(basename(real)));
      } catch (failure) {
        if (codeOf(failure) !== 'EEXIST') throw failure;
      } finally {
        await parent.close();
      }
      return HeldFolder.#existing(real);
    }
  }

  static async #existing(real: string): Promise<HeldFolder> {
    if ((await realpath(real)) !== real) throw new FolderMoved();
    // Windows opens no folders.
    const handle =
      process.platform === 'win32'
        ? null
        : await open(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    const folder = new HeldFolder(real, handle, await identityOf(handle?.stat({ bigint: true }) ?? lstatOf(real)));
    try {
      await folder.check();
      return folder;
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  /** Path of a file in it. */
  at(name: string): string {
    return this.#handle !== null && process.platform === 'linux'
      ? `/proc/self/fd/${this.#handle.fd}/${name}`
      : join(this.#real, name);
  }

  /** Throws where the path leads to another folder now. */
  async check(): Promise<void> {
    if ((await realpath(this.#real).catch(() => null)) !== this.#real) throw new FolderMoved();
    if ((await identityOf(lstatOf(this.#real))) !== this.#identity) throw new FolderMoved();
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }
}

type Identified = { readonly dev: bigint; readonly ino: bigint };

function lstatOf(path: string): Promise<Identified> {
  return lstat(path, { bigint: true });
}

async function identityOf(stats: Promise<Identified>): Promise<string> {
  const { dev, ino } = await stats;
  return `${dev} ${ino}`;
}
