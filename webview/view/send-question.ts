import type { TargetedKeyboardEvent } from 'preact';
import type { SendQuestion } from '../../src/model/index.ts';
import { t } from '../strings.ts';
import { visible } from './visible.ts';

/** Escape says no, unless it leaves an input method. */
export function isNo(event: TargetedKeyboardEvent<HTMLElement>): boolean {
  return event.key === 'Escape' && !event.isComposing;
}

/** The question in a sentence. Names and paths are the user's own or a provider's: nothing hides in them. */
export function questionWords({ kind, from, to, folder }: SendQuestion): string {
  const shown = (name: string | undefined) => visible(name ?? t('unknownValue'));
  switch (kind) {
    case 'payer-changed':
      return t('askPayer', shown(from), shown(to));
    case 'folder-trust':
      return t('askTrust', shown(folder));
    case 'no-git':
      return t('askNoGit', shown(folder));
  }
}
