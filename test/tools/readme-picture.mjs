// `node test/tools/readme-picture.mjs`: makes media/readme/chat.png from the packaged extension in the real workbench,
// after a native turn with the real Codex program. Needs `npm run package` first.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSession } from '../e2e/kit/index.mjs';
import { root } from './platform.mjs';

const folder = join(root, 'media/readme');
mkdirSync(folder, { recursive: true });
const session = await openSession({ settings: { 'workbench.colorTheme': 'Dark Modern' } });
try {
  const workbench = await session.openWindow();
  await workbench.runCommand('Codex Lanes: Use Codex Native Lane');
  const chat = await workbench.chat();
  await chat.send('run the tests');
  await chat.log
    .getByText(/practice \(offline\)/)
    .last()
    .waitFor({ timeout: 60_000 });
  await workbench.page.screenshot({ path: join(folder, 'chat.png') });
} finally {
  await session.close();
}
