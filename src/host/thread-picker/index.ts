import { l10n, window } from 'vscode';
import type { ThreadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';

/** Shows a thread in the chat; without an id the user chooses one. */
export async function openThread(_ctx: HostContext, _threadId?: ThreadId): Promise<void> {
  await window.showInformationMessage(l10n.t('Not available yet'));
}
