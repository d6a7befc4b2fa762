// The packaged extension in a real VS Code: it installs, shows its container and views, and leaves this machine alone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openSession, themes } from './kit/index.mjs';

describe('the packaged extension', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession();
    window = await session.openWindow();
  });

  after(() => session?.close());

  test('the container shows the chat and the runtime tree', async () => {
    await window.showContainer();
    await window.chat.ready();
    await window.treeRows('Runtime').first().waitFor();
  });

  test('the status bar names the lane, and a click opens the lane picker', async () => {
    const item = window.statusBarItem('codexLanes.lane');
    await item.waitFor();
    assert.notEqual((await item.textContent())?.trim(), '');
    await item.click();
    await window.quickPickRows().first().waitFor();
    await window.dismissQuickInput();
  });

  test('pictures in every theme', async () => {
    await window.screenshot('workbench', { in: Object.keys(themes), ready: () => window.chat.ready() });
  });

  test('no request left this machine', () => {
    window.assertStayedHome();
  });
});
