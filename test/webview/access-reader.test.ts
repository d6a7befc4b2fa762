import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { EventBody } from '../../src/model/index.ts';
import {
  datesTurn,
  everyRow,
  failedTurn,
  forkInWorktree,
  idleComposer,
  payerQuestion,
  sampleImages,
} from '../../webview/testing/event-log.ts';
import { chat, inPages, showStory } from './page-room.ts';

inPages();

type ApprovalId = Extract<EventBody, { kind: 'approval_requested' }>['approvalId'];
const running = { composer: { ...idleComposer, running: true } };

/** From here on, what each live region says is noted, and `said` gives it. */
async function listen(): Promise<() => Promise<readonly string[]>> {
  await chat.page.evaluate(() => {
    const said: string[] = [];
    Object.assign(window, { said });
    const live = '[role="status"], [role="alert"], [aria-live]:not([aria-live="off"])';
    const note = () => {
      const words = [...document.querySelectorAll(live)].map((region) => region.textContent ?? '').join('|');
      if (words !== said.at(-1)) said.push(words);
    };
    for (const region of document.querySelectorAll(live))
      new MutationObserver(note).observe(region, { childList: true, subtree: true, characterData: true });
  });
  return () =>
    chat.page.evaluate(() =>
      (window as unknown as { said: readonly string[] }).said.map((words) => words.replaceAll('|', '')).filter(Boolean),
    );
}

test('500 pieces of an answer say nothing; its end is said once', async () => {
  const log = await showStory((story) => story.begin('Tell me.'), running);
  const said = await listen();
  for (let piece = 0; piece < 500; piece++) {
    const event = log.add({ kind: 'assistant_text', text: `word ${piece} `, isDelta: true }, 't');
    await chat.send({ type: 'events', threadId: log.threadId, events: [event] });
  }
  await chat.page.getByText('word 499').waitFor();
  expect(await said()).toEqual([]);
  const from = log.events.length;
  log.complete();
  await chat.send({ type: 'events', threadId: log.threadId, events: log.events.slice(from) });
  await expect.poll(said).toEqual(['Codex has finished.']);
  await chat.page.locator('.receipt').waitFor();
  expect(await said()).toEqual(['Codex has finished.']);
});

test('what needs an answer is said once: before a turn and in it', async () => {
  await showStory(datesTurn);
  const asked = await listen();
  await chat.ask('Go on.', payerQuestion);
  await expect.poll(async () => (await asked()).length).toBe(1);
  expect((await asked())[0]).toMatch(/^Not sent yet\. This thread was paid by ChatGPT/);
  await chat.close();

  const log = await showStory((story) => story.begin('Publish it.'), running);
  const said = await listen();
  const from = log.events.length;
  log.add({
    kind: 'approval_requested',
    approvalId: 'a1' as ApprovalId,
    subject: 'command',
    what: 'npm publish',
    why: null,
    decisions: [{ id: 'deny', label: 'Denied' }],
  });
  await chat.send({ type: 'events', threadId: log.threadId, events: log.events.slice(from) });
  await expect.poll(said).toEqual(['A decision is needed: npm publish']);
});

test('a failed turn is said once, with its reason', async () => {
  const log = await showStory(datesTurn);
  const said = await listen();
  const from = log.events.length;
  failedTurn(log);
  await chat.send({ type: 'events', threadId: log.threadId, events: log.events.slice(from) });
  await expect.poll(said).toEqual(['The turn failed: The endpoint refused the key.']);
});

test('one region is live beside that of refusals, and the transcript is a log that is not', async () => {
  await showStory(everyRow, {}, { height: 2400 });
  const live = await chat.page.evaluate(() =>
    [...document.querySelectorAll('[aria-live], [role="status"], [role="alert"], [role="log"], output')].map(
      (region) => `${region.getAttribute('role')} ${region.getAttribute('aria-live') ?? ''}`,
    ),
  );
  expect(live).toEqual(['log off', 'alert ', 'status ']);
});

test('the thread is a heading, and each turn one below it', async () => {
  await showStory((log) => {
    for (const prompt of ['One', 'Two', 'Three']) {
      log.begin(prompt);
      log.text(prompt, 'Done.');
      log.complete();
    }
  });
  const headings = await chat.page.evaluate(() =>
    [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map((one) => `${one.tagName} ${one.textContent}`),
  );
  expect(headings.slice(1)).toEqual(['H2 Prompt 1', 'H2 Prompt 2', 'H2 Prompt 3']);
  expect(headings[0]).toMatch(/^H1 /);
});

const blocked = { text: 'Codex native is locked.', actions: [{ id: 'unlockNative', label: 'Unlock' }], why: true };
const trees: Readonly<Record<string, () => Promise<unknown>>> = {
  empty: () => showStory(() => {}, {}, { place: 'tab' }),
  idle: () => showStory(datesTurn),
  running: () => showStory((log) => log.begin('Do it.'), { composer: { ...running.composer, queued: 1 } }),
  blocked: () => showStory(failedTurn, { composer: { ...idleComposer, blocked } }),
  asked: async () => {
    await showStory(forkInWorktree);
    await chat.send({ type: 'attached', attachments: sampleImages });
    await chat.ask('Go on.', payerQuestion);
  },
};

// Of what stands around the rows: those have their own.
test.each(Object.keys(trees))('what a screen reader finds around the transcript: %s', async (state) => {
  await trees[state]?.();
  const parts = await Promise.all(
    ['banner', 'contentinfo'].map((role) => chat.page.getByRole(role as 'banner').ariaSnapshot()),
  );
  await expect(`${parts.join('\n')}\n`).toMatchFileSnapshot(join('access', `${state}.aria.yml`));
});
