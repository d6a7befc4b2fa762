/** A path as a reader knows it: from the folder on that it lies in (the first of `folders` that fits), else whole. */
export function shownPath(path: string, folders: readonly string[]): string {
  for (const folder of folders) {
    const root = /[\\/]$/.test(folder) ? folder.slice(0, -1) : folder;
    const rest = path.slice(root.length);
    if (path.startsWith(root) && /^[\\/]./.test(rest)) return rest.slice(1);
  }
  return path;
}
