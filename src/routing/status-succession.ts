import type { StampedStatus } from '../model/index.ts';
import { words } from './copy.ts';
import { deriveStatus } from './derive-status.ts';

/**
 * The last known status after a probe of the native lane that failed by itself: the facts stay, with a note that makes a
 * usable lane degraded. `checkedAt` stays too, since that is the check it rests on.
 */
export function withFailedProbe(status: StampedStatus, sequence: number): StampedStatus {
  const note = words('note.probe-failed');
  const { native } = status.inputs;
  const notes = native.notes.includes(note) ? native.notes : [...native.notes, note];
  const inputs = { ...status.inputs, native: { ...native, notes } };
  return { ...status, inputs, document: deriveStatus(inputs), checking: false, sequence };
}
