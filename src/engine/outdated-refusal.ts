import type { LaneInputs } from '../model/index.ts';
import type { LaneDecision } from '../routing/index.ts';

/** A check that is younger has just been made for this very prompt, in milliseconds. */
const freshFor = 2000;

/**
 * Whether a refusal rests on an earlier check of something that the user may have put right meanwhile, where nobody tells
 * us: signed in or installed Codex in a terminal, corrected a file, lifted a pin in another window. It is checked once
 * more before it refuses. `now`: milliseconds since the epoch.
 */
export function isOutdatedRefusal(decision: LaneDecision, inputs: LaneInputs, now: number): boolean {
  if (decision.kind !== 'refuse') return false;
  switch (decision.error.code) {
    case 'runtime_missing':
    case 'authentication_required':
      break;
    case 'lane_disabled':
      // A setting is known at any time, and a lane that is switched off starts nothing.
      if (inputs.gates.switchedOffBy !== null) return false;
      break;
    default:
      return false;
  }
  const { checkedAt } = decision.lane === 'api' ? inputs.api : inputs.native;
  return checkedAt !== null && Math.abs(now - Date.parse(checkedAt)) >= freshFor;
}
