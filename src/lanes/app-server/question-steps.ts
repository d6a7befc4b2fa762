import type { ApprovalId, ItemBody, LaneBody, LaneEvent } from '../../model/index.ts';
import { toolName } from './items.ts';
import type { Asking } from './questions.ts';
import { answersIn, decisionIn, questionOf, requestOf } from './questions.ts';
import type { Step, TurnState } from './turn-state.ts';
import { own, quiet, told } from './turn-state.ts';
import type { Notification, Request, RequestId } from './wire.ts';

/** The server's ids of questions begin anew with each process. */
function approvalIdOf(state: TurnState, id: RequestId): ApprovalId {
  return `${state.turnId}:question-${id}` as ApprovalId;
}

export function asked(state: TurnState, request: Request): Step {
  const approvalId = approvalIdOf(state, request.id);
  const next = { ...state, asked: { ...state.asked, [String(request.id)]: { request, approvalId } } };
  if (request.method === 'item/tool/call') return told(next, [toolCall(request, undefined)], request.params.callId);
  const about = 'itemId' in request.params ? request.params.itemId : undefined;
  const item = typeof about === 'string' ? own(state.open, about)?.item : undefined;
  const paths = item?.type === 'fileChange' ? item.changes.map(({ path }) => path) : [];
  // What a grant may stand for is the engine's to know: nobody is there to use one.
  const { grantable: _, ...question } = requestOf(questionOf(request, paths));
  const body: LaneBody = { kind: 'approval_requested', approvalId, ...question };
  return told(next, [body], typeof about === 'string' ? about : undefined);
}

function toolCall({ params }: Request & { readonly method: 'item/tool/call' }, result: unknown): ItemBody {
  const phase = result === undefined ? 'started' : 'output';
  const name = toolName(params);
  const args = params.arguments ?? null;
  return {
    ...{ kind: 'tool_call', phase, name, arguments: args, status: 'in_progress' },
    ...(result === undefined ? {} : { result }),
  };
}

/** The answer that was given to a question of this turn, by whoever sits at the client. */
export function answered(state: TurnState, id: RequestId, result: unknown, isError: boolean): Step {
  const question = own(state.asked, String(id));
  if (question === undefined) return quiet(state);
  const { request, approvalId } = question;
  const next = withoutQuestion(state, id);
  if (request.method === 'item/tool/call') {
    return told(next, [toolCall(request, isError ? { error: true } : (result ?? null))], request.params.callId);
  }
  // The server takes an error for a refusal (measured).
  const decision = isError ? 'decline' : decisionIn(request, result);
  const answers = isError ? {} : answersIn(request, result);
  const body: LaneBody = {
    ...{ kind: 'approval_resolved', approvalId, decision, decidedBy: 'user' },
    ...(Object.keys(answers).length === 0 ? {} : { answers }),
  };
  return told(next, [body], itemOf(request));
}

/** The server no longer waits for an answer. */
export function withdrawn(state: TurnState, id: RequestId, decision: 'withdrawn' | 'unknown'): Step {
  const question = own(state.asked, String(id));
  if (question === undefined) return quiet(state);
  const { request, approvalId } = question;
  const next = withoutQuestion(state, id);
  if (request.method === 'item/tool/call') return quiet(next);
  return told(next, [{ kind: 'approval_resolved', approvalId, decision, decidedBy: 'lifecycle' }], itemOf(request));
}

export function closeQuestions(before: TurnState): Step {
  let state = before;
  const events: LaneEvent[] = [];
  for (const { request } of Object.values(before.asked)) {
    const step = withdrawn(state, request.id, 'withdrawn');
    state = step.state;
    events.push(...step.events);
  }
  return { state, events };
}

function withoutQuestion(state: TurnState, id: RequestId): TurnState {
  const { [String(id)]: _, ...rest } = state.asked;
  return { ...state, asked: rest };
}

function itemOf(request: Asking): string | undefined {
  return 'itemId' in request.params && typeof request.params.itemId === 'string' ? request.params.itemId : undefined;
}

type Review = Extract<
  Notification,
  { readonly method: 'item/autoApprovalReview/started' | 'item/autoApprovalReview/completed' }
>;

/** Codex's own reviewer decides instead of the user. */
export function reviewed(state: TurnState, { method, params }: Review): Step {
  const approvalId = `${state.turnId}:review-${params.reviewId}` as ApprovalId;
  const about = params.targetItemId ?? undefined;
  const { action, review } = params;
  if (method === 'item/autoApprovalReview/completed') {
    return told(
      state,
      [{ kind: 'approval_resolved', approvalId, decision: review.status, decidedBy: 'policy' }],
      about,
    );
  }
  const body: LaneBody = {
    kind: 'approval_requested',
    approvalId,
    ...reviewedAction(action),
    why: review.rationale ?? null,
    decisions: [],
  };
  return told(state, [body], about);
}

function reviewedAction(
  action: Review['params']['action'],
): Pick<LaneBody & { readonly kind: 'approval_requested' }, 'subject' | 'what'> {
  const { type, ...rest } = action;
  const text = (key: string): string => (typeof rest[key] === 'string' ? rest[key] : '');
  const list = (key: string): string => (Array.isArray(rest[key]) ? rest[key].join('\n') : '');
  switch (type) {
    case 'command':
      return { subject: 'command', what: text('command') };
    case 'execve':
      return { subject: 'command', what: list('argv').replaceAll('\n', ' ') || text('program') };
    case 'writeStdin':
      return { subject: 'command', what: text('stdin') };
    case 'applyPatch':
      return { subject: 'file_change', what: list('files') };
    case 'mcpToolCall':
      return { subject: 'mcp', what: `${text('server')}/${text('toolName')}` };
    default:
      return { subject: 'permissions', what: text('target') || JSON.stringify(rest) };
  }
}
