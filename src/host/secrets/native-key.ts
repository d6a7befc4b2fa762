import { commands, l10n, window } from 'vscode';
import type { HostContext } from '../context.ts';
import type { SettingsSnapshot } from '../ports.ts';
import { askForKey } from './ask-for-key.ts';

const name = { kind: 'native-key' } as const;

/** Asks for the key that the Codex native lane may pay with. It is another one than the endpoint's, and goes nowhere else. */
export async function setNativeKey({ settings, secrets, status, log }: HostContext): Promise<void> {
  const { nativeAuth, nativeCredentials } = settings.get();
  const key = await askForKey({
    title: l10n.t('Key for the Codex native lane'),
    prompt: [keptHow(nativeCredentials), useOf(nativeAuth)].join(' '),
  });
  if (key === undefined) return;
  await secrets.set(name, key);
  log.info('Key for the Codex native lane stored');
  void tellUse(l10n.t('The key for the Codex native lane is stored.'), nativeAuth);
  await status.keysChanged();
}

/** Forgets the key of the native lane, after asking. */
export async function clearNativeKey({ secrets, status, log }: HostContext): Promise<void> {
  if ((await secrets.get(name)) === undefined) {
    void window.showInformationMessage(l10n.t('No key is stored for the Codex native lane.'));
    return;
  }
  const clear = l10n.t('Clear');
  const question = l10n.t('Clear the key for the Codex native lane?');
  if ((await window.showWarningMessage(question, { modal: true }, clear)) !== clear) return;
  await secrets.delete(name);
  log.info('Key for the Codex native lane cleared');
  await status.keysChanged();
}

function keptHow(credentials: SettingsSnapshot['nativeCredentials']): string {
  switch (credentials) {
    case 'direct':
      return l10n.t('Kept in the secret storage of the editor and given to Codex alone.');
    case 'vault-only':
      return l10n.t('Kept in the secret storage of the editor; Codex itself never gets it (vault-only).');
  }
}

/** When the stored key pays: a choice of its own, which storing a key must not make. */
function useOf(auth: SettingsSnapshot['nativeAuth']): string {
  switch (auth) {
    case 'auto':
      return l10n.t('It pays when Codex has no login of its own (codexLanes.native.auth is auto).');
    case 'api-key':
      return l10n.t('It pays for every native turn (codexLanes.native.auth is api-key).');
    case 'chatgpt':
      return l10n.t('It is not used as long as codexLanes.native.auth is chatgpt.');
  }
}

async function tellUse(stored: string, auth: SettingsSnapshot['nativeAuth']): Promise<void> {
  const change = l10n.t('Change');
  if ((await window.showInformationMessage(`${stored} ${useOf(auth)}`, change)) !== change) return;
  await commands.executeCommand('workbench.action.openSettings', 'codexLanes.native.auth');
}
