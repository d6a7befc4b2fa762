// The Codex native lane with the real Codex: locked, unlocked, at work and stopped.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isAlive, openSession, until } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;

describe('the Codex native lane', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession({ env: { CODEX_LANES_NATIVE_UNLOCK: undefined } });
    window = await session.openChat();
  });

  after(() => session?.close());

  test('a locked lane says so everywhere, and a prompt to it is a failed turn', async () => {
    const { chat } = window;
    await window.runCommand('Codex Lanes: Use Codex Native Lane');
    await window.statusShows('Native locked · practice (offline)');
    await window.notification('locked').getByRole('button', { name: 'Unlock Codex Native Lane' }).waitFor();
    await window.seeRow('Runtime', 'Codex native - internal - locked', 'Ready but locked');
    await chat
      .note(/locked/)
      .getByRole('button', { name: 'Unlock Codex Native Lane' })
      .waitFor();
    await chat.send('run the tests');
    const failure = chat.row('Codex native is locked: its feature gate codexLanes.native.unlock is shut.');
    await failure.getByRole('button', { name: 'Details (lane_locked)' }).waitFor();
    assert.deepEqual(session.runningIn(session.workspaces[0]), []);
  });

  test('it is unlocked after a question, and the state follows', async () => {
    // The refusal stands last and offers it: the note above the composer does not say it again.
    const failure = window.chat.row('Codex native is locked: its feature gate codexLanes.native.unlock is shut.');
    await failure.getByRole('button', { name: 'Unlock Codex Native Lane' }).click();
    const asked = window.dialog('Unlock the Codex native lane on this machine?');
    await asked.getByRole('button', { name: 'Unlock', exact: true }).click();
    await window.statusShows('Native · practice (offline)');
    await window.seeRow('Runtime', 'Codex native - internal - ready');
    assert.equal(await window.offersCommand('Codex Lanes: Unlock Codex Native Lane'), false);
  });

  test('the lane is chosen from the status bar, too', async () => {
    await window.lane.click();
    await window.pick('Sends each turn to a Responses-compatible endpoint');
    await window.statusShows('API · practice (offline)');
    await window.lane.click();
    await window.pick('Runs the real Codex runtime on this machine');
    await window.statusShows('Native · practice (offline)');
  });

  test('the real Codex runs commands and changes a file, and both are shown', async () => {
    const { chat } = window;
    const source = join(session.workspaces[0], 'src/dates.js');
    assert.match(readFileSync(source, 'utf8'), /MONTHS\[month\]/);
    await window.runCommand('Codex Lanes: New Thread');
    await chat.button('Run the tests').click();
    await chat.composer.press('Enter');
    await chat.receipt(/Receipt: Native · exec/).waitFor({ timeout: TURN_LIMIT_MS });
    assert.match(readFileSync(source, 'utf8'), /MONTHS\[month - 1\]/);
    await chat.row('Fixed: all tests pass').waitFor();
    await chat
      .row(/Ran.*node --test.*exit 1/)
      .first()
      .waitFor();
    await chat
      .row(/Ran.*node --test.*exit 0/)
      .first()
      .waitFor();
    await chat
      .row(/Changed.*src\/dates\.js/)
      .first()
      .waitFor();
    await chat.receipt(/practice \(offline\)/).waitFor();
    await chat
      .row(/Changed/)
      .getByRole('button', { name: 'src/dates.js', exact: true })
      .click();
    await window.page.getByRole('tab', { name: /dates\.js/ }).waitFor();
  });

  test('stop in mid-command says so at once, and leaves nothing running', async () => {
    const { chat } = window;
    await chat.send('slow command');
    await chat.row(/Running.*sleep 60/).waitFor({ timeout: TURN_LIMIT_MS });
    const [folder] = session.workspaces;
    const running = await until(() => {
      const found = session.runningIn(folder);
      return found.some(({ command }) => command === 'sleep 60') && found;
    }, 'the command to run');
    const stopping = await chat.watchFor('Stopping…');
    await window.runCommand('Codex Lanes: Stop Turn');
    await chat.row('Stopped by you').waitFor();
    assert.ok(await stopping(), 'Stopping was shown');
    // A killed sandbox takes the kernel a moment; one that was missed would run on for a minute.
    await until(() => session.runningIn(folder).length === 0, 'the processes to be gone', 5_000);
    await until(() => running.every(({ pid }) => !isAlive(pid)), 'each of them to be gone', 5_000);
    await chat.row(/sleep 60.*did not finish/).waitFor();
    await chat.button('Send').waitFor();
    assert.equal(await window.offersCommand('Codex Lanes: Stop Turn'), false);
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });
});
