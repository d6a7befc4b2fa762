import { ConfigurationTarget, commands, l10n, window, workspace } from 'vscode';
import type { HostContext } from '../context.ts';

/** Explains what the feature gate is for and, when the user says so, opens it on this machine. */
export async function unlockNative({ settings, log }: HostContext): Promise<void> {
  if (settings.get().nativeUnlock.value) {
    await tellUnlocked(settings.get().nativeUnlock.source);
    return;
  }
  const unlock = l10n.t('Unlock');
  const detail = l10n.t(
    'The Codex program on this machine will then run your prompts: commands and file changes in the folder of the thread, paid with its own login or key. The lane is internal for now. The setting codexLanes.native.unlock takes this back.',
  );
  const title = l10n.t('Unlock the Codex native lane on this machine?');
  if ((await window.showWarningMessage(title, { modal: true, detail }, unlock)) !== unlock) return;
  await workspace.getConfiguration('codexLanes').update('native.unlock', true, ConfigurationTarget.Global);
  log.info('The Codex native lane was unlocked by the user');
}

/** Where it is locked again. What an environment variable opened, only the environment takes back. */
async function tellUnlocked(source: string): Promise<void> {
  const text = l10n.t('The Codex native lane is unlocked by {0}.', source);
  if (!source.startsWith('codexLanes.')) {
    void window.showInformationMessage(text);
    return;
  }
  const lock = l10n.t('Lock Again');
  if ((await window.showInformationMessage(text, lock)) !== lock) return;
  await commands.executeCommand('workbench.action.openSettings', source);
}
