import { env } from 'vscode';
import type { ThreadId, TurnId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { receiptText } from './receipt-text.ts';

/** What the page names; the receipt itself is looked up here, in the thread's own log. */
type NamedReceipt = { readonly threadId: ThreadId; readonly turnId: TurnId; readonly as: 'markdown' | 'json' };

/** Puts a turn's receipt into the clipboard, to be passed on. A turn without one changes nothing. */
export async function copyReceipt({ core }: HostContext, { threadId, turnId, as }: NamedReceipt): Promise<void> {
  const { threads } = await core.get();
  const text = receiptText(await threads.view(threadId), turnId, as);
  if (text !== null) await env.clipboard.writeText(text);
}
