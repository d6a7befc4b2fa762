// What a turn changed, said or unsaid: shown in its row, opened in the editor's differences, or said why not.
import assert from 'node:assert/strict';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openSession } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;

describe('changed files', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession({
      // Codex says the least of what it changes there.
      machineSettings: { 'codexLanes.native.sandbox': 'danger-full-access' },
    });
    window = await session.openWindow({ viewport: { width: 1400, height: 1000 } });
    await window.showContainer();
    await window.chat.ready();
  });

  after(() => session?.close());

  test('what a turn changed opens in the editor’s differences, said or unsaid, or says why not', async () => {
    const { chat, page } = window;
    const [folder] = session.workspaces;
    appendFileSync(join(folder, '.git/info/exclude'), 'private/\n');
    mkdirSync(join(folder, 'private'));
    writeFileSync(join(folder, 'private/uses.js'), 'monthName();\n');
    await window.runCommand('Codex Lanes: Use Codex Native Lane');
    await window.statusShows('Native · practice (offline)');
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
    await chat
      .row(/Changed/)
      .first()
      .waitFor({ state: 'detached' });
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
    await window.screenshot('changed-file', { in: ['dark', 'high-contrast'] });
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });
});
