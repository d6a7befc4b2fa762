import type { Usage } from '../../model/index.ts';
import { usageOfTurn } from '../../model/index.ts';
import { measured } from './compaction.ts';
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

/** Tokens that the conversation takes by now; null = it is not told. */
export function contextOf({ last }: TokenUsage): number | null {
  return last?.totalTokens ?? null;
}

type TokenUsage = (Notification & { readonly method: 'thread/tokenUsage/updated' })['params']['tokenUsage'];

export function counted(before: TurnState, wire: TokenUsage): Step {
  const state = measured(before, contextOf(wire), !hasRequest(wire));
  const contextWindow = wire.modelContextWindow ?? null;
  const total = usageOf(wire.total, contextWindow);
  const own = state.usageBefore === null ? null : usageOfTurn(state.usageBefore, total);
  // A request that was cut is not counted: the same total once more does not say that the turn took nothing.
  const isCounted = own !== null && Object.values(own).some((part) => part !== null && part > 0);
  const usage = isCounted ? { ...own, contextWindow } : null;
  return told({ ...state, total, usage }, [
    { kind: 'usage_updated', usage, threadTotal: total, authority: 'live-turn-completed' },
  ]);
}

/** A compaction ends with a figure that belongs to no request (measured). */
function hasRequest({ last }: TokenUsage): boolean {
  return (last?.inputTokens ?? 0) > 0 || (last?.outputTokens ?? 0) > 0;
}
