import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { ShortRun } from '../../node/index.ts';
import { runShort } from '../../node/index.ts';

export type RipgrepPlaces = {
  /** Where it may be, the best first. */
  readonly places: () => readonly string[];
  readonly env: () => Readonly<Record<string, string | undefined>>;
};

/** Finds ripgrep: where it is told to be, else on the PATH; null = nowhere. Looks at nothing before it is called. */
export async function findRipgrep({ places, env }: RipgrepPlaces): Promise<string | null> {
  const isWindows = process.platform === 'win32';
  const program = isWindows ? 'rg.exe' : 'rg';
  const path = Object.entries(env()).find(([name]) => name.toUpperCase() === 'PATH')?.[1] ?? '';
  // A relative entry would be the workspace’s to fill.
  const onPath = path.split(isWindows ? ';' : ':').filter((folder) => isAbsolute(folder));
  for (const place of [...places(), ...onPath.map((folder) => join(folder, program))]) {
    const isThere = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return place;
  }
  return null;
}

/**
 * Of every run: no configuration of the user's, which could run a program for each file; no link is followed; hidden files,
 * too, but for git's folder, which comes last so that no glob of the model's brings it back.
 */
export async function runRipgrep(
  program: string,
  args: readonly string[],
  cwd: string,
  signal: AbortSignal,
  limits: { readonly timeoutMs: number; readonly maxOutput: number },
): Promise<ShortRun> {
  const own = ['--no-config', '--no-follow', '--no-messages', '--color=never', '--no-require-git', '--hidden'];
  const system = process.env.SystemRoot;
  const run = await runShort(program, [...own, ...args], {
    ...limits,
    cwd,
    signal,
    env: system === undefined ? {} : { SystemRoot: system },
  });
  signal.throwIfAborted();
  return run;
}

/** Last of the globs. */
export const notGit = '--glob=!.git';
