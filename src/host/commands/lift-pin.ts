import { l10n, window } from 'vscode';
import type { HostContext } from '../context.ts';
import { localTime } from '../local-time.ts';

/** Lets Codex start again after it was pinned for failing to start, when the user has read why. */
export async function liftPin({ core, status, log }: HostContext): Promise<void> {
  const { runtime } = await core.get();
  const { pin } = status.current().inputs.native;
  if (pin === null) {
    void window.showInformationMessage(l10n.t('Codex is not pinned: nothing keeps it from being started.'));
    return;
  }
  const lift = l10n.t('Lift the Pin');
  const detail = [
    pin.reason,
    l10n.t(
      'Pinned since {0}. If it fails to start again and again, it will be pinned again.',
      localTime(new Date(pin.since)),
    ),
  ].join('\n\n');
  const title = l10n.t('Let Codex be started again?');
  if ((await window.showWarningMessage(title, { modal: true, detail }, lift)) !== lift) return;
  await runtime.liftPin();
  log.info('The pin of Codex was lifted by the user');
  await status.refresh();
}
