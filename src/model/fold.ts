import type { Envelope, ItemBody, LogEvent, NoticeBody, TerminalBody } from './events.ts';
import { changedRow, withBaseline, withDiskChange } from './fold-change.ts';
import { rowOfItem, updateRow } from './fold-item.ts';
import type { TurnId } from './ids.ts';
import { followNative } from './native-thread.ts';
import type { Row, RowKind, RowOf, ThreadView, TurnState, TurnView } from './view.ts';

/** Longest title made from a prompt, in characters. */
const titleLength = 80;

/**
 * Adds one event to a thread's view. Pure: rows and turns that did not change keep their identity, so a view repaints
 * only what did. An event at or below the view's `seq` changes nothing (a batch may overlap a snapshot).
 */
export function fold(view: ThreadView, event: LogEvent): ThreadView {
  if (event.seq <= view.seq) return view;
  const native = followNative(view.native, event);
  return { ...apply(view, event), seq: event.seq, native, nativeThreadId: native.id };
}

/** Folds a batch in order. */
export function foldAll(view: ThreadView, events: Iterable<LogEvent>): ThreadView {
  let current = view;
  for (const event of events) current = fold(current, event);
  return current;
}

function apply(view: ThreadView, event: LogEvent): ThreadView {
  switch (event.kind) {
    case 'thread_started':
      return { ...view, cwd: event.cwd, status: event.status ?? view.status };
    case 'thread_status_changed':
      return { ...view, status: event.status };
    case 'thread_renamed':
      return { ...view, title: event.title };
    case 'thread_forked':
      return append({ ...view, forkedFrom: event.from, worktree: null }, forkRow(event));
    case 'thread_options_changed':
      return { ...view, options: event.options };
    case 'worktree_created':
      return append(
        { ...view, worktree: event.worktree },
        { ...base(event), kind: 'notice', code: 'worktree_created', args: [event.worktree.path] },
      );
    case 'worktree_closed':
      return append(
        // It had one: from here on it goes on in its folder.
        { ...view, worktree: null, options: { ...view.options, worktree: false } },
        { ...base(event), kind: 'notice', code: `worktree_${event.how}`, args: [event.kept ?? ''] },
      );
    case 'user_message': {
      const { text, attachments, delivery } = event;
      const row: RowOf<'user'> = { ...base(event), kind: 'user', text, attachments, delivery };
      const titled = { ...view, title: view.title || titleFrom(text) };
      return delivery === 'queued' ? { ...titled, queued: [...view.queued, row] } : append(titled, row);
    }
    case 'lane_decided': {
      const { asked, resolved, trace } = event;
      const transport = resolved === null ? null : event.transport;
      return patchTurn(dequeue(view, event.turnId), event, { asked, resolved, trace, transport });
    }
    case 'turn_started': {
      const { model, effort, cwd, sandbox, approvalPolicy } = event;
      const started = patchTurn(view, event, { model, effort, cwd, sandbox, approvalPolicy });
      const id = event.turnId;
      // A turn that has ended does not run again.
      return id === undefined || hasEnded(started, id) ? started : { ...started, activeTurnId: id };
    }
    case 'turn_completed':
    case 'turn_failed':
    case 'turn_interrupted':
      return endTurn(view, event);
    case 'receipt':
      return append(view, {
        ...base(event),
        turnId: event.aboutTurnId,
        kind: 'receipt',
        receipt: event.receipt,
      });
    case 'snapshot_taken': {
      const { path, grade, blob, gap } = event;
      const baseline = { path, grade, blob, ...(gap === undefined ? {} : { gap }) };
      return replaceLast(view, isChangeOf(event), (row) => withBaseline(row, baseline));
    }
    case 'disk_change_detected': {
      const index = view.rows.findLastIndex(isChangeOf(event));
      const found = view.rows[index];
      const row = found ?? changedRow(base(event));
      const changed = withDiskChange(row, event);
      return found === undefined ? append(view, changed) : { ...view, rows: view.rows.with(index, changed) };
    }
    case 'turn_diff_updated':
      return patchTurn(view, event, { diff: event.diff });
    case 'usage_updated':
      return view;
    case 'approval_requested': {
      const { approvalId, subject, what, why, decisions } = event;
      // Asked twice under one id is one question: a row's key is its own.
      if (view.rows.some((row) => row.kind === 'approval' && row.approvalId === approvalId)) return view;
      const row: Row = {
        ...base(event),
        key: `approval:${approvalId}`,
        open: true,
        endedAt: null,
        kind: 'approval',
        approvalId,
        subject,
        what,
        why,
        decisions,
        decision: null,
        decidedBy: null,
      };
      return append(view, hasEnded(view, row.turnId) ? close(row, event.at) : row);
    }
    case 'approval_resolved': {
      const { approvalId, decision, decidedBy } = event;
      return replaceLast(
        view,
        // The first decision counts.
        (row) => row.kind === 'approval' && row.approvalId === approvalId && row.decision === null,
        (row) => ({ ...row, open: false, cutOff: false, endedAt: event.at, decision, decidedBy }) as Row,
      );
    }
    case 'warning':
      return append(view, { ...base(event), kind: 'warning', source: event.source, text: event.text });
    case 'unsupported_raw_event':
      return append(view, { ...base(event), kind: 'raw', rawType: event.rawType, payload: event.payload });
    case 'system_notice':
    case 'model_rerouted':
    case 'stalled':
    case 'context_compacted':
    case 'review_mode':
      return append(view, { ...base(event), kind: 'notice', ...noticeOf(event) });
    default:
      return applyItem(view, event);
  }
}

function forkRow(event: Extract<LogEvent, { kind: 'thread_forked' }>): Row {
  const { threadId, title } = event.from;
  return { ...base(event), kind: 'notice', code: 'thread_forked', args: [title, threadId] };
}

/** Finds the file changes of an event's item; those of no item are of no event. */
function isChangeOf(event: LogEvent): (row: Row) => boolean {
  const turn = event.turnId ?? event.aboutTurnId ?? null;
  const { itemId } = event;
  return (row) => itemId !== undefined && row.kind === 'file-change' && row.itemId === itemId && row.turnId === turn;
}

/** A queued prompt stands where its turn begins, not where it was typed. */
function dequeue(view: ThreadView, turn: TurnId | undefined): ThreadView {
  const row = view.queued.find((queued) => queued.turnId === turn);
  if (row === undefined) return view;
  return { ...view, queued: view.queued.filter((queued) => queued !== row), rows: [...view.rows, row] };
}

function noticeOf(
  event: Extract<
    NoticeBody | ItemBody,
    { kind: 'system_notice' | 'model_rerouted' | 'stalled' | 'context_compacted' | 'review_mode' }
  >,
): { readonly code: string; readonly args: readonly string[] } {
  switch (event.kind) {
    case 'system_notice':
      return { code: event.code, args: [event.text] };
    case 'model_rerouted':
      return { code: 'model_rerouted', args: [event.askedModel, event.servedModel, event.reason] };
    case 'stalled':
      return { code: 'stalled', args: [event.hop, event.since] };
    case 'context_compacted':
      return { code: 'context_compacted', args: [String(event.before ?? ''), String(event.after ?? ''), event.how] };
    case 'review_mode':
      return { code: `review_${event.change}`, args: [] };
  }
}

type ItemEvent = Extract<LogEvent, { kind: Exclude<ItemBody['kind'], 'review_mode'> }>;

/**
 * Items are matched by id and kind within their turn, never by their text: an approval or a warning about an item bears
 * its id too. An item without an id is a row of its own.
 */
function applyItem(view: ThreadView, event: ItemEvent): ThreadView {
  const { itemId } = event;
  const turn = event.turnId ?? event.aboutTurnId ?? null;
  const kind = rowKindOf[event.kind];
  const index =
    itemId === undefined
      ? -1
      : findLastIndex(view.rows, (row) => row.itemId === itemId && row.kind === kind && row.turnId === turn);
  const found = index < 0 ? undefined : view.rows[index];
  if (found === undefined) {
    const row = rowOfItem(base(event), event);
    // Nothing of a turn reopens after its end: a straggler is shown as it came, closed.
    return append(view, hasEnded(view, turn) && row.open ? close(row, event.at) : row);
  }
  const updated = updateRow(found, event);
  return updated === found ? view : { ...view, rows: view.rows.with(index, updated) };
}

const rowKindOf: Readonly<Record<ItemEvent['kind'], RowKind>> = {
  assistant_text: 'text',
  reasoning: 'reasoning',
  command_execution: 'command',
  file_change: 'file-change',
  mcp_call: 'mcp',
  tool_call: 'tool',
  web_search: 'web-search',
  subagent: 'subagent',
  plan_updated: 'plan',
};

function hasEnded(view: ThreadView, turn: TurnId | null): boolean {
  return turn !== null && view.turns.some((t) => t.turnId === turn && t.state !== 'running');
}

/** A turn ends once: a second terminal event changes nothing but `seq`. One whose start was lost is known from its end. */
function endTurn(view: ThreadView, event: Envelope & TerminalBody): ThreadView {
  const id = event.turnId;
  const turn = id === undefined ? undefined : view.turns.findLast((t) => t.turnId === id);
  if (id === undefined || (turn !== undefined && turn.state !== 'running')) return view;
  const closed = view.rows.map((row) => (row.turnId === id && row.open ? close(row, event.at) : row));
  const rows = [...closed, ...endRows(event)];
  // A runtime that was killed can't take back that it is at work.
  const status = view.status?.type === 'active' ? null : view.status;
  const patched = patchTurn({ ...view, rows, status }, event, { state: stateOf(event), durationMs: event.durationMs });
  return { ...patched, activeTurnId: view.activeTurnId === id ? null : view.activeTurnId };
}

function endRows(event: Envelope & TerminalBody): readonly Row[] {
  switch (event.kind) {
    case 'turn_completed':
      return [];
    case 'turn_failed':
      return [{ ...base(event), kind: 'failure', error: event.error }];
    case 'turn_interrupted':
      return [{ ...base(event), kind: 'interruption', by: event.by }];
  }
}

function stateOf(event: TerminalBody): TurnState {
  switch (event.kind) {
    case 'turn_completed':
      return 'completed';
    case 'turn_failed':
      return 'failed';
    case 'turn_interrupted':
      return 'interrupted';
  }
}

/** Text that stood when its turn ended is whole as far as anyone knows; a command that never said how it ended is cut off. */
function close(row: Row, at: string): Row {
  const cutOff = row.kind !== 'text' && row.kind !== 'reasoning' && row.kind !== 'plan';
  return { ...row, open: false, endedAt: at, cutOff };
}

function base(event: LogEvent | (Envelope & TerminalBody)): Omit<Row, 'kind'> & { readonly key: string } {
  return {
    key: `e${event.seq}`,
    turnId: event.turnId ?? event.aboutTurnId ?? null,
    itemId: event.itemId ?? null,
    startedAt: event.at,
    endedAt: event.at,
    open: false,
    cutOff: false,
  };
}

const append = (view: ThreadView, row: Row): ThreadView => ({ ...view, rows: [...view.rows, row] });

function replaceLast(view: ThreadView, match: (row: Row) => boolean, change: (row: Row) => Row): ThreadView {
  const index = findLastIndex(view.rows, match);
  const row = view.rows[index];
  return row === undefined ? view : { ...view, rows: view.rows.with(index, change(row)) };
}

function findLastIndex(rows: readonly Row[], match: (row: Row) => boolean): number {
  return rows.findLastIndex(match);
}

function patchTurn(view: ThreadView, event: Envelope, patch: Partial<TurnView>): ThreadView {
  const id = event.turnId;
  if (id === undefined) return view;
  const index = view.turns.findLastIndex((turn) => turn.turnId === id);
  const turn = view.turns[index] ?? newTurn(id, event.at);
  const next = { ...turn, ...patch };
  return { ...view, turns: index < 0 ? [...view.turns, next] : view.turns.with(index, next) };
}

function newTurn(id: TurnId, at: string): TurnView {
  return {
    turnId: id,
    state: 'running',
    startedAt: at,
    durationMs: null,
    asked: null,
    resolved: null,
    trace: [],
    transport: null,
    model: null,
    effort: null,
    cwd: null,
    sandbox: null,
    approvalPolicy: null,
    diff: null,
  };
}

function titleFrom(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > titleLength ? `${line.slice(0, titleLength - 1)}…` : line;
}
