import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './child-environment.ts';
import { envValue } from './child-environment.ts';

/** The folder of Codex's own configuration and login: CODEX_HOME, else `.codex` in the user's home. */
export function codexHome(env: Environment, platform: NodeJS.Platform = process.platform): string {
  const own = envValue(env, 'CODEX_HOME', platform);
  if (own !== undefined) return own;
  const home = envValue(env, platform === 'win32' ? 'USERPROFILE' : 'HOME', platform) ?? homedir();
  return join(home, '.codex');
}
