import type { LogEvent, Payer, ThreadView, TurnId } from '../model/index.ts';
import type { HistoryMessage } from '../ports/index.ts';

/** What a thread must remember from one turn to the next, beside its view; a fold of its events, so a restart knows it too. */
export type Memory = {
  readonly seal: string;
  /** Who paid the last turn whose payer is known; null = none yet. */
  readonly payer: Payer | null;
};

export const emptyMemory: Memory = { seal: '', payer: null };

export function remember(memory: Memory, event: LogEvent): Memory {
  if (event.kind !== 'receipt') return memory;
  return { seal: event.receipt.seal, payer: event.receipt.payer ?? memory.payer };
}

/** The conversation before a turn, for a lane without memory: prompts and whole answers, oldest first. */
export function historyOf(view: ThreadView, before: TurnId): readonly HistoryMessage[] {
  const messages: HistoryMessage[] = [];
  for (const row of view.rows) {
    if (row.turnId === before) continue;
    // A compaction says nothing of its own.
    if (row.kind === 'user' && row.act?.kind !== 'compact') messages.push({ role: 'user', text: row.text });
    if (row.kind === 'text' && row.text !== '') messages.push({ role: 'assistant', text: row.text });
  }
  return messages;
}
