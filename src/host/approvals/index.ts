import { l10n, window } from 'vscode';
import type { ApprovalId, GivenAnswer, ThreadId } from '../../model/index.ts';
import type { Reply } from '../../protocol/index.ts';
import type { HostContext } from '../context.ts';
import { plainLabel } from '../plain-label.ts';
import { watchQuestions } from './watch-questions.ts';

export { showGrants } from './show-grants.ts';

/** Tells of a question that begins to wait while the user is elsewhere; a user who is here sees it, or its thread's mark. */
export function register({ extension, running, chats, log }: HostContext): void {
  const tell = async (threadId: ThreadId, title: string) => {
    const show = l10n.t('Show');
    const name = plainLabel(title) || l10n.t('New thread');
    const clicked = await window.showInformationMessage(l10n.t('“{0}” waits for your answer.', name), show);
    if (clicked === show) await chats.bring(threadId);
  };
  const stop = watchQuestions({
    running,
    isFocused: () => window.state.focused,
    tell: (threadId, title) => {
      tell(threadId, title).catch((error: unknown) => log.error('A thread that waits was not shown', error));
    },
  });
  extension.subscriptions.push({ dispose: stop });
}

/** Hands an answer of the page to the core. What was typed is in no log and in no message. */
export async function answerApproval(
  { core, log }: HostContext,
  threadId: ThreadId,
  approvalId: ApprovalId,
  given: GivenAnswer,
): Promise<Reply> {
  const result = await core.loaded()?.threads.answer(threadId, approvalId, given);
  if (result?.ok === true) {
    if (result.notKept !== null)
      void window.showWarningMessage(l10n.t('It was allowed this once. The grant was not kept: {0}', result.notKept));
    return { ok: true };
  }
  const why = result?.why ?? 'closed';
  log.warn(`An answer of the chat view was refused: ${why}`);
  return { ok: false, message: refusalOf(why) };
}

function refusalOf(why: 'closed' | 'not_offered' | 'incomplete'): string {
  switch (why) {
    case 'closed':
      return l10n.t('This was decided or withdrawn already: the answer changed nothing.');
    case 'not_offered':
      return l10n.t('This answer was not offered: nothing was decided.');
    case 'incomplete':
      return l10n.t('Something is not filled in as it must be: nothing was answered.');
  }
}
