import { t } from '../strings.ts';

/** Keys as the keyboards of the page's language name them: `Ctrl+F` is `Strg+F` on German ones. */
export function keyNames(keys: string): string {
  return keys.replace(/[A-Z][a-z]{2,}/g, nameOf);
}

function nameOf(key: string): string {
  switch (key) {
    case 'Alt':
      return t('keyAlt');
    case 'Ctrl':
      return t('keyCtrl');
    case 'Shift':
      return t('keyShift');
    case 'Enter':
      return t('keyEnter');
    case 'Backspace':
      return t('keyBackspace');
    case 'Home':
      return t('keyHome');
    case 'End':
      return t('keyEnd');
    default:
      return key;
  }
}

/** The keys that choose what becomes of a prompt while a turn runs, by names of {@link keyNames}. */
export function sendKeys(): { readonly steer: string; readonly queue: string; readonly now: string } {
  return { steer: 'Enter', queue: 'Alt+Enter', now: /^Mac/.test(navigator.platform) ? '⌘Enter' : 'Ctrl+Enter' };
}
