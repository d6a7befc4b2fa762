// The chat of a first day, in one window: what an empty chat says and offers, and what is done with it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openSession, until } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;
const PICTURES = ['light', 'dark', 'high-contrast'];

describe('chat', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession();
    window = await session.openWindow({ viewport: { width: 1600, height: 1000 } });
    await window.showContainer();
    await window.widenSideBar(480);
    await window.chat.ready();
  });

  after(() => session?.close());

  /** What the empty chat offers, once it is what is waited for. */
  const offers = (...prompts) =>
    until(async () => (await window.chat.suggestions.allInnerTexts()).join() === prompts.join(), `${prompts}`);

  test('an empty chat says how the lanes stand, and offers what the selected one can do in this folder', async () => {
    const { chat } = window;
    await chat.frame.getByText(/^OpenAI API is ready · Codex native .* · practice \(offline\)/).waitFor();
    // This lane has no tools, so nothing of the folder is promised.
    await offers('What can you do here?', 'Long answer', 'Say: hello from the practice endpoint');
    await window.runCommand('Codex Lanes: Use Codex Native Lane');
    await window.statusShows('Native · practice (offline)');
    await chat.frame.getByText('OpenAI API is ready · Codex native is ready · practice (offline)').waitFor();
    await offers('Explain src/dates.js', 'Add a test', 'Run the tests');
    await window.screenshot('welcome', { in: PICTURES });
  });

  test('its walkthrough has four steps, and the picture of each is loaded', async () => {
    const { chat, page } = window;
    await chat.button('New here? The walkthrough').click();
    const steps = page.locator('.getting-started-step');
    await steps.first().waitFor();
    await until(async () => (await steps.count()) === 4, 'four steps');
    for (const title of ['Ask, without', 'See the lanes', 'See and review', 'Bring Codex itself']) {
      // By its title: below it are links that do something.
      await steps.locator('.step-title', { hasText: title }).click();
      const picture = page.locator('.getting-started-media img');
      const loaded = (image) => image.complete && image.naturalWidth > 100 && image.alt !== '';
      await until(
        () =>
          picture
            .first()
            .evaluate(loaded)
            .catch(() => false),
        `the picture of ${title}`,
      );
    }
    await window.screenshot('walkthrough');
    // With the mouse: this page of the editor takes the focus back from a palette.
    await page.locator('.editor .tab.active').click({ button: 'middle' });
    await steps.first().waitFor({ state: 'detached' });
  });

  test('a prompt of the empty chat is put into the composer, not sent; sent, it is answered', async () => {
    const { chat } = window;
    await chat.button('Explain src/dates.js').click();
    await until(async () => (await chat.draft()) === 'Explain src/dates.js', 'the prompt in the composer');
    assert.equal(await chat.rows.count(), 0);
    await chat.composer.press('Enter');
    await chat.row(/It exports:/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.receipt(/^Receipt: Native/).waitFor({ timeout: TURN_LIMIT_MS });
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });
});
