/** A folder of the window. */
type Folder = { readonly path: string; readonly name: string };

/** Why a turn can't be sent from where the thread stands; null = it can. */
export type Refusal = { readonly kind: 'untrusted' } | { readonly kind: 'folder-gone'; readonly path: string };

/** What stands against a prompt before any lane is asked. A thread without a folder is no reason: the lane decides. */
export function refusalOf(cwd: string | null, folders: readonly Folder[], trusted: boolean): Refusal | null {
  if (!trusted) return { kind: 'untrusted' };
  if (cwd !== null && isFolderGone(cwd, folders)) return { kind: 'folder-gone', path: cwd };
  return null;
}

/** True for a folder that is not one of the window's. */
export function isFolderGone(cwd: string | null, folders: readonly Folder[]): boolean {
  return cwd !== null && !folders.some(({ path }) => path === cwd);
}

/** The folder as the window names it; one that is gone keeps its last segment as its name. */
export function folderNamed(cwd: string | null, folders: readonly Folder[]): Folder | null {
  if (cwd === null) return null;
  return (
    folders.find(({ path }) => path === cwd) ?? { path: cwd, name: cwd.split(/[\\/]/).filter(Boolean).at(-1) ?? cwd }
  );
}

/** The folder of a new thread: the one asked for if it is open, else the one the user is working in. */
export function folderForNew(
  wanted: string | null,
  preferred: string | null,
  folders: readonly Folder[],
): string | null {
  return folders.find(({ path }) => path === wanted)?.path ?? preferred;
}
