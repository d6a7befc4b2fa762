import { l10n } from 'vscode';

/** That Codex works, and in how many threads. */
export function workingText(threads: number): string {
  return threads === 1 ? l10n.t('Codex is working') : l10n.t('Codex is working in {0} threads', threads);
}
