import type { Envelope, ItemBody, LogEvent, NoticeBody, TerminalBody } from './events.ts';
import { changedRow, withBaseline, withDiskChange } from './fold-change.ts';
import { rowOfItem, updateRow } from './fold-item.ts';
import type { TurnId } from './ids.ts';
import { followNative } from './native-thread.ts';
import { RowList } from './row-list.ts';
import type { Row, RowKind, RowOf, ThreadView, TurnState, TurnView } from './view.ts';

/** Longest title made from a prompt, in characters. */
const titleLength = 80;

/**
 * Adds one event to a thread's view. Pure: rows and turns that did not change keep their identity, so a view repaints
 * only what did. An event at or below the view's `seq` changes nothing (a batch may overlap a snapshot).
 */
export function fold(view: ThreadView, event: LogEvent): ThreadView {
  return foldAll(view, [event]);
}

/** Folds a batch in order; it costs the rows that it changes and one copy of their list. */
export function foldAll(view: ThreadView, events: Iterable<LogEvent>): ThreadView {
  const rows = new RowList(view.rows);
  let current: Rest = view;
  for (const event of events) {
    if (event.seq <= current.seq) continue;
    const native = followNative(current.native, event);
    current = { ...apply(current, event, rows), seq: event.seq, native, nativeThreadId: native.id };
  }
  return current === view ? view : { ...current, rows: rows.done() };
}

/** All of a view but its rows, which stand in the list. */
type Rest = Omit<ThreadView, 'rows'>;

function apply(view: Rest, event: LogEvent, rows: RowList): Rest {
  switch (event.kind) {
    case 'thread_started':
      return { ...view, cwd: event.cwd, status: event.status ?? view.status };
    case 'thread_status_changed':
      return { ...view, status: event.status };
    case 'thread_renamed':
      return { ...view, title: event.title };
    case 'thread_forked':
      rows.append(forkRow(event));
      return { ...view, forkedFrom: event.from, worktree: null };
    case 'thread_imported': {
      const { source, shortened } = event.from;
      const args = [source ?? '', shortened ? 'shortened' : ''];
      rows.append({ ...base(event), kind: 'notice', code: 'thread_imported', args });
      return view;
    }
    case 'thread_options_changed':
      return { ...view, options: event.options };
    case 'worktree_created':
      rows.append({ ...base(event), kind: 'notice', code: 'worktree_created', args: [event.worktree.path] });
      return { ...view, worktree: event.worktree };
    case 'worktree_closed':
      rows.append({ ...base(event), kind: 'notice', code: `worktree_${event.how}`, args: [event.kept ?? ''] });
      // It had one: from here on it goes on in its folder.
      return { ...view, worktree: null, options: { ...view.options, worktree: false } };
    case 'user_message': {
      const { text, attachments, delivery, act } = event;
      const doing = act === undefined ? {} : { act };
      const row: RowOf<'user'> = { ...base(event), kind: 'user', text, attachments, delivery, ...doing };
      const titled = { ...view, title: view.title || titleFrom(text) };
      if (delivery === 'queued') return { ...titled, queued: [...view.queued, row] };
      rows.append(row);
      return titled;
    }
    case 'lane_decided': {
      const { asked, resolved, trace } = event;
      const transport = resolved === null ? null : event.transport;
      return patchTurn(dequeue(view, event.turnId, rows), event, { asked, resolved, trace, transport });
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
      return endTurn(view, event, rows);
    case 'receipt':
      rows.append({ ...base(event), turnId: event.aboutTurnId, kind: 'receipt', receipt: event.receipt });
      return view;
    case 'snapshot_taken': {
      const { path, grade, blob, gap } = event;
      const baseline = { path, grade, blob, ...(gap === undefined ? {} : { gap }) };
      changeItem(rows, event, 'file-change', (row) => withBaseline(row, baseline));
      return view;
    }
    case 'disk_change_detected':
      if (!changeItem(rows, event, 'file-change', (row) => withDiskChange(row, event)))
        rows.append(withDiskChange(changedRow(base(event)), event));
      return view;
    case 'turn_diff_updated':
      return patchTurn(view, event, { diff: event.diff });
    case 'usage_updated':
      return view;
    case 'approval_requested': {
      const { approvalId, subject, what, why, decisions, fields = [], url = null, grants = null, near = null } = event;
      // Asked twice under one id is one question: a row's key is its own.
      if (rows.rows.some((row) => row.kind === 'approval' && row.approvalId === approvalId)) return view;
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
        fields,
        url,
        grants,
        near,
        decision: null,
        decidedBy: null,
        answers: {},
        grant: null,
      };
      rows.append(hasEnded(view, row.turnId) ? close(row, event.at) : row);
      return view;
    }
    case 'approval_resolved': {
      const { approvalId, decision, decidedBy, answers = {}, grant = null } = event;
      const index = rows.rows.findLastIndex((row) => row.kind === 'approval' && row.approvalId === approvalId);
      const row = rows.rows[index];
      // The first decision counts.
      if (row?.kind === 'approval' && row.decision === null)
        rows.replace(index, {
          ...row,
          open: false,
          cutOff: false,
          endedAt: event.at,
          decision,
          decidedBy,
          answers,
          grant,
        });
      return view;
    }
    case 'warning':
      rows.append({ ...base(event), kind: 'warning', source: event.source, text: event.text });
      return view;
    case 'unsupported_raw_event':
      rows.append({ ...base(event), kind: 'raw', rawType: event.rawType, payload: event.payload });
      return view;
    case 'system_notice':
    case 'model_rerouted':
    case 'stalled':
    case 'context_compacted':
    case 'review_mode':
      rows.append({ ...base(event), kind: 'notice', ...noticeOf(event) });
      return view;
    default:
      applyItem(view, event, rows);
      return view;
  }
}

function forkRow(event: Extract<LogEvent, { kind: 'thread_forked' }>): Row {
  const { threadId, title } = event.from;
  return { ...base(event), kind: 'notice', code: 'thread_forked', args: [title, threadId] };
}

/** Changes the row of an event's item; false = there is none. What belongs to no item is of no row. */
function changeItem(rows: RowList, event: LogEvent, kind: RowKind, change: (row: Row) => Row): boolean {
  const turn = event.turnId ?? event.aboutTurnId ?? null;
  const index = event.itemId === undefined ? -1 : rows.findItem(turn, event.itemId, kind);
  const row = rows.rows[index];
  if (row === undefined) return false;
  const changed = change(row);
  if (changed !== row) rows.replace(index, changed);
  return true;
}

/** A queued prompt stands where its turn begins, not where it was typed. */
function dequeue(view: Rest, turn: TurnId | undefined, rows: RowList): Rest {
  const row = view.queued.find((queued) => queued.turnId === turn);
  if (row === undefined) return view;
  rows.append(row);
  return { ...view, queued: view.queued.filter((queued) => queued !== row) };
}

function noticeOf(
  event: Extract<
    NoticeBody | ItemBody,
    { kind: 'system_notice' | 'model_rerouted' | 'stalled' | 'context_compacted' | 'review_mode' }
  >,
): { readonly code: string; readonly args: readonly string[]; readonly summary?: string } {
  switch (event.kind) {
    case 'system_notice':
      return { code: event.code, args: [event.text] };
    case 'model_rerouted':
      return { code: 'model_rerouted', args: [event.askedModel, event.servedModel, event.reason] };
    case 'stalled':
      return { code: 'stalled', args: [event.hop, event.since] };
    case 'context_compacted': {
      const { before, after, how, summary } = event;
      const told = { code: 'context_compacted', args: [String(before ?? ''), String(after ?? ''), how] };
      return summary === undefined ? told : { ...told, summary };
    }
    case 'review_mode':
      return { code: `review_${event.change}`, args: [] };
  }
}

type ItemEvent = Extract<LogEvent, { kind: Exclude<ItemBody['kind'], 'review_mode'> }>;

/**
 * Items are matched by id and kind within their turn, never by their text: an approval or a warning about an item bears
 * its id too. An item without an id is a row of its own.
 */
function applyItem(view: Rest, event: ItemEvent, rows: RowList): void {
  if (changeItem(rows, event, rowKindOf[event.kind], (row) => updateRow(row, event))) return;
  const row = rowOfItem(base(event), event);
  // Nothing of a turn reopens after its end: a straggler is shown as it came, closed.
  rows.append(hasEnded(view, row.turnId) && row.open ? close(row, event.at) : row);
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

function hasEnded(view: Rest, turn: TurnId | null): boolean {
  if (turn === null) return false;
  const state = view.turns.findLast((t) => t.turnId === turn)?.state;
  return state !== undefined && state !== 'running';
}

/** A turn ends once: a second terminal event changes nothing but `seq`. One whose start was lost is known from its end. */
function endTurn(view: Rest, event: Envelope & TerminalBody, rows: RowList): Rest {
  const id = event.turnId;
  const turn = id === undefined ? undefined : view.turns.findLast((t) => t.turnId === id);
  // Taken out of the queue before any lane was decided: there never was a turn.
  if (event.kind === 'turn_interrupted' && turn === undefined && view.queued.some((row) => row.turnId === id))
    return { ...view, queued: view.queued.filter((row) => row.turnId !== id) };
  if (id === undefined || (turn !== undefined && turn.state !== 'running')) return view;
  for (const index of rows.openRows()) {
    const row = rows.rows[index];
    if (row !== undefined && row.turnId === id) rows.replace(index, close(row, event.at));
  }
  for (const row of endRows(event)) rows.append(row);
  // A runtime that was killed can't take back that it is at work.
  const status = view.status?.type === 'active' ? null : view.status;
  const patched = patchTurn({ ...view, status }, event, { state: stateOf(event), durationMs: event.durationMs });
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

function patchTurn(view: Rest, event: Envelope, patch: Partial<TurnView>): Rest {
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
