import type { LaneEvent } from '../../model/index.ts';
import type { SummaryAnswer } from './compaction.ts';
import type { RoundEnd } from './round.ts';

/** What is told of such a request's events. */
export function isToldOfSummary({ kind }: LaneEvent): boolean {
  return kind === 'warning' || kind === 'system_notice' || kind === 'usage_updated' || kind === 'model_rerouted';
}

/**
 * Sends a request whose answer is no answer to the user: of what comes only warnings, the usage and another model are told.
 * `send` gets where to tell its events.
 */
export async function askForSummary(
  emit: (event: LaneEvent) => void,
  send: (emit: (event: LaneEvent) => void) => Promise<RoundEnd>,
): Promise<SummaryAnswer> {
  const texts = new Map<string, string>();
  const end = await send((event) => {
    if (isToldOfSummary(event)) emit(event);
    if (event.kind !== 'assistant_text') return;
    const id = event.itemId ?? '';
    texts.set(id, event.isDelta ? (texts.get(id) ?? '') + event.text : event.text);
  });
  if (end.outcome === 'failed') return { outcome: 'failed', error: end.error };
  if (end.outcome === 'interrupted') return { outcome: 'interrupted' };
  return { outcome: 'completed', text: [...texts.values()].join('\n\n') };
}
