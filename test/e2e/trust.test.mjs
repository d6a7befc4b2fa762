// Workspace trust as a user has it: a folder that nobody trusted runs nothing, can be read, and is trusted in the editor.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openSession, until } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;
const untrusted = 'Trust the workspace to run Codex';

describe('workspace trust', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession({ trust: true, watched: true });
    window = await session.openWindow();
    await window.showContainer();
    await window.chat.ready();
  });

  after(() => session?.close());

  const assertNothingRan = () => {
    assert.deepEqual(session.codexStarts(), [], 'starts of Codex');
    assert.deepEqual(session.requests, [], 'requests to the endpoint');
    assert.deepEqual(session.runningIn(session.workspaces[0]), []);
  };

  test('a folder that was never trusted says so everywhere', async () => {
    await window.restrictedMode.waitFor();
    await window.statusShows('Not trusted');
    assert.match(await window.statusSays(), /Workspace is not trusted/);
    await window.seeRow('Runtime', 'Why', 'Workspace is not trusted');
    await window.seeRow('Runtime', 'OpenAI API - disabled', untrusted);
    await window.seeRow('Runtime', 'Codex native - internal - disabled', untrusted);
    await window.chat.button(/^Lane: Not trusted/).waitFor();
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
    await chat.note(untrusted).getByRole('button', { name: 'Manage Workspace Trust' }).click();
    await window.trustFolder();
    await window.statusShows('Auto → API · practice (offline)');
    await chat.composer.fill('');
    await chat.send('say: Somebody heard this.');
    await chat.row(/^Somebody heard this\.$/).waitFor();
    await chat.receipt(/Receipt: API/).waitFor();
    assert.equal(session.requests.filter(({ method }) => method === 'POST').length, 1);
  });

  test('the trust taken back, threads are read and nothing runs', async () => {
    const { chat } = window;
    await window.distrustFolder();
    await window.statusShows('Not trusted');
    const [starts, requests] = [session.codexStarts().length, session.requests.length];
    await window.showContainer();
    await chat.ready();
    await chat.row(/^Somebody heard this\.$/).waitFor();
    await chat.receipt(/Receipt: API/).waitFor();
    await chat.note(untrusted).waitFor();
    assert.deepEqual([session.codexStarts().length, session.requests.length], [starts, requests]);
    assert.deepEqual(session.runningIn(session.workspaces[0]), []);
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });
});
