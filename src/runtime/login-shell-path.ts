import { randomUUID } from 'node:crypto';
import { runShort } from '../node/index.ts';
import type { Environment } from './child-environment.ts';
import { childEnvironment } from './child-environment.ts';

/** Longest wait for the user's shell to start, in milliseconds: a slow profile must not hold up a probe for long. */
const usualPatience = 3000;

export type ShellQuestion = {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. Default 3,000. */
  readonly patience?: number;
};

/**
 * The PATH of the user's login shell: an editor started from a desktop does not have it. Null where there is none
 * (Windows), or the shell did not answer in time.
 */
export async function loginShellPath({ env, platform, signal, patience }: ShellQuestion): Promise<string | null> {
  const shell = env.SHELL;
  if (platform === 'win32' || !shell) return null;
  // Marked, since a profile may print anything.
  const mark = randomUUID();
  const run = await runShort(shell, ['-ilc', `printf '%s' '${mark}'; printenv PATH; printf '%s' '${mark}'`], {
    env: childEnvironment({ env, platform }),
    timeoutMs: patience ?? usualPatience,
    ...(signal === undefined ? {} : { signal }),
    // An interactive shell would take the terminal that the command line runs in.
    ownSession: true,
  });
  return run.stdout.split(mark)[1]?.trim() || null;
}
