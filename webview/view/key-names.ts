import { t } from '../strings.ts';

/** Keys as the keyboards of the page's language name them: `Ctrl+F` is `Strg+F` on German ones. */
export function keyNames(keys: string): string {
  return keys.replace(/[A-Z][a-z]{2,}/g, nameOf);
}

function nameOf(key: string): string {
  switch (key) {
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
