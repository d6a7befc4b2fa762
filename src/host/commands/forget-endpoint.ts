import { l10n, window } from 'vscode';
import type { HostContext } from '../context.ts';

/** Lets everything be tried again that the endpoint of the API lane once refused. */
export async function forgetEndpoint({ core, status, log }: HostContext): Promise<void> {
  const { endpoint } = await core.get();
  const forgotten = await endpoint.forget();
  const { endpointLabel } = status.current().inputs.api;
  log.info(`The user had forgotten what the endpoint refused: ${forgotten}`);
  void window.showInformationMessage(
    forgotten === 0
      ? l10n.t('Nothing was known of the endpoint {0} that could be forgotten.', endpointLabel)
      : l10n.t('What the endpoint {0} refused is forgotten: the next turn tries all of it again.', endpointLabel),
  );
}
