import type { LaneSelection } from './ids.ts';
import type { ThreadView } from './view.ts';

/**
 * True when the last turn of an idle thread was cut off, Codex still has the conversation up to there, and the lane that is
 * selected goes on with it: a prompt then goes on where it stood.
 */
export function canContinue(
  { activeTurnId, turns, nativeThreadId, queued, rows }: ThreadView,
  lane: LaneSelection | null,
): boolean {
  const last = turns.at(-1);
  return (
    lane === 'codex-native' &&
    activeTurnId === null &&
    queued.length === 0 &&
    nativeThreadId !== null &&
    last?.state === 'interrupted' &&
    last.resolved === 'codex-native' &&
    // A compaction or a review is begun anew, or left.
    !rows.some((row) => row.kind === 'user' && row.turnId === last.turnId && row.act !== undefined)
  );
}
