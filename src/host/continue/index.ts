import { l10n, window } from 'vscode';
import { canContinue } from '../../model/index.ts';
import { continuePrompt } from '../../protocol/index.ts';
import type { HostContext } from '../context.ts';
import { sendAsking } from '../send/index.ts';
import { selectedLane } from '../thread-facts/index.ts';

/** Lets Codex go on where a turn of the shown thread was cut off. */
export async function continueTurn({ session, status }: HostContext): Promise<void> {
  const { app, thread } = await session.open();
  if (canContinue(await app.threads.view(thread.threadId), selectedLane(status))) {
    await sendAsking(session, continuePrompt);
    return;
  }
  void window.showInformationMessage(
    l10n.t('There is nothing to go on with: no turn of Codex native was cut off at the end of this thread.'),
  );
}
