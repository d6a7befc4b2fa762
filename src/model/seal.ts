import type { LogEvent } from './events.ts';
import type { TurnId } from './ids.ts';
import type { Receipt } from './receipt.ts';

/** A hash that is fed piece by piece (SHA-256, hex). */
export type Digest = { readonly update: (text: string) => void; readonly hex: () => string };

/**
 * The seal of one turn: a hash over the seal before it, the turn's stored events in their order, and its receipt without
 * the seal. Fed with the events as they were stored, each as its line of the log.
 */
export class Seal {
  readonly #digest: Digest;
  readonly #turnId: TurnId;

  constructor(digest: Digest, turnId: TurnId, before: string) {
    this.#digest = digest;
    this.#turnId = turnId;
    this.#digest.update(before);
  }

  take(events: readonly LogEvent[]): void {
    for (const event of events) {
      if (event.turnId === this.#turnId) this.#digest.update(`\n${JSON.stringify(event)}`);
    }
  }

  /** Ends it: the receipt with its seal. */
  close(receipt: Omit<Receipt, 'seal'>): Receipt {
    this.#digest.update(`\n${JSON.stringify(receipt)}`);
    return { ...receipt, seal: this.#digest.hex() };
  }
}

/**
 * What a turn's seal says. `broken`: an event, the receipt or an earlier seal is not what was sealed. `unsealed`: the turn
 * has no receipt (it runs, it never began, its process died, or it is history of Codex's own).
 */
export type SealCheck = { readonly turnId: string; readonly state: 'sealed' | 'broken' | 'unsealed' };

/**
 * Checks every turn of a thread's log, in the order of the receipts, then the turns without one. What a fork copied was
 * sealed under the id of the thread it was copied from, which `thread_forked` names: it is put back first, so that
 * `sealed` says of a copy that it is faithful, too.
 * @param lines the lines of `events.jsonl`, as they are: a seal is over bytes, and a reader may put fields in another order
 */
export function verifySeals(lines: Iterable<string>, newDigest: () => Digest): readonly SealCheck[] {
  const open = new Map<string, string[]>();
  const checks: SealCheck[] = [];
  let before = '';
  for (const line of asSealed(lines)) {
    const { kind, turnId, aboutTurnId, receipt } = fieldsOf(line);
    if (typeof turnId === 'string') {
      const own = open.get(turnId);
      if (own === undefined) open.set(turnId, [line]);
      else own.push(line);
    }
    if (kind !== 'receipt' || typeof aboutTurnId !== 'string' || typeof receipt !== 'object' || receipt === null)
      continue;
    const { seal, ...rest } = receipt as Record<string, unknown>;
    const digest = newDigest();
    digest.update(before);
    for (const part of open.get(aboutTurnId) ?? []) digest.update(`\n${part}`);
    digest.update(`\n${JSON.stringify(rest)}`);
    open.delete(aboutTurnId);
    before = typeof seal === 'string' ? seal : '';
    checks.push({ turnId: aboutTurnId, state: digest.hex() === before ? 'sealed' : 'broken' });
  }
  for (const turnId of open.keys()) checks.push({ turnId, state: 'unsealed' });
  return checks;
}

/** The lines as they were when they were sealed. A copy of a copy bears the id of each fork in turn, from the last one back. */
function asSealed(lines: Iterable<string>): readonly string[] {
  let origin: string | null = null;
  const sealed = [...lines]
    .filter((line) => line !== '')
    .reverse()
    .map((line) => {
      const fields = fieldsOf(line);
      const own = origin === null ? line : JSON.stringify({ ...fields, threadId: origin });
      const { kind, from } = fields;
      if (kind === 'thread_forked' && typeof from === 'object' && from !== null && 'threadId' in from) {
        origin = String(from.threadId);
      }
      return own;
    });
  return sealed.reverse();
}

/** A line that is no object says nothing: its turn then lacks an event. */
function fieldsOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
