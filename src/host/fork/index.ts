import { l10n, window } from 'vscode';
import type { ThreadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';

/** Makes a thread that goes on from this one, and shows it. */
export async function forkThread({ core, chats, session, log }: HostContext, threadId: ThreadId): Promise<void> {
  const { threads } = await core.get();
  const forked = await threads.fork(threadId);
  if (!forked.ok) {
    void window.showErrorMessage(l10n.t('The thread was not forked: {0}', forked.message));
    return;
  }
  log.info(`Thread ${threadId} was forked into ${forked.threadId}`);
  await chats.bring(forked.threadId, session);
}
