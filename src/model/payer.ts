import type { RunnableLaneId } from './ids.ts';
import type { LaneInputs } from './lane-inputs.ts';
import type { Payer } from './receipt.ts';

/** Who would pay a turn of `lane`, as far as the last check knows; null = unknown. */
export function payerOfLane(lane: RunnableLaneId, { native, api }: LaneInputs): Payer | null {
  if (lane === 'api') return api.payer;
  return native.credential.kind === 'present' ? native.credential.payer : null;
}

/** False where no credential is involved: an endpoint or a provider that takes none. */
export function isPaying(payer: Payer): boolean {
  return payer.kind !== 'none' && !(payer.kind === 'provider' && payer.source === 'none');
}

/** Whether two turns are on the same bill. All that takes no credential is one: nobody's. */
export function isSamePayer(a: Payer, b: Payer): boolean {
  if (!isPaying(a) || !isPaying(b)) return isPaying(a) === isPaying(b);
  return a.kind === b.kind && a.label === b.label && a.source === b.source;
}

/** A payer as it may be shown (English): who, and where the credential came from. */
export function payerText(payer: Payer): string {
  if (!isPaying(payer)) return `nobody: ${payer.label} takes no credential`;
  switch (payer.kind) {
    case 'api-key':
      return `API key ${payer.label} (${payer.source})`;
    case 'chatgpt':
      return `ChatGPT account ${payer.label} (${payer.source})`;
    case 'provider':
    case 'none':
      return `${payer.label} (${payer.source})`;
  }
}
