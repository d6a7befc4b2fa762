import { commands, l10n, window } from 'vscode';
import type { Workspace } from '../ports.ts';

/** True when programs may be started. If not, says so: a command reaches us from a tree or a link whatever the menus hide. */
export function mayRun({ trusted }: Workspace): boolean {
  if (trusted()) return true;
  void refuse();
  return false;
}

async function refuse(): Promise<void> {
  const manage = l10n.t('Manage Workspace Trust');
  const text = l10n.t('This workspace is not trusted, so nothing is started in it.');
  if ((await window.showWarningMessage(text, manage)) === manage) {
    await commands.executeCommand('workbench.trust.manage');
  }
}
