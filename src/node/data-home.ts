import { readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { LanesError } from '../model/index.ts';
import { codeOf, writeFileAtomic } from './atomic-file.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export type DataHomeOptions = {
  readonly env: Environment;
  readonly platform?: NodeJS.Platform;
  /** The user's home folder. */
  readonly home?: string;
};

const dataHomeFormat = { format: 'codex-lanes/data-home', version: 1 };

/**
 * Where everything is kept: `CODEX_LANES_HOME`, else this platform's data folder. Only computes.
 * Throws LanesError `bad-input` when CODEX_LANES_HOME is not an absolute path.
 */
export function dataHomePath(options: DataHomeOptions): string {
  const { env, platform = process.platform, home = homedir() } = options;
  const own = env.CODEX_LANES_HOME;
  if (own !== undefined && own !== '') {
    if (!isAbsolute(own))
      throw new LanesError('bad-input', `CODEX_LANES_HOME must be an absolute path; it is "${own}".`);
    return own;
  }
  switch (platform) {
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'codex-lanes');
    case 'win32':
      return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'codex-lanes');
    default: {
      // XDG Base Directory Specification: a relative path is to be ignored.
      const xdg = env.XDG_DATA_HOME;
      return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'share'), 'codex-lanes');
    }
  }
}

/**
 * Makes the data home, readable by its owner alone, and says where it is. Throws LanesError `newer-format` when a newer
 * release wrote it, `storage` when it can't be used; it is then left as it was.
 */
export async function openDataHome(options: DataHomeOptions): Promise<string> {
  const path = dataHomePath(options);
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new LanesError('storage', `The data folder ${path} can't be made (${codeOf(error) || 'unknown error'}).`, {
      cause: error,
    });
  }
  await claimFormat(join(path, 'format'), dataHomeFormat);
  return path;
}

/** Whether a data home was written by a newer release or is none of ours. One that does not exist is free. */
export function isForeignHome(dataHome: string): boolean {
  try {
    const version = versionIn(readFileSync(join(dataHome, 'format'), 'utf8'), dataHomeFormat.format);
    return version === null || version > dataHomeFormat.version;
  } catch {
    return false;
  }
}

/**
 * Checks a store's format file, or writes it when there is none. A store is refused as a whole when a newer release wrote
 * it: LanesError `newer-format`; one that says something else, or nothing legible, is `storage`.
 */
export async function claimFormat(
  path: string,
  own: { readonly format: string; readonly version: number },
): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw new LanesError('storage', `${path} can't be read (${codeOf(error)}).`, { cause: error });
  });
  if (text === null) {
    try {
      await writeFileAtomic(path, `${JSON.stringify(own)}\n`);
    } catch (error) {
      throw new LanesError('storage', `${path} can't be written (${codeOf(error)}).`, { cause: error });
    }
    return;
  }
  const version = versionIn(text, own.format);
  if (version === null)
    throw new LanesError('storage', `${path} does not belong to ${own.format}; nothing was changed.`);
  if (version > own.version) {
    throw new LanesError(
      'newer-format',
      `${path} was written by a newer release (version ${version}, this one reads ${own.version}). Update, or point CODEX_LANES_HOME elsewhere; nothing was changed.`,
    );
  }
}

function versionIn(text: string, format: string): number | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== format) return null;
    return 'version' in value && Number.isInteger(value.version) ? (value.version as number) : null;
  } catch {
    return null;
  }
}
