import type { LogEvent, Payer } from '../model/index.ts';

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
