import { createHash } from 'node:crypto';
import type { Fields } from './fields.ts';
import { text } from './fields.ts';
import { ANSWERS } from './pairs.ts';
import { Refusal } from './refusal.ts';

/** How much of a reasoning item's id stands in the ids of the calls that came of it, in hex digits. */
const LINK_LENGTH = 12;

/** What stands for the encrypted reasoning of the item with that id. */
export function seal(id: string): string {
  return Buffer.from(`practice ${id} ${proof(id)}`).toString('base64');
}

/** What the ids of calls end in that came of a sealed reasoning item. */
export function linkOf(id: string): string {
  return id.slice(-LINK_LENGTH);
}

/**
 * Holds that sealed reasoning came back unchanged, and before each call of this turn that came of it. An endpoint that
 * stores nothing has it from the client alone.
 * @param items those since the last prompt; of earlier turns a client need not carry it
 * @throws Refusal 400 in the words of OpenAI, as far as clients decide by them
 */
export function checkSealed(items: readonly Fields[]): void {
  const opened = new Set<string>();
  for (const [index, item] of items.entries()) {
    if (item.type === 'reasoning') {
      const sealed = text(item.encrypted_content);
      const id = sealed === null ? null : openSeal(sealed);
      if (sealed !== null && id === null) {
        const message = `The encrypted content of input item ${index} could not be verified: it is not what was given out.`;
        throw new Refusal(400, 'invalid_encrypted_content', message, { param: 'input' });
      }
      if (id !== null) opened.add(linkOf(id));
    } else if (ANSWERS[text(item.type) ?? ''] !== undefined) {
      const callId = text(item.call_id) ?? '';
      const link = new RegExp(`^call_[a-z]+_[0-9a-f]{24}_([0-9a-f]{${LINK_LENGTH}})$`).exec(callId)?.[1];
      if (link === undefined || opened.has(link)) continue;
      const message = `Item '${callId}' of type '${item.type}' was provided without its required 'reasoning' item.`;
      throw new Refusal(400, 'missing_reasoning_item', message, { param: 'input' });
    }
  }
}

function openSeal(sealed: string): string | null {
  const [, id, given] = /^practice (rs_[0-9a-f]{24}) ([0-9a-f]+)$/.exec(Buffer.from(sealed, 'base64').toString()) ?? [];
  return id !== undefined && given === proof(id) && sealed === seal(id) ? id : null;
}

function proof(id: string): string {
  return createHash('sha256').update(`sealed ${id}`).digest('hex').slice(0, 32);
}
