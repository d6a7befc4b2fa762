// Workspace trust as a user has it: a folder that nobody trusted runs nothing, can be read, and is trusted in the editor.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openSession } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;
const untrusted = 'Trust the workspace to run Codex';

describe('workspace trust', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession({ trust: true, watched: true, codexTrusts: false });
    window = await session.openChat();
  });

  after(() => session?.close());

  const assertNothingRan = () => {
    assert.deepEqual(session.codexStarts(), [], 'starts of Codex');
    assert.deepEqual(session.requests, [], 'requests to the endpoint');
    assert.deepEqual(session.runningIn(session.workspaces[0]), []);
  };

  const turnsStarted = () => session.codexStarts().filter((words) => words.startsWith('exec ')).length;

  test('a folder that was never trusted says so everywhere', async () => {
    await window.restrictedMode.waitFor();
    await window.statusShows('Not trusted');
    assert.match(await window.statusSays(), /Workspace is not trusted/);
    await window.seeRow('Runtime', 'Why', 'Workspace is not trusted');
    await window.seeRow('Runtime', 'OpenAI API - disabled', untrusted);
    await window.seeRow('Runtime', 'Codex native - internal - disabled', untrusted);
    await window.chat.button(/^Lane: .* · Disabled\./).waitFor();
    await window.lane.click();
    const rows = window.quickPickRows();
    await rows.filter({ hasText: 'OpenAI API' }).filter({ hasText: untrusted }).first().waitFor();
    await rows
      .filter({ hasText: 'Codex native' })
      .filter({ hasText: `Disabled · ${untrusted}` })
      .first()
      .waitFor();
    await window.dismissQuickInput();
    // Asking how the lanes are must not run anything either, and what would is not offered.
    assert.equal(await window.offersCommand('Codex Lanes: Refresh Runtime Status'), false);
    assert.equal(await window.offersCommand('Codex Lanes: Send Prompt'), false);
    assertNothingRan();
    await window.scrollToTop('Runtime');
    await window.screenshot('state-untrusted', { in: ['light', 'dark', 'high-contrast'] });
  });

  test('a prompt is refused there, and stays in the composer', async () => {
    const { chat } = window;
    await chat.send('say: nobody hears this');
    await chat.frame.getByRole('alert').filter({ hasText: untrusted }).waitFor();
    assert.equal(await chat.draft(), 'say: nobody hears this');
    assertNothingRan();
  });

  test('it is trusted in the editor itself, and each lane becomes what it is', async () => {
    const { chat } = window;
    await chat.note('This workspace is not trusted').getByRole('button', { name: 'Manage Workspace Trust' }).click();
    await window.trustFolder();
    await window.statusShows('Auto → API · practice (offline)');
    await chat.composer.fill('');
    await chat.send('say: Somebody heard this.');
    await chat.row(/^Somebody heard this\.$/).waitFor();
    await chat.receipt(/Receipt: API/).waitFor();
    assert.equal(session.requests.filter(({ method }) => method === 'POST').length, 1);
  });

  test('before the first turn that lets Codex change the folder, what that means is asked once', async () => {
    const { chat } = window;
    const [folder] = session.workspaces;
    await window.runCommand('Codex Lanes: Use Codex Native Lane');
    await window.statusShows('Native · practice (offline)');
    await window.runCommand('Codex Lanes: New Thread');
    await chat.empty();
    const startsBefore = turnsStarted();
    await chat.send('say: The folder is trusted.');
    const question = chat.question(`Codex may change files in ${folder}. Its config.toml`);
    await question.getByRole('button', { name: 'Don’t send' }).click();
    await question.waitFor({ state: 'detached' });
    assert.equal(await chat.draft(), 'say: The folder is trusted.');
    assert.equal(turnsStarted(), startsBefore);
    await chat.composer.press('Enter');
    await question.getByRole('button', { name: 'Send anyway' }).click();
    await chat.row(/^The folder is trusted\.$/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.receipt(/Receipt: Native/).waitFor();
    await window.runCommand('Codex Lanes: New Thread');
    await chat.empty();
    await chat.send('say: Nobody asked again.');
    await chat.row(/^Nobody asked again\.$/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.receipt(/Receipt: Native/).waitFor();
  });

  test('the trust taken back, threads are read and nothing runs', async () => {
    const { chat } = window;
    await window.distrustFolder();
    await window.statusShows('Not trusted');
    const [starts, requests] = [session.codexStarts().length, session.requests.length];
    await window.showContainer();
    await chat.ready();
    await chat.row(/^Nobody asked again\.$/).waitFor();
    await chat.receipt(/Receipt: Native/).waitFor();
    await chat.note('This workspace is not trusted').waitFor();
    assert.deepEqual([session.codexStarts().length, session.requests.length], [starts, requests]);
    assert.deepEqual(session.runningIn(session.workspaces[0]), []);
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });
});
