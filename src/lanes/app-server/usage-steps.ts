import type { Usage } from '../../model/index.ts';
import { usageOfTurn } from '../../model/index.ts';
import type { Step, TurnState } from './turn-state.ts';
import { told } from './turn-state.ts';
import type { Notification, WireUsage } from './wire.ts';

function usageOf(wire: WireUsage, contextWindow: number | null): Usage {
  return {
    input: wire.inputTokens ?? null,
    cachedInput: wire.cachedInputTokens ?? null,
    output: wire.outputTokens ?? null,
    reasoningOutput: wire.reasoningOutputTokens ?? null,
    cacheWrite: wire.cacheWriteInputTokens ?? null,
    contextWindow,
  };
}

/** A thread's total as it is told; `last` of the wire is one request, not the turn. */
export function totalOf({ params }: Notification & { readonly method: 'thread/tokenUsage/updated' }): Usage {
  return usageOf(params.tokenUsage.total, params.tokenUsage.modelContextWindow ?? null);
}

export function counted(state: TurnState, wire: WireUsage, contextWindow: number | null): Step {
  const total = usageOf(wire, contextWindow);
  const own = state.usageBefore === null ? null : usageOfTurn(state.usageBefore, total);
  // A request that was cut is not counted: the same total once more does not say that the turn took nothing.
  const isCounted = own !== null && Object.values(own).some((part) => part !== null && part > 0);
  const usage = isCounted ? { ...own, contextWindow } : null;
  return told({ ...state, total, usage }, [
    { kind: 'usage_updated', usage, threadTotal: total, authority: 'live-turn-completed' },
  ]);
}
