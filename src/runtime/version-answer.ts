import type { BinaryProblem } from '../model/index.ts';
import type { ShortRun } from '../node/index.ts';
import { quoteOutput } from './safe-output.ts';

export type VersionAnswer =
  | { readonly kind: 'version'; readonly version: string }
  /** `why` goes behind the path, as in "/usr/bin/codex did not answer". */
  | { readonly kind: 'problem'; readonly problem: BinaryProblem; readonly why: string };

/** Codex's version line: `codex-cli 0.169.0`; older and other builds call themselves `codex` or `codex-exec`. */
const versionLine = /^codex(-cli|-exec)? \d+\.\d+\.\d+/;

/** Whether a program's answer to `--version` is Codex's. A line of a wrapper before it does no harm. */
export function versionAnswer(run: ShortRun): VersionAnswer {
  const problem = (kind: BinaryProblem, why: string): VersionAnswer => ({ kind: 'problem', problem: kind, why });
  switch (run.failure) {
    case 'no-answer':
    case 'cancelled':
      return problem('no-answer', `did not answer --version: ${run.problem}`);
    case 'not-started':
      return problem('not-executable', `could not be started: ${run.problem}`);
    case 'signal':
    case 'too-much-output':
      return problem('not-codex', `is not a working Codex: at --version ${run.problem}`);
    case null:
      break;
  }
  if (run.exitCode !== 0) {
    const said = quoteOutput(run.stderr.trim() === '' ? run.stdout : run.stderr);
    return problem('not-codex', `answered --version with exit code ${run.exitCode} and ${said}`);
  }
  const version = run.stdout
    .split('\n')
    .map((line) => line.trim())
    .find((line) => versionLine.test(line));
  if (version !== undefined && version.length <= 200) return { kind: 'version', version };
  return problem('not-codex', `is not Codex: it answered --version with ${quoteOutput(run.stdout)}`);
}
