import type {
  ApprovalId,
  ItemBody,
  LaneBody,
  LaneEvent,
  NativeThreadId,
  TurnError,
  TurnId,
  Usage,
} from '../../model/index.ts';
import { itemId, usageOfTurn } from '../../model/index.ts';
import { rawPayload } from '../../model/schema/index.ts';
import { failureOf } from './failure.ts';
import type { AgentActivity, TextItem } from './items.ts';
import { agentRun, bodiesOfItem, fileChange, toolName } from './items.ts';
import { noticesOf } from './notices.ts';
import type { Asking } from './questions.ts';
import { decisionIn, questionOf } from './questions.ts';
import type { Notification, Request, RequestId, WireMessage, WireTurnError, WireUsage } from './wire.ts';
import type { WireItem } from './wire-item.ts';

/** An item that was begun and has not ended. */
type OpenItem = {
  /** As it was told last; null = its beginning was not heard. */
  readonly item: WireItem | null;
  /** The part of a reasoning's summary, and of its raw text, that was written last. */
  readonly parts: { readonly summary: number; readonly text: number };
  /** Something stands in the place of a result that the item has not. */
  readonly hasInterim: boolean;
};

const newItem: OpenItem = { item: null, parts: { summary: 0, text: 0 }, hasInterim: false };

/** A question that waits for its answer. */
type Asked = { readonly request: Request; readonly approvalId: ApprovalId };

/** What one turn of one thread has said so far. Immutable: {@link normalize} gives the next one. */
export type TurnState = {
  readonly turnId: TurnId;
  readonly thread: NativeThreadId;
  /** The thread's total before this turn; null = unknown. */
  readonly usageBefore: Usage | null;
  readonly open: Readonly<Record<string, OpenItem>>;
  /** Items that ended: nothing of them reopens. */
  readonly closed: readonly string[];
  readonly asked: Readonly<Record<string, Asked>>;
  /** Whole messages so far: a review is told as one, too. */
  readonly messages: readonly string[];
  /** What a review found, until a message says the same. */
  readonly review: { readonly id: string; readonly text: string } | null;
  /** How often each sub-agent's run ended, by its thread: one that is called again runs again. */
  readonly agentRuns: Readonly<Record<string, number>>;
  readonly compacted: boolean;
  /** What the turn changed, as it was told last: Codex says it again and again. */
  readonly diff: string | null;
  /** Codex tries again, and nothing else came since. */
  readonly retrying: boolean;
  readonly everRetried: boolean;
  readonly warned: readonly string[];
  /** A failure that Codex does not try to overcome; `turn/completed` repeats it. */
  readonly failure: WireTurnError | null;
  readonly total: Usage | null;
  readonly usage: Usage | null;
  readonly end: TurnEndTold | null;
};

type TurnEndTold = {
  readonly outcome: 'completed' | 'failed' | 'interrupted';
  readonly error: WireTurnError | null;
  readonly durationMs: number | null;
};

export type Step = { readonly state: TurnState; readonly events: readonly LaneEvent[] };

export function startState(turn: {
  readonly turnId: TurnId;
  readonly thread: NativeThreadId;
  readonly usageBefore: Usage | null;
}): TurnState {
  return {
    ...turn,
    open: {},
    closed: [],
    asked: {},
    messages: [],
    review: null,
    agentRuns: {},
    compacted: false,
    diff: null,
    retrying: false,
    everRetried: false,
    warned: [],
    failure: null,
    total: null,
    usage: null,
    end: null,
  };
}

/** How many closed items, messages and warnings a turn remembers: one event costs the same however long the turn is. */
const remembered = 200;

function remember(list: readonly string[], one: string): readonly string[] {
  return [...list, one].slice(-remembered);
}

/**
 * One message about this turn (or its thread, while the turn runs) to events. Pure; `at` is its time (ISO). Messages of
 * other threads and turns are the caller's to set apart.
 */
export function normalize(before: TurnState, message: WireMessage, at: string): Step {
  switch (message.kind) {
    case 'notification':
      return notified(before, message, at);
    case 'request':
      return asked(before, message);
    case 'unknown':
      return told(before, [rawOf(message)]);
    case 'not-json':
      return told(before, notJson(message.raw));
    case 'answer':
    case 'call':
    case 'control':
    case 'empty':
      return { state: before, events: [] };
  }
}

/** What nobody understands, kept. */
export function rawOf({ rawType, raw }: WireMessage & { readonly kind: 'unknown' }): LaneBody {
  return { kind: 'unsupported_raw_event', rawType, payload: rawPayload(raw) };
}

/** A line that is no message; the server never writes one. */
export function notJson(raw: string): readonly LaneBody[] {
  const start = raw.length <= 2000 ? raw : `${raw.slice(0, 2000)}…`;
  return [
    { kind: 'warning', source: 'process', text: `Codex wrote a line that is not JSON: ${start}` },
    { kind: 'unsupported_raw_event', rawType: 'not-json', payload: rawPayload(raw) },
  ];
}

function notified(before: TurnState, message: Notification, at: string): Step {
  if (message.method === 'error') return failed(before, message.params, at);
  const state = before.retrying && isProgress(message) ? { ...before, retrying: false } : before;
  switch (message.method) {
    case 'item/started':
      return itemStarted(state, message.params.item);
    case 'item/completed':
      return itemCompleted(state, message.params.item);
    case 'item/agentMessage/delta':
    case 'item/plan/delta':
      return textDelta(state, message.params.itemId, message.params.delta);
    case 'item/reasoning/summaryTextDelta': {
      const { itemId: id, delta, summaryIndex } = message.params;
      return reasoningDelta(state, id, 'summary', summaryIndex, delta);
    }
    case 'item/reasoning/textDelta': {
      const { itemId: id, delta, contentIndex } = message.params;
      return reasoningDelta(state, id, 'text', contentIndex, delta);
    }
    case 'item/commandExecution/outputDelta':
      return outputDelta(state, message.params.itemId, message.params.delta);
    case 'item/commandExecution/terminalInteraction': {
      const { itemId: id, stdin } = message.params;
      // Nothing written is how Codex looks for more output.
      return stdin === ''
        ? quiet(state)
        : told(state, [{ kind: 'system_notice', code: 'command_input', text: stdin }], id);
    }
    case 'item/fileChange/patchUpdated': {
      const { itemId: id, changes } = message.params;
      if (state.closed.includes(id)) return quiet(state);
      const item: WireItem = { id, type: 'fileChange', changes, status: 'inProgress' };
      return told(opened(state, item), [fileChange(changes, 'output', 'in_progress')], id);
    }
    case 'item/mcpToolCall/progress':
      return mcpProgress(state, message.params.itemId, message.params.message);
    case 'item/autoApprovalReview/started':
    case 'item/autoApprovalReview/completed':
      return reviewed(state, message);
    case 'thread/tokenUsage/updated':
      return counted(state, message.params.tokenUsage.total, message.params.tokenUsage.modelContextWindow ?? null);
    case 'thread/compacted':
      // The older word for an item.
      if (state.compacted) return quiet(state);
      return told({ ...state, compacted: true }, [
        { kind: 'context_compacted', before: null, after: null, how: 'codex' },
      ]);
    case 'turn/diff/updated': {
      const { diff } = message.params;
      return diff === state.diff ? quiet(state) : told({ ...state, diff }, [{ kind: 'turn_diff_updated', diff }]);
    }
    case 'turn/plan/updated': {
      const steps = message.params.plan.map(({ step, status }) => ({
        text: step,
        status: status === 'inProgress' ? ('in_progress' as const) : status,
      }));
      return told(state, [{ kind: 'plan_updated', steps }], 'plan');
    }
    case 'turn/completed':
      return completed(state, message.params.turn);
    case 'serverRequest/resolved':
      return withdrawn(state, message.params.requestId, 'withdrawn');
    case 'turn/started':
    case 'item/reasoning/summaryPartAdded':
    case 'thread/started':
    case 'thread/name/updated':
    case 'thread/settings/updated':
      return quiet(state);
    default:
      return noticed(state, noticesOf(message) ?? []);
  }
}

/** A warning is told once a turn: the server has each said to it and to the thread. */
function noticed(before: TurnState, bodies: readonly LaneBody[]): Step {
  let state = before;
  const events: LaneEvent[] = [];
  for (const body of bodies) {
    if (body.kind === 'warning') {
      if (state.warned.includes(body.text)) continue;
      state = { ...state, warned: remember(state.warned, body.text) };
    }
    events.push(...told(state, [body]).events);
  }
  return { state, events };
}

/** Messages that show that the request to the model went through. */
function isProgress({ method }: Notification): boolean {
  return method.startsWith('item/');
}

function quiet(state: TurnState): Step {
  return { state, events: [] };
}

function itemStarted(state: TurnState, item: WireItem): Step {
  const next = opened(state, item);
  switch (item.type) {
    case 'userMessage':
    case 'subAgentActivity':
      return quiet(state);
    case 'agentMessage':
    case 'plan':
      // What it begins with would else be seen only at its end.
      return item.text === ''
        ? quiet(next)
        : told(next, [{ kind: 'assistant_text', text: item.text, isDelta: true }], item.id);
    case 'reasoning':
      return quiet(next);
    default:
      return told(next, bodiesOfItem(item, 'started'), item.id);
  }
}

function itemCompleted(before: TurnState, item: WireItem): Step {
  const state = closed(before, item.id);
  switch (item.type) {
    case 'userMessage':
      return quiet(state);
    case 'agentMessage':
    case 'plan': {
      const review = state.review?.text === item.text ? null : state.review;
      const next = { ...state, review, messages: remember(state.messages, item.text) };
      return told(next, [{ kind: 'assistant_text', text: item.text, isDelta: false }], item.id);
    }
    case 'reasoning':
      return reasoned(before, state, item);
    case 'subAgentActivity':
      return agentActed(state, item);
    case 'exitedReviewMode': {
      // Its words come once more as a message, behind it (measured).
      const isKnown = item.review === '' || state.messages.includes(item.review);
      const review = isKnown ? state.review : { id: item.id, text: item.review };
      return told({ ...state, review }, bodiesOfItem(item, 'completed'), item.id);
    }
    case 'contextCompaction':
      return told({ ...state, compacted: true }, bodiesOfItem(item, 'completed'), item.id);
    case 'mcpToolCall': {
      const isStale = before.open[item.id]?.hasInterim === true && item.result == null;
      const ended = isStale ? { ...item, result: { content: [] } } : item;
      return told(state, bodiesOfItem(ended, 'completed'), item.id);
    }
    default:
      return told(state, bodiesOfItem(item, 'completed'), item.id);
  }
}

function agentActed(state: TurnState, item: AgentActivity): Step {
  const body = agentRun(item);
  const run = state.agentRuns[item.agentThreadId] ?? 1;
  const isOver = body.kind === 'subagent' && body.phase === 'completed';
  const next = isOver ? { ...state, agentRuns: { ...state.agentRuns, [item.agentThreadId]: run + 1 } } : state;
  return told(next, [body], `agent-${item.agentThreadId}${run === 1 ? '' : `:${run}`}`);
}

function opened(state: TurnState, item: WireItem): TurnState {
  return patched(state, item.id, { item });
}

function patched(state: TurnState, id: string, patch: Partial<OpenItem>): TurnState {
  return { ...state, open: { ...state.open, [id]: { ...(state.open[id] ?? newItem), ...patch } } };
}

function closed(state: TurnState, id: string): TurnState {
  const { [id]: _, ...open } = state.open;
  return { ...state, open, closed: remember(state.closed, id) };
}

function textDelta(state: TurnState, id: string, delta: string): Step {
  if (state.closed.includes(id)) return quiet(state);
  return told(state, [{ kind: 'assistant_text', text: delta, isDelta: true }], id);
}

/** The raw text of a reasoning beside its summary is a text of its own. */
const rawId = (id: string): string => `${id}:text`;

function reasoningDelta(state: TurnState, id: string, which: 'summary' | 'text', index: number, delta: string): Step {
  if (state.closed.includes(id)) return quiet(state);
  const { parts } = state.open[id] ?? newItem;
  const isNext = index > parts[which];
  const next = isNext ? patched(state, id, { parts: { ...parts, [which]: index } }) : state;
  const text = isNext ? `\n\n${delta}` : delta;
  return told(next, [{ kind: 'reasoning', text, isDelta: true }], which === 'summary' ? id : rawId(id));
}

function reasoned(before: TurnState, state: TurnState, item: TextItem & { readonly type: 'reasoning' }): Step {
  const summary = item.summary.join('\n\n');
  const raw = item.content.join('\n\n');
  const first =
    summary === '' ? quiet(state) : told(state, [{ kind: 'reasoning', text: summary, isDelta: false }], item.id);
  // A reasoning that says nothing is not shown.
  if (raw === '') return first;
  const second = told(before, [{ kind: 'reasoning', text: raw, isDelta: false }], rawId(item.id));
  return { state: first.state, events: [...first.events, ...second.events] };
}

/** The item's beginning told the command. */
function outputDelta(state: TurnState, id: string, delta: string): Step {
  if (state.closed.includes(id)) return quiet(state);
  const body: ItemBody = {
    kind: 'command_execution',
    phase: 'output',
    command: '',
    outputDelta: delta,
    status: 'in_progress',
  };
  return told(state, [body], id);
}

/** Said while the tool works: shown in the place of the result that it has not. */
function mcpProgress(state: TurnState, id: string, message: string): Step {
  const item = state.open[id]?.item;
  if (item?.type !== 'mcpToolCall') return quiet(state);
  const { server, tool } = item;
  const result = { content: [{ type: 'text', text: message }] };
  return told(
    patched(state, id, { hasInterim: true }),
    [
      {
        kind: 'mcp_call',
        phase: 'output',
        server,
        tool,
        arguments: item.arguments ?? null,
        result,
        status: 'in_progress',
      },
    ],
    id,
  );
}

function usageOf(wire: WireUsage, contextWindow: number | null): Usage {
  return {
    input: wire.inputTokens ?? null,
    cachedInput: wire.cachedInputTokens ?? null,
    output: wire.outputTokens ?? null,
    reasoningOutput: wire.reasoningOutputTokens ?? null,
    cacheWrite: wire.cacheWriteInputTokens ?? null,
    contextWindow,
  };
}

/** A thread's total as it is told; `last` of the wire is one request, not the turn. */
export function totalOf({ params }: Notification & { readonly method: 'thread/tokenUsage/updated' }): Usage {
  return usageOf(params.tokenUsage.total, params.tokenUsage.modelContextWindow ?? null);
}

function counted(state: TurnState, wire: WireUsage, contextWindow: number | null): Step {
  const total = usageOf(wire, contextWindow);
  const own = state.usageBefore === null ? null : usageOfTurn(state.usageBefore, total);
  // A request that was cut is not counted: the same total once more does not say that the turn took nothing.
  const isCounted = own !== null && Object.values(own).some((part) => part !== null && part > 0);
  const usage = isCounted ? { ...own, contextWindow } : null;
  return told({ ...state, total, usage }, [
    { kind: 'usage_updated', usage, threadTotal: total, authority: 'live-turn-completed' },
  ]);
}

/** What is tried again is told once a series as a stall, and in each of its words; the last failure ends the turn. */
function failed(
  before: TurnState,
  { error, willRetry }: { readonly error: WireTurnError; readonly willRetry: boolean },
  at: string,
): Step {
  const flushed = flushFailure(before);
  const { state } = flushed;
  if (!willRetry) return { state: { ...state, failure: error, retrying: false }, events: flushed.events };
  const bodies: LaneBody[] = [];
  if (!state.retrying) bodies.push({ kind: 'stalled', hop: 'reconnecting', since: at });
  const text = wordsOf(error);
  if (!state.warned.includes(text)) bodies.push({ kind: 'warning', source: 'process', text, code: 'reconnecting' });
  const next = told({ ...state, retrying: true, everRetried: true, warned: remember(state.warned, text) }, bodies);
  return { state: next.state, events: [...flushed.events, ...next.events] };
}

const wordsOf = ({ message, additionalDetails }: WireTurnError): string =>
  [message, additionalDetails].filter((text) => text != null && text !== '').join('\n');

/** A failure that did not end the turn after all is a warning. */
function flushFailure(state: TurnState): Step {
  if (state.failure === null) return quiet(state);
  const text = wordsOf(state.failure);
  return told({ ...state, failure: null }, [{ kind: 'warning', source: 'process', text }]);
}

type WireTurn = (Notification & { readonly method: 'turn/completed' })['params']['turn'];

/** The first word on how the turn ended holds. */
function completed(before: TurnState, turn: WireTurn): Step {
  if (before.end !== null) return quiet(before);
  const outcome = outcomeOf(turn.status);
  if (outcome === null) {
    return told(before, [{ kind: 'unsupported_raw_event', rawType: 'turn/completed', payload: rawPayload(turn) }]);
  }
  const error = turn.error ?? (outcome === 'failed' ? before.failure : null);
  const repeated = before.failure === null || (error !== null && error.message === before.failure.message);
  const flushed = repeated ? quiet({ ...before, failure: null }) : flushFailure(before);
  const closing = closeOpen(flushed.state);
  const end = { outcome, error, durationMs: turn.durationMs ?? null };
  return { state: { ...closing.state, end, retrying: false }, events: [...flushed.events, ...closing.events] };
}

function outcomeOf(status: string): TurnEndTold['outcome'] | null {
  return status === 'completed' || status === 'failed' || status === 'interrupted' ? status : null;
}

/** The server's ids of questions begin anew with each process. */
function approvalIdOf(state: TurnState, id: RequestId): ApprovalId {
  return `${state.turnId}:question-${id}` as ApprovalId;
}

function asked(state: TurnState, request: Request): Step {
  const approvalId = approvalIdOf(state, request.id);
  const next = { ...state, asked: { ...state.asked, [String(request.id)]: { request, approvalId } } };
  if (request.method === 'item/tool/call') return told(next, [toolCall(request, undefined)], request.params.callId);
  const about = 'itemId' in request.params ? request.params.itemId : undefined;
  const item = typeof about === 'string' ? state.open[about]?.item : undefined;
  const paths = item?.type === 'fileChange' ? item.changes.map(({ path }) => path) : [];
  const { decisions, ...question } = questionOf(request, paths);
  const offered = decisions.map(({ id, label }) => ({ id, label }));
  const body: LaneBody = { kind: 'approval_requested', approvalId, ...question, decisions: offered };
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
  const question = state.asked[String(id)];
  if (question === undefined) return quiet(state);
  const { request, approvalId } = question;
  const next = withoutQuestion(state, id);
  if (request.method === 'item/tool/call') {
    return told(next, [toolCall(request, isError ? { error: true } : (result ?? null))], request.params.callId);
  }
  // The server takes an error for a refusal (measured).
  const decision = isError ? 'decline' : decisionIn(request, result);
  return told(next, [{ kind: 'approval_resolved', approvalId, decision, decidedBy: 'user' }], itemOf(request));
}

/** The server no longer waits for an answer. */
export function withdrawn(state: TurnState, id: RequestId, decision: 'withdrawn' | 'unknown'): Step {
  const question = state.asked[String(id)];
  if (question === undefined) return quiet(state);
  const { request, approvalId } = question;
  const next = withoutQuestion(state, id);
  if (request.method === 'item/tool/call') return quiet(next);
  return told(next, [{ kind: 'approval_resolved', approvalId, decision, decidedBy: 'lifecycle' }], itemOf(request));
}

/** What a review found and no message said. */
function flushReview(state: TurnState): Step {
  if (state.review === null) return quiet(state);
  const { id, text } = state.review;
  return told({ ...state, review: null }, [{ kind: 'assistant_text', text, isDelta: false }], id);
}

/** Nothing more comes of the turn: what was held back is told, and what waits for an answer waits for nobody. */
function closeOpen(before: TurnState): Step {
  const said = flushReview(before);
  const closing = closeQuestions(said.state);
  return { state: closing.state, events: [...said.events, ...closing.events] };
}

function closeQuestions(before: TurnState): Step {
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
function reviewed(state: TurnState, { method, params }: Review): Step {
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

/** How the turn ended, and what of it was still open when the stream did. */
export type Outcome =
  | { readonly outcome: 'completed' }
  | { readonly outcome: 'failed'; readonly error: TurnError }
  | { readonly outcome: 'interrupted' };

/**
 * How a turn ended. What Codex itself reported wins; else it is made up: interrupted where somebody had stopped it, and
 * failed otherwise, with what `lost` says of the process.
 */
export function finish(state: TurnState, stopped: boolean, lost: TurnError): Outcome {
  const { end, failure, everRetried } = state;
  switch (end?.outcome) {
    case 'completed':
      return { outcome: 'completed' };
    case 'interrupted':
      return { outcome: 'interrupted' };
    case 'failed': {
      const error = end.error ?? { message: '', codexErrorInfo: null };
      return { outcome: 'failed', error: failureOf(error, everRetried) };
    }
    case undefined:
      if (stopped) return { outcome: 'interrupted' };
      return { outcome: 'failed', error: failure === null ? lost : failureOf(failure, everRetried) };
  }
}

/** The stream is over. */
export function endOfStream(state: TurnState): Step {
  return closeOpen(state);
}

/** Provider's ids are prefixed with the turn: other processes give them anew. */
function told(state: TurnState, bodies: readonly LaneBody[], wireId?: string): Step {
  const events = bodies.map((body): LaneEvent => {
    return {
      ...body,
      ...(wireId === undefined ? {} : { itemId: itemId(`${state.turnId}:${wireId}`) }),
      nativeThreadId: state.thread,
    };
  });
  return { state, events };
}
