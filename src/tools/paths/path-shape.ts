import { posix, win32 } from 'node:path';

/** The rules are pure and take the platform as a word, so that each platform's rows are tested on every machine. */
export type Platform = 'win32' | 'darwin' | 'linux';

/** Most bytes of a path: PATH_MAX of Linux. Windows allows more, which nothing in a workspace needs. */
const longestPath = 4096;
/** Of one name, on all file systems in use: bytes on Linux, UTF-16 units elsewhere. */
const longestName = 255;

/** Anything that would not be seen as it is, or would turn the text around it, on a card that asks for a yes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unseen = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** Whether a name would not be shown as it is. */
export function hasUnseen(name: string): boolean {
  return unseen.test(name);
}

const deviceName = /^(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])$/i;

/** The names of a path, without what separates them and without a drive. */
export function namesOf(path: string, platform: Platform): readonly string[] {
  const bare = platform === 'win32' ? path.replace(/^[a-z]:/i, '') : path;
  return bare.split(platform === 'win32' ? /[\\/]+/ : /\/+/).filter((name) => name !== '' && name !== '.');
}

/**
 * Why a path may not even be looked at, in a sentence for the model; null = it may. `roots`: the folders that
 * the user chose: on Windows a look at another machine's share hands that machine the user's sign-in, so only theirs are open.
 */
export function refusalOf(given: string, roots: readonly string[], platform: Platform): string | null {
  if (given.trim() === '') return 'The path is empty.';
  if (given.includes('\0')) return 'The path has a NUL character in it.';
  if (unseen.test(given)) return 'The path has control characters in it.';
  if (Buffer.byteLength(given) > longestPath) return `The path is longer than ${longestPath} bytes.`;
  const names = namesOf(given, platform);
  const size = (name: string): number => (platform === 'linux' ? Buffer.byteLength(name) : name.length);
  if (names.some((name) => size(name) > longestName))
    return `A name in the path is longer than ${longestName} characters.`;
  return platform === 'win32' ? windowsRefusal(given, names, roots) : null;
}

function windowsRefusal(given: string, names: readonly string[], roots: readonly string[]): string | null {
  const slashed = given.replaceAll('/', '\\');
  if (/^\\\\[.?](\\|$)/.test(slashed) || slashed.startsWith('\\??\\')) {
    return 'Device paths (\\\\?\\ and \\\\.\\) are not read and not written; use the plain path.';
  }
  const shares = roots.map((root) => shareOf(root.replaceAll('/', '\\')));
  if (slashed.startsWith('\\\\') && !shares.includes(shareOf(slashed) ?? '')) {
    return 'Paths of other machines (\\\\server\\share) are not read and not written.';
  }
  if (/^[a-z]:(?![\\/])/i.test(given)) return 'A path relative to a drive is not clear; use an absolute one.';
  const device = names.find((name) => deviceName.test(name.replace(/[.:].*$/, '').trimEnd()));
  return device === undefined ? null : `${device} names a device of Windows and no file.`;
}

function shareOf(path: string): string | null {
  return /^\\\\([^\\]+\\[^\\]+)/.exec(path)?.[1]?.toLowerCase() ?? null;
}

/**
 * A path within a folder with `/`, `.` for the folder itself; null = it lies elsewhere. Both absolute, their links resolved,
 * which gives them the case that they have on disk; Windows compares without it.
 */
export function nameWithin(folder: string, path: string, platform: Platform): string | null {
  const { relative, isAbsolute, sep } = platform === 'win32' ? win32 : posix;
  const name = relative(folder, path);
  if (name === '..' || name.startsWith(`..${sep}`) || isAbsolute(name)) return null;
  return name === '' ? '.' : name.replaceAll(sep, '/');
}

/**
 * A name as every file system that folds names would take it: case, what HFS+ and APFS leave out or fold, and the dots,
 * spaces and stream that Windows leaves out. The same on all platforms, as Linux mounts those file systems, too.
 */
export function foldedName(name: string): string {
  const withoutStream = name.replace(/(?<=.):.*$/s, '');
  return withoutStream
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .toLowerCase()
    .replace(/(?<=[^. ])[. ]+$/, '');
}

/** Why a name can't be told from its text alone; null = it can. */
export function maskOf(name: string, platform: Platform): string | null {
  if (platform !== 'win32') return null;
  if (name.includes(':')) return `${name} names a stream of an NTFS file`;
  if (/[. ]$/.test(name) && !/^\.{1,2}$/.test(name))
    return `“${name}” ends with a dot or space, which Windows leaves out`;
  if (/^[^.~]{1,7}~\d{1,6}(\.[^.]{0,3})?$/.test(name))
    return `${name} is a short name of Windows, which may stand for another file`;
  return null;
}
