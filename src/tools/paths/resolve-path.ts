import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { codeOf } from '../../node/index.ts';
import { gitFolderOf } from './git-folder.ts';
import type { Platform } from './path-shape.ts';
import { hasUnseen, namesOf, nameWithin, refusalOf } from './path-shape.ts';
import { protectedBy, secretBy } from './protected-names.ts';

/** Where a path of the model's leads. */
export type ResolvedPath =
  /** Within the folder of the turn or one that the user added. */
  | { readonly kind: 'inside'; readonly path: string; readonly real: string; readonly name: string; readonly why: null }
  /** It always asks; `why` is a sentence for the card. */
  | {
      readonly kind: 'outside' | 'protected';
      readonly path: string;
      readonly real: string;
      readonly name: string;
      readonly why: string;
    }
  /** It is not done, whoever says yes; `why` is a sentence for the model. */
  | {
      readonly kind: 'refused';
      readonly path: string;
      readonly real: null;
      readonly name: string;
      readonly why: string;
    };

/** Folders of a turn; `cwd` with its links resolved. */
export type Roots = { readonly cwd: string; readonly addDirs: readonly string[] };

/**
 * Resolves what the model gave, relative to the turn's folder or absolute: `path` is absolute, `real` has its links resolved
 * (of what is not there yet: the nearest folder that is), `name` is how it is shown. Whoever acts on `real` later resolves
 * once more right before: a link may have been put there meanwhile. Never rejects.
 */
export async function resolvePath(roots: Roots, given: string, to: 'read' | 'write'): Promise<ResolvedPath> {
  const platform = platformOf(process.platform);
  const refused = refusalOf(given, [roots.cwd, ...roots.addDirs], platform);
  if (refused !== null)
    return { kind: 'refused', path: given.slice(0, 200), real: null, name: shown(given), why: refused };
  const path = resolve(roots.cwd, given);
  const led = await realOf(path);
  if (led.real === null) return { kind: 'refused', path, real: null, name: shown(given), why: led.why };
  const { real } = led;
  const folders = [
    roots.cwd,
    ...(await Promise.all(roots.addDirs.map((folder) => realpath(folder).catch(() => folder)))),
  ];
  const root = folders.find((folder) => nameWithin(folder, real, platform) !== null);
  const name = nameWithin(roots.cwd, real, platform) ?? real.replaceAll(sep, '/');
  // A link may lead to a name that its own does not tell: on a card it would be another path, or a line of ours.
  if (hasUnseen(root === undefined ? real : (nameWithin(root, real, platform) ?? real)))
    return {
      kind: 'refused',
      path,
      real: null,
      name: shown(name),
      why: 'The path leads to a name with control characters in it.',
    };
  const judge = to === 'read' ? secretBy : protectedBy;
  // Of the asked path only what lies below the folder counts: the folder itself was chosen by the user.
  const asked =
    nameWithin(roots.cwd, path, platform) ??
    folders.flatMap((folder) => nameWithin(folder, path, platform) ?? [])[0] ??
    path;
  const within = root === undefined ? real : (nameWithin(root, real, platform) ?? real);
  const why = judge(namesOf(asked, platform), platform) ?? judge(namesOf(within, platform), platform);
  if (why !== null) return { kind: 'protected', path, real, name, why };
  if (to === 'write') {
    const git = await gitFolderOf(real);
    if (git !== null)
      return { kind: 'protected', path, real, name, why: 'It lies in a folder of git, which can run programs.' };
  }
  if (root === undefined) return { kind: 'outside', path, real, name, why: 'It lies outside the workspace.' };
  return { kind: 'inside', path, real, name, why: null };
}

type Led = { readonly real: string } | { readonly real: null; readonly why: string };

async function realOf(path: string): Promise<Led> {
  try {
    return { real: await realpath(path) };
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ELOOP') return { real: null, why: 'The path is a link that leads back to itself.' };
    if (code === 'ENOTDIR') return { real: null, why: 'A part of the path is a file and no folder.' };
    if (code !== 'ENOENT')
      return { real: null, why: `The path can’t be looked at (${code === '' ? 'unknown' : code}).` };
  }
  // A link whose target is gone would be written through to wherever it points.
  const there = await lstat(path).catch(() => null);
  if (there !== null) return { real: null, why: 'The path is a link that leads nowhere.' };
  const folder = dirname(path);
  if (folder === path) return { real: path };
  const above = await realOf(folder);
  return above.real === null ? above : { real: join(above.real, basename(path)) };
}

/** False for a path that may not even be looked at: of another machine, or a device. */
export function mayBeLookedAt(path: string, roots: readonly string[]): boolean {
  return refusalOf(path, roots, platformOf(process.platform)) === null;
}

function shown(given: string): string {
  return given.replace(/[^\P{C}]/gu, '?').slice(0, 200);
}

function platformOf(platform: NodeJS.Platform): Platform {
  return platform === 'win32' || platform === 'darwin' ? platform : 'linux';
}
