import type { LaneSelection, RowOf, ThreadView, TurnId } from '../../src/model/index.ts';
import { canContinue } from '../../src/model/index.ts';

/** A turn that was cut off, with nothing after it. */
export type LooseEnd = {
  readonly turnId: TurnId;
  /** Codex still has the conversation up to where it was cut off, and the selected lane goes on with it. */
  readonly resumes: boolean;
  readonly prompt: RowOf<'user'> | null;
};

/** What an idle thread ends with that could be taken up again; null = its last turn came to an end. */
export function looseEndOf(thread: ThreadView, lane: LaneSelection | null): LooseEnd | null {
  const turn = thread.turns.at(-1);
  if (turn?.state !== 'interrupted' || thread.queued.length > 0) return null;
  const { turnId } = turn;
  return {
    turnId,
    resumes: canContinue(thread, lane),
    prompt:
      thread.rows.findLast(
        (row): row is RowOf<'user'> => row.kind === 'user' && row.act === undefined && row.turnId === turnId,
      ) ?? null,
  };
}
