import { realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, sep } from 'node:path';
import type { BinaryCandidate } from '../model/index.ts';
import type { Sourced } from '../ports/index.ts';
import { envValue } from './child-environment.ts';
import { managedFolder, managedPackage } from './managed-folder.ts';
import { placesOnPath } from './path-lookup.ts';
import { binaryPlaces, isExecutable } from './platform-binary.ts';
import type { Place, ProbeOptions } from './probe-candidate.ts';
import { probeCandidate } from './probe-candidate.ts';

export type DiscoveryInputs = ProbeOptions & {
  /** Setting `codexLanes.codex.path`. */
  readonly setting: Sourced<string> | null;
  /** Our data home, for the binary that our Install command placed; null = there is none. */
  readonly dataHome: string | null;
  /** Asked only when it is needed. */
  readonly loginShellPath: () => Promise<string | null>;
};

/** What the user named: the setting, then the environment. */
export function explicitPlaces(inputs: DiscoveryInputs): readonly Place[] {
  const { env, platform, setting } = inputs;
  const places: Place[] = [];
  if (setting !== null)
    places.push({ path: expanded(setting.value, inputs), source: 'setting', input: setting.source });
  const named = envValue(env, 'CODEX_CLI_PATH', platform);
  if (named !== undefined) places.push({ path: expanded(named, inputs), source: 'env', input: 'CODEX_CLI_PATH' });
  return places;
}

/**
 * Where something called Codex lies that nobody named, in the order of the contract: our own installation, the PATH of
 * the login shell, the PATH of this process. One file under several names comes once.
 */
export async function* searchedPlaces(inputs: DiscoveryInputs): AsyncGenerator<Place> {
  const { env, platform } = inputs;
  const seen = new Set<string>();
  /** Most folders are on both PATHs, and some have thousands. */
  const tried = new Set<string>();
  const isNew = async (path: string): Promise<boolean> => {
    if (tried.has(path)) return false;
    tried.add(path);
    const real = await realpath(path).catch(() => null);
    if (real === null || seen.has(real)) return false;
    seen.add(real);
    return true;
  };
  const managed = await managedPlace(inputs);
  if (managed !== null && (await isNew(managed.path))) yield managed;
  const paths = [
    { input: 'login-shell PATH', path: await inputs.loginShellPath() },
    { input: 'PATH', path: envValue(env, 'PATH', platform) ?? null },
  ];
  for (const { input, path } of paths) {
    for (const place of placesOnPath('codex', path ?? '', { env, platform })) {
      if (await isNew(place)) yield { path: place, source: 'system-path', input };
    }
  }
}

/** Every place where Codex is named or lies, each asked, in the order of the contract: for the user to choose from. */
export async function listCandidates(inputs: DiscoveryInputs): Promise<readonly BinaryCandidate[]> {
  const places = [...explicitPlaces(inputs)];
  for await (const place of searchedPlaces(inputs)) places.push(place);
  return Promise.all(places.map((place) => probeCandidate(place, inputs)));
}

/** Our installation: its program, or its package where the program is missing. */
async function managedPlace({ dataHome, platform, arch }: DiscoveryInputs): Promise<Place | null> {
  if (dataHome === null) return null;
  const root = managedPackage(dataHome);
  const named = { source: 'managed', input: 'managed' } as const;
  for (const path of binaryPlaces(root, { platform, arch })) {
    // Not further up: what lies there is not what Install placed.
    if (path.startsWith(`${managedFolder(dataHome)}${sep}`) && (await isExecutable(path, platform)))
      return { path, ...named };
  }
  const launcher = join(root, 'bin', 'codex.js');
  return (await stat(launcher).catch(() => null)) === null ? null : { path: launcher, ...named };
}

function expanded(path: string, { env, platform }: DiscoveryInputs): string {
  if (!/^~[\\/]/.test(path)) return path;
  const home = envValue(env, platform === 'win32' ? 'USERPROFILE' : 'HOME', platform) ?? homedir();
  return join(home, path.slice(2));
}
