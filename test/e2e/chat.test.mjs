// The chat of a first day, in one window: what an empty chat says and offers, and what is done with it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openSession } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;

describe('chat', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession();
    window = await session.openWindow({ viewport: { width: 1200, height: 1000 } });
    await window.showContainer();
    await window.widenSideBar(480);
    await window.chat.ready();
  });

  after(() => session?.close());

  test('a prompt of the empty chat is put into the composer, and its answer comes', async () => {
    const { chat } = window;
    await chat.frame.getByRole('list', { name: 'Suggestions' }).getByRole('button').first().click();
    const prompt = await chat.draft();
    assert.notEqual(prompt, '');
    await chat.composer.press('Enter');
    await chat.row(prompt).first().waitFor();
    await chat.receipt(/^Receipt: /).waitFor({ timeout: TURN_LIMIT_MS });
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });
});
