import * as z from 'zod';
import type { Reply } from '../index.ts';

/** A question's id may hold a folder's whole path. */
export const questionId = z.string().min(1).max(8192);
const shown = z.string().min(1).max(8192);

/** A question is only shown when it can be shown whole: a user must not agree to a change of which half is missing. */
const askSchema = z.discriminatedUnion('kind', [
  z.object({ id: questionId, kind: z.literal('payer-changed'), from: shown, to: shown }),
  z.object({ id: questionId, kind: z.enum(['folder-trust', 'no-git']), folder: shown }),
]);

const replySchema = z.union([
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({ ok: z.literal(false), message: z.string(), ask: askSchema.exactOptional() }),
]);

/** A reply that the page can show, or what is wrong with it in words for the log. */
export function readReply(
  reply: unknown,
): { readonly ok: true; readonly reply: Reply } | { readonly ok: false; readonly why: string } {
  const parsed = replySchema.safeParse(reply);
  return parsed.success ? { ok: true, reply: parsed.data } : { ok: false, why: z.prettifyError(parsed.error) };
}
