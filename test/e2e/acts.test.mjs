// Compaction and review from the palette, with the real Codex: offered where they can be done, and turns like any other.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openInteractive } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;

describe('turns that answer no prompt', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    ({ session, window } = await openInteractive());
  });

  after(async () => {
    await session?.close();
  });

  test('a thread is compacted, and its changes are reviewed', async () => {
    const { chat } = window;
    // There is nothing to compact yet.
    assert.equal(await window.offersCommand('Codex Lanes: Compact Thread'), false);
    await chat.send('say: something to remember');
    await chat.receipt(/Receipt: Native · app-server/).waitFor({ timeout: TURN_LIMIT_MS });

    await window.runCommand('Codex Lanes: Compact Thread');
    await chat.row(/Compact this thread/).waitFor();
    await chat.row(/Codex compacted the thread: [\d.,k]+ to [\d.,k]+ tokens/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat
      .receipt(/Receipt: Native · app-server/)
      .nth(1)
      .waitFor({ timeout: TURN_LIMIT_MS });

    await window.runCommand('Codex Lanes: Review Changes…');
    const options = window.page.getByRole('option');
    await options.filter({ hasText: 'Uncommitted Changes' }).waitFor();
    assert.equal(await options.count(), 4);
    await options.filter({ hasText: 'With Instructions…' }).click();
    await window.page.getByText('What is Codex to look at, and for what?').waitFor();
    await window.quickInput().fill('say: the changes look fine');
    await window.page.keyboard.press('Enter');
    await chat.row(/Review: say: the changes look fine/).waitFor();
    await chat.row(/Review began/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.row(/Review ended/).waitFor();
    await chat
      .receipt(/Receipt: Native · app-server/)
      .nth(2)
      .waitFor({ timeout: TURN_LIMIT_MS });
    // What was asked for, and what was found, which stands once.
    assert.equal(await chat.row(/the changes look fine/).count(), 2);
  });
});
