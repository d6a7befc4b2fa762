import type { ThreadView, TurnId } from '../../model/index.ts';
import { receiptJson, receiptMarkdown } from '../../model/index.ts';

/** A turn's receipt as text; null where there is none. */
export function receiptText(thread: ThreadView, turnId: TurnId, as: 'markdown' | 'json'): string | null {
  const row = thread.rows.findLast((other) => other.kind === 'receipt' && other.turnId === turnId);
  if (row?.kind !== 'receipt') return null;
  return as === 'json' ? receiptJson(row.receipt) : receiptMarkdown(row.receipt, { turnId });
}
