import { expect, test } from 'vitest';
import type { RequestId } from '../../src/model/index.ts';
import { threadId } from '../../src/model/index.ts';
import type { ComposerState } from '../../src/protocol/index.ts';
import {
  datesTurn,
  EventLog,
  idleComposer,
  payerQuestion,
  refusedTurns,
  servedTurns,
  textOnlyComposer,
  trustQuestion,
} from '../../webview/testing/event-log.ts';
import { findingsIn } from './axe.ts';
import type { Opening } from './page-room.ts';
import { chat, inPages, openChat } from './page-room.ts';
import { themeNames } from './themes.ts';

// What the page says before, with and after a turn about who pays, what may be done and what stands in the way.

inPages();

const untrusted: ComposerState = {
  ...idleComposer,
  trusted: false,
  blocked: {
    text: 'This workspace is not trusted: a prompt is refused and nothing runs.',
    actions: [{ id: 'manageTrust', label: 'Manage Workspace Trust' }],
    why: true,
  },
};

async function open(
  story: (log: EventLog) => void,
  composer: ComposerState = idleComposer,
  options: Opening = {},
): Promise<EventLog> {
  const log = new EventLog();
  story(log);
  await openChat(options);
  await chat.snapshot(log, { composer });
  await chat.page.locator('.item, .welcome').first().waitFor();
  return log;
}

const box = () => chat.page.getByRole('textbox');
const note = () => chat.page.locator('.question');
const button = (name: string | RegExp) => chat.page.getByRole('button', { name });
const focused = () => chat.page.evaluate(() => document.activeElement?.tagName);
const lastSubmit = async () => {
  const submit = (await chat.sent('turn.submit')).at(-1);
  if (submit === undefined) throw new Error('Nothing was sent.');
  return submit;
};
const offered = () =>
  chat.page
    .locator('.failure .buttons')
    .evaluateAll((all) => all.map((row) => [...row.querySelectorAll('.button')].map((one) => one.textContent)));
const accept = (requestId: RequestId) => chat.send({ type: 'reply', requestId, reply: { ok: true } });

test('a changed payer stops the send once: what, from what to what; the draft stays and nothing is chosen', async () => {
  await open(datesTurn);
  await chat.ask('Publish it.', payerQuestion);
  expect(await note().innerText()).toContain(
    'This thread was paid by ChatGPT (someone@example.org). The next turn would be paid by API key …abcd from CODEX_API_KEY.',
  );
  expect(await box().inputValue()).toBe('Publish it.');
  expect(await focused()).toBe('TEXTAREA');
  await expect
    .poll(() => chat.page.getByRole('status').textContent())
    .toContain('Not sent yet. This thread was paid by');
  expect(await chat.page.getByRole('alert').count()).toBe(0);

  await button('Send anyway').click();
  const second = await lastSubmit();
  expect(second).toMatchObject({ text: 'Publish it.', confirmed: [payerQuestion.id] });
  expect(await note().count()).toBe(0);
  expect(await focused()).toBe('TEXTAREA');

  // Another thing changes too: the first yes is kept.
  const reply = { ok: false, message: 'Asked.', ask: trustQuestion } as const;
  await chat.send({ type: 'reply', requestId: second.requestId, reply });
  await note().getByText('config.toml').waitFor();
  await button('Send anyway').click();
  const third = await lastSubmit();
  expect(third.confirmed).toEqual([payerQuestion.id, trustQuestion.id]);
  await accept(third.requestId);
  await expect.poll(() => box().inputValue()).toBe('');

  // The next prompt carries no yes of the last one.
  await box().fill('More.');
  await box().press('Enter');
  expect(Object.keys(await lastSubmit())).not.toContain('confirmed');
});

test.each([
  ['the button', () => button('Don’t send').click()],
  ['Escape in the prompt', () => box().press('Escape')],
  ['Escape on a button', () => button('Send anyway').press('Escape')],
])('%s does not send, and the draft stays', async (_name, decline) => {
  await open(datesTurn);
  await chat.ask('Publish it.', trustQuestion);
  const before = (await chat.sent('turn.submit')).length;
  await decline();
  await note().waitFor({ state: 'detached' });
  expect(await chat.sent('turn.submit')).toHaveLength(before);
  expect(await box().inputValue()).toBe('Publish it.');
  expect(await focused()).toBe('TEXTAREA');
  await expect.poll(() => chat.page.getByRole('status').textContent()).toBe('');
});

test('Enter never says yes, and the buttons are reached by Tab', async () => {
  await open(datesTurn);
  await chat.ask('Publish it.', payerQuestion);
  await box().press('Enter');
  await expect.poll(async () => (await chat.sent('turn.submit')).length).toBe(2);
  expect(Object.keys(await lastSubmit())).not.toContain('confirmed');
  const { requestId } = await lastSubmit();
  await chat.send({ type: 'reply', requestId, reply: { ok: false, message: 'Asked.', ask: payerQuestion } });
  await note().waitFor();
  await chat.page.keyboard.press('Shift+Tab');
  expect(await chat.page.evaluate(() => document.activeElement?.textContent)).toBe('Don’t send');
  await chat.page.keyboard.press('Shift+Tab');
  expect(await chat.page.evaluate(() => document.activeElement?.textContent)).toBe('Send anyway');
  await chat.page.keyboard.press('Enter');
  expect((await lastSubmit()).confirmed).toEqual([payerQuestion.id]);
});

test('a question outlives a reload of the page, and one that was answered does not come back', async () => {
  const log = await open(datesTurn);
  await chat.ask('Publish it.', payerQuestion);
  await chat.page.reload();
  await chat.snapshot(log);
  await note().getByText('The next turn would be paid by').waitFor();
  expect(await box().inputValue()).toBe('Publish it.');
  await button('Send anyway').click();
  expect(await lastSubmit()).toMatchObject({ text: 'Publish it.', confirmed: [payerQuestion.id] });
  await chat.page.reload();
  await chat.snapshot(log);
  await chat.page.locator('.item').first().waitFor();
  expect(await note().count()).toBe(0);
});

test('what stands in the way is read with the prompt', async () => {
  await open(datesTurn, untrusted);
  await chat.ask('Publish it.', payerQuestion);
  const described = await box().evaluate((area) =>
    (area.getAttribute('aria-describedby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent),
  );
  expect(described).toEqual([
    'This workspace is not trusted: a prompt is refused and nothing runs.',
    expect.stringMatching(/^This thread was paid by/),
  ]);
});

test('a refusal that stands last says it once; another prompt brings the note back', async () => {
  const blocked = {
    text: 'Codex native - Ready but locked',
    actions: [
      { id: 'unlockNative', label: 'Unlock Codex Native Lane' },
      { id: 'useApi', label: 'Use OpenAI API Lane' },
    ],
    why: true,
  };
  const composer = { ...idleComposer, blocked };
  const log = await open(datesTurn, composer);
  await chat.page.getByRole('note').getByText('Ready but locked').waitFor();
  const from = log.events.length;
  log.begin('Go.');
  log.refuse({ code: 'lane_locked', message: 'Locked.', hint: null, actions: ['unlockNative', 'useApi'] });
  await chat.send({ type: 'events', threadId: log.threadId, events: log.events.slice(from) });
  await chat.page.locator('.failure').waitFor();
  expect(await chat.page.getByRole('note').count()).toBe(0);
  expect(await button('Unlock Codex Native Lane').count()).toBe(1);
  const more = log.events.length;
  log.begin('Again.');
  await chat.send({ type: 'events', threadId: log.threadId, events: log.events.slice(more) });
  await chat.page.getByRole('note').getByText('Ready but locked').waitFor();
});

test('the note goes when its button helped, and the focus stays in the composer', async () => {
  await open(() => {}, untrusted);
  await button('Manage Workspace Trust').press('Enter');
  await chat.send({ type: 'composer', composer: idleComposer, welcome: { line: 'Ready', why: false, prompts: [] } });
  await chat.page.getByRole('note').waitFor({ state: 'detached' });
  expect(await focused()).toBe('TEXTAREA');
});

test.each(['payer', 'trust', 'untrusted', 'refused', 'text'])(
  'twice as large in a panel of 340 px nothing is cut off: %s',
  async (name) => {
    const [story, composer, doing] = states[name] ?? [datesTurn, idleComposer, null];
    await open(story, composer, { width: 170, height: 430 });
    await doing?.();
    const cut = await chat.page.evaluate(() =>
      [...document.querySelectorAll('.composer *, .failure *, .receipt *')]
        .filter((part) => part.closest('.sr-only, .label') === null && part.getBoundingClientRect().width > 1)
        .filter((part) => part.getBoundingClientRect().right > window.innerWidth)
        .map((part) => part.outerHTML.slice(0, 90)),
    );
    expect(cut).toEqual([]);
    expect(await chat.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(170);
    await box().scrollIntoViewIfNeeded();
    const place = await box().boundingBox();
    expect((place?.y ?? 999) + (place?.height ?? 0)).toBeLessThanOrEqual(430);
  },
);

test('nothing hides in the name of a folder or a payer', async () => {
  await open(datesTurn);
  await chat.ask('Go.', { ...trustQuestion, folder: '/home/me/\u202Etxt.exe\u200B' });
  expect(await note().innerText()).toContain(
    'Codex may change files in /home/me/\\u{202e}txt.exe\\u{200b}. Its config.toml',
  );
});

test('a plain refusal is no question, and a question leaves with its thread', async () => {
  const log = await open(datesTurn);
  await chat.ask('Go.', payerQuestion);
  await box().press('Enter');
  const { requestId } = await lastSubmit();
  await chat.send({ type: 'reply', requestId, reply: { ok: false, message: 'The window is closing.' } });
  await chat.page.getByRole('alert').getByText('The window is closing.').waitFor();
  expect(await note().count()).toBe(0);
  await chat.ask('Go.', payerQuestion);
  await chat.snapshot(log, { thread: { ...log.view(), threadId: threadId('another') } });
  await note().waitFor({ state: 'detached' });
});

test('in a low and narrow panel a question can still be answered', async () => {
  await open(datesTurn, idleComposer, { width: 220, height: 240 });
  await chat.ask('Publish it.', trustQuestion);
  for (const name of ['Send anyway', 'Don’t send']) {
    await button(name).scrollIntoViewIfNeeded();
    const place = await button(name).boundingBox();
    expect(place?.y ?? -1).toBeGreaterThanOrEqual(0);
    expect((place?.y ?? 999) + (place?.height ?? 0)).toBeLessThan(241);
  }
});

test('the composer says what is in effect, and asks the host for another sandbox', async () => {
  await open(() => {});
  const pick = button(/Sandbox and approvals: workspace · never asks/);
  expect(await pick.getAttribute('title')).toBe(
    'Commands may write in the workspace\nWhat the sandbox forbids is refused',
  );
  await pick.press('Enter');
  expect(await chat.sent('sandbox.pick')).toHaveLength(1);
});

test.each([400, 220])('a lane without a sandbox says so, and offers no dead button (%i px)', async (width) => {
  await open(() => {}, textOnlyComposer, { width });
  expect(await button(/Sandbox|text only/).count()).toBe(0);
  const words = chat.page.locator('.pick.sandbox');
  expect(await words.textContent()).toContain('answers in text only. This lane runs no commands');
  expect(await words.getAttribute('title')).toContain('This lane runs no commands');
});

test('each refusal of a gate offers what opens it, and why', async () => {
  await open(refusedTurns, idleComposer, { height: 2400 });
  await expect
    .poll(offered)
    .toEqual([
      ['Unlock Codex Native Lane', 'Use OpenAI API Lane'],
      ['Lift the Pin', 'Use OpenAI API Lane'],
      ['Use This Binary…', 'Set Codex Path', 'Use OpenAI API Lane'],
      ['Set Key for Codex Native', 'Refresh Runtime Status', 'Use OpenAI API Lane'],
      ['Manage Workspace Trust'],
    ]);
  await button('Lift the Pin').click();
  for (const why of await chat.page
    .locator('.failure')
    .getByRole('button', { name: /^Why\?/ })
    .all())
    await why.click();
  expect((await chat.sent('action.run')).map(({ id }) => id)).toEqual(['liftPin', ...Array(5).fill('explain')]);
});

test('an old refusal without a list, and one of a later release, offer what the page knows', async () => {
  await open(
    (log) => {
      const error = {
        code: 'authentication_required',
        message: 'Codex native has no credential.',
        hint: null,
      } as const;
      for (const told of [
        {},
        { actions: ['teleport', 'useApi'] },
        { actions: [] },
        { code: 'unauthorized' as const },
      ]) {
        log.begin('Go.');
        log.refuse({ ...error, ...told });
      }
    },
    idleComposer,
    { height: 1200 },
  );
  await expect.poll(offered).toEqual([
    ['Set Key for Codex Native', 'Refresh Runtime Status'],
    ['Use OpenAI API Lane'],
    [],
    // The key of the other lane would pay for nothing here.
    ['Set Key for Codex Native', 'Select Lane'],
  ]);
  // What nothing of ours helps is no gate, and there is nothing to show.
  expect(
    await chat.page
      .locator('.failure')
      .nth(2)
      .getByRole('button', { name: /^Why\?/ })
      .count(),
  ).toBe(0);
});

test('the welcome line and a blocked composer lead to the gates', async () => {
  await open(() => {}, untrusted);
  expect(await chat.page.locator('.welcome p').first().innerText()).toBe(
    'OpenAI API - ready · Codex native - internal - locked Why?',
  );
  await chat.page
    .locator('.welcome')
    .getByRole('button', { name: /^Why\?/ })
    .click();
  await chat.page
    .locator('.blocked')
    .getByRole('button', { name: /^Why\?/ })
    .click();
  expect((await chat.sent('action.run')).map(({ id }) => id)).toEqual(['explain', 'explain']);
});

test('an untrusted workspace: the history is readable, and what Send would do is said', async () => {
  await open(datesTurn, untrusted);
  await chat.page.getByText('the three date tests pass').waitFor();
  await chat.page.locator('.command .head').last().press('Enter');
  await chat.page.getByText('3 passed').waitFor();
  expect(await chat.page.locator('.blocked').innerText()).toContain('a prompt is refused and nothing runs');
  await button('Manage Workspace Trust').click();
  expect(await chat.sent('action.run')).toMatchObject([{ id: 'manageTrust' }]);
});

test('another model than the one asked is a row and a mark; exec, which tells nothing, is said to', async () => {
  await open(servedTurns, idleComposer, { height: 1800 });
  await chat.page.getByText('gpt-5.5-mini answered instead of gpt-5.5: the endpoint served another model').waitFor();
  const [first, second] = await chat.page.locator('.receipt').all();
  if (first === undefined || second === undefined) throw new Error('Two turns have two receipts.');
  expect(await first.innerText()).toContain('gpt-5.5-mini (asked: gpt-5.5)');
  expect(await first.locator('.line .codicon-warning').count()).toBe(1);
  expect(await second.innerText()).toContain('gpt-5.5 (asked)');
  expect(await second.locator('.line .codicon-warning').count()).toBe(0);
  for (const receipt of [first, second]) await receipt.locator('.line').click();
  await first.getByText('gpt-5.5-mini, not the one that was asked').waitFor();
  await second.getByText('not told by exec').waitFor();
});

test('where nothing ran, a receipt names no model that answered and no transport in its line', async () => {
  await open(refusedTurns, idleComposer, { height: 2400 });
  const receipt = chat.page.locator('.receipt').first();
  expect(await receipt.innerText()).toContain('No lane · gpt-5.5 (asked)');
  await receipt.locator('.line').click();
  await receipt.getByText('Model asked').waitFor();
  expect(await receipt.innerText()).not.toContain('Model served');
});

test('a receipt is copied as Markdown and as JSON: the host is told which', async () => {
  await open(servedTurns, idleComposer, { height: 1800 });
  await chat.page.locator('.receipt .line').first().click();
  await button('Copy as Markdown').click();
  await button('Copy as JSON').click();
  const asked = (await chat.sent('receipt.copy')).map(({ threadId, turnId, as }) => ({ threadId, turnId, as }));
  const turn = { threadId: 'thread-1', turnId: 'turn-1' };
  expect(asked).toEqual([
    { ...turn, as: 'markdown' },
    { ...turn, as: 'json' },
  ]);
});

type State = readonly [
  story: (log: EventLog) => void,
  composer: ComposerState,
  doing: (() => Promise<unknown>) | null,
  height: number,
];
const states: Readonly<Record<string, State>> = {
  payer: [datesTurn, idleComposer, () => chat.ask('Go.', payerQuestion), 860],
  trust: [datesTurn, idleComposer, () => chat.ask('Go.', trustQuestion), 860],
  untrusted: [datesTurn, untrusted, null, 860],
  text: [() => {}, textOnlyComposer, null, 860],
  refused: [refusedTurns, idleComposer, null, 2400],
  receipt: [servedTurns, idleComposer, () => chat.page.locator('.receipt .line').first().click(), 1800],
};

test.each(Object.keys(states))('axe finds nothing serious in any theme: %s', async (name) => {
  const [story, composer, doing, height] = states[name] ?? [datesTurn, idleComposer, null, 860];
  await open(story, composer, { height, reducedMotion: true });
  await doing?.();
  expect(await findingsIn(chat, themeNames)).toEqual({});
});
