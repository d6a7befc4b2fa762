// The chat in one window, as it is for a screen reader: the first minutes, a turn by the keyboard alone, and what a turn
// changed, said or unsaid.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { openSession, until } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;
const PICTURES = ['light', 'dark', 'high-contrast'];

describe('chat', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession({
      settings: { 'editor.accessibilitySupport': 'on' },
      // Codex says the least of what it changes there.
      machineSettings: { 'codexLanes.native.sandbox': 'danger-full-access' },
    });
    window = await session.openChat({ viewport: { width: 1600, height: 1000 }, wide: 480 });
  });

  after(() => session?.close());

  afterEach(() => {
    window.assertStayedHome();
    window.assertQuiet();
  });

  /** What the empty chat offers, once it is what is waited for. */
  const offers = (...prompts) =>
    until(async () => (await window.chat.suggestions.allInnerTexts()).join() === prompts.join(), `${prompts}`);

  /** Chooses each step of the open walkthrough, and waits for its picture. */
  async function walk(...titles) {
    const steps = window.page.locator('.getting-started-step');
    const picture = window.page.locator('.getting-started-media img').first();
    await until(async () => (await steps.count()) === titles.length, `${titles.length} steps`);
    const seen = new Set();
    for (const title of titles) {
      // By its title: below it are links that do something.
      await steps.locator('.step-title', { hasText: title }).click();
      const loaded = (image) => image.complete && image.naturalWidth > 100 && image.alt !== '' && image.currentSrc;
      const another = async () => {
        const source = await picture.evaluate(loaded).catch(() => false);
        return !seen.has(source) && source;
      };
      seen.add(await until(another, `the picture of ${title}`));
    }
  }

  test('an empty chat says how the lanes stand, has a walkthrough, and offers what fits lane and folder', async () => {
    const { chat, page } = window;
    await chat.frame.getByText(/^OpenAI API is ready · Codex native .* · practice \(offline\)/).waitFor();
    // Either lane may look in the folder and change it.
    await offers('Explain src/dates.js', 'Add a test', 'Run the tests');
    await window.runCommand('Codex Lanes: Use Codex Native Lane');
    await window.statusShows('Native · practice (offline)');
    await chat.frame.getByText('OpenAI API is ready · Codex native is ready · practice (offline)').waitFor();
    await offers('Explain src/dates.js', 'Add a test', 'Run the tests');
    await window.screenshot('welcome', { in: PICTURES });

    await chat.button('New here? The walkthrough').click();
    await walk('Ask, without', 'See the lanes', 'See and review', 'Bring Codex itself');
    await window.screenshot('walkthrough');
    // With the mouse: this page of the editor takes the focus back from a palette.
    await page.locator('.editor .tab.active').click({ button: 'middle' });
    await page.locator('.getting-started-step').first().waitFor({ state: 'detached' });

    await chat.button('Explain src/dates.js').click();
    await until(async () => (await chat.draft()) === 'Explain src/dates.js', 'the prompt in the composer');
    assert.equal(await chat.rows.count(), 0);
    await chat.composer.press('Enter');
    await chat.row(/It exports:/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.receipt(/^Receipt: Native/).waitFor({ timeout: TURN_LIMIT_MS });
  });

  const press = async (...keys) => {
    for (const key of keys) await window.page.keyboard.press(key);
  };

  /** Waits until the window's own focus is in what matches: what opens takes it only a moment later. */
  const focusIsIn = (selector) =>
    until(
      () => window.page.evaluate((part) => document.activeElement?.closest(part) !== null, selector),
      `the focus in ${selector}`,
    );

  /** Runs the editor's own command for the view. */
  async function focusChat() {
    await press('F1');
    await focusIsIn('.quick-input-widget');
    await window.page.keyboard.type('Focus on Chat View');
    await window.quickPickRows().first().filter({ hasText: 'Focus on Chat View' }).waitFor();
    await press('Enter');
    await window.quickInput().waitFor({ state: 'hidden' });
  }

  /** What a screen reader says of what is focused in the chat. */
  async function says() {
    const focused = window.chat.frame.locator(':focus');
    return (await focused.count()) === 0 ? '' : focused.evaluate((element) => element.ariaLabel ?? element.textContent);
  }

  /** Types into what is focused. */
  async function write(prompt) {
    await window.page.keyboard.type(prompt, { delay: 20 });
    await until(async () => (await window.chat.draft()) === prompt, 'the prompt to be written');
  }

  test('by the keyboard alone: asked, read row by row, a file opened and left again, and a turn stopped', async () => {
    const { chat } = window;
    await window.runCommand('Codex Lanes: New Thread');
    await chat.empty();
    await focusIsIn('iframe.webview');
    await focusChat();
    await until(async () => (await says()) === 'Prompt for Codex', 'the prompt to be focused');
    await write('run the tests');
    await press('Enter');
    await chat.receipt(/Receipt: Native · exec/).waitFor({ timeout: TURN_LIMIT_MS });
    await press('Control+ArrowUp');
    await until(async () => /^Receipt/.test(await says()), 'the latest row to be focused');
    for (let row = 0; row < 12 && !/^Changed .*dates\.js/.test(await says()); row += 1) await press('ArrowUp');
    assert.match(await says(), /^Changed .*dates\.js/);
    await press('Tab', 'Enter');
    await window.page.getByRole('tab', { name: /dates\.js/ }).waitFor();
    await focusIsIn('.monaco-diff-editor');
    await focusChat();
    await until(async () => /dates\.js/.test(await says()), 'the focus to be where it was in the chat');
    await press('Control+ArrowDown', 'ArrowUp');
    await until(async () => (await chat.draft()) === 'run the tests', 'the prompt of before');

    await press('ArrowDown');
    await until(async () => (await chat.draft()) === '', 'the draft that was there');
    await write('slow command');
    await press('Enter');
    await chat.row(/Running.*sleep 60/).waitFor({ timeout: TURN_LIMIT_MS });
    // The key that stops the editor's own chat.
    await press('Control+Escape');
    await chat.row('Stopped by you').waitFor();
    assert.equal(await says(), 'Prompt for Codex');
  });

  test('what a turn changed opens in the editor’s differences, said or unsaid, or says why not', async () => {
    const { chat, page } = window;
    const [folder] = session.workspaces;
    execFileSync('git', ['checkout', '-q', '.'], { cwd: folder });
    appendFileSync(join(folder, '.git/info/exclude'), 'private/\n');
    mkdirSync(join(folder, 'private'));
    writeFileSync(join(folder, 'private/uses.js'), 'monthName();\n');
    await window.runCommand('View: Close All Editors');
    await window.runCommand('Codex Lanes: New Thread');
    await chat.empty();
    await chat.send('rename monthName to nameOfMonth');
    await chat.receipt(/^Receipt: Native/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat
      .button(/^Changed \d files: Show changes$/)
      .first()
      .click();
    const patched = chat.row(/Changed \d files/).first();
    const fileIn = (name) => patched.locator('.changed-file').filter({ hasText: name });
    const lines = (name, side) => fileIn(name).locator(`.diff .${side}`).filter({ hasText: 'OfMonth' });
    await fileIn('private/uses.js').getByText('no baseline: ignored by Git').waitFor();
    assert.equal(await fileIn('private/uses.js').locator('.diff').count(), 0);
    await lines('src/dates.js', 'added').first().waitFor();
    assert.ok((await fileIn('src/dates.js').locator('.diff .removed').count()) > 0);
    await fileIn('src/dates.js').getByRole('button', { name: 'src/dates.js', exact: true }).click();
    const side = (name) => page.locator(`.monaco-diff-editor .editor.${name} .view-lines`).last();
    await page.getByRole('tab', { name: 'dates.js (before, from Git) ↔ dates.js' }).waitFor();
    await side('original').filter({ hasText: 'monthName' }).waitFor();
    await side('modified').filter({ hasText: 'nameOfMonth' }).waitFor();

    await window.runCommand('Codex Lanes: New Thread');
    await chat.empty();
    // No model is as fast as the practice endpoint.
    await chat.send('run: sleep 1; echo by a command >> README.md');
    await chat.receipt(/^Receipt: Native/).waitFor({ timeout: TURN_LIMIT_MS });
    const unsaid = chat.row(/not announced by Codex/).first();
    await unsaid.waitFor({ timeout: TURN_LIMIT_MS });
    await unsaid.getByRole('button', { name: 'README.md', exact: true }).click();
    // The turn before had changed it already: what stood there is no commit's.
    await page.getByRole('tab', { name: 'README.md (before, from a copy) ↔ README.md' }).waitFor();
    await side('modified')
      .filter({ hasText: /by.a.command/ })
      .waitFor();
    assert.doesNotMatch(await side('original').innerText(), /by.a.command/);
    await window.screenshot('changed-file', { in: ['light', 'dark'] });
  });
});
