// Edits of a settings file.
import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Sets some keys of a JSON file and keeps the others.
 * @param {string} file
 * @param {Record<string, unknown>} changes
 */
export function changeJson(file, changes) {
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...changes }, null, 2));
}
