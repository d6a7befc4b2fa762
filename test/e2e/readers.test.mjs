// What Codex tells of account, limits and models, with the real Codex: said before the next turn, in the Runtime view, on the
// Usage page and in the list of models.
import { after, before, describe, test } from 'node:test';
import { openInteractive } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;

describe('account, limits and models', () => {
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

  test('a limit that is nearly used up is said above the prompt and in the Runtime view, and holds nobody up', async () => {
    const { chat } = window;
    await window.seeRow('Runtime', 'Account', 'Not read yet');
    // In two days: a reset is said with its day.
    const until = Math.floor(Date.now() / 1000) + 2 * 86_400;
    await chat.send(`limits: 92 until ${until}`);
    await chat.receipt(/Receipt: Native · app-server/).waitFor({ timeout: TURN_LIMIT_MS });
    const note = chat.frame.getByText(/^5-hour limit: 92% used, resets \w{3} \d+:\d\d/);
    await note.waitFor();
    await window.seeRow('Runtime', '5-hour limit', '92% used, resets');
    await window.seeRow('Runtime', 'Account', 'The provider of Codex needs none');
    await chat.send('limits: 30');
    await chat
      .receipt(/Receipt: Native · app-server/)
      .nth(1)
      .waitFor({ timeout: TURN_LIMIT_MS });
    await note.waitFor({ state: 'detached' });
  });

  test('the usage page says whom Codex works for, and how each limit stands', async () => {
    await window.runCommand('Codex Lanes: Show Usage');
    const page = window.page.locator('iframe.webview').last().contentFrame().frameLocator('#active-frame');
    await page.getByText(/The provider of Codex needs none \(read at/).waitFor();
    await page.getByRole('row', { name: /5-hour limit .* 30% used/ }).waitFor();
    await window.screenshot('usage-limits', { in: ['light', 'dark', 'high-contrast'] });
  });

  test('the options of the thread list models and the efforts of each', async () => {
    await window.runCommand('Codex Lanes: Thread Options…');
    await window.pick('Model');
    const luna = window.quickPickRows().filter({ hasText: 'GPT-6-Luna' }).first();
    await luna.filter({ hasText: 'Reasoning efforts: low, medium, high' }).waitFor();
    // A click may land beside a row of a list that is still growing.
    await window.enterText('GPT-6-Luna');
    await window.chat.button(/gpt-6-luna/).waitFor();
    await window.dismissQuickInput();
  });
});
