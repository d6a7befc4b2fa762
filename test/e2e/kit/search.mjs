// Searches what was written for what must not be there.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where each of the words stands, as it is or in base64, in the files below some folders. Links are not followed.
 * @param {readonly string[]} folders
 * @param {readonly string[]} words
 * @returns {string[]} `FILE holds WORD`
 */
export function filesWith(folders, words) {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .flatMap((entry) => {
        const path = join(entry.parentPath, entry.name);
        return wordsIn(readFileSync(path, 'latin1'), words).map((word) => `${path} holds ${word}`);
      }),
  );
}

/** The words that a text holds, as they are or in base64. */
export function wordsIn(text, words) {
  return words.filter(
    (word) => text.includes(word) || text.includes(Buffer.from(word).toString('base64').slice(0, -4)),
  );
}
