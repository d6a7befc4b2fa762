// `node test/tools/walkthrough-pictures.mjs`: makes media/walkthrough/*.png, a picture of the real workbench for each
// step in each kind of theme, from the packaged extension. Needs `npm run package` first.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openSession } from '../e2e/kit/index.mjs';
import { root } from './platform.mjs';
import { writeSmallPng } from './small-png.mjs';

/** The themes by what the manifest calls them. */
const kinds = { light: 'light', dark: 'dark', hc: 'high-contrast', 'hc-light': 'high-contrast-light' };
/** What all pictures together may have, in bytes: they are in the package. */
const limit = 250_000;
const sideBar = 400;
/** The Runtime view down to the version of Codex: below it stands a path of this machine. */
const beforePaths = 226;

const folder = join(root, 'media/walkthrough');
mkdirSync(folder, { recursive: true });
const session = await openSession({ settings: { 'window.menuBarVisibility': 'hidden' } });
let total = 0;
try {
  const window = await session.openWindow({ viewport: { width: 1000, height: 800 } });
  const { chat, page } = window;
  await window.showContainer();
  await window.widenSideBar(sideBar);
  await chat.ready();
  const prompts = chat.frame.getByRole('list', { name: 'Suggestions' });

  // One step after another, each in every theme: what a turn changed stays changed.
  await window.runCommand('Codex Lanes: Use Codex Native Lane');
  await window.statusShows('Native · practice (offline)');
  await prompts.getByRole('button', { name: 'Run the tests' }).waitFor();
  await inEachTheme('ask', () => boxOf(chat.host, { height: 350, fromEnd: true }));

  await inEachTheme('lanes', async () => {
    await window.lane.click();
    await window.quickPickRows().first().waitFor();
    const picker = page.locator('.quick-input-widget');
    await picker.evaluate((widget) => Promise.all(widget.getAnimations({ subtree: true }).map((one) => one.finished)));
    return boxOf(picker, {});
  });

  await chat.send('add a test');
  await chat.receipt(/Receipt: Native/).waitFor({ timeout: 60_000 });
  const added = chat.log.locator('.file-change').first();
  await added.getByRole('button', { name: /Show changes$/ }).press('Enter');
  await added.getByText('isLeapYear').first().waitFor();
  await inEachTheme('review', async () => {
    await added.evaluate((row) => row.scrollIntoView({ block: 'start' }));
    const [view, row] = [await boxOf(chat.log, {}), await boxOf(added, {})];
    // Down to the end of the row: the way back to the latest row lies over what follows.
    return { ...view, height: row.y + row.height - view.y };
  });

  // Alone in the side bar, the view shows all that matters.
  await page.locator('.pane-header[aria-label^="Chat"]').click();
  await window.seeRow('Runtime', 'Codex CLI');
  await window.scrollToTop('Runtime');
  await inEachTheme('native', () =>
    boxOf(page.locator('.pane', { has: page.locator('.pane-header[aria-label^="Runtime"]') }), { height: beforePaths }),
  );

  async function inEachTheme(name, show) {
    for (const [kind, theme] of Object.entries(kinds)) {
      await window.useTheme(theme);
      const clip = await show();
      await page.mouse.move(900, 400);
      const path = join(folder, `${name}-${kind}.png`);
      writeSmallPng(path, await page.screenshot({ clip, animations: 'disabled' }));
      const { size } = statSync(path);
      total += size;
      console.log(`${name}-${kind}.png ${clip.width} × ${clip.height}, ${size} bytes`);
      await window.dismissQuickInput();
    }
  }
} finally {
  await session.close();
}
console.log(`${total} bytes in all, ${limit} at most`);
if (total > limit) process.exitCode = 1;

/** The place of an element in the window; `height` cuts it, `fromEnd` keeps its end. */
async function boxOf(locator, { height, fromEnd = false }) {
  const box = await locator.first().boundingBox();
  if (box === null) throw new Error('what a picture shows is not there');
  const [x, y, width, whole] = [box.x, box.y, box.width, box.height].map(Math.round);
  if (height === undefined || height >= whole) return { x, y, width, height: whole };
  return { x, y: fromEnd ? y + whole - height : y, width, height };
}
