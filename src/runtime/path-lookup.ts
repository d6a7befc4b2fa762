import { posix, win32 } from 'node:path';
import type { Environment } from './child-environment.ts';
import { envValue } from './child-environment.ts';

/** What can be started on Windows, where PATHEXT is not set. */
const usualExtensions = '.COM;.EXE;.BAT;.CMD';
/** A script host of some other program may stand in PATHEXT too (`.JS`, `.PY`): those files are no programs. */
const startable: ReadonlySet<string> = new Set(['.com', '.exe', '.bat', '.cmd']);

/**
 * Where a program called `name` may lie on a PATH, in order: on Windows one path for each extension of PATHEXT. Relative
 * folders and a project's `node_modules` are left out: they are not a user's installation. Only computes.
 */
export function placesOnPath(
  name: string,
  path: string,
  options: { readonly env: Environment; readonly platform: NodeJS.Platform },
): readonly string[] {
  const windows = options.platform === 'win32';
  const paths = windows ? win32 : posix;
  const extensions = windows ? startableExtensions(envValue(options.env, 'PATHEXT', 'win32')) : [''];
  const folders = path
    .split(paths.delimiter)
    // Windows takes quotes around an entry that holds a semicolon.
    .map((folder) => (windows ? folder.replaceAll('"', '') : folder))
    .filter((folder) => isFixed(folder, windows))
    .map((folder) => paths.normalize(folder))
    .filter((folder) => !/[\\/]node_modules[\\/]\.bin[\\/]?$/.test(folder));
  const places = folders.flatMap((folder) => extensions.map((extension) => paths.join(folder, `${name}${extension}`)));
  return [...new Set(places)];
}

function startableExtensions(pathExt = usualExtensions): readonly string[] {
  const named = pathExt.split(';').map((extension) => extension.trim().toLowerCase());
  return [...new Set(named)].filter((extension) => startable.has(extension));
}

/** On Windows `\folder` depends on the current drive, so that it is as good as relative. */
function isFixed(folder: string, windows: boolean): boolean {
  return windows ? /^(?:[a-z]:[\\/]|\\\\)/i.test(folder) : posix.isAbsolute(folder);
}
