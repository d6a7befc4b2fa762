// Chats in tabs beside the one in the side bar: each its own thread, all at once; a window that is loaded again, a page that
// dies in the middle of a turn, and a window of its own.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { openSession, until } from './kit/index.mjs';

/** What is read first of what is in sight, as JSON: its words, and how far below the upper edge they are in CSS pixels. */
function firstInSight(chat) {
  return chat.log.evaluate(async (log) => {
    // A page that draws has drawn by then.
    for (let frame = 0; frame < 3; frame += 1) await new Promise((drawn) => requestAnimationFrame(drawn));
    const edge = log.getBoundingClientRect().top;
    const heights = [...log.querySelectorAll('h1, h2, h3, h4, p, pre, table')].map((block) => [
      block.textContent.slice(0, 60),
      Math.round(block.getBoundingClientRect().top - edge),
    ]);
    return JSON.stringify(heights.find(([, top]) => top >= 0) ?? []);
  });
}

/** The value, once two looks find the same. */
async function settled(look) {
  let last = await look();
  await until(async () => {
    const before = last;
    last = await look();
    return last === before;
  }, 'it to stand still');
  return last;
}

const TURN_LIMIT_MS = 60_000;
/** Twice the patience with a page that does not answer, and its loading. */
const REVIVAL_LIMIT_MS = 40_000;

describe('chats in tabs', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;
  let folder = '';

  before(async () => {
    session = await openSession({ settings: { 'codexLanes.lane': 'codex-native' } });
    [folder] = session.workspaces;
    window = await session.openChat({ viewport: { width: 1400, height: 900 }, wide: 480 });
  });

  after(() => session?.close());

  afterEach(() => {
    window.assertStayedHome();
    window.assertQuiet();
  });

  /** Sends a command that runs until `let it go`. */
  const hold = async (chat, name) => {
    await chat.send(`run: until test -e ${name}; do sleep 0.1; done; rm ${name}; echo ${name} went`);
    await until(
      () => session.runningIn(folder).some(({ command }) => command.includes(`${name} went`)),
      `${name} to run`,
    );
  };
  const letGo = (name) => writeFileSync(join(folder, name), '');
  const ended = (chat) =>
    chat
      .receipt(/Receipt: Native/)
      .last()
      .waitFor({ timeout: TURN_LIMIT_MS });
  const tabs = (name) => window.page.getByRole('tab', { name });

  test('the side bar and a tab run a turn each, and both come back with the window', async () => {
    const { chat, tab } = window;
    await window.runCommand('Codex Lanes: New Chat in Editor Beside');
    await tab.ready();
    await hold(chat, 'first');
    await hold(tab, 'second');
    await window.statusBarItem('codexLanes.running').getByText('Codex is working in 2 threads').waitFor();
    await tabs(/test -e second.*\(running\)/).waitFor();
    await window.screenshot('tab-beside');
    letGo('first');
    letGo('second');
    await Promise.all([ended(chat), ended(tab)]);
    await tabs(/test -e second[^()]*$/).waitFor();
    await chat.type('unsent in the side bar');
    await tab.type('unsent in the tab');
    await window.reload();
    await window.showContainer();
    await chat.ready();
    await tab.ready();
    await chat
      .row(/first went/)
      .last()
      .waitFor();
    await tab
      .row(/second went/)
      .last()
      .waitFor();
    assert.deepEqual([await chat.draft(), await tab.draft()], ['unsent in the side bar', 'unsent in the tab']);
    assert.equal(await chat.row(/second went/).count(), 0);
  });

  test('pages that die come back with draft and place; a window of its own holds another chat', async () => {
    const { chat, tab } = window;
    await window.runCommand('View: Close All Editors');
    await window.runCommand('Codex Lanes: Use OpenAI API Lane');
    await window.runCommand('Codex Lanes: New Chat in Editor');
    await tab.empty();
    await tab.send('long answer');
    await tab.frame.getByRole('heading', { name: /^3\. / }).waitFor({ timeout: TURN_LIMIT_MS });
    // A reader who scrolls up lets go of the end.
    await tab.log.hover();
    await window.page.mouse.wheel(0, -400);
    await tab.button('Jump to latest').waitFor();
    const before = await settled(() => firstInSight(tab));
    // Typed after it, so that the page has had the time to save both.
    await tab.type('still to be said');
    await tab.button('Stop').waitFor();
    // In the middle of the answer the page of the one dies, and the other loses its whole frame. What happens next in it
    // tells so.
    await Promise.all([tab.die(), chat.loseFrame()]);
    await window.runCommand('Codex Lanes: Use Codex Native Lane');
    await tab.button(/^Lane: /).waitFor({ timeout: REVIVAL_LIMIT_MS });
    assert.equal(await tab.draft(), 'still to be said');
    const [words, top] = JSON.parse(before);
    await until(async () => {
      const [wordsNow, topNow] = JSON.parse(await firstInSight(tab));
      return wordsNow === words && Math.abs(topNow - top) < 60;
    }, `“${words}” to be where it was`);
    await chat.button(/^Lane: Codex native/).waitFor({ timeout: REVIVAL_LIMIT_MS });
    assert.equal(await chat.draft(), 'unsent in the side bar');
    await tab.button('Send').waitFor({ timeout: TURN_LIMIT_MS });
    await window.screenshot('pages-came-back', { in: ['dark'] });

    const opened = window.context.waitForEvent('page');
    await window.runCommand('Codex Lanes: New Chat in New Window');
    const page = await opened;
    const another = window.tabIn(page);
    await another.empty();
    await another.type('in a window of its own');
    assert.equal(await another.draft(), 'in a window of its own');
    assert.equal(await tab.draft(), 'still to be said');
    await window.screenshot('new-window', { of: page });
  });
});
