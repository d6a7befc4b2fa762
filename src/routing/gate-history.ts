import type { LaneInputs, StampedStatus } from '../model/index.ts';
import { gateKeys } from './explain.ts';
import { gateStandings } from './standing.ts';

/**
 * Since when each gate stands as it does in `inputs`: a gate that stood so before keeps its time, one that changed gets
 * `at` (ISO time). With `at` null, where no clock is at hand, a gate that changed has no time.
 */
export function sinceOf(
  before: Pick<StampedStatus, 'inputs' | 'since'> | null,
  inputs: LaneInputs,
  at: string | null,
): StampedStatus['since'] {
  const since: Record<string, string> = {};
  for (const { key, lane, gate } of gateKeys) {
    const stood = before === null ? null : gateStandings(lane, before.inputs)[gate];
    const kept = stood === gateStandings(lane, inputs)[gate] ? before?.since[key] : undefined;
    const time = kept ?? at;
    if (time !== null) since[key] = time;
  }
  return since;
}
