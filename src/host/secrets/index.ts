import type { ExtensionContext } from 'vscode';
import { l10n, window } from 'vscode';
import type { HostContext } from '../context.ts';
import type { Secrets } from '../ports.ts';
import { askForKey } from './ask-for-key.ts';
import { originOf, secretKey } from './secret-keys.ts';

export { clearNativeKey, setNativeKey } from './native-key.ts';

/** The Secrets port over the editor's SecretStorage. */
export function createSecrets({ secrets }: ExtensionContext): Secrets {
  return {
    reachable: true,
    get: async (name) => secrets.get(secretKey(name)),
    set: async (name, value) => secrets.store(secretKey(name), value),
    delete: async (name) => secrets.delete(secretKey(name)),
  };
}

/** Asks for the key of the configured endpoint and stores it for that origin only. */
export async function setApiKey({ settings, secrets, status, log }: HostContext): Promise<void> {
  const origin = originOf(settings.get().apiBaseUrl);
  const key = await askForKey({
    title: l10n.t('API key for {0}', origin),
    prompt: l10n.t('Kept in the secret storage of the editor and sent to {0} only.', origin),
  });
  if (key === undefined) return;
  await secrets.set({ kind: 'api-key', origin }, key);
  log.info(`API key stored for ${origin}`);
  void window.showInformationMessage(l10n.t('The API key for {0} is stored.', origin));
  await status.keysChanged();
}

/** Forgets the key of the configured endpoint, after asking. */
export async function clearApiKey({ settings, secrets, status, log }: HostContext): Promise<void> {
  const origin = originOf(settings.get().apiBaseUrl);
  if ((await secrets.get({ kind: 'api-key', origin })) === undefined) {
    void window.showInformationMessage(l10n.t('No API key is stored for {0}.', origin));
    return;
  }
  const clear = l10n.t('Clear');
  const question = l10n.t('Clear the API key for {0}?', origin);
  if ((await window.showWarningMessage(question, { modal: true }, clear)) !== clear) return;
  await secrets.delete({ kind: 'api-key', origin });
  log.info(`API key cleared for ${origin}`);
  await status.keysChanged();
}
