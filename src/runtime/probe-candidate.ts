import { stat } from 'node:fs/promises';
import { dirname, isAbsolute } from 'node:path';
import type { BinaryCandidate, BinaryProblem, ExecutableIdentity } from '../model/index.ts';
import { messageOf } from '../model/index.ts';
import { codeOf, runShort } from '../node/index.ts';
import type { Environment } from './child-environment.ts';
import { childEnvironment } from './child-environment.ts';
import { markOf } from './file-mark.ts';
import { isExecutable, programBehind } from './platform-binary.ts';
import { versionAnswer } from './version-answer.ts';

/** A candidate counts only when `--version` answers within this, in milliseconds (contract runtime-status, section 4). */
const versionPatience = 3000;

/** A path where Codex may be, and which input led there. */
export type Place = Pick<BinaryCandidate, 'path' | 'source' | 'input'>;

export type ProbeOptions = {
  readonly env: Environment;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Milliseconds. Default 3,000. */
  readonly versionPatience?: number;
  /** Ends the question early. */
  readonly signal?: AbortSignal;
};

/** Finds out whether Codex is at a place. Never rejects: what is wrong there is the answer. */
export async function probeCandidate(place: Place, options: ProbeOptions): Promise<BinaryCandidate> {
  return { ...place, outcome: await outcomeOf(place, options) };
}

type Outcome = BinaryCandidate['outcome'];

const unusable = (problem: BinaryProblem, detail: string): Outcome => ({ kind: 'unusable', problem, detail });

async function outcomeOf({ path, source }: Place, options: ProbeOptions): Promise<Outcome> {
  const { platform, arch } = options;
  if (!isAbsolute(path)) return unusable('not-found', 'is not an absolute path');
  const onDisk = await problemOnDisk(path, platform);
  if (onDisk !== null) return onDisk;
  let program: string | null;
  try {
    program = await programBehind(path, platform, arch);
  } catch (error) {
    // A program that may be run and not read is no launcher.
    if (codeOf(error) !== 'EACCES') return unusable('not-executable', `can't be read: ${messageOf(error)}`);
    program = path;
  }
  if (program === null) {
    return unusable('incomplete', 'is a launcher whose platform package is missing; reinstall @openai/codex');
  }
  return askVersion(program, source, options);
}

async function problemOnDisk(path: string, platform: NodeJS.Platform): Promise<Outcome | null> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return unusable('is-folder', 'is a folder, not a program');
    if (await isExecutable(path, platform)) return null;
    return unusable('not-executable', 'is not an executable file');
  } catch (error) {
    const code = codeOf(error);
    return code === 'ENOENT' || code === 'ENOTDIR'
      ? unusable('not-found', 'does not exist')
      : unusable('not-executable', `can't be looked at (${code || messageOf(error)})`);
  }
}

async function askVersion(path: string, source: ExecutableIdentity['source'], options: ProbeOptions): Promise<Outcome> {
  // An update may put another file there while we ask: then the answer is the old one's.
  for (let round = 0; ; round += 1) {
    const before = await markOf(path);
    const run = await runShort(path, ['--version'], {
      env: childEnvironment(options),
      timeoutMs: options.versionPatience ?? versionPatience,
      // Away from the user's project, whose configuration is not to be read.
      cwd: dirname(path),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const after = await markOf(path);
    if (before !== after && round < 2) continue;
    if (after === null) return unusable('not-found', 'does not exist any more');
    const answer = versionAnswer(run);
    return answer.kind === 'version'
      ? { kind: 'usable', identity: { path, source, version: answer.version } }
      : unusable(answer.problem, answer.why);
  }
}
