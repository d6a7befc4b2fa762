// A whole turn by the keyboard alone, with the editor as it is for a screen reader.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openSession, until } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;

describe('the keyboard alone', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession({
      settings: { 'codexLanes.lane': 'codex-native', 'editor.accessibilitySupport': 'on' },
    });
    window = await session.openWindow({ viewport: { width: 1200, height: 1000 } });
    await window.showContainer();
    await window.chat.ready();
  });

  after(() => session?.close());

  const press = (...keys) =>
    keys.reduce((before, key) => before.then(() => window.page.keyboard.press(key)), Promise.resolve());
  const focused = () => window.chat.frame.locator(':focus');

  /** The editor's own command for the view. */
  async function focusChat() {
    await press('F1');
    await window.quickInput().waitFor();
    await window.page.keyboard.type('Focus on Chat View');
    await window.quickPickRows().first().filter({ hasText: 'Focus on Chat View' }).waitFor();
    await press('Enter');
    await window.quickInput().waitFor({ state: 'hidden' });
  }

  const says = async () =>
    (await focused().count()) === 0 ? '' : focused().evaluate((element) => element.ariaLabel ?? element.textContent);

  test('the chat is focused, asked, read row by row; a changed file is opened, and the way leads back', async () => {
    const { chat } = window;
    await focusChat();
    await until(async () => (await says()) === 'Prompt for Codex', 'the prompt to be focused');
    await window.page.keyboard.type('run the tests', { delay: 20 });
    await until(async () => (await chat.draft()) === 'run the tests', 'the prompt to be written');
    await press('Enter');
    await chat.receipt(/Receipt: Native · exec/).waitFor({ timeout: TURN_LIMIT_MS });
    await press('Control+ArrowUp');
    await until(async () => /^Receipt/.test(await says()), 'the latest row to be focused');
    for (let row = 0; row < 12 && !/^Changed .*dates\.js/.test(await says()); row += 1) await press('ArrowUp');
    assert.match(await says(), /^Changed .*dates\.js/);
    await press('Tab', 'Enter');
    await window.page.getByRole('tab', { name: /dates\.js/ }).waitFor();
    await focusChat();
    await until(async () => /dates\.js/.test(await says()), 'the focus to be where it was in the chat');
    await press('Control+ArrowDown', 'ArrowUp');
    await until(async () => (await chat.draft()) === 'run the tests', 'the prompt of before');
  });

  test('the key that stops the editor’s own chat stops the turn', async () => {
    const { chat } = window;
    await press('ArrowDown');
    await until(async () => (await chat.draft()) === '', 'the draft that was there');
    await window.page.keyboard.type('slow command', { delay: 20 });
    await until(async () => (await chat.draft()) === 'slow command', 'the prompt to be written');
    await press('Enter');
    await chat.row(/Running.*sleep 60/).waitFor({ timeout: TURN_LIMIT_MS });
    await press('Control+Escape');
    await chat.row('Stopped by you').waitFor();
    assert.equal(await says(), 'Prompt for Codex');
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });
});
