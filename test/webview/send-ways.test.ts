import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EventLog } from '../../webview/testing/event-log.ts';
import { idleComposer } from '../../webview/testing/event-log.ts';
import { seriousFindings } from './axe.ts';
import { contrast } from './contrast.ts';
import type { Opening } from './page-room.ts';
import { chat, inPages, showStory } from './page-room.ts';
import { themeNames } from './themes.ts';

// What becomes of a prompt while a turn runs: the turn takes it, it waits, or it is sent now.

inPages();

const pictures = join(import.meta.dirname, '../../out/pictures');
const runs = { ...idleComposer, running: true };
const steered = { composer: { ...runs, steers: true } };
const waits = { composer: { ...runs, queued: 2 } };
const welcome = { line: '', why: false, prompts: [] };

const begins = (log: EventLog) => void log.begin('Publish it.');
const queues = (log: EventLog) => {
  begins(log);
  for (const text of ['And tag it.', 'Then write to the list.'])
    log.add({ kind: 'user_message', text, attachments: [], delivery: 'queued' });
};
const open = (story: (log: EventLog) => void, more: Parameters<typeof showStory>[1], how: Opening = {}) =>
  showStory(story, more, how);

const box = () => chat.page.getByRole('textbox', { name: 'Prompt for Codex' });
const button = (name: string) => chat.page.getByRole('button', { name, exact: true });
const ways = () => chat.page.locator('.ways button').allTextContents();
const heard = () => chat.page.locator('.sr-only[role="status"]').last().textContent();
const focused = () => chat.page.evaluate(() => document.activeElement?.id ?? '');
const submits = () => chat.sent('turn.submit');
const how = async () => (await submits()).map(({ text, as }) => [text, as]);
async function reply(ok: boolean, requestId: string | undefined): Promise<void> {
  if (requestId === undefined) throw new Error('nothing was sent');
  const said = ok ? { ok: true as const } : { ok: false as const, message: 'It does not wait.' };
  await chat.send({ type: 'reply', requestId: requestId as never, reply: said });
}
const taken = async () => reply(true, (await submits()).at(-1)?.requestId);
async function tell(log: EventLog, from: number): Promise<void> {
  await chat.send({ type: 'events', threadId: log.threadId, events: log.events.slice(from) });
}

test('Enter hands the draft to a turn that takes it, Alt+Enter queues it, Ctrl+Enter sends it now', async () => {
  const log = await open(begins, steered);
  expect(await ways()).toEqual([]);
  for (const [key, as, text] of [
    ['Enter', 'steer', 'one'],
    ['Alt+Enter', 'queue', 'two'],
    ['Control+Enter', 'now', 'three'],
  ] as const) {
    await box().fill(text);
    expect(await ways()).toEqual(['Steer', 'Queue', 'Send now']);
    await box().press(key);
    expect((await how()).at(-1)).toEqual([text, as]);
    await taken();
    await expect.poll(() => box().inputValue()).toBe('');
    await expect.poll(ways).toEqual([]);
    expect(await focused()).toBe('prompt');
  }
  expect(await chat.sent('turn.stop')).toEqual([]);
  await box().fill('a line');
  await box().press('Shift+Enter');
  expect(await submits()).toHaveLength(3);
  expect(log.events.length).toBeGreaterThan(0);
});

test('where a turn takes nothing, Enter sends as before and what it can’t do is not offered', async () => {
  await open(begins, { composer: runs });
  await box().fill('one');
  expect(await ways()).toEqual(['Queue', 'Send now']);
  await box().press('Enter');
  expect(await how()).toEqual([['one', undefined]]);
});

test('while nothing runs, neither the buttons nor the keys are there', async () => {
  await open((log) => {
    begins(log);
    log.complete();
  }, {});
  await box().fill('one');
  await box().press('Alt+Enter');
  await box().press('Control+Enter');
  expect(await submits()).toEqual([]);
  expect(await ways()).toEqual([]);
  await box().press('Enter');
  expect(await how()).toEqual([['one', undefined]]);
});

test('each button sends its way once, Stop stays one click, and the focus comes back to the prompt', async () => {
  await open(begins, steered);
  for (const [name, as] of [
    ['Steer', 'steer'],
    ['Queue', 'queue'],
    ['Send now', 'now'],
  ] as const) {
    await box().fill(name);
    await button(name).focus();
    await chat.page.keyboard.press('Enter');
    await chat.page.keyboard.press('Enter');
    expect((await how()).filter(([text]) => text === name)).toEqual([[name, as]]);
    expect(await button(name).getAttribute('aria-disabled')).toBe('true');
    await taken();
    await button(name).waitFor({ state: 'detached' });
    await expect.poll(focused).toBe('prompt');
  }
  await box().fill('more');
  await chat.page.locator('.send').click();
  expect(await chat.sent('turn.stop')).toHaveLength(1);
  // A turn that is being stopped takes nothing more.
  await expect.poll(ways).toEqual(['Queue', 'Send now']);
});

test.each([220, 400])('Stop stays where it is while they come and go: %i px', async (width) => {
  await open(begins, steered, { width });
  const place = () => chat.page.locator('.send').boundingBox();
  const before = await place();
  await box().fill('more');
  await button('Steer').waitFor();
  expect(await place()).toEqual(before);
  // As they are read, so they are reached.
  for (const name of ['Steer', 'Queue', 'Send now', 'Stop']) {
    await chat.page.keyboard.press('Tab');
    expect(await chat.page.evaluate(() => document.activeElement?.textContent)).toBe(name);
  }
  await box().fill('');
  await button('Steer').waitFor({ state: 'detached' });
  expect(await place()).toEqual(before);
});

test('what was handed over says so until the turn has taken it; a turn that ended meanwhile leaves nothing behind', async () => {
  const log = await open(begins, steered);
  await box().fill('look at leap years');
  await box().press('Enter');
  await chat.page.getByText('Handed over: the turn takes it at its next step.').waitFor();
  expect(await box().inputValue()).toBe('look at leap years');
  const from = log.events.length;
  log.complete();
  await tell(log, from);
  await chat.send({ type: 'composer', composer: idleComposer, welcome });
  await expect.poll(ways).toEqual([]);
  await taken();
  await expect.poll(() => box().inputValue()).toBe('');
});

test('it is heard how a prompt was taken, also the second time, and what the keys do is read with the field', async () => {
  const log = await open(begins, steered);
  await box().fill('more');
  const described = await box().getAttribute('aria-describedby');
  expect(described).toBe('ways');
  const hint = (await chat.page.locator(`#${described}`).textContent()) ?? '';
  for (const key of ['(Enter)', '(Alt+Enter)', '(Ctrl+Enter)']) expect(hint).toContain(key);
  const said: (string | null)[] = [];
  for (const delivery of ['steer', 'steer', 'queued'] as const) {
    const from = log.events.length;
    log.add({ kind: 'user_message', text: `by ${delivery}`, attachments: [], delivery });
    await tell(log, from);
    await expect.poll(heard).not.toBe(said.at(-1) ?? '');
    said.push(await heard());
  }
  expect(said.map((words) => words?.trim())).toEqual([
    'The running turn has taken the prompt.',
    'The running turn has taken the prompt.',
    'Queued: it runs when the turn has ended.',
  ]);
});

test('the list of keys names them', async () => {
  await open(begins, steered);
  await chat.page.keyboard.press('Alt+F1');
  const list = chat.page.getByRole('dialog');
  await list.getByText('While a turn runs: queue the prompt').waitFor();
  await list.getByText('While a turn runs: stop it and send now').waitFor();
});

test('a prompt that waits is sent now; what is refused is said', async () => {
  const log = await open(queues, waits);
  await button('Send now: Then write to the list.').click();
  const [sent] = await chat.sent('queued.send');
  const row = log.view().queued[1];
  expect(sent).toMatchObject({ threadId: log.threadId, turnId: row?.turnId });
  expect(await button('Send now: And tag it.').getAttribute('aria-disabled')).toBe('true');
  await button('Remove from the queue: And tag it.').press('Enter');
  expect(await chat.sent('queued.drop')).toEqual([]);
  await reply(false, sent?.requestId);
  await chat.page.getByRole('alert').getByText('It does not wait.').waitFor();
  expect(await button('Send now: And tag it.').getAttribute('aria-disabled')).toBe('false');
});

test('a prompt that is taken out of the queue is a draft again where there is none, with the focus in it', async () => {
  await open(queues, waits);
  await button('Remove from the queue: And tag it.').focus();
  await chat.page.keyboard.press('Enter');
  expect(await box().inputValue()).toBe('');
  await reply(true, (await chat.sent('queued.drop'))[0]?.requestId);
  await expect.poll(() => box().inputValue()).toBe('And tag it.');
  await expect.poll(focused).toBe('prompt');
  await button('Remove from the queue: Then write to the list.').click();
  await reply(true, (await chat.sent('queued.drop'))[1]?.requestId);
  await expect.poll(focused).toBe('prompt');
  expect(await box().inputValue()).toBe('And tag it.');
});

test('where another window holds the thread, its prompts that wait are only shown', async () => {
  await open(queues, { composer: { ...runs, queued: 0 } });
  await chat.page.getByText('And tag it.').waitFor();
  expect(await chat.page.locator('.ask .way').count()).toBe(0);
});

test.each(['ltr', 'rtl'] as const)('at 220 px, %s: nothing is cut off', async (direction) => {
  await open(queues, { composer: { ...runs, steers: true, queued: 2 } }, { width: 220, direction });
  await box().fill('A draft that is longer than one line of the composer is.');
  await button('Send now').waitFor();
  const cut = await chat.page.evaluate(
    () =>
      [...document.querySelectorAll<HTMLElement>('.way, .ways, .send')].filter((part) => {
        const { left, right } = part.getBoundingClientRect();
        return left < 0 || right > window.innerWidth || part.scrollWidth > part.clientWidth + 1;
      }).length,
  );
  expect(cut).toBe(0);
  await chat.page.screenshot({ path: join(pictures, `send-ways-220-${direction}.png`) });
});

test('axe and the contrast of every theme have nothing to say', async () => {
  await open(queues, { composer: { ...runs, steers: true, queued: 2 } });
  await box().fill('more');
  await button('Send now').waitFor();
  for (const theme of themeNames) {
    await chat.wear(theme);
    expect([theme, await seriousFindings(chat.page)]).toEqual([theme, []]);
    for (const { what, ratio } of await contrast(chat.page, '.way')) {
      expect(ratio, `${theme}: ${what}`).toBeGreaterThanOrEqual(4.5);
    }
    await chat.page.screenshot({ path: join(pictures, `send-ways-${theme}.png`) });
  }
});
