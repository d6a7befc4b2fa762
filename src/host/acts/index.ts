import { l10n, window } from 'vscode';
import type { ThreadId, TurnAct } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { sendAsking } from '../send/index.ts';
import { pickTarget } from './pick-target.ts';
import { reviewText } from './review-words.ts';

/** Lets Codex put a summary in the place of what was said in the thread, as a turn of its own. */
export async function compactThread(ctx: HostContext, threadId: ThreadId): Promise<void> {
  if (await isRefused(ctx, threadId, 'compact')) return;
  await sendAsking(ctx.session, l10n.t('Compact this thread'), { kind: 'compact' });
}

/** Lets Codex review changes that the user chooses, as a turn of the thread. */
export async function reviewChanges(ctx: HostContext, threadId: ThreadId): Promise<void> {
  if (await isRefused(ctx, threadId, 'review')) return;
  const target = await pickTarget(ctx, threadId);
  if (target === null) return;
  await sendAsking(ctx.session, reviewText(target), { kind: 'review', target });
}

/** A key binding may ask for what no menu offers. */
async function isRefused({ core }: HostContext, threadId: ThreadId, act: TurnAct['kind']): Promise<boolean> {
  const { threads } = await core.get();
  await threads.view(threadId);
  const why = threads.acts(threadId)[act];
  if (why === null) return false;
  void window.showWarningMessage(why);
  return true;
}
