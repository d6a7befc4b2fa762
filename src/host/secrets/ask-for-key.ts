import { l10n, window } from 'vscode';

/** Asks for a key without showing it. Nothing, when nothing was typed. */
export async function askForKey(words: {
  readonly title: string;
  readonly prompt: string;
}): Promise<string | undefined> {
  const value = await window.showInputBox({
    ...words,
    password: true,
    ignoreFocusOut: true,
    validateInput: (text) => (/\s/.test(text.trim()) ? l10n.t('A key has no spaces.') : null),
  });
  return value?.trim() || undefined;
}
