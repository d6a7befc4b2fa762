import { chmod, copyFile, lstat, mkdir, readlink, rm, rmdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

type Kept =
  | { readonly kind: 'file'; readonly copy: string; readonly mode: number }
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'absent' };

/** Files as they were before something is written over them, so that a half-done work can be taken back. */
export class FileBackup {
  readonly #root: string;
  readonly #kept: ReadonlyMap<string, Kept>;
  /** Folders that were not there, the deepest first. */
  readonly #newFolders: readonly string[];

  private constructor(root: string, kept: ReadonlyMap<string, Kept>, newFolders: readonly string[]) {
    this.#root = root;
    this.#kept = kept;
    this.#newFolders = newFolders;
  }

  /** `paths` are relative to `root`; copies go to `store`. Throws what the file system throws. */
  static async take(root: string, paths: readonly string[], store: string): Promise<FileBackup> {
    await mkdir(store, { recursive: true, mode: 0o700 });
    const kept = new Map<string, Kept>();
    const folders = new Set<string>();
    for (const [i, path] of paths.entries()) {
      kept.set(path, await keep(join(root, path), join(store, String(i))));
      for (let folder = dirname(path); folder !== '.' && folder !== dirname(folder); folder = dirname(folder)) {
        if ((await lstat(join(root, folder)).catch(() => null)) === null) folders.add(folder);
      }
    }
    return new FileBackup(
      root,
      kept,
      [...folders].sort((a, b) => b.length - a.length),
    );
  }

  /** Puts everything back; answers the paths with which that did not work. Never rejects. */
  async restore(): Promise<readonly string[]> {
    const failed: string[] = [];
    for (const [path, kept] of this.#kept) {
      await putBack(join(this.#root, path), kept).catch(() => failed.push(path));
    }
    for (const folder of this.#newFolders) await rmdir(join(this.#root, folder)).catch(() => undefined);
    return failed;
  }
}

async function keep(path: string, copy: string): Promise<Kept> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return { kind: 'absent' };
  if (found.isSymbolicLink()) return { kind: 'link', target: await readlink(path) };
  if (!found.isFile()) return { kind: 'absent' };
  await copyFile(path, copy);
  return { kind: 'file', copy, mode: found.mode };
}

async function putBack(path: string, kept: Kept): Promise<void> {
  await rm(path, { force: true });
  if (kept.kind === 'absent') return;
  await mkdir(dirname(path), { recursive: true });
  if (kept.kind === 'link') return symlink(kept.target, path);
  await copyFile(kept.copy, path);
  await chmod(path, kept.mode & 0o7777);
}
