import type { LogEvent, NativeThreadId, Payer, RunnableLaneId, ThreadView, TurnId, Usage } from '../model/index.ts';
import { noUsage } from '../model/index.ts';
import type { HistoryMessage } from '../ports/index.ts';

/** What a thread must remember from one turn to the next; a fold of its events, so a restart knows it too. */
export type Memory = {
  /** The lane that ran the last turn. */
  readonly lane: RunnableLaneId | null;
  /** The runtime's thread that the next turn of that lane goes on with. */
  readonly nativeThreadId: NativeThreadId | null;
  /** The runtime's cumulative usage; null = unknown (a turn ended without saying). */
  readonly usageTotal: Usage | null;
  readonly seal: string;
  /** Who paid the last turn whose payer is known; null = none yet. */
  readonly payer: Payer | null;
};

export const emptyMemory: Memory = { lane: null, nativeThreadId: null, usageTotal: noUsage, seal: '', payer: null };

export function remember(memory: Memory, event: LogEvent): Memory {
  switch (event.kind) {
    case 'lane_decided':
      return event.resolved === null || event.resolved === memory.lane
        ? memory
        : { ...emptyMemory, lane: event.resolved, seal: memory.seal, payer: memory.payer };
    case 'turn_started':
      // Unknown until the runtime says so: a turn that is killed leaves the total unknown.
      return memory;
    case 'usage_updated':
      return event.threadTotal === undefined ? memory : { ...memory, usageTotal: event.threadTotal };
    case 'receipt': {
      const { receipt } = event;
      const known = receipt.usageAuthority !== null || receipt.nativeThreadId === null;
      return {
        ...memory,
        seal: receipt.seal,
        payer: receipt.payer ?? memory.payer,
        // An ephemeral thread is gone with its process.
        nativeThreadId:
          receipt.completionPolicy === 'ephemeral' ? null : (receipt.nativeThreadId ?? memory.nativeThreadId),
        usageTotal: receipt.completionPolicy === 'ephemeral' ? noUsage : known ? memory.usageTotal : null,
      };
    }
    default:
      return memory;
  }
}

/** The conversation before a turn, for a lane without memory: prompts and whole answers, oldest first. */
export function historyOf(view: ThreadView, before: TurnId): readonly HistoryMessage[] {
  const messages: HistoryMessage[] = [];
  for (const row of view.rows) {
    if (row.turnId === before) continue;
    if (row.kind === 'user') messages.push({ role: 'user', text: row.text });
    if (row.kind === 'text' && row.text !== '') messages.push({ role: 'assistant', text: row.text });
  }
  return messages;
}
