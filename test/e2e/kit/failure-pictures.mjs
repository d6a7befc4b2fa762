// What each open window shows when a test has failed: the first question that is asked then.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'node:test';
import { root } from '../../tools/platform.mjs';

/** @type {Set<import('playwright-core').Page>} */
const open = new Set();

/** @param {import('playwright-core').Page} page */
export function pictureOnFailure(page) {
  open.add(page);
  page.on('close', () => open.delete(page));
}

// Registered before any suite of the file, so that each of them inherits it.
afterEach(async (context) => {
  if (context.passed) return;
  const folder = join(root, 'out/shots/failed');
  mkdirSync(folder, { recursive: true });
  const name = context.fullName.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 120);
  for (const [index, page] of [...open].entries()) {
    const path = join(folder, `${name}-${index}.png`);
    // A window that is gone has nothing to show; the failure itself is told anyway.
    await page.screenshot({ path }).then(
      () => console.log(`picture of the failure: ${path}`),
      () => undefined,
    );
  }
});
