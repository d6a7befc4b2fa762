import { l10n } from 'vscode';
import type { HostContext } from '../context.ts';
import { terminalVariables } from './terminal-variables.ts';

/** Puts `codex-lanes` on the PATH of the editor's own terminals, run by the Node.js that runs this extension. */
export function register({ extension, node }: HostContext): void {
  const { environmentVariableCollection: collection, extensionPath } = extension;
  collection.description = l10n.t('Puts the command codex-lanes on the PATH, run by the Node.js of the editor.');
  for (const { name, how, value } of terminalVariables(extensionPath, node)) {
    // A login shell builds its PATH anew: shell integration puts ours in front of it again.
    collection[how](name, value, { applyAtProcessCreation: true, applyAtShellIntegration: true });
  }
}
