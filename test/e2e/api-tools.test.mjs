// The API lane as a coding lane, on the practice endpoint: what it asks is answered on its card, and what it does is seen.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { isAlive, openSession, until } from './kit/index.mjs';

const TURN_LIMIT_MS = 30_000;

describe('the API lane with tools', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;
  /** @type {string} */
  let folder;

  before(async () => {
    session = await openSession({
      settings: { 'codexLanes.lane': 'api' },
      machineSettings: { 'codexLanes.api.tools': true, 'codexLanes.api.maxRounds': 8 },
    });
    [folder] = session.workspaces;
    window = await session.openChat({ viewport: { width: 1400, height: 1000 }, wide: 520 });
  });

  after(() => session?.close());

  const receipt = () => window.chat.receipt(/Receipt: API · practice \(offline\)/);
  async function newThread() {
    await window.runCommand('Codex Lanes: New Thread');
    await window.chat.empty();
  }
  /** Answers the card that asks. */
  async function answer(name) {
    const button = window.chat.button(name).last();
    await button.waitFor({ timeout: TURN_LIMIT_MS });
    // That very one: the next card may be there before this one is seen to go.
    const pressed = await button.elementHandle();
    await button.click();
    await pressed?.waitForElementState('hidden');
  }

  test('the tests are run, the bug is fixed, they run again: each is asked about, and the change opens its differences', async () => {
    const { chat, page } = window;
    await chat.send('Run the tests');
    await chat.row(/Asked to run.*node --test/s).waitFor({ timeout: TURN_LIMIT_MS });
    await window.screenshot('api-asks-command', { in: ['light', 'dark', 'high-contrast'] });
    await answer(/^Allow$/);
    await chat.row(/Asked to change files.*src\/dates\.js/s).waitFor({ timeout: TURN_LIMIT_MS });
    assert.doesNotMatch(readFileSync(join(folder, 'src/dates.js'), 'utf8'), /month - 1/);
    // What is asked about can be read without a click.
    await chat.row(/Changing.*MONTHS\[month - 1\]/s).waitFor();
    await window.screenshot('api-asks-change', { in: ['light', 'dark', 'high-contrast'] });
    await answer(/^Allow$/);
    await chat
      .row(/Asked to run.*node --test/s)
      .last()
      .waitFor({ timeout: TURN_LIMIT_MS });
    await answer(/^Allow$/);
    await receipt().waitFor({ timeout: TURN_LIMIT_MS });
    await chat.row(/Fixed: all tests pass/).waitFor();
    assert.match(readFileSync(join(folder, 'src/dates.js'), 'utf8'), /MONTHS\[month - 1\]/);
    assert.match(await chat.fact('Commands'), /2.*sandbox/);
    await chat
      .button(/^Changed .*dates\.js/)
      .first()
      .click();
    await chat.button('src/dates.js').last().click();
    await page.getByRole('tab', { name: /dates\.js \(right before the change\) ↔ dates\.js/ }).waitFor();
    const side = (name) => page.locator(`.monaco-diff-editor .editor.${name} .view-lines`).last();
    await side('original')
      .filter({ hasText: /MONTHS\[month\]/ })
      .waitFor();
    await side('modified')
      .filter({ hasText: /month.-.1/ })
      .waitFor();
    await window.runCommand('View: Close All Editors');
  });

  test('a denial takes a word along, which the model gets', async () => {
    const { chat } = window;
    await newThread();
    await chat.send('run: touch denied');
    await chat.row(/Asked to run.*touch denied/s).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.frame.getByLabel('A word to the model, if you don’t allow it').fill('use another name');
    await answer(/^Don’t allow$/);
    await receipt().waitFor({ timeout: TURN_LIMIT_MS });
    // The endpoint says what it was told.
    await chat.row(/The command did not run\./).waitFor();
    await chat.row(/says: use another name/).waitFor();
    assert.equal(existsSync(join(folder, 'denied')), false);
  });

  test('a command that is always allowed runs unasked, until a script of it is edited', async () => {
    const { chat } = window;
    await newThread();
    await chat.send('run: npm test');
    await answer(/^Always allow exactly this command in this folder/);
    await receipt().waitFor({ timeout: TURN_LIMIT_MS });
    await chat.send('run: npm test');
    await chat.row(/Allow · by a grant/).waitFor({ timeout: TURN_LIMIT_MS });
    await receipt().nth(1).waitFor({ timeout: TURN_LIMIT_MS });
    const manifest = join(folder, 'package.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"node --test"', '"node --test test"'));
    await chat.send('run: npm test');
    await chat.row(/Asked again: you allowed this command, but a script that it runs has changed since/).waitFor({
      timeout: TURN_LIMIT_MS,
    });
    await answer(/^Don’t allow, and stop the turn$/);
    await chat.row(/Don’t allow, and stop the turn · by you/).waitFor();
  });

  test('429 is asked again after the time that it says; a stream cut in mid-answer is said', async () => {
    const { chat } = window;
    await newThread();
    await chat.send('fail: 429 once');
    await chat.row(/limiting requests.*Trying again in 1/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.row(/^It went well this time\.$/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.send('fail: cut once');
    await chat.log.getByText('It went well this time.', { exact: true }).nth(1).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.send('fail: cut after tool: read_file {"path":"README.md"}');
    await chat.row(/stopped in the middle of its answer/).waitFor({ timeout: TURN_LIMIT_MS });
    // What was done is in the conversation, and the endpoint takes it.
    await chat.send('say: and on');
    await chat.row(/^and on$/).waitFor({ timeout: TURN_LIMIT_MS });
  });

  test('an endless loop of calls is stopped by its budget, in words', async () => {
    const { chat } = window;
    await newThread();
    await chat.send('endless tools');
    await chat.row(/8 requests|8 rounds/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.send('say: still here');
    await chat.row(/^still here$/).waitFor({ timeout: TURN_LIMIT_MS });
  });

  test('a message for the turn that runs is taken at the next boundary, and is of that turn', async () => {
    const { chat } = window;
    await newThread();
    await chat.send('run: true');
    // The turn can't end before its question is answered.
    await chat.row(/Asked to run.*true/s).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.type('say: steered well');
    await chat.button('Steer').waitFor();
    await chat.composer.press('Enter');
    await answer(/^Allow$/);
    await chat.row(/say: steered well.*sent while running/s).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.log.getByText('steered well', { exact: true }).waitFor({ timeout: TURN_LIMIT_MS });
    await receipt().waitFor({ timeout: TURN_LIMIT_MS });
    assert.equal(await chat.receipt(/Receipt: /).count(), 1, 'it was one turn');
  });

  test('Stop in a command leaves nothing of it running', async () => {
    const { chat } = window;
    await newThread();
    await chat.send('slow command');
    await answer(/^Allow$/);
    await chat.row(/Running.*sleep 60/).waitFor({ timeout: TURN_LIMIT_MS });
    const commands = await until(() => {
      const found = session.runningIn(folder).filter(({ command }) => /sleep 60$/.test(command));
      return found.length > 0 && found;
    }, 'the command to run');
    await chat.frame.locator('.send').click();
    await chat.row('Stopped by you').waitFor({ timeout: TURN_LIMIT_MS });
    await until(() => commands.every(({ pid }) => !isAlive(pid)), 'the command to be gone', 5_000);
    window.assertStayedHome();
    window.assertQuiet();
  });
});
