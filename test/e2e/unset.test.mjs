// The extension as installed: no key, no Codex. Each lane says what it lacks, and offers the one thing that helps.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openSession } from './kit/index.mjs';

const baseUrl = 'https://api.example.invalid/v1';
const noCodex = 'No program named codex was found on PATH';

describe('what a lane lacks', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession({
      practice: false,
      mode: 'code-server',
      machineSettings: { 'codexLanes.api.baseUrl': baseUrl },
      env: { CODEX_LANES_NATIVE_UNLOCK: '1' },
    });
    window = await session.openWindow();
    await window.statusShows('Auto: not checked');
    await window.showContainer();
    await window.chat.ready();
  });

  after(() => session?.close());

  test('a missing key: in the status bar, the tree and on send', async () => {
    const { chat } = window;
    await window.runCommand('Codex Lanes: Refresh Runtime Status');
    await window.statusShows('Auto → API: key needed');
    await window.seeRow('Runtime', 'OpenAI API - auth required', 'Add an API key');
    await chat
      .note(/Add an API key/)
      .getByRole('button', { name: 'Set API Key' })
      .waitFor();
    await chat.send('say: nobody hears this');
    const failure = chat.row('The OpenAI API lane needs a key for api.example.invalid.');
    await failure.getByRole('button', { name: 'Details (authentication_required)' }).waitFor();
    await failure.getByRole('button', { name: 'Set API Key' }).click();
    await window.quickInput().waitFor();
    assert.equal(await window.quickInput().getAttribute('type'), 'password');
  });

  test('a key is stored for its origin, outlives a reload and is cleared', async () => {
    await window.enterText('sk-not-a-real-key');
    await window.notification('The API key for https://api.example.invalid is stored.').waitFor();
    // Nothing answers there, which is another state than a missing key.
    await window.statusShows('Auto → API offline');
    await window.reload();
    await window.showContainer();
    await window.chat.ready();
    await window.runCommand('Codex Lanes: Refresh Runtime Status');
    await window.statusShows('Auto → API offline');
    await window.runCommand('Codex Lanes: Clear API Key');
    const asked = window.dialog('Clear the API key for https://api.example.invalid?');
    await asked.getByRole('button', { name: 'Clear' }).click();
    await window.statusShows('Auto → API: key needed');
  });

  test('a missing Codex: in the status bar, the tree, the notification and on send', async () => {
    const { chat } = window;
    await window.runCommand('Codex Lanes: Use Codex Native Lane');
    await window.statusShows('Codex not found');
    const said = window.notification('Codex CLI not found');
    await said.getByRole('button', { name: 'Install Codex CLI' }).waitFor();
    await window.runCommand('Notifications: Clear All Notifications');
    await window.seeRow('Runtime', 'Codex native - internal - runtime missing', 'Codex CLI not found');
    await window.seeRow('Runtime', 'What was tried', noCodex);
    await window.runCommand('Codex Lanes: New Thread');
    await chat.empty();
    await chat.send('say: nobody hears this either');
    const failure = chat.row('Codex CLI not found.').filter({ hasText: 'Details (runtime_missing)' });
    await failure.getByRole('button', { name: 'Details (runtime_missing)' }).click();
    await failure.getByText(noCodex).first().waitFor();
  });

  test('its installation is offered, and nothing is installed before a yes', async () => {
    const { chat } = window;
    await window.runCommand('Codex Lanes: New Thread');
    await chat.empty();
    await window.scrollToTop('Runtime');
    await window.screenshot('state-runtime-missing', { in: ['light', 'dark', 'high-contrast'] });
    await chat.note('Codex CLI not found').getByRole('button', { name: 'Install Codex CLI' }).click();
    const asked = window.dialog('Install the Codex CLI?');
    await asked.getByText(`into ${session.dataHome}`).waitFor();
    await window.screenshot('install-question');
    await asked.getByRole('button', { name: 'Cancel' }).click();
    await asked.waitFor({ state: 'detached' });
    await window.statusShows('Codex not found');
    assert.equal(await window.notification(/Installing|installed/).count(), 0);
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });
});
