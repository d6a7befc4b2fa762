/** A path as a reader knows it: from the thread's folder on where it lies in it, else whole. */
export function shownPath(path: string, folder: string | null): string {
  if (folder === null) return path;
  const root = /[\\/]$/.test(folder) ? folder.slice(0, -1) : folder;
  const rest = path.slice(root.length);
  return path.startsWith(root) && /^[\\/]./.test(rest) ? rest.slice(1) : path;
}
