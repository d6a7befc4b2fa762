import * as z from 'zod';
import type {
  LogEvent,
  NativeThreadId,
  RunnableLaneId,
  ThreadId,
  ThreadView,
  TurnId,
  TurnState,
} from '../model/index.ts';
import { emptyThread, fold, nativeThreadId, threadId } from '../model/index.ts';
import type { ThreadSummary } from '../ports/index.ts';

/** The state that a summary is made from: the view of those few events that it shows, and its last turn. */
export type SummaryState = {
  readonly view: ThreadView;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
  readonly turns: number;
  readonly nativeThreadIds: readonly NativeThreadId[];
  /** Prompts whose turn has not begun. */
  readonly waiting: readonly TurnId[];
  readonly last: {
    readonly turnId: TurnId;
    readonly state: TurnState;
    readonly lane: RunnableLaneId | null;
  } | null;
};

export const emptySummary = (id: ThreadId): SummaryState => ({
  view: emptyThread(id),
  createdAt: null,
  updatedAt: null,
  turns: 0,
  nativeThreadIds: [],
  waiting: [],
  last: null,
});

/** Kinds that change what the view of a list's row shows. */
const shown: readonly LogEvent['kind'][] = ['thread_started', 'thread_renamed', 'thread_forked', 'user_message'];

/** Whether a list shows something of it before its turn ends. */
export function changesSummary(event: LogEvent): boolean {
  return shown.includes(event.kind) || event.kind === 'turn_started';
}

/** Folds with the model's own fold, so that a title is made by one rule; rows are let go, since none is shown. */
export function summarize(state: SummaryState, event: LogEvent): SummaryState {
  const view = shown.includes(event.kind) ? { ...fold(state.view, event), rows: [], queued: [] } : state.view;
  const nativeThreadIds = withNative(state.nativeThreadIds, event);
  const dated = { ...state, view, nativeThreadIds, createdAt: state.createdAt ?? event.at, updatedAt: event.at };
  switch (event.kind) {
    case 'user_message':
      return event.delivery === 'queued' && event.turnId !== undefined
        ? { ...dated, waiting: [...state.waiting, event.turnId] }
        : dated;
    case 'lane_decided':
      return withTurn(dated, event, { lane: event.resolved });
    case 'turn_started':
      return withTurn(dated, event, {});
    case 'turn_completed':
      return withTurn(dated, event, { state: 'completed' });
    case 'turn_failed':
      return withTurn(dated, event, { state: 'failed' });
    case 'turn_interrupted':
      // Taken out of the queue: there never was a turn.
      if (state.last?.turnId !== event.turnId && state.waiting.some((turnId) => turnId === event.turnId))
        return { ...dated, waiting: state.waiting.filter((turnId) => turnId !== event.turnId) };
      return withTurn(dated, event, { state: 'interrupted' });
    default:
      return dated;
  }
}

/** The same list where the event names none that is new. What a fork began with is another thread's. */
function withNative(known: readonly NativeThreadId[], event: LogEvent): readonly NativeThreadId[] {
  const named =
    event.kind === 'receipt'
      ? event.receipt.nativeThreadId
      : event.kind === 'thread_imported'
        ? event.from.nativeThreadId
        : event.nativeThreadId;
  return named == null || known.includes(named) ? known : [...known, named];
}

function withTurn(
  state: SummaryState,
  { turnId }: LogEvent,
  change: Partial<NonNullable<SummaryState['last']>>,
): SummaryState {
  if (turnId === undefined) return state;
  const { last, turns } = state;
  if (last?.turnId !== turnId) {
    const waiting = state.waiting.filter((id) => id !== turnId);
    return { ...state, waiting, turns: turns + 1, last: { turnId, state: 'running', lane: null, ...change } };
  }
  // A turn ends once.
  const isOver = last.state !== 'running' && change.state !== undefined;
  return isOver ? state : { ...state, last: { ...last, ...change } };
}

/** Null: nothing was written yet. */
export function summaryOf({
  view,
  createdAt,
  updatedAt,
  turns,
  nativeThreadIds,
  last,
}: SummaryState): ThreadSummary | null {
  if (createdAt === null || updatedAt === null) return null;
  return {
    threadId: view.threadId,
    title: view.title,
    cwd: view.cwd,
    createdAt,
    updatedAt,
    turns,
    state: last?.state ?? null,
    lane: last?.lane ?? null,
    forkedFrom: view.forkedFrom?.threadId ?? null,
    nativeThreadIds,
  };
}

const summaryFile = z.object({
  version: z.literal(2),
  /** Bytes of the log that it tells of. */
  size: z.int().min(0),
  title: z.string(),
  cwd: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
  turns: z.int().min(0),
  state: z.enum(['running', 'completed', 'failed', 'interrupted']).nullable(),
  lane: z.enum(['api', 'codex-native']).nullable(),
  forkedFrom: z.string().nullable(),
  nativeThreadIds: z.array(z.string().transform(nativeThreadId)).exactOptional(),
});

export type StoredSummary = { readonly summary: ThreadSummary; readonly size: number };

export function summaryText({ summary, size }: StoredSummary): string {
  const { threadId: _id, ...shownOfIt } = summary;
  return `${JSON.stringify({ version: 2, size, ...shownOfIt })}\n`;
}

/** Null: illegible or of another version; it is then made again from the log. */
export function parseSummary(id: string, text: string): StoredSummary | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = summaryFile.safeParse(value);
  if (!parsed.success) return null;
  const { size, version: _version, ...summary } = parsed.data;
  return { size, summary: { threadId: threadId(id), ...summary } };
}
