import * as z from 'zod';
import { grantKinds } from '../../model/index.ts';
import type { FromWebview } from '../index.ts';
import {
  imageMimes,
  maxAnswer,
  maxAnswers,
  maxAttachments,
  maxConfirmed,
  maxImageBytes,
  maxPrompt,
  submitAs,
} from '../index.ts';
import { questionId } from './reply.ts';

const id = z.string().min(1).max(200);
const viewId = z.string().min(1).max(64);
const text = z.string().max(maxPrompt);
const path = z.string().min(1).max(4096);
const attachment = z.strictObject({ kind: z.enum(['file', 'image']), path, label: z.string().min(1).max(256) });
/** Servers name their decisions and fields themselves. */
const maxName = 4096;
const fieldName = z.string().max(maxName);
/** Checked by hand: a record of zod's is two kilobytes in a bundle that each window loads. */
const answers = z.unknown().refine(isAnswers, { error: 'no answers by field' });
/** Longest data URL of an image: four characters for three bytes, and what stands before them. */
const maxDataUrl = Math.ceil(maxImageBytes / 3) * 4 + 32;

/** The view shows model output, so what it sends is not trusted: shape, sizes and names are checked here, on the host. */
export const fromWebviewSchema = z.discriminatedUnion('type', [
  z.strictObject({ viewId, type: z.literal('hello'), threadId: id.nullable(), lastSeq: z.int().min(0) }),
  z.strictObject({ viewId, type: z.literal('pong'), n: z.int().min(0) }),
  z.strictObject({ viewId, type: z.literal('focused') }),
  z.strictObject({
    viewId,
    type: z.literal('turn.submit'),
    requestId: id,
    threadId: id,
    text,
    attachments: z.array(attachment).max(maxAttachments).exactOptional(),
    confirmed: z.array(questionId).max(maxConfirmed).exactOptional(),
    as: z.enum(submitAs).exactOptional(),
  }),
  z.strictObject({
    viewId,
    type: z.enum(['queued.send', 'queued.drop']),
    requestId: id,
    threadId: id,
    turnId: id,
  }),
  z.strictObject({ viewId, type: z.literal('turn.stop'), threadId: id }),
  z.strictObject({ viewId, type: z.literal('turn.wait'), threadId: id }),
  z.strictObject({
    viewId,
    type: z.literal('approval.answer'),
    requestId: id,
    threadId: id,
    approvalId: id,
    given: z.strictObject({
      decision: fieldName,
      answers: answers.exactOptional(),
      grant: z.enum(grantKinds).exactOptional(),
    }),
  }),
  z.strictObject({ viewId, type: z.literal('thread.new') }),
  z.strictObject({ viewId, type: z.literal('thread.open'), threadId: id.exactOptional() }),
  z.strictObject({ viewId, type: z.literal('thread.fork'), threadId: id }),
  z.strictObject({ viewId, type: z.literal('options.pick'), threadId: id }),
  z.strictObject({ viewId, type: z.literal('attach.pick') }),
  z
    .strictObject({
      viewId,
      type: z.literal('attach.paste'),
      dataUrl: z.string().max(maxDataUrl),
      mime: z.enum(imageMimes),
      name: z.string().min(1).max(255),
    })
    .refine(({ dataUrl, mime }) => isImage(dataUrl, mime), { error: 'not base64 of the type that it names' }),
  z.strictObject({ viewId, type: z.literal('worktree.diff'), threadId: id }),
  z.strictObject({ viewId, type: z.literal('worktree.merge'), threadId: id }),
  z.strictObject({ viewId, type: z.literal('worktree.discard'), threadId: id }),
  z.strictObject({ viewId, type: z.literal('change.open'), threadId: id, itemId: id, path }),
  z.strictObject({ viewId, type: z.literal('draft.save'), threadId: id, text }),
  z.strictObject({ viewId, type: z.literal('lane.pick') }),
  z.strictObject({ viewId, type: z.literal('folder.pick') }),
  z.strictObject({ viewId, type: z.literal('sandbox.pick') }),
  z.strictObject({ viewId, type: z.literal('action.run'), id }),
  z.strictObject({
    viewId,
    type: z.literal('file.open'),
    path,
    line: z.int().min(1).nullable(),
    column: z.int().min(1).exactOptional(),
  }),
  z.strictObject({ viewId, type: z.literal('code.insert'), text }),
  z.strictObject({
    viewId,
    type: z.literal('text.open'),
    kind: z.enum(['code', 'output']),
    text,
    language: z.string().min(1).max(20).nullable(),
  }),
  z.strictObject({ viewId, type: z.literal('link.open'), url: z.string().min(1).max(4096) }),
  z.strictObject({ viewId, type: z.literal('copy'), text }),
  z.strictObject({
    viewId,
    type: z.literal('receipt.copy'),
    threadId: id,
    turnId: id,
    as: z.enum(['markdown', 'json']),
  }),
  z.strictObject({ viewId, type: z.literal('view.failed'), message: z.string().max(10_000) }),
]);

function isImage(dataUrl: string, mime: string): boolean {
  const start = `data:${mime};base64,`;
  return dataUrl.startsWith(start) && /^[A-Za-z0-9+/]+={0,2}$/.test(dataUrl.slice(start.length));
}

/** A message of the view's, or what is wrong with it in words for the log. */
export function readFromWebview(
  message: unknown,
): { readonly ok: true; readonly message: FromWebview } | { readonly ok: false; readonly why: string } {
  const parsed = fromWebviewSchema.safeParse(message);
  if (parsed.success) return { ok: true, message: parsed.data as FromWebview };
  return { ok: false, why: z.prettifyError(parsed.error) };
}

function isAnswers(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields = Object.entries(value);
  return fields.length <= maxAnswers && fields.every(([name, given]) => name.length <= maxName && isTexts(given));
}

function isTexts(given: unknown): boolean {
  if (!Array.isArray(given) || given.length > maxAnswers) return false;
  return given.every((text) => typeof text === 'string' && text.length <= maxAnswer);
}
