import { posix, win32 } from 'node:path';
import type { ShortRun } from '../node/index.ts';
import { runShort } from '../node/index.ts';
import type { Environment } from './child-environment.ts';
import { childEnvironment, envValue } from './child-environment.ts';
import { placesOnPath } from './path-lookup.ts';
import { isExecutable } from './platform-binary.ts';

export type GitOptions = {
  /** Beside the child's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds. Default 60,000. */
  readonly timeoutMs?: number;
  /** Bytes of output. Default 16 MiB. */
  readonly maxOutput?: number;
  readonly stdin?: string;
  /** Output one character a byte. */
  readonly asBytes?: boolean;
  /** Ends it early. */
  readonly signal?: AbortSignal;
  /** What else runs comes first. */
  readonly background?: boolean;
};

/** Runs one git command in a folder. Never rejects, never goes through a shell. */
export type Git = (cwd: string, args: readonly string[], options?: GitOptions) => Promise<ShortRun>;

/**
 * What must not run or change on the way, whatever a configuration says: hooks, a file watcher, a pager; and file names
 * come as they are. Filters (line ends, large files) stay the user's: without them the files would be others.
 */
const safely = (windows: boolean): readonly string[] => [
  ...['--no-pager', '-c', 'core.fsmonitor=false', '-c', `core.hooksPath=${windows ? 'NUL' : '/dev/null'}`],
  ...['-c', 'core.quotePath=false', '-c', 'core.safecrlf=false', '-c', 'submodule.recurse=false'],
];

/** Git as it lies on the PATH; null = it does not. The environment is the allow-list of the native lane. */
export async function findGit(env: Environment, platform: NodeJS.Platform = process.platform): Promise<Git | null> {
  const windows = platform === 'win32';
  const places = placesOnPath('git', envValue(env, 'PATH', platform) ?? '', { env, platform });
  for (const place of places) {
    // Others would need a shell.
    if (windows && win32.extname(place).toLowerCase() !== '.exe') continue;
    if ((windows || posix.isAbsolute(place)) && (await isExecutable(place, platform).catch(() => false))) {
      return gitAt(place, env, platform);
    }
  }
  return null;
}

export function gitAt(path: string, env: Environment, platform: NodeJS.Platform = process.platform): Git {
  const base = {
    ...childEnvironment({ env, platform }),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    // Its words are read.
    LC_ALL: 'C',
  };
  return (cwd, args, { env: more = {}, timeoutMs = 60_000, maxOutput = 16 * 1024 * 1024, ...rest } = {}) =>
    runShort(path, [...safely(platform === 'win32'), ...args], {
      cwd,
      env: { ...base, ...more },
      timeoutMs,
      maxOutput,
      ...rest,
    });
}

/** Git's reason in its own words, one line. */
export function reasonOf(run: ShortRun): string {
  const line = run.stderr
    .split('\n')
    .map((words) => /^(?:fatal|error): (.*)$/.exec(words)?.[1])
    .find((words) => words !== undefined);
  return run.problem ?? line ?? `git ended with exit code ${run.exitCode ?? 'unknown'}`;
}
