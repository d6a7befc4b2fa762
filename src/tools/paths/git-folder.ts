import { lstat, readFile, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/** Git reads no more of such a file either. */
const longestLink = 8192;

/**
 * Says whether a real path lies in a git folder that is not called `.git`: one that a `.git` file of a worktree, submodule
 * or separate folder leads to, or a bare repository. Null = it does not.
 */
export async function gitFolderOf(real: string): Promise<string | null> {
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    const at = await foldersOf(folder);
    const within = at.find((git) => isWithin(git, real));
    if (within !== undefined) return within;
    if (await isBare(folder)) return folder;
    if (dirname(folder) === folder) return null;
  }
}

/** Where the `.git` file of a folder leads: its own git folder, and the one that it shares. */
async function foldersOf(folder: string): Promise<readonly string[]> {
  const dotGit = join(folder, '.git');
  const found = await lstat(dotGit).catch(() => null);
  if (found?.isSymbolicLink()) return [await realOr(dotGit)];
  if (found?.isFile() !== true || found.size > longestLink) return [];
  const [, target] = /^gitdir: (.+?)[\r\n]*$/s.exec(await readFile(dotGit, 'utf8').catch(() => '')) ?? [];
  if (target === undefined) return [];
  const own = await realOr(resolve(folder, target));
  const common = (await readFile(join(own, 'commondir'), 'utf8').catch(() => '')).trim().slice(0, longestLink);
  return common === '' ? [own] : [own, await realOr(resolve(own, common))];
}

async function isBare(folder: string): Promise<boolean> {
  const [head, objects, refs] = await Promise.all(
    ['HEAD', 'objects', 'refs'].map((name) => lstat(join(folder, name)).catch(() => null)),
  );
  return head?.isDirectory() === false && objects?.isDirectory() === true && refs?.isDirectory() === true;
}

function realOr(path: string): Promise<string> {
  return realpath(path).catch(() => path);
}

function isWithin(folder: string, path: string): boolean {
  const name = relative(folder, path);
  return name === '' || !(name === '..' || name.startsWith(`..${sep}`) || isAbsolute(name));
}
