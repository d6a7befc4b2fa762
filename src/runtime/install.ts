import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { LfSplitter } from '../base/index.ts';
import type { InstallOutcome, InstallProgress } from '../model/index.ts';
import { LanesError, messageOf } from '../model/index.ts';
import type { Child, ChildEnd, Lock } from '../node/index.ts';
import { acquireLock, codeOf, newId, spawnChild } from '../node/index.ts';
import type { Clock } from '../ports/index.ts';
import type { Environment } from './child-environment.ts';
import { loginShellPath } from './login-shell-path.ts';
import { managedFolder, packageIn } from './managed-folder.ts';
import type { Npm } from './npm.ts';
import { findNpm } from './npm.ts';
import { binaryOfPackage } from './platform-binary.ts';
import { probeCandidate } from './probe-candidate.ts';
import { safeLine } from './safe-output.ts';
import { codexPackage, testedVersion } from './tested-version.ts';

export type InstallInputs = {
  /** Our data home; made when it is missing. */
  readonly dataHome: string;
  readonly env: Environment;
  readonly clock: Clock;
  readonly onProgress: (progress: InstallProgress) => void;
  readonly signal: AbortSignal;
  readonly platform?: NodeJS.Platform;
  readonly arch?: string;
  /** Replaces the question to the user's shell. */
  readonly loginShellPath?: () => Promise<string | null>;
};

/** Milliseconds between two signs of life: npm is silent while it downloads (170 MB). */
const heartbeat = 1000;

/** Names of folders that a crash may leave behind. */
const unfinished = /^codex\.(new|old)-/;

/**
 * Installs the tested Codex with npm into the data home, for us alone: not a word of it is on the user's PATH. It is made
 * in a folder of its own, and takes the place of an earlier one only when it answers: a failed or cancelled run
 * leaves nothing behind and breaks nothing. No install script of any package runs. Never rejects.
 */
export async function installCodex(inputs: InstallInputs): Promise<InstallOutcome> {
  const { dataHome, signal } = inputs;
  let lock: Lock | null = null;
  const fresh = join(dataHome, `codex.new-${newId()}`);
  try {
    await mkdir(dataHome, { recursive: true, mode: 0o700 });
    lock = await acquireLock(join(dataHome, 'codex.lock'), {
      what: 'The installation of Codex',
      label: 'an installation',
    });
    const outcome = await install(inputs, fresh);
    return signal.aborted && outcome.kind !== 'installed' ? { kind: 'cancelled' } : outcome;
  } catch (error) {
    if (error instanceof LanesError && error.kind === 'conflict') {
      return failed(error.message, 'Wait until it has ended.');
    }
    return failed(`The folder ${dataHome} can't be used: ${messageOf(error)}`, 'Check its permissions and free space.');
  } finally {
    if (lock !== null) {
      await sweep(dataHome);
      lock.release();
    }
  }
}

const failed = (why: string, hint: string): InstallOutcome => ({ kind: 'failed', why, hint });

async function install(inputs: InstallInputs, fresh: string): Promise<InstallOutcome> {
  const { env, signal, onProgress, platform = process.platform, arch = process.arch } = inputs;
  onProgress({ step: 'checking-npm', detail: 'Looking for npm' });
  const shellPath = inputs.loginShellPath ?? (() => loginShellPath({ env, platform, signal }));
  const npm = await findNpm({ env, platform, loginShellPath: shellPath }, signal);
  if (signal.aborted) return { kind: 'cancelled' };
  if (typeof npm === 'string') {
    return failed(
      npm,
      'Install Node.js, which brings npm; or install Codex yourself and choose it with Use This Binary.',
    );
  }
  onProgress({ step: 'checking-npm', detail: `npm ${npm.version}` });

  await sweep(inputs.dataHome);
  await mkdir(fresh, { mode: 0o700 });
  const end = await runNpm(npm, fresh, inputs);
  if (signal.aborted) return { kind: 'cancelled' };
  if (end.startError !== null) return failed(`npm could not be started: ${end.startError}`, 'Install Node.js again.');
  if (end.exitCode !== 0) return npmFailure(end);

  onProgress({ step: 'verifying', detail: 'Asking Codex for its version' });
  const path = await binaryOfPackage(packageIn(fresh), platform, arch);
  // One that lies further up is somebody else's.
  if (path === null || !path.startsWith(`${fresh}${sep}`)) {
    return failed(
      `npm installed no Codex for ${platform}-${arch}`,
      'Check that npm does not leave out optional packages: npm config get omit.',
    );
  }
  const place = { path, source: 'managed', input: 'managed' } as const;
  const { outcome } = await probeCandidate(place, { env, platform, arch, signal });
  if (signal.aborted) return { kind: 'cancelled' };
  if (outcome.kind === 'unusable') return failed(`The installed Codex ${outcome.detail}`, 'Try it again.');
  const { version } = outcome.identity;
  if (!version.split(/\s/).includes(testedVersion)) {
    return failed(
      `npm installed ${safeLine(version, 60)} instead of ${testedVersion}`,
      "Check npm's registry setting.",
    );
  }
  if (signal.aborted) return { kind: 'cancelled' };
  const home = managedFolder(inputs.dataHome);
  try {
    await takePlace(fresh, home);
  } catch (error) {
    return failed(
      `The installation could not be put into its place: ${messageOf(error)}`,
      'End the running turns in every window, then try it again.',
    );
  }
  return { kind: 'installed', identity: { path: join(home, path.slice(fresh.length)), source: 'managed', version } };
}

/** Runs npm to its end; the signal ends it with all that it started. */
async function runNpm(npm: Npm, prefix: string, inputs: InstallInputs): Promise<ChildEnd> {
  const { clock, onProgress, signal } = inputs;
  const begun = clock.monotonic();
  let said = `${codexPackage} ${testedVersion}`;
  const report = (): void => {
    const seconds = Math.floor((clock.monotonic() - begun) / 1000);
    onProgress({ step: 'installing', detail: seconds < 1 ? said : `${said} (${seconds} s)` });
  };
  const hear = new LfSplitter({
    onLine: (line) => {
      const text = line.replace(/^npm (http )?/, '').trim();
      if (text === '') return;
      said = safeLine(text, 160);
      report();
    },
    maxBytes: 64 * 1024,
  });
  let takeBack = (): void => undefined;
  const beat = (): void => {
    takeBack = clock.after(heartbeat, () => {
      report();
      beat();
    });
  };
  const child: Child = spawnChild({
    file: npm.file,
    args: [...npm.args, ...installArguments(prefix)],
    cwd: prefix,
    env: npm.env,
    stdin: '',
    purpose: { kind: 'install', threadId: null },
    onStdout: (bytes) => hear.push(bytes),
    onStderr: (bytes) => hear.push(bytes),
  });
  const cancel = (): void => void child.stop();
  signal.addEventListener('abort', cancel, { once: true });
  report();
  beat();
  try {
    // An abort between the caller's look and the listener was not heard.
    return await (signal.aborted ? child.stop() : child.ended);
  } finally {
    takeBack();
    signal.removeEventListener('abort', cancel);
  }
}

function installArguments(prefix: string): readonly string[] {
  return [
    'install',
    ...['--prefix', prefix, '--global=false', '--no-save', '--no-package-lock'],
    // Codex has none; what would run here is not Codex's.
    '--ignore-scripts',
    // The platform's program is an optional package, which a user may have switched off for everything else.
    '--include=optional',
    ...['--no-audit', '--no-fund', '--no-update-notifier', '--no-progress'],
    // Names what it fetches: the only sign of progress without a terminal.
    '--loglevel=http',
    `${codexPackage}@${testedVersion}`,
  ];
}

/** What helps, by the code that npm gives a failure (its documentation, "npm errors"; the rest is the system's). */
const helpForCode: Readonly<Record<string, string>> = {
  E401: 'Sign in to your npm registry, or set it to the public one.',
  E403: 'Your npm registry refuses this package: ask who runs it.',
  E404: 'Your npm registry does not have this package: check npm config get registry.',
  ETARGET: 'Your npm registry does not have this version: check npm config get registry.',
  ENOSPC: 'Free some disk space: Codex needs 600 MB while it is installed.',
  EACCES: 'Check who owns your npm cache: npm config get cache.',
};
const networkCodes: ReadonlySet<string> = new Set([
  ...['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ERR_SOCKET_TIMEOUT', 'ENETUNREACH'],
  ...['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_HAS_EXPIRED', 'ENOTCACHED'],
]);

/** npm's own words about a failure, and what helps. */
export function npmFailure(end: Pick<ChildEnd, 'exitCode' | 'signal' | 'stderrTail'>): InstallOutcome {
  const errors = end.stderrTail.split('\n').flatMap((line) => /^npm (?:error|ERR!) (.*\S)/.exec(line)?.[1] ?? []);
  const code = errors.flatMap((line) => /^code (\w+)$/.exec(line)?.[1] ?? [])[0];
  const said = errors.filter((line) => !/^(code|errno|syscall|A complete log) ?/.test(line)).slice(0, 2);
  const how = end.exitCode === null ? `was ended by ${end.signal ?? 'the system'}` : `failed (${code ?? end.exitCode})`;
  const help =
    code === undefined
      ? undefined
      : (helpForCode[code] ??
        (networkCodes.has(code) ? 'Check the network, the proxy and its certificates.' : undefined));
  return failed(
    [`npm ${how}`, ...said.map((line) => safeLine(line, 200))].join(': '),
    help ?? `Run npm install -g ${codexPackage}@${testedVersion} in a terminal to see more.`,
  );
}

/** Puts the new folder where the old one is. Without the new one in place, the old one is put back. */
async function takePlace(fresh: string, home: string): Promise<void> {
  const aside = home.replace(/codex$/, `codex.old-${newId()}`);
  const hadOne = await rename(home, aside).then(
    () => true,
    (error: unknown) => {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    },
  );
  try {
    await rename(fresh, home);
  } catch (error) {
    if (hadOne) await rename(aside, home);
    throw error;
  }
}

/** Takes away what this or an earlier run left. What a running program still holds (Windows) stays for the next time. */
async function sweep(dataHome: string): Promise<void> {
  const names = await readdir(dataHome).catch(() => []);
  for (const name of names.filter((each) => unfinished.test(each))) {
    await rm(join(dataHome, name), { recursive: true, force: true, maxRetries: 3, retryDelay: 100 }).catch(
      () => undefined,
    );
  }
}
