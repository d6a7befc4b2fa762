import { ConfigurationTarget, l10n, window, workspace } from 'vscode';
import type { HostContext } from '../context.ts';

/** Explains what the feature gate is for and, when the user says so, opens it on this machine. */
export async function unlockNative({ settings, log }: HostContext): Promise<void> {
  if (settings.get().nativeUnlock.value) {
    const source = settings.get().nativeUnlock.source;
    void window.showInformationMessage(l10n.t('The Codex native lane is unlocked by {0}.', source));
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
