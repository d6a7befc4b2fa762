import { expect, test } from 'vitest';
import { requestId } from '../../src/model/index.ts';
import type { ComposerState } from '../../src/protocol/index.ts';
import {
  cutOffTurn,
  datesTurn,
  EventLog,
  forkInWorktree,
  idleComposer,
  keptByCodex,
  payerQuestion,
  sampleImages,
  silentFor,
  textOnlyComposer,
} from '../../webview/testing/event-log.ts';
import { findingsIn } from './axe.ts';
import type { Opening } from './page-room.ts';
import { chat, inPages, openChat } from './page-room.ts';
import { themeNames } from './themes.ts';

// What a turn that takes long or was cut off shows and offers; what goes with a prompt; where a thread works.

inPages();

const welcome = { line: '', why: false, prompts: [] };
const running = (progress: ComposerState['progress']): ComposerState => ({ ...idleComposer, running: true, progress });
const atWork = (what: string) => ({ ...silentFor(5000, { on: 'command', what }), givesUpAt: null });
const oneTurn = (log: EventLog) => log.begin('Do it.');

async function open(
  story: (log: EventLog) => void,
  composer: ComposerState = idleComposer,
  more: { readonly ago?: number; readonly kept?: boolean; readonly options?: Opening } = {},
): Promise<EventLog> {
  const log = new EventLog(new Date(Date.now() - (more.ago ?? 60_000)).toISOString());
  story(log);
  await openChat(more.options ?? {});
  await chat.snapshot(log, { composer, ...(more.kept === true ? { thread: keptByCodex(log) } : {}) });
  await chat.page.locator('.item, .welcome').first().waitFor();
  return log;
}

const tell = (progress: ComposerState['progress']) =>
  chat.send({ type: 'composer', composer: running(progress), welcome });
const box = () => chat.page.getByRole('textbox');
const button = (name: string | RegExp) => chat.page.getByRole('button', { name });
const line = () => chat.page.locator('.running .head');
const progress = () => chat.page.locator('.progress');
const focused = () => chat.page.evaluate(() => document.activeElement?.getAttribute('class') ?? '');
const chips = () => chat.page.locator('.box .chip-text').allTextContents();
const lastSubmit = async () => {
  const submit = (await chat.sent('turn.submit')).at(-1);
  if (submit === undefined) throw new Error('Nothing was sent.');
  return submit;
};

test.each([
  [() => silentFor(3000, { on: 'process' }), /^Codex is starting · [2-6] s/],
  [() => silentFor(3000, { on: 'thread' }), /^Codex is opening the thread · [2-6] s/],
  [() => silentFor(3000), /^Waiting for the network · [2-6] s/],
  [() => atWork("/bin/bash -lc 'npm test'"), /^Running npm test · [4-8] s/],
  [() => silentFor(3000, { on: 'tool', what: 'docs.search' }), /^Calling docs\.search · [2-6] s/],
])('the line says what is waited for and since when', async (told, words) => {
  await open(oneTurn, running(told()));
  await expect.poll(() => line().textContent()).toMatch(words);
  expect(await progress().count()).toBe(0);
});

test('silence grows a box by itself: what was seen, what is silent, when it is given up; what comes takes it away', async () => {
  const log = await open(oneTurn, running(silentFor(9000)), { ago: 9500 });
  await line().waitFor();
  expect(await progress().count()).toBe(0);
  await progress().waitFor();
  const words = (await progress().innerText()).replace(/\s+/g, ' ');
  expect(words).toMatch(
    /Codex started \(pid 123\) 0\.\d s Thread opened 0\.\d s Turn began 0\.\d s Waiting for the network/,
  );
  expect(words).toMatch(/for 1\d s/);
  expect(words).toContain('Codex works on the turn and has said nothing since');
  expect(words).toMatch(/Given up in 4 min \d+ s if nothing comes\./);
  await button(/^Wait$/).focus();
  const event = log.add({ kind: 'assistant_text', text: 'Here.', isDelta: false }, 't', Date.now());
  await chat.send({ type: 'events', threadId: log.threadId, events: [{ ...event, at: new Date().toISOString() }] });
  await progress().waitFor({ state: 'detached' });
  expect(await focused()).toBe('head');
});

test('Wait asks to go on waiting and Stop stops; while it stops neither does anything', async () => {
  const log = await open(oneTurn, running(silentFor(30_000)));
  await button(/^Wait$/).click();
  expect(await chat.sent('turn.wait')).toEqual([{ type: 'turn.wait', viewId: 'view-1', threadId: log.threadId }]);
  await progress().getByRole('button', { name: 'Stop' }).click();
  expect(await chat.sent('turn.stop')).toHaveLength(1);
  await progress().getByRole('button', { name: 'Stopping…' }).click({ force: true });
  expect(await chat.sent('turn.stop')).toHaveLength(1);
  expect(await button(/^Wait$/).count()).toBe(0);
  expect(await line().textContent()).toMatch(/^Stopping…/);
});

test('a command at work is no silence: its box opens by hand, has no Wait and says that nothing is given up', async () => {
  await open(oneTurn, running(atWork('npm test')));
  await line().press('Enter');
  await progress().getByText('Not given up: a command is running.').waitFor();
  expect(await progress().getByRole('button').allTextContents()).toEqual(['Stop']);
  // It stays open whatever comes, until the reader folds it.
  await tell(silentFor(2000));
  await progress().getByText('Waiting for the network').waitFor();
  await line().press(' ');
  await progress().waitFor({ state: 'detached' });
});

test('tries to reconnect are one step, in the words of Codex', async () => {
  const told = silentFor(40_000);
  const tries = [1, 2, 3].map((nth) => ({
    what: 'reconnecting' as const,
    at: new Date(Date.now() - 20_000 + nth * 1000).toISOString(),
    detail: `Reconnecting... ${nth}/5`,
  }));
  const waiting = { on: 'network', what: null, since: tries[2]?.at ?? '' } as const;
  await open(oneTurn, running({ ...told, steps: [...told.steps, ...tries], waiting }));
  await progress().getByText('Connection lost: Reconnecting... 3/5').waitFor();
  expect(await progress().getByRole('listitem').count()).toBe(5);
  expect(await line().textContent()).toMatch(/^Reconnecting · 1\d s/);
});

test('screen readers hear of a silence once, not each second', async () => {
  await open(oneTurn, running(silentFor(9000)));
  await chat.page.evaluate(() => {
    const status = document.querySelector('[role="status"]');
    const heard: string[] = [];
    Object.assign(window, { heard });
    const listen = new MutationObserver(() => heard.push(status?.textContent ?? ''));
    if (status !== null) listen.observe(status, { childList: true, characterData: true, subtree: true });
  });
  await progress().waitFor();
  const clock = await chat.page.locator('.clock').textContent();
  for (let ticks = 0, last = clock; ticks < 2; ticks++) {
    await expect.poll(() => chat.page.locator('.clock').textContent(), { timeout: 5000 }).not.toBe(last);
    last = await chat.page.locator('.clock').textContent();
  }
  const heard = await chat.page.evaluate(() => (window as unknown as { heard: readonly string[] }).heard);
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatch(/^Waiting for the network\. Codex works on the turn/);
  // The clock is no part of a name that a reader has under the focus.
  expect(await button('Waiting for the network').getAttribute('aria-expanded')).toBe('true');
});

test('Continue sends its prompt by the ordinary way, with its questions, and leaves the draft alone', async () => {
  await open(cutOffTurn, idleComposer, { kept: true });
  await box().fill('half a thought');
  await button('Continue').click();
  const first = await lastSubmit();
  expect(first).toMatchObject({ text: 'Continue where you left off.' });
  expect(await button('Continue').getAttribute('aria-disabled')).toBe('true');
  await button('Continue').click({ force: true });
  expect(await chat.sent('turn.submit')).toHaveLength(1);
  const reply = { ok: false, message: 'Asked.', ask: payerQuestion } as const;
  await chat.send({ type: 'reply', requestId: first.requestId, reply });
  await button('Send anyway').click();
  const second = await lastSubmit();
  expect(second).toMatchObject({ text: 'Continue where you left off.', confirmed: [payerQuestion.id] });
  await chat.send({ type: 'reply', requestId: second.requestId, reply: { ok: true } });
  await expect.poll(() => button('Continue').getAttribute('aria-disabled')).toBeNull();
  expect(await box().inputValue()).toBe('half a thought');
  await chat.send({ type: 'composer', composer: running(null), welcome });
  await button('Continue').waitFor({ state: 'detached' });
});

test.each<[string, ComposerState, boolean]>([
  ['Codex does not have the thread', idleComposer, false],
  ['another lane would answer', { ...textOnlyComposer, images: true }, true],
])('where %s the prompt can be used again, with what went with it', async (_name, composer, kept) => {
  await open((log) => cutOffTurn(log, 'user'), composer, { kept });
  expect(await button('Continue').count()).toBe(0);
  await button('Use the prompt again').click();
  expect(await box().inputValue()).toBe('Rename every test, one by one.');
  expect(await chips()).toEqual(['shot.png']);
  expect(await chat.page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
  expect(await chat.sent('turn.submit')).toEqual([]);
});

/** Puts a file on the clipboard or into the hand of the mouse. */
const give = (how: 'paste' | 'drop', file: { readonly type: string; readonly size: number; readonly text?: string }) =>
  chat.page.locator('textarea').evaluate(
    (area, [event, { type, size, text }]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(size)], 'a.png', { type }));
      if (text !== undefined) data.setData('text/plain', text);
      const more = { bubbles: true, cancelable: true };
      return area.dispatchEvent(
        event === 'paste'
          ? new ClipboardEvent('paste', { ...more, clipboardData: data })
          : new DragEvent('drop', { ...more, dataTransfer: data }),
      );
    },
    [how, file] as const,
  );

test.each(['paste', 'drop'] as const)('an image is attached by %s', async (how) => {
  await open(datesTurn);
  await give(how, { type: 'image/png', size: 3 });
  await expect
    .poll(() => chat.sent('attach.paste'))
    .toEqual([
      {
        type: 'attach.paste',
        viewId: 'view-1',
        dataUrl: 'data:image/png;base64,AAAA',
        mime: 'image/png',
        name: 'a.png',
      },
    ]);
});

test.each([
  ['of another type', { type: 'image/svg+xml', size: 3 }, 'only PNG, JPEG, GIF and WebP'],
  ['too large', { type: 'image/png', size: 10 * 1024 * 1024 + 1 }, 'larger than 10 MB'],
])('an image that is %s is refused with words', async (_name, file, words) => {
  await open(datesTurn);
  await give('paste', file);
  await chat.page.getByRole('alert').getByText(words).waitFor();
  expect(await chat.sent('attach.paste')).toEqual([]);
});

test('a dropped file that is no image is refused with words, and the page stays', async () => {
  await open(datesTurn);
  expect(await give('drop', { type: 'application/pdf', size: 3 })).toBe(false);
  await chat.page.getByRole('alert').getByText('only PNG, JPEG, GIF and WebP').waitFor();
});

test('text that comes with a picture of itself is pasted as text', async () => {
  await open(datesTurn);
  await give('paste', { type: 'image/png', size: 3, text: 'a table' });
  await give('paste', { type: 'image/png', size: 3 });
  await expect.poll(async () => (await chat.sent('attach.paste')).length).toBe(1);
});

test('what is attached goes with the prompt, outlives a reload and leaves when it was taken', async () => {
  const log = await open(datesTurn);
  await button('Attach images').click();
  expect(await chat.sent('attach.pick')).toHaveLength(1);
  await chat.send({ type: 'attached', attachments: sampleImages });
  await expect.poll(chips).toEqual(sampleImages.map(({ label }) => label));
  await button(/^shot\.png/).click();
  expect((await chat.sent('file.open'))[0]).toMatchObject({ path: sampleImages[0].path, line: null });
  await box().fill('Like this.');
  await expect.poll(() => chat.page.evaluate(() => sessionStorage.getItem('state') ?? '')).toContain('Like this.');
  await chat.page.reload();
  await chat.snapshot(log);
  await expect.poll(chips).toEqual(sampleImages.map(({ label }) => label));

  await button(`Remove ${sampleImages[0].label}`).press('Enter');
  await expect.poll(focused).toBe('chip-remove');
  await box().press('Enter');
  const submit = await lastSubmit();
  expect(submit).toMatchObject({ text: 'Like this.', attachments: [sampleImages[1]] });
  await chat.send({ type: 'reply', requestId: submit.requestId, reply: { ok: false, message: 'Not now.' } });
  await chat.page.getByRole('alert').getByText('Not now.').waitFor();
  expect(await chips()).toHaveLength(1);
  await box().press('Enter');
  await chat.send({ type: 'reply', requestId: (await lastSubmit()).requestId, reply: { ok: true } });
  await expect.poll(chips).toEqual([]);
});

test('removing the last one puts the focus into the prompt', async () => {
  await open(datesTurn);
  await chat.send({ type: 'attached', attachments: [sampleImages[0]] });
  await button('Remove shot.png').press('Enter');
  await expect.poll(() => chat.page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
});

test('a lane that takes no images offers none, and never sends without what was attached', async () => {
  await open(datesTurn, textOnlyComposer);
  expect(await button('Attach images').count()).toBe(0);
  await give('paste', { type: 'image/png', size: 3 });
  await chat.page.getByRole('alert').getByText('This lane takes no images').waitFor();
  await chat.send({ type: 'attached', attachments: [sampleImages[0]] });
  await box().fill('Like this.');
  await box().press('Enter');
  await chat.page.getByRole('alert').getByText('This lane takes no images').waitFor();
  expect([await chat.sent('turn.submit'), await chat.sent('attach.paste')]).toEqual([[], []]);
  await button('Remove shot.png').click();
  await box().press('Enter');
  expect(await lastSubmit()).not.toHaveProperty('attachments');
});

test('the header opens, forks and sets up the thread; a fork waits for the turn and needs something to fork', async () => {
  // In a side bar the view's title, which is the editor's, has these two.
  await open(datesTurn);
  await button('Fork this thread').waitFor();
  expect(await button(/^(New thread|Open a thread)$/).count()).toBe(0);
  await chat.close();
  const log = await open(datesTurn, idleComposer, { options: { place: 'tab' } });
  for (const name of ['New thread', 'Open a thread', 'Fork this thread', 'Options of this thread'])
    await button(name).click();
  expect(await chat.sent('thread.new')).toHaveLength(1);
  expect(await chat.sent('thread.open')).toEqual([{ type: 'thread.open', viewId: 'view-1' }]);
  expect((await chat.sent('thread.fork'))[0]?.threadId).toBe(log.threadId);
  expect((await chat.sent('options.pick'))[0]?.threadId).toBe(log.threadId);
  await chat.send({ type: 'composer', composer: running(null), welcome });
  await button('Fork this thread: when the turn has ended').click({ force: true });
  expect(await chat.sent('thread.fork')).toHaveLength(1);
  await chat.snapshot(new EventLog());
  await expect.poll(() => button(/^Fork/).count()).toBe(0);
});

test('the model is a button that leads to the options and tells what else is set', async () => {
  const log = new EventLog();
  datesTurn(log);
  log.add({
    kind: 'thread_options_changed',
    options: {
      model: 'gpt-5.5-mini',
      effort: null,
      policy: null,
      profile: 'work',
      addDirs: ['/home/me/shared'],
      outputSchema: '/home/me/answer.json',
      ephemeral: true,
      worktree: true,
    },
  });
  await openChat();
  const configured = { ...idleComposer.configured, addDirs: ['/home/me/data'] };
  await chat.snapshot(log, { composer: { ...idleComposer, configured } });
  const model = chat.page.locator('.pick.model');
  await expect.poll(() => model.innerText()).toBe('gpt-5.5-mini · medium');
  expect((await model.getAttribute('title'))?.split('\n')).toEqual([
    'Model: gpt-5.5-mini · medium',
    'Profile: work',
    'May also write in: /home/me/data, /home/me/shared',
    'The final answer fits: /home/me/answer.json',
    'Codex keeps nothing of it, so it can’t be gone on with later',
    'The next turn makes a worktree of its own',
  ]);
  await model.click();
  expect(await chat.sent('options.pick')).toHaveLength(1);
  // What only Codex itself knows says nothing of another lane.
  await chat.send({ type: 'composer', composer: textOnlyComposer, welcome });
  await expect.poll(() => model.getAttribute('title')).toBe('Model: gpt-5.5-mini · medium');
});

test('a thread in its own worktree says so and offers its ways out while nothing runs; a fork leads back', async () => {
  const log = await open(forkInWorktree);
  const bar = chat.page.locator('.worktree');
  expect(await bar.innerText()).toContain('Runs in its own worktree · a1b2/sample-workspace');
  for (const name of ['Diff', 'Merge back', 'Discard']) await bar.getByRole('button', { name }).click();
  for (const type of ['worktree.diff', 'worktree.merge', 'worktree.discard'] as const)
    expect(await chat.sent(type)).toEqual([{ type, viewId: 'view-1', threadId: log.threadId }]);
  await button(/^Forked from/).click();
  expect((await chat.sent('thread.open')).at(-1)?.threadId).toBe('thread-0');
  await chat.send({ type: 'composer', composer: running(null), welcome });
  await bar.getByText('when the turn has ended').waitFor();
  expect(await bar.getByRole('button').count()).toBe(0);
  const from = log.events.length;
  log.add({ kind: 'worktree_closed', how: 'merged', kept: null });
  await chat.send({ type: 'events', threadId: log.threadId, events: log.events.slice(from) });
  await bar.waitFor({ state: 'detached' });
});

test('a reply to another prompt changes nothing that waits', async () => {
  await open(cutOffTurn, idleComposer, { kept: true });
  await button('Continue').click();
  await chat.send({ type: 'reply', requestId: requestId('another'), reply: { ok: true } });
  await chat.send({ type: 'attached', attachments: [sampleImages[0]] });
  await expect.poll(chips).toEqual(['shot.png']);
  expect(await button('Continue').getAttribute('aria-disabled')).toBe('true');
});

test('all of it is reached by keyboard at 220 px', async () => {
  await open(forkInWorktree, idleComposer, { options: { width: 220 } });
  await chat.send({ type: 'attached', attachments: sampleImages });
  await expect.poll(chips).toHaveLength(2);
  const reached = new Set<string>();
  for (let press = 0; press < 60; press++) {
    await chat.page.keyboard.press('Tab');
    reached.add(await chat.page.evaluate(() => document.activeElement?.textContent?.trim() ?? ''));
  }
  for (const name of ['Fork this thread', 'Options of this thread', 'Keyboard shortcuts'])
    expect([...reached]).toContain(name);
  for (const name of ['Diff', 'Merge back', 'Discard', 'Remove shot.png', 'Attach images', 'gpt-5.5 · medium'])
    expect([...reached]).toContain(name);
});

const states: Readonly<Record<string, () => Promise<unknown>>> = {
  stall: () => progress().waitFor(),
  command: async () => {
    await line().press('Enter');
    await progress().waitFor();
  },
  'cut off': () => button('Continue').waitFor(),
  worktree: () => chat.page.locator('.worktree').waitFor(),
  attached: async () => {
    await chat.send({ type: 'attached', attachments: sampleImages });
    await chat.page.locator('.box .chip').first().waitFor();
  },
};

const stories: Readonly<Record<string, readonly [(log: EventLog) => void, () => ComposerState]>> = {
  stall: [oneTurn, () => running(silentFor(42_000))],
  command: [oneTurn, () => running(atWork('npm test'))],
  'cut off': [cutOffTurn, () => idleComposer],
  worktree: [forkInWorktree, () => idleComposer],
  attached: [datesTurn, () => idleComposer],
};

test.each(Object.keys(states))('axe finds nothing serious in any theme: %s', async (state) => {
  const [story, composer] = stories[state] ?? [datesTurn, () => idleComposer];
  await open(story, composer(), { kept: state === 'cut off', options: { reducedMotion: true } });
  await states[state]?.();
  expect(await findingsIn(chat, themeNames)).toEqual({});
});
