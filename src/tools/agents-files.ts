import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { lstat, open, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { messageOf } from '../model/index.ts';
import { codeOf } from '../node/index.ts';
import type { WorkspaceFiles } from '../ports/index.ts';
import { isSecret } from './paths/index.ts';

/** An `AGENTS.md` that stands for its folder. */
export type AgentsFile = {
  /** Within the workspace: from its root, with `/`. The user's: its path, the home folder as `~`. */
  readonly source: string;
  /** Null = it is too large for any budget and was not read. */
  readonly text: string | null;
  /** In UTF-8; of one that was not read, its size on disk. */
  readonly bytes: number;
};

export type AgentsFiles = {
  /** The user's first, then from the workspace's root down to the folder. */
  readonly found: readonly AgentsFile[];
  /** Each a sentence. */
  readonly problems: readonly string[];
};

/**
 * As Codex looks for them (measured with 0.169): the first of them that is a file stands for its folder. A blank one of the
 * user's does not count; in the workspace it does, so that a blank override takes back what its folder says.
 */
const names = ['AGENTS.override.md', 'AGENTS.md'];

/**
 * Bytes on disk above which a file is not read. No encoding has more than four of them a character, so what is larger is
 * more than the 32 KiB that instructions may have.
 */
const mostBytes = 128 * 1024;

export type AgentsPlaces = {
  /** Codex's own folder; a relative one is no place. */
  readonly codexHome: string;
  readonly cwd: string;
  /** False: the user does not trust the workspace, so nothing in it instructs a model. */
  readonly trusted: boolean;
  readonly decode: WorkspaceFiles['decode'];
};

/**
 * Reads the `AGENTS.md` files that hold in a folder: the user's, then one a folder from the workspace's root (the nearest
 * folder with a `.git`; without one, the folder itself) down. A file that is met twice counts once. Unlike with Codex, a
 * link within the workspace must not lead out of it or to what may hold secrets (what it names goes to the endpoint), and what is no text is left
 * out. Never rejects.
 */
export async function readAgentsFiles({ codexHome, cwd, trusted, decode }: AgentsPlaces): Promise<AgentsFiles> {
  const found: AgentsFile[] = [];
  const problems: string[] = [];
  const met = new Set<string>();
  const look = async (folder: string, root: string | null, shown: (name: string) => string): Promise<void> => {
    for (const name of names) {
      const source = shown(name);
      try {
        const real = await realpath(join(folder, name));
        if (root !== null && !isWithin(root, real)) {
          problems.push(`${source} was left out: it is a link that leads out of the workspace.`);
          continue;
        }
        if (root !== null && !trusted) {
          problems.push(`${source} was left out: the workspace is not trusted.`);
          return;
        }
        if (root !== null && isSecret(relative(root, real))) {
          problems.push(`${source} was left out: it is a link to a file that may hold secrets.`);
          continue;
        }
        if (met.has(real)) return;
        const read = await readText(real, decode);
        if (read === null) continue;
        const isBlank = read.bytes === 0;
        if (isBlank && root === null) continue;
        met.add(real);
        if (!isBlank) found.push({ source, ...read });
        return;
      } catch (error) {
        const code = codeOf(error);
        if (code !== 'ENOENT' && code !== 'ENOTDIR')
          problems.push(`${source} was left out: ${messageOf(error).split('\n', 1)[0] ?? code}`);
      }
    }
  };
  if (isAbsolute(codexHome)) await look(codexHome, null, (name) => shortened(join(codexHome, name)));
  const real = await realpath(cwd).catch(() => null);
  if (real === null) return { found, problems };
  const root = await rootOf(real);
  for (const folder of foldersDown(root, real))
    await look(folder, root, (name) => relative(root, join(folder, name)).split(sep).join('/'));
  return { found, problems };
}

/** Null = it is no file. Throws what can't be read, with why. */
async function readText(path: string, decode: WorkspaceFiles['decode']): Promise<Omit<AgentsFile, 'source'> | null> {
  // Its links are resolved: one that stands here now was put there since. A pipe must not be waited for.
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return null;
    if (stats.size > mostBytes) return { text: null, bytes: stats.size };
    const read = await bytesOf(file);
    if (read.length > mostBytes) return { text: null, bytes: read.length };
    const decoded = await decode(path, read);
    if (decoded === null) throw new Error('it is no text in its encoding.');
    const text = decoded.text.trim();
    return { text, bytes: Buffer.byteLength(text) };
  } finally {
    await file.close();
  }
}

/** Up to one byte more than what is taken, however the file grows meanwhile. */
async function bytesOf(file: FileHandle): Promise<Uint8Array> {
  const buffer = new Uint8Array(mostBytes + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

async function rootOf(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    const marked = await lstat(join(at, '.git')).then(
      () => true,
      () => false,
    );
    if (marked) return at;
    if (dirname(at) === at) return folder;
  }
}

function foldersDown(root: string, folder: string): readonly string[] {
  const folders = [folder];
  for (let at = folder; at !== root; ) {
    at = dirname(at);
    folders.unshift(at);
  }
  return folders;
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function shortened(path: string): string {
  const way = relative(homedir(), path);
  return isWithin(homedir(), path) ? `~/${way.split(sep).join('/')}` : path;
}
