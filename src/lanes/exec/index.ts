import { transportCapabilities } from '../../model/index.ts';
import type { Lane } from '../../ports/index.ts';
import type { ExecLaneDeps } from './run.ts';
import { runExec } from './run.ts';

export { ExecReplay, type ExecRunEnd } from './replay.ts';
export type { ExecLaneDeps } from './run.ts';
export { readRunMeta } from './run-meta.ts';

/** The native lane over `codex exec --json`: whole messages, no questions, no steering; resumes and takes images. */
export function createExecLane(deps: ExecLaneDeps): Lane {
  return {
    id: 'codex-native',
    transport: 'exec',
    // exec never asks, whatever the configuration says.
    approvalPolicy: 'never',
    capabilities: transportCapabilities.exec,
    run: (turn, io) => runExec(deps, turn, io),
  };
}
