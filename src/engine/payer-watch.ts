import type { Digest, Payer, SendQuestion } from '../model/index.ts';
import { isSamePayer, payerText } from '../model/index.ts';

/**
 * The billing tripwire of one thread: another payer than that of its last turn is asked about once. Who paid last comes
 * from the receipts, so a restart knows it too.
 */
export class PayerWatch {
  readonly #newDigest: () => Digest;
  readonly #last: () => Payer | null;
  /** The payer that the user said yes to and that no receipt names yet: what is sent behind that prompt is not asked about again. */
  #agreed: Payer | null = null;

  constructor(newDigest: () => Digest, last: () => Payer | null) {
    this.#newDigest = newDigest;
    this.#last = last;
  }

  /** What must be confirmed before `next` pays; null = nothing. A payer that is not known is no change. */
  question(next: Payer | null, confirmed: readonly string[]): SendQuestion | null {
    const last = this.#last();
    if (next === null || last === null || isSamePayer(last, next)) return null;
    if (this.#agreed !== null && isSamePayer(this.#agreed, next)) return null;
    const id = this.#idOf(last, next);
    if (!confirmed.includes(id)) return { id, kind: 'payer-changed', from: payerText(last), to: payerText(next) };
    this.#agreed = next;
    return null;
  }

  /** A receipt was stored: from here on its payer is what others are compared with. */
  settle(payer: Payer | null): void {
    if (payer !== null) this.#agreed = null;
  }

  /** Of the change itself, so that a second, other change is asked about again. */
  #idOf(last: Payer, next: Payer): string {
    const digest = this.#newDigest();
    digest.update(JSON.stringify([last, next].map(({ kind, label, source }) => [kind, label, source])));
    return `payer-changed:${digest.hex()}`;
  }
}
