import type { GatePhase, LaneSelection } from '../model/index.ts';
import { laneSelections } from '../model/index.ts';
import { words } from './copy.ts';
import { gatePhases } from './gate-phases.ts';

/** An input that may choose the lane; `value` as it was found, undefined or null = it does not. */
export type SelectionInput = {
  readonly source: 'thread' | 'workspace' | 'setting' | 'env';
  readonly value: unknown;
};

export type Selection = {
  readonly selected: LaneSelection;
  readonly source: SelectionInput['source'] | 'default';
  /** What was wrong with the input that spoke; null = nothing. */
  readonly problem: string | null;
};

const order: readonly SelectionInput['source'][] = ['thread', 'workspace', 'setting', 'env'];

/** The lane that is asked for: the first input that says something, in the contract's order; a bad value means `auto`. */
export function selectLane(phase: GatePhase, inputs: readonly SelectionInput[]): Selection {
  for (const source of order) {
    if (source === 'thread' && !gatePhases[phase].threadMayChoose) continue;
    const value = inputs.find((input) => input.source === source)?.value;
    if (value === undefined || value === null || value === '') continue;
    const selected = laneSelections.find((lane) => lane === value);
    if (selected === undefined) return { selected: 'auto', source, problem: words('selection.bad') };
    return { selected, source, problem: null };
  }
  return { selected: gatePhases[phase].defaultSelection, source: 'default', problem: null };
}
