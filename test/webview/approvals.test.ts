import { expect, test } from 'vitest';
import type { ApprovalId } from '../../src/model/index.ts';
import { EventLog, idleComposer } from '../../webview/testing/event-log.ts';
import { seriousFindings } from './axe.ts';
import { chat, inPages, openChat } from './page-room.ts';

// What a turn asks, by keyboard and by ear, and across a reload of the page.

inPages();

const composer = { ...idleComposer, running: true };
const approvalId = 'a1' as ApprovalId;

function ask(log: EventLog): void {
  log.add({
    ...{ kind: 'approval_requested', approvalId, subject: 'user_input', what: 'Which one?', why: null },
    decisions: [
      { id: 'answer', label: 'Answer', takesAnswers: true },
      { id: 'decline', label: 'Don’t answer' },
    ],
    fields: [
      {
        ...{ id: 'q1', header: '', question: 'Which one?', input: 'text', isSecret: false, isRequired: true },
        options: [
          { value: 'A', label: 'First', description: null },
          { value: 'B', label: 'Second', description: null },
        ],
        takesMany: false,
      },
      {
        ...{ id: 'q2', header: '', question: 'The token?', input: 'text', isSecret: true, isRequired: true },
        ...{ options: [], takesMany: false },
      },
    ],
  });
}

/** A turn runs, the reader is in the prompt, and then it asks. */
async function asked(): Promise<EventLog> {
  const log = new EventLog();
  log.begin('Go on.');
  await openChat({});
  await chat.snapshot(log, { composer });
  await chat.page.getByRole('textbox').first().focus();
  await chat.page.keyboard.type('my draft');
  const before = log.events.length;
  ask(log);
  await chat.send({ type: 'events', threadId: log.threadId, events: log.events.slice(before) });
  await button('Answer').waitFor();
  return log;
}

const button = (name: string) => chat.page.getByRole('button', { name, exact: true });
const focused = () => chat.page.evaluate(() => document.activeElement?.tagName);
const answers = () => chat.sent('approval.answer');

test('a question takes no focus; it is answered by keyboard alone, and the focus stays at its place', async () => {
  const log = await asked();
  expect(await focused()).toBe('TEXTAREA');
  await chat.page.keyboard.type(' goes on');
  expect(await chat.page.locator('textarea').inputValue()).toBe('my draft goes on');
  await expect
    .poll(() => chat.page.locator('.sr-only[role="status"]').innerText())
    .toBe('A decision is needed: Which one?');
  await chat.page.keyboard.press('Escape');
  expect(await answers()).toEqual([]);
  await chat.page.getByLabel('First').focus();
  await chat.page.keyboard.press('ArrowDown');
  expect(await chat.page.getByLabel('Second').isChecked()).toBe(true);
  await chat.page.keyboard.press('Tab');
  await chat.page.keyboard.press('Tab');
  await chat.page.keyboard.type('hunter2');
  // Neither of them is an answer.
  await chat.page.keyboard.press('Enter');
  await chat.page.keyboard.press('Escape');
  expect(await answers()).toEqual([]);
  await button('Answer').focus();
  await chat.page.keyboard.press('Enter');
  const sent = await answers();
  expect(sent).toMatchObject([{ given: { decision: 'answer', answers: { q1: ['B'], q2: ['hunter2'] } } }]);
  const [first] = sent;
  if (first === undefined) throw new Error('nothing was sent');
  await chat.send({ type: 'reply', requestId: first.requestId, reply: { ok: true } });
  const before = log.events.length;
  const given = { q1: ['B'], q2: ['…'] };
  log.add({ kind: 'approval_resolved', approvalId, decision: 'answer', decidedBy: 'user', answers: given });
  await chat.send({ type: 'events', threadId: log.threadId, events: log.events.slice(before) });
  await button('Answer').waitFor({ state: 'detached' });
  expect(await chat.page.evaluate(() => document.activeElement?.closest('.approval') !== null)).toBe(true);
  // The page keeps its state over a reload: no secret is in it.
  const state = await chat.page.evaluate(() => JSON.stringify(sessionStorage));
  expect(state).toContain('my draft');
  expect(state).not.toContain('hunter2');
});

test('an unanswered question is there again after a reload, with no finding of the reader’s tools', async () => {
  const log = await asked();
  await chat.page.reload();
  await chat.snapshot(log, { composer });
  await button('Answer').waitFor();
  expect(await seriousFindings(chat.page)).toEqual([]);
  await button('Don’t answer').click();
  expect((await answers()).map(({ given }) => given)).toEqual([{ decision: 'decline' }]);
});
