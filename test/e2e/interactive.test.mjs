// The interactive native lane with the real Codex: what it asks is answered on its card.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isAlive, openInteractive, until } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;

describe('the interactive lane', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;
  // The sandbox lets nothing write there; the usual temporary folder is open to it.
  const outside = mkdtempSync('/var/tmp/e2e-asked-');

  before(async () => {
    ({ session, window } = await openInteractive());
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

  test('a patch outside the folder: shown with its path, made with the yes, not made with the no', async () => {
    const { chat } = window;
    await window.runCommand('Codex Lanes: New Thread');
    await chat.empty();
    const [path, denied] = [join(outside, 'patched.txt'), join(outside, 'not-patched.txt')];
    await chat.send(`write: ${path}`);
    await chat.row(new RegExp(`Asked to change files.*${path}`, 's')).waitFor({ timeout: TURN_LIMIT_MS });
    assert.equal(existsSync(path), false);
    await chat.button(/^Allow$/).click();
    await chat.receipt(/Receipt: Native · app-server/).waitFor({ timeout: TURN_LIMIT_MS });
    assert.equal(existsSync(path), true);

    await chat.send(`write: ${denied}`);
    await chat.row(new RegExp(`Asked to change files.*${denied}`, 's')).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.button(/^Don’t allow$/).click();
    await chat.row(/Don’t allow · by you/).waitFor();
    await until(async () => (await chat.receipt(/Receipt: /).count()) === 2, 'the turn to end', TURN_LIMIT_MS);
    assert.equal(existsSync(denied), false);
  });

  test('a message for the turn that streams reaches its next request, and is of that turn', async () => {
    const { chat } = window;
    await window.runCommand('Codex Lanes: New Thread');
    await chat.empty();
    await chat.send('long answer');
    const growth = await chat.watchGrowth();
    await chat.button('Stop').last().waitFor({ timeout: TURN_LIMIT_MS });
    await until(async () => (await growth()).length > 4, 'the answer to come in pieces', TURN_LIMIT_MS);
    await chat.type('say: steered well');
    await chat.button('Steer').waitFor();
    await chat.composer.press('Enter');
    await chat.row(/say: steered well.*sent while running/s).waitFor({ timeout: TURN_LIMIT_MS });
    // The endpoint says what it was asked to say: the message was in the request.
    await chat.log.getByText('steered well', { exact: true }).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.receipt(/Receipt: Native · app-server/).waitFor({ timeout: TURN_LIMIT_MS });
    assert.equal(await chat.receipt(/Receipt: /).count(), 1, 'it was one turn');
    assert.equal(await chat.draft(), '');
  });

  test('sent now: the command is gone, the prompt runs next, and what waited runs after it', async () => {
    const { chat } = window;
    await window.runCommand('Codex Lanes: New Thread');
    await chat.empty();
    const commands = await slowCommand();
    await chat.type('say: later');
    await chat.composer.press('Alt+Enter');
    await chat.row(/say: later.*queued/s).waitFor();
    await chat.type('say: removed');
    await chat.composer.press('Alt+Enter');
    await chat.button('Remove from the queue: say: removed').click();
    await until(async () => (await chat.draft()) === 'say: removed', 'the removed prompt to be the draft');
    await chat.composer.fill('');
    await chat.type('say: urgent');
    await chat.composer.press('Control+Enter');
    await chat.log.getByText('later', { exact: true }).waitFor({ timeout: TURN_LIMIT_MS });
    await until(() => commands.every(({ pid }) => !isAlive(pid)), 'the command to be gone', 5_000);
    const said = await chat.log.innerText();
    assert.ok(said.indexOf('say: urgent') < said.indexOf('say: later'), 'it ran first');
    assert.equal(said.includes('say: removed'), false);
  });

  test('Stop in a command over the app-server leaves nothing of it running', async () => {
    const { chat } = window;
    await window.runCommand('Codex Lanes: New Thread');
    await chat.empty();
    const commands = await slowCommand();
    await chat.type('half a thought');
    await chat.frame.locator('.send').click();
    await chat.row('Stopped by you').waitFor({ timeout: TURN_LIMIT_MS });
    await until(() => commands.every(({ pid }) => !isAlive(pid)), 'the command to be gone', 5_000);
    assert.equal(await chat.draft(), 'half a thought');
  });

  /** Starts the command that runs for a minute. */
  async function slowCommand() {
    await window.chat.send('slow command');
    await window.chat.row(/Running.*sleep 60/).waitFor({ timeout: TURN_LIMIT_MS });
    return until(() => {
      const found = session.runningIn(session.workspaces[0]).filter(({ command }) => command === 'sleep 60');
      return found.length > 0 && found;
    }, 'the command to run');
  }
});
