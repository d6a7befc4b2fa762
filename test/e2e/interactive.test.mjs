// The interactive native lane with the real Codex: what it asks is answered on its card.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openSession, until } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;

describe('the interactive lane', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;
  // The sandbox lets nothing write there; the usual temporary folder is open to it.
  const outside = mkdtempSync('/var/tmp/e2e-asked-');

  before(async () => {
    session = await openSession({ machineSettings: { 'codexLanes.native.interactive': true } });
    window = await session.openWindow();
    await window.showContainer();
    await window.chat.ready();
    await window.runCommand('Codex Lanes: Use Codex Native Lane');
  });

  after(async () => {
    await session?.close();
    rmSync(outside, { recursive: true, force: true });
  });

  test('a command is approved and runs; it is denied and does not; a grant answers and is revoked', async () => {
    const { chat } = window;
    const [path, denied] = [join(outside, 'approved'), join(outside, 'denied')];
    await chat.send(`ask: touch ${path}`);
    await chat.button('Always allow exactly this command in this folder').waitFor({ timeout: TURN_LIMIT_MS });
    assert.equal(existsSync(path), false);
    await chat.button('Always allow exactly this command in this folder').click();
    await chat.receipt(/Receipt: Native · app-server/).waitFor({ timeout: TURN_LIMIT_MS });
    await until(() => existsSync(path), 'the command that was allowed has run');
    rmSync(path);

    await chat.send(`ask: touch ${denied}`);
    await chat.row(/Asked again: what you allowed was/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.button('Don’t allow, and stop the turn').click();
    await chat.row(/Don’t allow, and stop the turn · by you/).waitFor();
    assert.equal(existsSync(denied), false);

    await chat.send(`ask: touch ${path}`);
    await chat.row(/Allow · by a grant/).waitFor({ timeout: TURN_LIMIT_MS });
    await until(() => existsSync(path), 'the command that was granted has run');
    await window.runCommand('Codex Lanes: Show Grants');
    const grant = window.page.getByRole('option').filter({ hasText: path });
    await grant.filter({ hasText: 'used once' }).waitFor();
    await grant.hover();
    await grant.getByRole('button', { name: 'Revoke This Grant' }).click();
    await grant.waitFor({ state: 'detached' });
    await window.page.keyboard.press('Escape');
  });
});
