import { l10n, window } from 'vscode';
import type { ThreadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';

/** Shows what the thread's worktree has that its origin has not. */
export async function showDiff(_ctx: HostContext, _threadId: ThreadId): Promise<void> {
  await window.showInformationMessage(l10n.t('Not available yet'));
}

/** Brings the worktree's changes into its origin. */
export async function merge(_ctx: HostContext, _threadId: ThreadId): Promise<void> {
  await window.showInformationMessage(l10n.t('Not available yet'));
}

/** Removes the worktree; what it held is kept under a git reference. */
export async function discard(_ctx: HostContext, _threadId: ThreadId): Promise<void> {
  await window.showInformationMessage(l10n.t('Not available yet'));
}
