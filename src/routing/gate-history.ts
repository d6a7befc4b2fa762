import type { LaneInputs, StampedStatus } from '../model/index.ts';
import { gateKeys } from './explain.ts';
import { gateStandings } from './standing.ts';

/** How each gate stood when it was last known, by its key in `StampedStatus.since`. */
export type GatesSeen = Readonly<Record<string, 'open' | 'shut'>>;

/** The gates as `inputs` tell them. A gate that nobody knows now counts as it was seen last, so that a check is no change. */
export function gatesSeen(inputs: LaneInputs, before: GatesSeen = {}): GatesSeen {
  const seen: Record<string, 'open' | 'shut'> = { ...before };
  for (const { key, lane, gate } of gateKeys) {
    const standing = gateStandings(lane, inputs)[gate];
    // A missing check is itself the gate `probe`.
    if (standing !== 'unknown') seen[key] = standing;
    else if (gate === 'probe') seen[key] = 'shut';
  }
  return seen;
}

/**
 * Since when each gate stands as it does `now`: one that stood so before keeps its time, one that changed gets `at` (ISO
 * time). With `at` null, where no clock is at hand, a gate that changed has none.
 */
export function sinceOf(
  before: { readonly seen: GatesSeen; readonly since: StampedStatus['since'] },
  now: GatesSeen,
  at: string | null,
): StampedStatus['since'] {
  const since: Record<string, string> = {};
  for (const [key, standing] of Object.entries(now)) {
    const kept = before.seen[key] === standing ? before.since[key] : undefined;
    const time = kept ?? at;
    if (time !== null) since[key] = time;
  }
  return since;
}
