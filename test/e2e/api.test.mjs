// A window as it opens, and the OpenAI API lane in it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openSession, until } from './kit/index.mjs';

describe('the OpenAI API lane', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession();
    window = await session.openChat();
  });

  after(() => session?.close());

  test('a window opens with the lane and who answers, and nothing was run to know it', async () => {
    await window.statusShows('Auto → API · practice (offline)');
    assert.match(await window.statusSays(), /Auto \(currently: OpenAI API\).*Not checked yet/s);
    await window.seeRow('Runtime', 'Lane', 'Not checked yet');
    await window.seeRow('Runtime', 'Endpoint', 'practice (offline)');
    await window.seeRow('Runtime', 'Codex CLI', 'Not checked yet');
    assert.deepEqual(session.runningIn(session.workspaces[0]), []);
  });

  test('a prompt streams, and its receipt says who answered on which lane', async () => {
    const { chat } = window;
    await chat.send('long answer');
    await chat.button('Stop').waitFor();
    const seen = await chat.watchGrowth();
    await chat.row('That is the end of the long answer.').waitFor({ timeout: 30_000 });
    const lengths = await seen();
    assert.ok(lengths.length > 10, `the answer was painted in ${lengths.length} pieces`);
    await chat.receipt(/Receipt: API · practice \(offline\)/).waitFor();
    await chat.button('Send').waitFor();
    assert.equal(await chat.draft(), '');
  });

  test('the lane is chosen with a click on the status bar', async () => {
    await window.lane.click();
    const rows = window.quickPickRows();
    await rows.filter({ hasText: 'Auto (currently: OpenAI API)' }).filter({ hasText: 'current' }).waitFor();
    await rows.filter({ hasText: 'Codex native' }).filter({ hasText: 'Internal' }).waitFor();
    await window.pick('Sends each turn to a Responses-compatible endpoint');
    await window.statusShows('API · practice (offline)');
    await window.chat.button(/^Lane: OpenAI API · practice \(offline\)/).waitFor();
    // What the picker asked about is told everywhere.
    await window.seeRow('Runtime', 'Lane', 'Checked just now');
    assert.equal(await window.offersCommand('Codex Lanes: Use OpenAI API Lane'), false);
  });

  test('a new thread starts empty', async () => {
    const { chat } = window;
    await window.runCommand('Codex Lanes: New Thread');
    await chat.empty();
    assert.equal(await chat.row('long answer').count(), 0);
    await chat.send('say: The second thread answers.');
    await chat.row(/^The second thread answers\.$/).waitFor();
    await chat.receipt(/Receipt: API/).waitFor();
  });

  test('a reload brings the thread back, the draft and the lane too', async () => {
    const { chat } = window;
    await chat.type('words not sent yet');
    await window.reload();
    await chat.ready();
    await chat.row(/^The second thread answers\.$/).waitFor();
    await chat.receipt(/Receipt: API · practice \(offline\)/).waitFor();
    await until(async () => (await chat.draft()) === 'words not sent yet', 'the draft');
    await window.statusShows('API · practice (offline)');
    // And it goes on, although the extension host of before may still be alive.
    await chat.composer.fill('');
    await chat.send('say: It goes on.');
    await chat.row(/^It goes on\.$/).waitFor();
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });
});
