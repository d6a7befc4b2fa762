import { l10n, window } from 'vscode';
import type { HostContext } from '../context.ts';

/** Lets the user choose the folder of a thread that has not begun. */
export async function pickFolder({ workspace, session }: HostContext): Promise<void> {
  const { thread } = await session.open();
  if (thread.begun) {
    void window.showInformationMessage(l10n.t('A thread keeps its folder. Start a new thread to use another one.'));
    return;
  }
  const items = workspace.folders().map(({ name, path }) => ({ label: name, description: path, path }));
  const chosen = await window.showQuickPick(items, {
    title: l10n.t('Folder of the new thread'),
    placeHolder: l10n.t('Commands run and files change in this folder'),
  });
  if (chosen !== undefined) await session.chooseFolder(chosen.path);
}
