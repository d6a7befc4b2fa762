import type { LaneFacts } from '../../model/index.ts';
import { historyCompletenessOf } from '../../model/index.ts';
import type { LaneTurn } from '../../ports/index.ts';
import type { NativeRuntime } from '../native-runtime.ts';

/** What is known of a native turn before it starts, who pays for one; `runtime` null = nothing was found out yet. */
export function turnFacts(runtime: NativeRuntime | null, turn: LaneTurn, transport: 'exec' | 'app-server'): LaneFacts {
  const completionPolicy = turn.ephemeral ? 'ephemeral' : 'persistent';
  return {
    transport,
    executable: runtime?.binary.kind === 'found' ? runtime.binary.identity : null,
    endpoint: runtime?.endpoint ?? null,
    payer: runtime?.credential.fact.kind === 'present' ? runtime.credential.fact.payer : null,
    // Neither transport names the served model; the app-server tells where another one answers.
    modelServed: 'unknown',
    nativeThreadId: turn.nativeThreadId,
    completionPolicy,
    historyCompleteness: historyCompletenessOf(completionPolicy),
    usage: null,
    usageAuthority: null,
    exitCode: null,
    killStep: 'none',
  };
}
