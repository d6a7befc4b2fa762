import type { LaneInputs, RunnableLaneId } from '../model/index.ts';
import { words } from './copy.ts';

/**
 * The last known facts after a probe of a lane that failed by itself: they stay, with a note that makes a usable lane
 * degraded. `checkedAt` stays too, since that is the check they rest on.
 */
export function withFailedProbe(inputs: LaneInputs, lane: RunnableLaneId): LaneInputs {
  const note = words('note.probe-failed');
  const { native, api } = inputs;
  return lane === 'api'
    ? { ...inputs, api: { ...api, notes: noted(api.notes ?? [], note) } }
    : { ...inputs, native: { ...native, notes: noted(native.notes, note) } };
}

function noted(notes: readonly string[], note: string): readonly string[] {
  return notes.includes(note) ? notes : [...notes, note];
}
