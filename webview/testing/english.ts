import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadStrings } from '../strings.ts';

/** The page's English words, as the host would hand them over. */
export const englishWords = readFileSync(join(process.cwd(), 'webview/words/en.json'), 'utf8');

// Loaded before each test file of the page (vitest.config.ts).
loadStrings(englishWords, 'en');
