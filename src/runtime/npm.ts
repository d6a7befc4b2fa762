import { dirname, join } from 'node:path';
import { runShort } from '../node/index.ts';
import type { Environment } from './child-environment.ts';
import { childEnvironment, envValue } from './child-environment.ts';
import { placesOnPath } from './path-lookup.ts';
import { isExecutable } from './platform-binary.ts';
import { quoteOutput } from './safe-output.ts';

/** Longest wait for `npm --version`, in milliseconds: the first start after a boot reads some hundred files. */
const patience = 15_000;

/** A way to run npm. */
export type Npm = {
  readonly file: string;
  /** What stands before npm's own arguments. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly version: string;
};

export type NpmInputs = {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly loginShellPath: () => Promise<string | null>;
};

/** Finds npm on the PATH of the login shell and of this process, and asks for its version; a text says why there is none. */
export async function findNpm(inputs: NpmInputs, signal: AbortSignal): Promise<Npm | string> {
  const { env, platform } = inputs;
  const delimiter = platform === 'win32' ? ';' : ':';
  const path = [await inputs.loginShellPath(), envValue(env, 'PATH', platform)].filter(Boolean).join(delimiter);
  const childEnv = npmEnvironment(env, platform, path);
  let why = 'npm was not found';
  for (const place of placesOnPath('npm', path, { env, platform })) {
    if (!(await isExecutable(place, platform))) continue;
    const started = await npmStart(place, platform);
    const run = await runShort(started.file, [...started.args, '--version'], {
      env: childEnv,
      timeoutMs: patience,
      cwd: dirname(place),
      signal,
    });
    const version = run.stdout.trim();
    if (run.exitCode === 0 && /^\d+\.\d+\.\d+/.test(version)) return { ...started, env: childEnv, version };
    why = `${place} does not work (${run.problem ?? `exit code ${run.exitCode}, ${quoteOutput(run.stderr || run.stdout)}`})`;
  }
  return why;
}

/**
 * What is started for an npm at `place`. On Windows npm is a batch file, which only a shell can run: its own script is
 * given to the Node.js beside it instead, so that no path ever meets cmd.exe's quoting.
 */
async function npmStart(place: string, platform: NodeJS.Platform): Promise<Pick<Npm, 'file' | 'args'>> {
  if (platform !== 'win32' || !/\.(cmd|bat)$/i.test(place)) return { file: place, args: [] };
  const { node, script } = npmBeside(dirname(place));
  const whole = (await isExecutable(node, platform)) && (await isExecutable(script, platform));
  return whole ? { file: node, args: [script] } : { file: place, args: [] };
}

/** Where Node.js's installer, nvm-windows and a portable archive put Node.js and npm's script. */
export function npmBeside(folder: string): { readonly node: string; readonly script: string } {
  return { node: join(folder, 'node.exe'), script: join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js') };
}

/**
 * npm sees what a Codex process sees, and its own configuration. The whole PATH: npm is a script, and the Node.js that runs
 * it may be known to the login shell only.
 */
function npmEnvironment(env: Environment, platform: NodeJS.Platform, path: string): Readonly<Record<string, string>> {
  const names = Object.keys(env).filter((name) => /^npm_config_/i.test(name));
  const child = childEnvironment({ env, platform, names });
  const others = Object.entries(child).filter(([name]) => name.toUpperCase() !== 'PATH');
  return { ...Object.fromEntries(others), PATH: path };
}
