import { itemId, messageOf, refusals } from '../../model/index.ts';
import type { LaneTurn, Log, TurnIo } from '../../ports/index.ts';
import type { LiveTurn } from './live-turn.ts';
import type { Asking, Question } from './questions.ts';
import { questionOf, requestOf, resultOf } from './questions.ts';
import type { TurnLease } from './turn-lease.ts';
import { own } from './turn-state.ts';
import { placeOf, readMessage } from './wire.ts';

const methods = [
  'item/commandExecution/requestApproval',
  'item/fileChange/requestApproval',
  'item/permissions/requestApproval',
  'mcpServer/elicitation/request',
  'item/tool/requestUserInput',
] as const satisfies readonly Asking['method'][];

export type LiveQuestionsOptions = {
  readonly lease: TurnLease;
  readonly turn: LaneTurn;
  readonly io: TurnIo;
  readonly live: LiveTurn;
  readonly log: Log;
  readonly now: () => string;
  /** A question began or ceased to wait for the user. */
  readonly onChange: () => void;
  /** Aborted when the turn is over or is being stopped. */
  readonly over: AbortSignal;
};

/** Answers what the server asks of this turn, and of the threads that work for it, with what the user says. */
export function answerQuestions(options: LiveQuestionsOptions): void {
  const { lease, live } = options;
  for (const method of methods) {
    lease.handle(method, ({ id, params, signal }) => {
      const request = readMessage({ id, method, params }, 'server');
      if (request.kind !== 'request' || request.method === 'item/tool/call') return undefined;
      // Another turn of this window answers its own.
      return live.owns(placeOf(request).threadId) ? answer(options, request, signal) : undefined;
    });
  }
}

async function answer(options: LiveQuestionsOptions, request: Asking, withdrawn: AbortSignal): Promise<unknown> {
  const { io, live, log, turn, over, now, onChange } = options;
  const wireItem =
    'itemId' in request.params && typeof request.params.itemId === 'string' ? request.params.itemId : null;
  const item = wireItem === null || live.state === null ? undefined : own(live.state.open, wireItem)?.item;
  const paths = item?.type === 'fileChange' ? item.changes.map(({ path }) => path) : [];
  const question = questionOf(request, paths);
  const key = `question-${request.id}`;
  live.sight.asked(key, question.what, now());
  onChange();
  try {
    const about = wireItem === null ? {} : { itemId: itemId(`${turn.turnId}:${wireItem}`) };
    const asked = { ...requestOf(question), ...about };
    const given = await io.approvals.fill(asked, AbortSignal.any([withdrawn, over]));
    // Codex writes as soon as it is allowed to.
    if (paths.length > 0) await io.beforeChange(paths);
    return resultOf(question, given);
  } catch (error) {
    if (!withdrawn.aborted && !over.aborted) log.warn(`a question of Codex could not be put: ${messageOf(error)}`);
    return refusalOf(question, over.aborted ? refusals.toReversed() : refusals);
  } finally {
    live.sight.answered(key);
    onChange();
  }
}

/** What to answer where nobody answers; an error counts as a refusal, too. */
function refusalOf({ decisions }: Question, ids: readonly string[]): unknown {
  for (const id of ids) {
    const refusal = decisions.find((decision) => decision.id === id);
    if (refusal !== undefined) return refusal.result;
  }
  throw new Error('no refusal is offered');
}
