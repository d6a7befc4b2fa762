import { expect, test } from 'vitest';
import {
  datesTurn,
  EventLog,
  everyRow,
  forkInWorktree,
  idleComposer,
  payerQuestion,
  sampleImages,
  silentFor,
} from '../../webview/testing/event-log.ts';
import { chat, inPages, showStory } from './page-room.ts';

inPages();

const welcome = { line: '', why: false, prompts: [] };

/** Sends what the log got since it was shown. */
async function tell(log: EventLog, from: number): Promise<void> {
  await chat.send({ type: 'events', threadId: log.threadId, events: log.events.slice(from) });
}

const box = () => chat.page.getByRole('textbox', { name: 'Prompt for Codex' });
const button = (name: string | RegExp) => chat.page.getByRole('button', { name });
const press = async (...keys: readonly string[]) => {
  for (const key of keys) await chat.page.keyboard.press(key);
};
/** What holds the focus, in words that a failed test can be read by. */
const focused = () =>
  chat.page.evaluate(() => {
    const element = document.activeElement;
    const words = (element?.getAttribute('aria-label') ?? element?.textContent ?? '').replace(/\s+/g, ' ').trim();
    return `${element?.tagName.toLowerCase()} ${words}`.trim().slice(0, 60);
  });
const threeTurns = (log: EventLog) => {
  for (const number of ['one', 'two', 'three']) {
    log.begin(`Prompt ${number}`);
    log.command(`c${number}`, `npm run ${number}`, 'ok\n', 0, 100);
    log.text(`t${number}`, `Answer ${number}`);
    log.complete();
  }
};
const turns = (count: number) => (log: EventLog) => {
  for (let turn = 0; turn < count; turn++) {
    log.begin(`Prompt ${turn}`);
    log.text(`t${turn}`, `Answer ${turn}`);
    log.complete();
  }
};

// Keyboard

test('from the prompt to the latest row and back; the arrow keys walk row by row, to either end', async () => {
  await showStory(threeTurns);
  await box().focus();
  await press('Control+ArrowUp');
  await expect.poll(focused).toMatch(/^button Receipt: Native/);
  await press('ArrowUp');
  expect(await focused()).toBe('li Answer three');
  await press('ArrowUp');
  expect(await focused()).toMatch(/^button Done Ran npm run three/);
  await press('ArrowUp');
  expect(await focused()).toMatch(/^li Prompt 3/);
  await press('ArrowDown');
  expect(await focused()).toMatch(/^button Done Ran npm run three/);
  await press('Home');
  await expect.poll(focused).toMatch(/^li Prompt 1/);
  await press('End');
  await expect.poll(focused).toMatch(/^button Receipt/);
  await press('Control+ArrowDown');
  expect(await focused()).toBe('textarea Prompt for Codex');
});

test('in a prompt of several lines the keys are the text’s until its first line', async () => {
  await showStory(threeTurns);
  await box().fill('one\ntwo');
  await press('Control+ArrowUp');
  expect(await focused()).toBe('textarea Prompt for Codex');
  await press('Control+Home', 'Control+ArrowUp');
  await expect.poll(focused).toMatch(/^button Receipt/);
});

test.each([
  ['ltr', 'ArrowRight', 'ArrowLeft'],
  ['rtl', 'ArrowLeft', 'ArrowRight'],
] as const)(
  '%s: arrows open and fold a row, Enter and Space as well; Escape leads out by steps',
  async (dir, opens, folds) => {
    await showStory(datesTurn);
    await chat.page.evaluate((way) => document.documentElement.setAttribute('dir', way), dir);
    const head = button(/^Done Ran npm test/);
    await head.focus();
    const isOpen = () => head.getAttribute('aria-expanded');
    await press(opens);
    expect(await isOpen()).toBe('true');
    await press(folds);
    expect(await isOpen()).toBe('false');
    await press('Enter');
    expect(await isOpen()).toBe('true');
    await press('Space');
    expect(await isOpen()).toBe('false');
    await press('Enter', 'Tab', 'Tab');
    expect(await focused()).toBe('button Copy output');
    await press(folds);
    expect(await focused()).toMatch(/^button Done Ran npm test/);
    await press('Tab', 'Escape');
    expect(await focused()).toMatch(/^button Done Ran npm test/);
    await press('Escape');
    expect(await focused()).toBe('textarea Prompt for Codex');
  },
);

test('rows of a group are walked when it is open, and lead back to it', async () => {
  await showStory((log) => {
    log.begin('Run them.');
    for (const n of [1, 2, 3]) log.command(`g${n}`, `npm run step-${n}`, 'ok\n', 0, 300);
    log.complete();
  });
  await button(/^Done Ran 3 commands/).focus();
  await press('ArrowRight', 'ArrowDown', 'ArrowDown');
  await expect.poll(focused).toMatch(/npm run step-2/);
  await press('ArrowLeft');
  await expect.poll(focused).toMatch(/^button Done Ran 3 commands/);
});

test('a row that is longer than what is in sight is read by the arrow keys before they go on', async () => {
  await showStory((log) => {
    log.begin('Tell me much.');
    log.text('t', 'A paragraph of the answer.\n\n'.repeat(60));
    log.complete();
  });
  await chat.page.locator('.log').focus();
  await press('Home');
  await expect.poll(focused).toMatch(/^li Prompt 1/);
  await press('ArrowDown');
  expect(await focused()).toMatch(/^li A paragraph/);
  const top = () => chat.page.evaluate(() => document.querySelector('.log')?.scrollTop ?? -1);
  const before = await top();
  await press('ArrowDown');
  await expect.poll(top).toBeGreaterThan(before);
  expect(await focused()).toMatch(/^li A paragraph/);
});

test('parts that scroll keep their arrow keys', async () => {
  await showStory((log) => {
    log.begin('Run it.');
    log.command('c', 'npm test', 'a line\n'.repeat(90), 1, 100);
    log.complete();
  });
  const pane = chat.page.getByRole('region', { name: 'Output' });
  await pane.focus();
  const top = () => pane.evaluate((element) => element.scrollTop);
  await press('Home');
  await expect.poll(top).toBe(0);
  await press('ArrowDown');
  await expect.poll(top).toBeGreaterThan(0);
  expect(await focused()).toMatch(/^section Output/);
});

test('what a pointer sees on hover is seen on focus', async () => {
  await showStory(everyRow, {}, { height: 2400 });
  const bar = chat.page.locator('.code-bar').first();
  const opacity = () => bar.evaluate((element) => getComputedStyle(element).opacity);
  expect(await opacity()).toBe('0');
  await bar.getByRole('button', { name: 'Copy code' }).focus();
  expect(await opacity()).toBe('1');
  await press('Enter');
  expect(await chat.sent('copy')).toHaveLength(1);
  await chat.page.locator('.command .head').first().press('Enter');
});

test('the keys are listed: by a button, by Alt+F1; Escape closes the list and the focus is where it was', async () => {
  await showStory(datesTurn);
  await box().focus();
  await press('Alt+F1');
  const list = chat.page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await list.getByText('Stop the turn').waitFor();
  await press('Escape');
  await list.waitFor({ state: 'detached' });
  expect(await focused()).toBe('textarea Prompt for Codex');
  await button('Keyboard shortcuts').click();
  await list.getByRole('button', { name: 'Close' }).click();
  await list.waitFor({ state: 'detached' });
  expect(await focused()).toBe('button Keyboard shortcuts');
});

test('the editor’s key for its own chat stops the turn, and does nothing while none runs', async () => {
  const log = await showStory((story) => story.begin('Do it.'), running);
  await box().focus();
  await press('Control+Escape');
  expect(await chat.sent('turn.stop')).toEqual([{ type: 'turn.stop', viewId: 'view-1', threadId: log.threadId }]);
  expect(await focused()).toBe('textarea Prompt for Codex');
  await chat.snapshot(new EventLog());
  await chat.page.locator('.welcome').waitFor();
  await press('Control+Escape');
  expect(await chat.sent('turn.stop')).toHaveLength(1);
});

// The prompt

test('Up in an empty prompt brings those of before, Down the later ones and then the draft', async () => {
  await showStory(threeTurns);
  await box().focus();
  await press('ArrowUp');
  await expect.poll(() => box().inputValue()).toBe('Prompt three');
  await press('ArrowUp', 'ArrowUp', 'ArrowUp');
  expect(await box().inputValue()).toBe('Prompt one');
  await press('ArrowDown', 'ArrowDown');
  expect(await box().inputValue()).toBe('Prompt three');
  await press('ArrowDown');
  expect(await box().inputValue()).toBe('');
  expect(await focused()).toBe('textarea Prompt for Codex');
});

test('a draft is kept while prompts of before are looked at; in the midst of a text Up moves the caret alone', async () => {
  await showStory(threeTurns);
  await box().fill(`my draft ${'with many words '.repeat(20)}`);
  await press('ArrowUp');
  expect(await box().inputValue()).toMatch(/^my draft/);
  await press('Control+Home', 'ArrowUp');
  expect(await box().inputValue()).toBe('Prompt three');
  // Up leaves the caret at the beginning, so that the next Up goes on.
  await press('End', 'ArrowDown');
  expect(await box().inputValue()).toMatch(/^my draft/);
  await expect.poll(async () => (await chat.sent('draft.save')).at(-1)?.text).toMatch(/^my draft/);
});

test('what is typed and what was brought back can be undone', async () => {
  await showStory(threeTurns);
  await box().pressSequentially('typed');
  await press('Control+Home', 'ArrowUp');
  expect(await box().inputValue()).toBe('Prompt three');
  await press('Control+z');
  await expect.poll(() => box().inputValue()).toBe('typed');
});

test('while an input method composes, its keys are its own', async () => {
  await showStory(threeTurns);
  await box().focus();
  const devtools = await chat.page.context().newCDPSession(chat.page);
  await devtools.send('Input.imeSetComposition', { text: 'にほん', selectionStart: 3, selectionEnd: 3 });
  for (const key of ['Enter', 'ArrowUp', 'Escape']) {
    const code = { Enter: 13, ArrowUp: 38, Escape: 27 }[key] ?? 0;
    await devtools.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', key, windowsVirtualKeyCode: code });
  }
  expect(await chat.sent('turn.submit')).toEqual([]);
  expect(await box().inputValue()).toContain('にほん');
  await devtools.send('Input.insertText', { text: '日本' });
  await press('Enter');
  expect((await chat.sent('turn.submit'))[0]?.text).toBe('日本');
});

test('a long text is pasted whole, and the prompt grows to 40% of the height and no further', async () => {
  await showStory(datesTurn, {}, { height: 800 });
  const text = 'A line of a long text that was copied somewhere.\n'.repeat(4000);
  await box().focus();
  await chat.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await chat.page.evaluate((copied) => navigator.clipboard.writeText(copied), text);
  await press('Control+v');
  await expect.poll(() => box().inputValue()).toBe(text);
  expect(await box().evaluate((area) => area.clientHeight)).toBeLessThanOrEqual(320);
  expect(await box().evaluate((area) => area.clientHeight)).toBeGreaterThan(300);
  await press('Enter');
  expect((await chat.sent('turn.submit'))[0]?.text).toBe(text);
});

// Focus

const running = { composer: { ...idleComposer, running: true, progress: silentFor(60_000) } };

test('an answered question gives the focus to the prompt', async () => {
  for (const name of ['Send anyway', 'Don’t send']) {
    await showStory(datesTurn);
    await chat.ask('Go on.', payerQuestion);
    await button(name).press('Enter');
    await chat.page.locator('.question').waitFor({ state: 'detached' });
    expect(await focused()).toBe('textarea Prompt for Codex');
    if (name === 'Send anyway') await chat.close();
  }
});

test('an attachment that is removed gives the focus to the next one, the last one to the prompt', async () => {
  await showStory(datesTurn);
  await chat.send({ type: 'attached', attachments: sampleImages });
  await button('Remove shot.png').press('Enter');
  expect(await focused()).toMatch(/^button Remove the-whole-window/);
  await press('Enter');
  await expect.poll(focused).toBe('textarea Prompt for Codex');
});

test('ways out of a worktree that go while a turn runs give the focus to the prompt', async () => {
  await showStory(forkInWorktree);
  await button('Merge back').press('Enter');
  await chat.send({ type: 'composer', composer: { ...idleComposer, running: true }, welcome });
  await button('Merge back').waitFor({ state: 'detached' });
  expect(await focused()).toBe('textarea Prompt for Codex');
});

test('a row that folds into a group gives the focus to the group', async () => {
  const log = await showStory((story) => {
    story.begin('Run them.');
    story.command('c1', 'npm run step-1', 'ok\n', 0, 300);
    story.command('c2', 'npm run step-2', 'ok\n', 0, 300);
  }, running);
  await button(/Ran npm run step-2/).focus();
  const from = log.events.length;
  log.command('c3', 'npm run step-3', 'ok\n', 0, 300);
  await tell(log, from);
  await button(/^Done Ran 3 commands/).waitFor();
  expect(await focused()).toMatch(/^button Done Ran 3 commands/);
});

test('the end of a turn leaves the focus where it is, or in the row that stands there now', async () => {
  for (const where of ['Send or stop', 'the running row']) {
    const log = await showStory((story) => story.begin('Do it.'), running);
    if (where === 'Send or stop') await chat.page.locator('.send').focus();
    else await chat.page.locator('.running .head').focus();
    const from = log.events.length;
    log.complete();
    await tell(log, from);
    await chat.send({ type: 'composer', composer: idleComposer, welcome });
    await button('Send').waitFor();
    await chat.page.locator('.running').waitFor({ state: 'detached' });
    if (where === 'Send or stop') expect(await focused()).toBe('button Send');
    else expect(await chat.page.evaluate(() => document.activeElement?.closest('.log') !== null)).toBe(true);
    if (where === 'Send or stop') await chat.close();
  }
});

test('a row with the focus stays while the reader scrolls far away, and the arrow keys go on from it', async () => {
  await showStory(turns(120));
  await box().focus();
  await press('Control+ArrowUp');
  await expect.poll(focused).toMatch(/^button Receipt/);
  await chat.page.locator('.log').hover();
  await chat.page.mouse.wheel(0, -6000);
  await expect.poll(() => chat.page.getByText('Answer 119').count()).toBe(0);
  expect(await focused()).toMatch(/^button Receipt/);
  await press('ArrowUp');
  await expect.poll(focused).toBe('li Answer 119');
  await chat.page.getByText('Answer 119').waitFor();
});

test('the button that leads to the end goes with the focus on the last row, and another thread gets the prompt', async () => {
  await showStory(turns(60));
  await chat.page.locator('.log').hover();
  await chat.page.mouse.wheel(0, -2000);
  await button('Jump to latest').focus();
  await chat.page.evaluate(() => document.querySelector('.log')?.scrollTo(0, 1_000_000));
  await button('Jump to latest').waitFor({ state: 'detached' });
  expect(await focused()).toMatch(/^button Receipt/);
  await chat.snapshot(new EventLog());
  await chat.page.locator('.welcome').waitFor();
  expect(await focused()).toBe('textarea Prompt for Codex');
});

test('a page that is given the focus as a whole puts it into the prompt, one that was clicked leaves it alone', async () => {
  await showStory(datesTurn);
  const given = () => chat.page.evaluate(() => window.dispatchEvent(new Event('focus')));
  await given();
  await expect.poll(focused).toBe('textarea Prompt for Codex');
  await button('Options of this thread').focus();
  await given();
  await chat.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  expect(await focused()).toBe('button Options of this thread');
});

test('who clicks beside everything keeps the focus nowhere', async () => {
  await showStory(datesTurn);
  await chat.send({ type: 'attached', attachments: sampleImages });
  await button('Remove shot.png').focus();
  await chat.page.locator('.header h1').click();
  expect(await focused()).toMatch(/^body/);
  await chat.snapshot(new EventLog());
  await chat.page.locator('.welcome').waitFor();
  expect(await focused()).toMatch(/^body/);
});
