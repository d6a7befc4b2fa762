import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { codeOf } from '../node/index.ts';
import type { Environment } from './child-environment.ts';
import { envValue } from './child-environment.ts';

/** The folder of Codex's own configuration and login: CODEX_HOME, else `.codex` in the user's home. */
export function codexHome(env: Environment, platform: NodeJS.Platform = process.platform): string {
  const own = envValue(env, 'CODEX_HOME', platform);
  if (own !== undefined) return own;
  const home = envValue(env, platform === 'win32' ? 'USERPROFILE' : 'HOME', platform) ?? homedir();
  return join(home, '.codex');
}

/**
 * Why Codex would not start with the CODEX_HOME of this environment; null = it would. Codex makes `.codex` in the user's
 * home itself, a folder that is named it does not (measured with 0.169).
 */
export async function codexHomeProblem(env: Environment, platform: NodeJS.Platform): Promise<string | null> {
  const named = envValue(env, 'CODEX_HOME', platform);
  if (named === undefined) return null;
  // Codex takes it from where it runs, which is another folder in each workspace.
  if (!isAbsolute(named)) return `CODEX_HOME must be an absolute path; it is "${named}"`;
  try {
    return (await stat(named)).isDirectory() ? null : `CODEX_HOME names ${named}, which is not a folder`;
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? `CODEX_HOME names ${named}, which does not exist`
      : `CODEX_HOME names ${named}, which can't be looked at (${code})`;
  }
}
