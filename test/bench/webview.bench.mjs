// The chat page in a real Chromium, alone: the packaged page, a host of a few lines, events as the engine writes them.
// `npm run bench -- webview --short` gives everything less time; its figures are for development,
// as is `--only=streaming`, which takes one function of page/figures.mjs.
import { existsSync } from 'node:fs';
import { findChromium } from '../vscode-host/chromium.mjs';

export const name = 'webview';

export async function run({ short = false, only } = {}) {
  if (!existsSync(findChromium() ?? ''))
    return [{ metric: 'the chat page', value: undefined, unit: 'ms', note: 'no Chromium: set CHROMIUM_PATH' }];
  // Loaded here: the list of benches is read without them.
  const [{ buildPage, openPages }, figures] = await Promise.all([
    import('./page/pages.mjs'),
    import('./page/figures.mjs'),
  ]);
  buildPage();
  const pages = await openPages();
  try {
    const rows = [];
    for (const figure of figures.inOrder.filter((figure) => only === undefined || figure.name === only)) {
      console.log(`  … ${figure.name}`);
      rows.push(...(await figure(pages, { short })));
    }
    return rows;
  } finally {
    await pages.close();
  }
}
