// `node test/tools/readme-picture.mjs`: makes media/readme/chat.png from the packaged extension in the real workbench,
// after a native turn with the real Codex program. Needs `npm run package` first.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSession } from '../e2e/kit/index.mjs';
import { root } from './platform.mjs';

/** The side bar as wide as a reader would drag it, in pixels. */
const sideBar = 460;

const folder = join(root, 'media/readme');
mkdirSync(folder, { recursive: true });
const session = await openSession({
  settings: { 'workbench.colorTheme': 'Dark Modern', 'window.menuBarVisibility': 'hidden' },
});
try {
  const workbench = await session.openWindow({ viewport: { width: 1080, height: 820 } });
  const { chat, page } = workbench;
  await chat.ready();
  const edge = await page.locator('.part.sidebar').boundingBox();
  await page.mouse.move(edge.x + edge.width, edge.y + 300);
  await page.mouse.down();
  await page.mouse.move(edge.x + sideBar, edge.y + 300, { steps: 5 });
  await page.mouse.up();
  await workbench.runCommand('Codex Lanes: Use Codex Native Lane');
  await workbench.statusBarItem('codexLanes.lane').getByText('Native').waitFor();
  await chat.send('run the tests');
  await chat.log
    .getByText(/practice \(offline\)/)
    .last()
    .waitFor({ timeout: 60_000 });
  await chat.frame.locator('button.path').first().click();
  await page.locator('.monaco-editor .view-line').first().waitFor();
  await page.screenshot({ path: join(folder, 'chat.png') });
} finally {
  await session.close();
}
