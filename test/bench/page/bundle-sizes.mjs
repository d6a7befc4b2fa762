import { statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/platform.mjs';
import { lazyChunks, sizeAtStart } from '../../tools/size-budget.mjs';
import { pageFolder, pageMeta } from './pages.mjs';

/** What the page loads, and when; minified, not compressed. */
export function bundleSizes() {
  const styles = statSync(join(root, pageFolder, 'main.css')).size;
  return [
    { metric: 'scripts loaded at start', value: sizeAtStart(pageMeta) / 1000, unit: 'KB', goal: 200 },
    { metric: 'styles', value: styles / 1000, unit: 'KB' },
    ...lazyChunks(pageMeta).map(({ what, bytes }) => ({ metric: `later: ${what}`, value: bytes / 1000, unit: 'KB' })),
  ];
}
