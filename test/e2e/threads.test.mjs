// Threads: several at once, options and images, a fork, and threads in a git worktree of their own.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openSession, until } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;
const PICTURES = ['light', 'dark', 'high-contrast'];
/** A red dot, as PNG. */
const DOT = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';
const NEW_TEST = 'test/leap-year.test.js';

describe('threads', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;
  let folder = '';

  before(async () => {
    session = await openSession({ settings: { 'codexLanes.lane': 'codex-native' }, watched: true });
    [folder] = session.workspaces;
    window = await session.openChat({ viewport: { width: 1200, height: 1000 }, wide: 520 });
  });

  after(() => session?.close());

  /** Sends a command that runs until `let it go`. */
  const hold = async (name) => {
    await window.chat.send(`run: until test -e ${name}; do sleep 0.1; done; rm ${name}; echo ${name} went`);
    await until(
      () => session.runningIn(folder).some(({ command }) => command.includes(`${name} went`)),
      `${name} to run`,
    );
  };
  const letGo = (name) => writeFileSync(join(folder, name), '');

  async function newThread() {
    await window.runCommand('Codex Lanes: New Thread');
    await window.chat.empty();
  }

  async function openThread(...texts) {
    await window.runCommand('Codex Lanes: Open Thread…');
    const row = texts.reduce((rows, hasText) => rows.filter({ hasText }), window.quickPickRows());
    await row.first().click();
  }

  const finished = () => window.chat.receipt(/Receipt: Native/).waitFor({ timeout: TURN_LIMIT_MS });

  const git = (...args) => execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
  const worktrees = () => git('worktree', 'list', '--porcelain').match(/^worktree .*/gm)?.length;

  test('two turns run at once, the picker says so, and both end', async () => {
    const { chat } = window;
    await hold('first');
    await newThread();
    await hold('second');
    await window.statusBarItem('codexLanes.running').getByText('Codex is working in 2 threads').waitFor();
    await window.runCommand('Codex Lanes: Open Thread…');
    const rows = window.quickPickRows().filter({ hasText: 'running' });
    await until(async () => (await rows.count()) === 2, 'two threads at work in the picker');
    await rows.filter({ hasText: 'test -e second' }).filter({ hasText: 'shown' }).waitFor();
    await window.screenshot('threads-picker');
    await rows.filter({ hasText: 'test -e first' }).click();
    await chat.row(/Running.*test -e first/).waitFor();
    await chat.button('Stop').waitFor();
    letGo('first');
    await chat.row(/ended with exit code 0/).waitFor({ timeout: TURN_LIMIT_MS });
    await finished();
    letGo('second');
    await openThread('test -e second');
    await chat
      .row(/second went/)
      .last()
      .waitFor();
    await finished();
    await window.statusBarItem('codexLanes.running').waitFor({ state: 'hidden' });
  });

  test('a model and a pasted image go with the turn', async () => {
    const { chat } = window;
    await newThread();
    await chat.button('Options of this thread').click();
    await window.pick('Model');
    await window.page.getByRole('option', { name: /^As configured/ }).waitFor();
    // The last row, after all the models that Codex knows.
    await window.quickInput().fill('Enter a name');
    await window.pick('Enter a name…');
    await window.enterText('gpt-of-this-thread');
    await window.page.getByRole('option', { name: /Model, gpt-of-this-thread/ }).waitFor();
    await window.dismissQuickInput();
    await chat.button(/^Model and options of the thread: gpt-of-this-thread/).waitFor();
    await chat.pasteImage(DOT, 'dot.png');
    await chat.frame
      .getByRole('list', { name: 'Attached' })
      .getByRole('button', { name: /dot\.png/ })
      .first()
      .waitFor();
    await chat.send('say: I saw it.');
    await chat.row(/^I saw it\.$/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.receipt(/Receipt: .*gpt-of-this-thread/).waitFor();
    await chat
      .row('say: I saw it.')
      .getByRole('button', { name: /dot\.png/ })
      .waitFor();
    const asked = session.requests.filter(({ method }) => method === 'POST').at(-1);
    const { model, input } = JSON.parse(asked.body);
    assert.equal(model, 'gpt-of-this-thread');
    const images = input.flatMap(({ content }) => content ?? []).filter(({ type }) => type === 'input_image');
    assert.deepEqual(
      images.map(({ image_url: url }) => url),
      [`data:image/png;base64,${DOT}`],
    );
  });

  test('a fork goes on by itself, and leaves its origin as it was', async () => {
    const { chat } = window;
    const origin = await chat.fact('Native thread');
    await chat.button('Fork this thread').click();
    const leadsBack = chat.button(/^Forked from .*: open it$/);
    await leadsBack.waitFor();
    await chat.row(/^I saw it\.$/).waitFor();
    await chat.send('say: Said in the fork.');
    await chat.row(/^Said in the fork\.$/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.button('Send').waitFor();
    const fork = await chat.fact('Native thread');
    assert.notEqual(fork, origin);
    assert.ok(session.nativeThreads().includes(fork));
    assert.match(session.codexStarts().at(-1), new RegExp(`\\bfork ${origin}\\b`));
    await window.screenshot('fork', { in: PICTURES });
    await leadsBack.click();
    await chat.row(/^Said in the fork\.$/).waitFor({ state: 'detached' });
    await chat.send('say: Said in the origin.');
    await chat.row(/^Said in the origin\.$/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.button('Send').waitFor();
    assert.equal(await chat.fact('Native thread'), origin);
  });

  /** A turn that adds a test, in a worktree of its own. */
  async function addTestInWorktree() {
    const { chat } = window;
    await newThread();
    await chat.button('Options of this thread').click();
    await window.pick('New worktree');
    await window.page.getByRole('option', { name: /New worktree, on\b/ }).waitFor();
    await window.dismissQuickInput();
    await chat.send('add a test');
    await finished();
    // The row of the file, and the answer that names it.
    await chat.row(`Added ${NEW_TEST}`).first().waitFor();
    await chat.frame.getByText(/^Runs in its own worktree · /).waitFor();
    assert.equal(worktrees(), 2);
  }

  test('a thread in a worktree leaves the folder alone, until it is merged back', async () => {
    const { chat, page } = window;
    await addTestInWorktree();
    assert.equal(existsSync(join(folder, NEW_TEST)), false);
    await window.screenshot('worktree', { in: PICTURES });
    // As a reader knows the file: from the worktree on.
    await chat.frame.getByRole('button', { name: NEW_TEST, exact: true }).click();
    await page.getByRole('tab', { name: 'leap-year.test.js (new) ↔ leap-year.test.js' }).waitFor();
    await page.locator('.monaco-diff-editor .editor.modified .view-lines', { hasText: 'isLeapYear' }).waitFor();
    await chat.button('Diff').click();
    await page.getByRole('tab', { name: 'add a test.diff' }).waitFor();
    await page.locator('.view-line', { hasText: `+++ b/${NEW_TEST}` }).waitFor();
    await window.screenshot('worktree-diff');
    await window.runCommand('View: Close All Editors');
    await chat.button('Merge back').click();
    await window
      .dialog('Merge the worktree of “add a test”?')
      .getByRole('button', { name: 'Merge', exact: true })
      .click();
    await chat.row('The worktree was merged back and removed').waitFor();
    assert.ok(existsSync(join(folder, NEW_TEST)));
    assert.equal(worktrees(), 1);
    assert.match(git('status', '--porcelain'), /\?\? test\/leap-year\.test\.js/);
  });

  test('one that is discarded is gone from the folder, and kept by git', async () => {
    const { chat } = window;
    git('clean', '-fdq');
    await addTestInWorktree();
    await chat.button('Discard').click();
    await window
      .dialog('Discard the worktree of “add a test”?')
      .getByRole('button', { name: 'Discard Worktree' })
      .click();
    await chat
      .row(/The worktree was discarded; what changed there is kept as refs\/codex-lanes\/discarded\//)
      .waitFor();
    assert.equal(worktrees(), 1);
    assert.equal(existsSync(join(folder, NEW_TEST)), false);
    const [ref] = git('for-each-ref', '--format=%(refname)', 'refs/codex-lanes/discarded').trim().split('\n');
    assert.match(git('show', `${ref}:${NEW_TEST}`), /isLeapYear/);
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });
});
