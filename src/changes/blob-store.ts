import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '../node/index.ts';

/** Most that is kept, in bytes; past it the contents that were longest unused go. */
const mostKept = 512 * 1024 * 1024;

/** Contents by their SHA-256, in the data home, readable by the user alone. */
export class BlobStore {
  readonly #folder: () => Promise<string>;
  readonly #most: number;
  /** Bytes that may be added before the folder is looked at again: other windows add to it, too. */
  #room = 0;
  #tail: Promise<void> = Promise.resolve();

  constructor(home: () => Promise<string>, most: number = mostKept) {
    this.#folder = async () => join(await home(), 'blobs');
    this.#most = most;
  }

  /** Keeps a content and names it. Throws what the file system throws. */
  async keep(bytes: Uint8Array): Promise<string> {
    const id = createHash('sha256').update(bytes).digest('hex');
    const path = await this.#path(id);
    // What is there stays, as one that was used now.
    const now = new Date();
    if (
      await utimes(path, now, now).then(
        () => true,
        () => false,
      )
    )
      return id;
    await mkdir(join(path, '..'), { recursive: true, mode: 0o700 });
    await writeFileAtomic(path, bytes);
    this.#tail = this.#tail.then(() => this.#added(bytes.length)).catch(() => undefined);
    return id;
  }

  /** Null: it is not kept (any more), or not what its name says. */
  async read(id: string): Promise<Buffer | null> {
    if (!/^[0-9a-f]{64}$/.test(id)) return null;
    const bytes = await readFile(await this.#path(id)).catch(() => null);
    return bytes !== null && createHash('sha256').update(bytes).digest('hex') === id ? bytes : null;
  }

  /** Resolves when what is too much is gone. */
  settled(): Promise<void> {
    return this.#tail;
  }

  async #path(id: string): Promise<string> {
    return join(await this.#folder(), id.slice(0, 2), id);
  }

  async #added(size: number): Promise<void> {
    this.#room -= size;
    if (this.#room >= 0) return;
    const files = await this.#files();
    let kept = files.reduce((sum, file) => sum + file.size, 0);
    // Some room at once, so that it is not done for each file.
    const wanted = kept > this.#most ? this.#most * 0.9 : kept;
    for (const { path, size: freed } of files) {
      if (kept <= wanted) break;
      await rm(path, { force: true });
      kept -= freed;
    }
    this.#room = Math.min(this.#most - kept, this.#most / 16);
  }

  /** Longest unused first. */
  async #files(): Promise<readonly { readonly path: string; readonly size: number; readonly usedAt: number }[]> {
    const folder = await this.#folder();
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    const files = [];
    for (const name of names) {
      const path = join(folder, name);
      const stats = await stat(path).catch(() => null);
      if (stats?.isFile()) files.push({ path, size: stats.size, usedAt: stats.mtimeMs });
    }
    return files.sort((a, b) => a.usedAt - b.usedAt);
  }
}
