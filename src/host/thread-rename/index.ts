import { l10n, window } from 'vscode';
import type { ThreadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';

/** Longer names are no names. */
const longest = 200;

/** Gives a thread the name that the user types. */
export async function renameThread({ core }: HostContext, threadId: ThreadId): Promise<void> {
  const { threads } = await core.get();
  const { title } = await threads.view(threadId);
  const typed = await window.showInputBox({
    title: l10n.t('Rename Thread'),
    value: title,
    ignoreFocusOut: true,
    validateInput: (text) => {
      if (text.trim() === '') return l10n.t('A thread needs a name');
      return text.length > longest ? l10n.t('At most {0} characters', longest) : null;
    },
  });
  if (typed === undefined || typed.trim() === title) return;
  const renamed = await threads.rename(threadId, typed.trim());
  if (!renamed.ok) void window.showErrorMessage(renamed.message);
}
