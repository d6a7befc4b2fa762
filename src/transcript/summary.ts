import * as z from 'zod';
import type { LogEvent, ThreadId, ThreadView } from '../model/index.ts';
import { emptyThread, fold, threadId } from '../model/index.ts';
import type { ThreadSummary } from '../ports/index.ts';

/** The state that a summary is made from: the view of those few events that it shows. */
export type SummaryState = {
  readonly view: ThreadView;
  readonly createdAt: string | null;
  readonly updatedAt: string | null;
};

export const emptySummary = (id: ThreadId): SummaryState => ({
  view: emptyThread(id),
  createdAt: null,
  updatedAt: null,
});

/** Kinds that change what a list shows beside the time. */
const shown: readonly LogEvent['kind'][] = ['thread_started', 'thread_renamed', 'user_message'];

export function changesSummary(event: LogEvent): boolean {
  return shown.includes(event.kind);
}

/** Folds with the model's own fold, so that a title is made by one rule; rows are let go, since none is shown. */
export function summarize(state: SummaryState, event: LogEvent): SummaryState {
  const view = changesSummary(event) ? { ...fold(state.view, event), rows: [], queued: [] } : state.view;
  return { view, createdAt: state.createdAt ?? event.at, updatedAt: event.at };
}

/** Null: nothing was written yet. */
export function summaryOf({ view, createdAt, updatedAt }: SummaryState): ThreadSummary | null {
  if (createdAt === null || updatedAt === null) return null;
  return { threadId: view.threadId, title: view.title, cwd: view.cwd, createdAt, updatedAt };
}

const summaryFile = z.object({
  version: z.literal(1),
  /** Bytes of the log that it tells of. */
  size: z.int().min(0),
  title: z.string(),
  cwd: z.string().nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
});

export type StoredSummary = { readonly summary: ThreadSummary; readonly size: number };

export function summaryText({ summary, size }: StoredSummary): string {
  const { title, cwd, createdAt, updatedAt } = summary;
  return `${JSON.stringify({ version: 1, size, title, cwd, createdAt, updatedAt })}\n`;
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
  const { size, title, cwd, createdAt, updatedAt } = parsed.data;
  return { size, summary: { threadId: threadId(id), title, cwd, createdAt, updatedAt } };
}
