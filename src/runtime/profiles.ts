import { readdir } from 'node:fs/promises';
import type { Environment } from './child-environment.ts';
import { codexHome } from './codex-home.ts';

const ending = '.config.toml';

/** Names of the configuration profiles that lie in Codex's folder, in order; none where it can't be read. */
export async function listProfiles(
  env: Environment,
  platform: NodeJS.Platform = process.platform,
): Promise<readonly string[]> {
  const entries = await readdir(codexHome(env, platform), { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => !entry.isDirectory() && entry.name.endsWith(ending))
    .map(({ name }) => name.slice(0, -ending.length))
    .filter((name) => /^\w[\w.-]{0,63}$/.test(name))
    .toSorted();
}
