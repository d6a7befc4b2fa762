import type { LaneInputs, RuleStep } from '../model/index.ts';
import type { CopyCode } from './copy.ts';
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

const nothing: TransportNeeds = { profile: false, newWorktree: false };

/**
 * What runs a native turn, decided before it starts: while the gate `interactive` is shut, exec, whatever else is set. A
 * build that was asked for by name and can't do it is not replaced: its turn fails and says why.
 */
export function nativeTransport(
  { gates, native }: LaneInputs,
  needs: TransportNeeds = nothing,
): { readonly transport: NativeTransport; readonly step: RuleStep } {
  const { interactive, interactiveSource, transport } = gates;
  if (!interactive) return decided('exec', 'rule.transport.shut', interactiveSource);
  if (transport === 'exec') return decided('exec', 'rule.transport.exec');
  if (needs.profile) return decided('exec', 'rule.transport.profile');
  if (needs.newWorktree) return decided('exec', 'rule.transport.worktree');
  if (transport === 'app-server') return decided('app-server', 'rule.transport.app-server');
  if (native.abilities === null) return decided('exec', 'rule.transport.unknown');
  if (!native.abilities.appServer) return decided('exec', 'rule.transport.lacking');
  return decided('app-server', 'rule.transport.auto');
}

function decided(
  transport: NativeTransport,
  code: CopyCode,
  ...args: readonly string[]
): { readonly transport: NativeTransport; readonly step: RuleStep } {
  return { transport, step: { rule: 'transport', says: words(code, ...args) } };
}
