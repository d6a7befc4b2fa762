import type { Step, TurnState } from './turn-state.ts';
import { told } from './turn-state.ts';

/** From here on the figures that come are the compaction's. */
export function compacting(state: TurnState): TurnState {
  return { ...state, compaction: { before: state.context, after: null } };
}

/**
 * What the conversation takes by now. `isEstimate`: it belongs to no request, as with the one figure that tells what a
 * compaction left.
 */
export function measured(state: TurnState, context: number | null, isEstimate: boolean): TurnState {
  if (context === null) return state;
  const { compaction } = state;
  if (compaction === null || !isEstimate) return { ...state, context };
  return { ...state, context, compaction: { ...compaction, after: context } };
}

/** It is done. Who asked for it is not told. `id`: of its item; null = it is told without one. */
export function compacted(state: TurnState, id: string | null): Step {
  const { before, after } = state.compaction ?? { before: null, after: null };
  const next = { ...state, compacted: true, compaction: null };
  return told(next, [{ kind: 'context_compacted', before, after, how: 'codex' }], id ?? undefined);
}
