import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { BaselineGap } from '../model/index.ts';

/** Where a path of an event lies. */
export type Place = {
  /** With every link above the file resolved, and the file's own; what is gone keeps its name. */
  readonly real: string;
  /** Below the working tree's root, with `/`; null = outside of it or no repository. */
  readonly inTree: string | null;
};

/**
 * Finds the file that an event names, whose paths are not trusted: it counts in the turn's own folder alone, once every
 * link is resolved, and never in git's own records.
 */
export async function placeOf(
  path: string,
  cwd: string,
  root: string | null,
): Promise<Place | Extract<BaselineGap, 'outside' | 'other-repository'>> {
  const folder = await realpath(cwd).catch(() => null);
  const real = await resolved(resolve(cwd, path));
  if (folder === null || real === null || !isBelow(real, folder)) return 'outside';
  if (
    relative(folder, real)
      .split(sep)
      .some((part) => part.toLowerCase() === '.git')
  )
    return 'outside';
  const inTree = root !== null && isBelow(real, root) ? relative(root, real) : null;
  if (inTree === null) return { real, inTree };
  for (let at = dirname(real); at !== root && isBelow(at, root ?? at); at = dirname(at)) {
    if (
      await lstat(join(at, '.git')).then(
        () => true,
        () => false,
      )
    )
      return 'other-repository';
  }
  return { real, inTree: inTree.split(sep).join('/') };
}

/** What is not there keeps its name below the nearest folder that is; null = a link that leads nowhere. */
async function resolved(path: string): Promise<string | null> {
  const real = await realpath(path).catch(() => null);
  if (real !== null) return real;
  if (
    await lstat(path).then(
      () => true,
      () => false,
    )
  )
    return null;
  const parent = dirname(path);
  if (parent === path) return null;
  const above = await resolved(parent);
  return above === null ? null : join(above, basename(path));
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}
