// Where the chat is and where a turn runs: several folders, the secondary side bar, no folder, and every theme.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openSession } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;

describe('places', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession({ folders: ['first', 'second'], outsideGit: ['loose'] });
    window = await session.openChat();
  });

  after(() => session?.close());

  test('a turn runs in the folder that the composer names', async () => {
    const { chat } = window;
    await window.runCommand('Codex Lanes: Use Codex Native Lane');
    await window.statusShows('Native · practice (offline)');
    await chat.button('Folder: first. Choose another folder').click();
    await window.pick('second');
    await chat.button('Folder: second. Choose another folder').waitFor();
    await chat.send('run the tests');
    await chat.receipt(/Receipt: Native/).waitFor({ timeout: TURN_LIMIT_MS });
    const [first, second] = session.workspaces.map((folder) => readFileSync(join(folder, 'src/dates.js'), 'utf8'));
    assert.match(second, /MONTHS\[month - 1\]/);
    assert.match(first, /MONTHS\[month\]/);
    // A thread that has begun keeps its folder.
    assert.equal(await chat.button(/^Folder:/).count(), 0);
  });

  test('the chat moves to the secondary side bar and goes on there', async () => {
    const { chat, page } = window;
    await window.moveView('Chat', 'New Secondary Side Bar Entry');
    await page.locator('.part.auxiliarybar .pane-header, .part.auxiliarybar .composite.title').first().waitFor();
    await chat.ready();
    await chat.row('Fixed: all tests pass').waitFor();
    await chat.send('say: Here, too.');
    await chat.row(/^Here, too\.$/).waitFor();
    const [bar, view] = await Promise.all([page.locator('.part.auxiliarybar').boundingBox(), chat.host.boundingBox()]);
    assert.ok(bar && view && view.x >= bar.x - 1, 'the chat lies in the secondary side bar');
  });

  test('pictures in the themes, of a finished turn', async () => {
    await window.scrollToTop('Runtime');
    await window.screenshot('native-turn', { in: ['light', 'dark', 'high-contrast'] });
  });

  test('a folder outside Git is asked about before Codex runs there', async () => {
    const { chat } = window;
    const loose = session.workspaces[2];
    await window.runCommand('Codex Lanes: New Thread');
    await chat.button(/^Folder: .*\. Choose another folder$/).click();
    await window.pick('loose');
    await chat.button('Folder: loose. Choose another folder').waitFor();
    await chat.send('say: Nobody looks after this folder.');
    const question = chat.question(`${loose} is not under Git`);
    await question.waitFor();
    await window.screenshot('no-git', { in: ['light', 'dark', 'high-contrast'] });
    await question.getByRole('button', { name: 'Don’t send' }).click();
    await question.waitFor({ state: 'detached' });
    assert.equal(await chat.draft(), 'say: Nobody looks after this folder.');
    await chat.composer.press('Enter');
    await question.getByRole('button', { name: 'Send anyway' }).click();
    await chat.row(/^Nobody looks after this folder\.$/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.receipt(/Receipt: Native/).waitFor();
  });

  test('a window without a folder has words of its own', async () => {
    const empty = await session.openChat({ folder: null });
    await empty.chat.frame.getByText('No folder is open').first().waitFor();
    await empty.runCommand('Codex Lanes: Use Codex Native Lane');
    await empty.chat.note(/No folder is open\. Codex native runs in a folder\./).waitFor();
    empty.assertStayedHome();
    empty.assertQuiet();
    await empty.close();
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });
});
