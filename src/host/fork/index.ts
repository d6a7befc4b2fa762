import { l10n, window } from 'vscode';
import type { ThreadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';

/** Makes a thread that goes on from this one, and shows it. */
export async function forkThread(_ctx: HostContext, _threadId: ThreadId): Promise<void> {
  await window.showInformationMessage(l10n.t('Not available yet'));
}
