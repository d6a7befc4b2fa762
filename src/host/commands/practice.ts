import { l10n, window } from 'vscode';
import type { HostContext } from '../context.ts';

/** Switches the practice endpoint of this window on or off. Its answers change nothing: no folder is a sample folder. */
export async function togglePractice({ core, status, log }: HostContext): Promise<void> {
  const { practice } = await core.get();
  if (practice.state().on) {
    await practice.stop();
    log.info('Practice endpoint stopped');
    void window.showInformationMessage(l10n.t('Practice is off: prompts go where the settings say.'));
  } else {
    const state = await practice.start([]);
    log.info('Practice endpoint started');
    const label = state.on ? state.label : '';
    void window.showInformationMessage(
      l10n.t('Practice is on: {0} answers both lanes. Nothing leaves this machine.', label),
    );
  }
  await status.refresh();
}
