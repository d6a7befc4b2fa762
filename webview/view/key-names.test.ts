import { afterEach, expect, test } from 'vitest';
import { loadStrings } from '../strings.ts';
import { englishWords } from '../testing/english.ts';
import { keyNames } from './key-names.ts';

afterEach(() => loadStrings(englishWords, 'en'));

test('keys are called what stands on them', () => {
  expect(keyNames('Shift+Enter')).toBe('Shift+Enter');
  loadStrings('{"keyAlt":"Alt","keyCtrl":"Strg","keyShift":"Umschalt","keyEnter":"Eingabe"}', 'de');
  expect(['Ctrl+Shift+F', 'Enter', '⌘Esc', 'Alt+F1', '↑'].map(keyNames)).toEqual([
    'Strg+Umschalt+F',
    'Eingabe',
    '⌘Esc',
    'Alt+F1',
    '↑',
  ]);
});
