import type { LaneInputs, RuleStep } from '../model/index.ts';
import { words } from './copy.ts';

/** What runs a turn of the native lane. */
export type NativeTransport = 'exec' | 'app-server';

/** What a turn needs that one transport alone has. */
export type TransportNeeds = {
  /** A configuration profile is laid over Codex's configuration. */
  readonly profile: boolean;
  /** Codex is to make a git worktree first. */
  readonly newWorktree: boolean;
};

/** Why it is that one, by the name of its sentence. */
export type TransportReason = 'shut' | 'exec' | 'profile' | 'worktree' | 'app-server' | 'unknown' | 'lacking' | 'auto';

export type TransportDecision = {
  readonly transport: NativeTransport;
  readonly by: TransportReason;
  readonly step: RuleStep;
};

const nothing: TransportNeeds = { profile: false, newWorktree: false };

/**
 * What runs a native turn, decided before it starts: while the gate `interactive` is shut, exec, whatever else is set. A
 * transport that was asked for by name is not replaced: where the build lacks it, the lane is disabled and says why.
 */
export function nativeTransport({ gates, native }: LaneInputs, needs: TransportNeeds = nothing): TransportDecision {
  const { interactive, interactiveSource, transport } = gates;
  if (!interactive) return decided('exec', 'shut', interactiveSource);
  if (transport === 'exec') return decided('exec', 'exec');
  if (needs.profile) return decided('exec', 'profile');
  if (needs.newWorktree) return decided('exec', 'worktree');
  if (transport === 'app-server') return decided('app-server', 'app-server');
  if (native.abilities === null) return decided('exec', 'unknown');
  if (!native.abilities.appServer) return decided('exec', 'lacking');
  return decided('app-server', 'auto');
}

function decided(transport: NativeTransport, by: TransportReason, ...args: readonly string[]): TransportDecision {
  return { transport, by, step: { rule: 'transport', says: words(`rule.transport.${by}`, ...args) } };
}
