import { realpathSync } from 'node:fs';
import * as path from 'node:path';

/** Whether a folder is one of the workspaces or inside one, after resolving links. False when it does not exist. */
export function isInside(folder: string, workspaces: readonly string[]): boolean {
  const real = resolve(folder);
  if (real === null) return false;
  return workspaces.some((workspace) => {
    const root = resolve(workspace);
    if (root === null) return false;
    const between = path.relative(root, real);
    return between !== '..' && !between.startsWith(`..${path.sep}`) && !path.isAbsolute(between);
  });
}

function resolve(folder: string): string | null {
  // A relative path would be taken from this process's folder, which has nothing to do with the client's.
  if (!path.isAbsolute(folder)) return null;
  try {
    return realpathSync.native(folder);
  } catch {
    return null;
  }
}
