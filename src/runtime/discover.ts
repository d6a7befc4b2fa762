import { homedir } from 'node:os';
import { isAbsolute, join, sep } from 'node:path';
import type { BinaryFact, ExecutableIdentity } from '../model/index.ts';
import { messageOf } from '../model/index.ts';
import { runShort } from '../node/index.ts';
import type { Sourced } from '../ports/index.ts';
import type { Environment } from './child-environment.ts';
import { childEnvironment, envValue } from './child-environment.ts';
import { binaryOfPackage, isExecutable, programBehind } from './platform-binary.ts';

/** A candidate counts only when `--version` answers within this, in milliseconds. */
const versionPatience = 3000;

export type DiscoveryInputs = {
  /** Setting `codexLanes.codex.path`. */
  readonly setting: Sourced<string> | null;
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Our data home, for the binary that our Install command placed; null = there is none. */
  readonly dataHome: string | null;
  /** Read only when nothing before it answered. */
  readonly loginShellPath: () => Promise<string | null>;
};

/** Where our Install command places Codex: an npm prefix of our own, never a project's node_modules. */
function managedFolder(dataHome: string): string {
  return join(dataHome, 'codex');
}

/** Looks for Codex in the order of the contract. An explicit path that fails is an answer: nothing else is tried. */
export async function discoverCodex(inputs: DiscoveryInputs): Promise<BinaryFact> {
  const { env, platform } = inputs;
  if (inputs.setting !== null) return explicit(inputs.setting.value, 'setting', inputs.setting.source, inputs);
  const fromEnv = envValue(env, 'CODEX_CLI_PATH', platform);
  if (fromEnv !== undefined) return explicit(fromEnv, 'env', 'CODEX_CLI_PATH', inputs);

  const failures: string[] = [];
  const managed = await managedBinary(inputs);
  if (managed !== null) {
    const found = await verify(managed, 'managed', inputs);
    if (found.kind === 'found') return found;
    failures.push(found.detail);
  }
  const paths = [await inputs.loginShellPath(), envValue(env, 'PATH', platform) ?? null];
  const tried = new Set<string>();
  for (const path of paths) {
    for (const candidate of candidatesOn(path ?? '', inputs)) {
      if (tried.has(candidate)) continue;
      tried.add(candidate);
      if (!(await isExecutable(candidate, platform))) continue;
      const found = await verify(candidate, 'system-path', inputs);
      if (found.kind === 'found') return found;
      failures.push(found.detail);
    }
  }
  return {
    kind: 'missing',
    problem: 'not-found',
    detail: failures.join('; ') || 'No program named codex was found on PATH',
  };
}

async function explicit(
  path: string,
  source: ExecutableIdentity['source'],
  input: string,
  inputs: DiscoveryInputs,
): Promise<BinaryFact> {
  const expanded = path.startsWith('~/')
    ? join(envValue(inputs.env, 'HOME', inputs.platform) ?? homedir(), path.slice(2))
    : path;
  const named = (why: string): BinaryFact => ({
    kind: 'missing',
    problem: 'not-found',
    detail: `${expanded} (${input}) ${why}`,
  });
  if (!isAbsolute(expanded)) return named('is not an absolute path');
  if (!(await isExecutable(expanded, inputs.platform))) return named('is not an executable file');
  const found = await verify(expanded, source, inputs);
  return found.kind === 'found' ? found : named(found.why);
}

type Verified =
  | { readonly kind: 'found'; readonly identity: ExecutableIdentity }
  | { readonly kind: 'missing'; readonly detail: string; readonly why: string };

async function verify(
  candidate: string,
  source: ExecutableIdentity['source'],
  inputs: DiscoveryInputs,
): Promise<Verified> {
  const { env, platform, arch } = inputs;
  const failed = (why: string): Verified => ({ kind: 'missing', why, detail: `${candidate} ${why}` });
  let path: string | null;
  try {
    path = await programBehind(candidate, platform, arch);
  } catch (error) {
    return failed(`can't be read: ${messageOf(error)}`);
  }
  if (path === null) return failed(`is a launcher whose platform package is missing; reinstall @openai/codex`);
  const run = await runShort(path, ['--version'], {
    env: childEnvironment({ env, platform }),
    timeoutMs: versionPatience,
  });
  if (run.problem !== null) return failed(`did not answer --version: ${run.problem}`);
  const version = run.stdout.trim();
  if (run.exitCode !== 0 || version === '') return failed(`answered --version with exit code ${run.exitCode}`);
  return { kind: 'found', identity: { path, source, version } };
}

async function managedBinary(inputs: DiscoveryInputs): Promise<string | null> {
  if (inputs.dataHome === null) return null;
  const root = join(managedFolder(inputs.dataHome), 'node_modules', '@openai', 'codex');
  return binaryOfPackage(root, inputs.platform, inputs.arch);
}

/** `codex` in every folder of a PATH. Relative folders and a project's `node_modules` are not a user's installation. */
function candidatesOn(path: string, inputs: DiscoveryInputs): readonly string[] {
  const windows = inputs.platform === 'win32';
  const extensions = windows ? (envValue(inputs.env, 'PATHEXT', 'win32') ?? '.EXE;.CMD').split(';') : [''];
  return path
    .split(windows ? ';' : ':')
    .filter((folder) => isAbsolute(folder) && !folder.endsWith(`node_modules${sep}.bin`))
    .flatMap((folder) => extensions.map((extension) => join(folder, `codex${extension.toLowerCase()}`)));
}
