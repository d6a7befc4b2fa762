import { l10n, window } from 'vscode';
import type { ThreadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';

/** Lets the user choose what holds for one thread. */
export async function pickOptions(_ctx: HostContext, _threadId: ThreadId): Promise<void> {
  await window.showInformationMessage(l10n.t('Not available yet'));
}
