// The import law over the real tree, for `npm run check`. Prints what was seen, so that green over nothing is visible.
import { checkImportLaw } from './import-law.ts';
import { readTree } from './tree.ts';

const { violations, seen } = checkImportLaw(readTree());
for (const { file, line, rule } of violations) console.error(`${file}:${line} ${rule}`);
console.log([...seen].map(([layer, files]) => `${layer} ${files}`).join(', '));
if (violations.length > 0 || seen.size === 0) process.exitCode = 1;
