import { cleanup, fireEvent, render, screen } from '@testing-library/preact';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { ApprovalAnswers, ApprovalBody, ApprovalId } from '../../src/model/index.ts';
import { Actions } from '../actions/index.ts';
import type { Outgoing } from '../host-link.ts';
import { PageActionsProvider } from '../markdown/index.ts';
import { Store } from '../state/index.ts';
import { EventLog, idleComposer } from '../testing/event-log.ts';
import { Announcer } from './announcer.tsx';
import { AppProvider } from './app-context.ts';
import { loadLaterViews } from './later-views.tsx';
import { RowView } from './rows/index.ts';

beforeAll(loadLaterViews);
afterEach(cleanup);

type Asked = Extract<ApprovalBody, { readonly kind: 'approval_requested' }>;
const id = 'a1' as ApprovalId;
const command: Asked = {
  ...{ kind: 'approval_requested', approvalId: id, subject: 'command', what: 'ls', why: null },
  decisions: [
    { id: 'accept', label: 'Allow' },
    { id: 'decline', label: 'Don’t allow' },
  ],
  grants: { decision: 'accept', kinds: ['thread', 'folder'] },
};
const form: Asked = {
  ...{ kind: 'approval_requested', approvalId: id, subject: 'user_input', what: 'Who?', why: null },
  decisions: [
    { id: 'answer', label: 'Answer', takesAnswers: true },
    { id: 'decline', label: 'Don’t answer' },
  ],
  fields: [
    {
      ...{
        id: 'who',
        header: '',
        question: 'Who?',
        input: 'text',
        takesMany: false,
        isRequired: true,
        isSecret: false,
      },
      options: [
        { value: 'ada', label: 'Ada', description: null },
        { value: 'bob', label: 'Bob', description: null },
      ],
    },
    {
      ...{ id: 'key', header: '', question: 'Key?', input: 'text', options: [], takesMany: false },
      ...{ isRequired: true, isSecret: true },
    },
  ],
};

/** The page with one question, in a turn that runs. */
function page(asked: Asked) {
  const log = new EventLog();
  log.begin('Go on.');
  log.add(asked);
  const sent: Outgoing[] = [];
  const saved: unknown[] = [];
  const store = new Store(null);
  const actions = new Actions(store, {
    post: (message) => sent.push(message),
    listen: () => {},
    saved: () => null,
    save: (view) => saved.push(view),
  });
  const welcome = { line: '', why: false, prompts: [] };
  const composer = { ...idleComposer, running: true };
  actions.take({ viewId: 'v', type: 'snapshot', thread: log.view(), draft: '', composer, welcome });
  const shown = () => {
    const row = store.thread.value?.rows.find(({ kind }) => kind === 'approval');
    if (row === undefined) throw new Error('nothing was asked');
    return (
      <AppProvider value={{ store, actions, inTab: false }}>
        <PageActionsProvider value={actions}>
          <RowView row={row} turn={null} promptNumber={null} folder={null} rerouted={false} />
          <Announcer />
        </PageActionsProvider>
      </AppProvider>
    );
  };
  const drawn = render(shown());
  const answers = () => sent.flatMap((message) => (message.type === 'approval.answer' ? [message] : []));
  const reply = (message: string | null): void => {
    const requestId = answers().at(-1)?.requestId;
    if (requestId === undefined) throw new Error('nothing was answered');
    const said = message === null ? { ok: true as const } : { ok: false as const, message };
    actions.take({ viewId: 'v', type: 'reply', requestId, reply: said });
    drawn.rerender(shown());
  };
  const resolve = (decision: string, decidedBy: 'user' | 'lifecycle', answers?: ApprovalAnswers): void => {
    const before = log.events.length;
    const given = answers === undefined ? {} : { answers };
    log.add({ kind: 'approval_resolved', approvalId: id, decision, decidedBy, ...given });
    const events = log.events.slice(before);
    actions.take({ viewId: 'v', type: 'events', threadId: log.threadId, events });
    drawn.rerender(shown());
  };
  return { store, actions, saved, drawn, shown, answers, reply, resolve, log };
}

const button = (name: string) => screen.getByRole('button', { name });
const names = () => screen.getAllByRole('button').map(({ textContent }) => textContent);

test('exactly the decisions offered, and the grants that the host offers with them; one click sends one answer', () => {
  const { answers, reply } = page(command);
  expect(names().slice(1)).toEqual([
    'Allow',
    'Don’t allow',
    'Allow exactly this command in this thread',
    'Always allow exactly this command in this folder',
  ]);
  fireEvent.click(button('Allow'));
  fireEvent.click(button('Don’t allow'));
  expect(answers()).toMatchObject([{ approvalId: 'a1', given: { decision: 'accept' } }]);
  expect(button('Allow').getAttribute('aria-disabled')).toBe('true');
  reply('This was decided already.');
  expect(screen.getAllByText('This was decided already.')).toHaveLength(2);
  fireEvent.click(button('Always allow exactly this command in this folder'));
  expect(answers().at(-1)).toMatchObject({ given: { decision: 'accept', grant: 'folder' } });
});

test('no grant is offered where none was', () => {
  const { grants: _, ...plain } = command;
  page(plain);
  expect(names().slice(1)).toEqual(['Allow', 'Don’t allow']);
});

test('an option or a text: the one that came last; what is missing is said and nothing is sent', () => {
  const { answers } = page(form);
  fireEvent.click(button('Answer'));
  expect(answers()).toEqual([]);
  expect(screen.getByText('Something is still missing or is not as it must be.')).toBeTruthy();
  fireEvent.click(screen.getByLabelText('Ada'));
  fireEvent.input(screen.getByLabelText('Another answer'), { target: { value: 'Carol' } });
  expect(screen.getByLabelText<HTMLInputElement>('Ada').checked).toBe(false);
  const key = screen.getByLabelText<HTMLInputElement>('Key?');
  expect(key.type).toBe('password');
  fireEvent.input(key, { target: { value: 'hunter2' } });
  fireEvent.click(button('Answer'));
  expect(answers().at(-1)?.given).toEqual({ decision: 'answer', answers: { who: ['Carol'], key: ['hunter2'] } });
});

test('once answered, each question stands there once, with its answer', () => {
  const { resolve } = page(form);
  resolve('answer', 'user', { who: ['ada'] });
  fireEvent.click(screen.getByRole('button'));
  const asked = [...document.querySelectorAll('dl > div')].map((pair) =>
    [...pair.children].map(({ textContent }) => textContent),
  );
  expect(asked).toEqual([
    ['Who?', 'Ada'],
    ['Key?', 'not answered'],
  ]);
  expect(document.body.textContent.split('Key?')).toHaveLength(2);
});

test('a question that got no answer is still there to read', () => {
  const { resolve } = page(form);
  resolve('decline', 'user');
  fireEvent.click(screen.getByRole('button'));
  expect(screen.getByText(form.what)).toBeTruthy();
});

test('a decision that takes no answers brings none along', () => {
  const { answers } = page(form);
  fireEvent.click(screen.getByLabelText('Bob'));
  fireEvent.click(button('Don’t answer'));
  expect(answers().map(({ given }) => given)).toEqual([{ decision: 'decline' }]);
});

test('a secret is in no state that outlives its field; the rest comes back with its row', () => {
  const { store, actions, saved, drawn, shown } = page(form);
  fireEvent.click(screen.getByLabelText('Bob'));
  fireEvent.input(screen.getByLabelText('Key?'), { target: { value: 'hunter2' } });
  actions.flush();
  drawn.unmount();
  expect(JSON.stringify([saved, ...store.filledIn])).not.toContain('hunter2');
  expect(saved).not.toEqual([]);
  render(shown());
  expect(screen.getByLabelText<HTMLInputElement>('Bob').checked).toBe(true);
  expect(screen.getByLabelText<HTMLInputElement>('Key?').value).toBe('');
});

test('no key but those of a button decides: Escape and Enter in a field do nothing', () => {
  const { answers } = page(form);
  const key = screen.getByLabelText('Key?');
  for (const name of ['Escape', 'Enter']) fireEvent.keyDown(key, { key: name });
  for (const name of ['Escape', 'Enter']) fireEvent.keyUp(key, { key: name });
  for (const row of document.querySelectorAll('.approval')) fireEvent.keyDown(row, { key: 'Escape' });
  expect(answers()).toEqual([]);
  expect(document.querySelector('.approval form')).toBeNull();
});

test('it is told once, the focus stays; withdrawn, it closes and says so', () => {
  const { resolve } = page(command);
  const told = () => screen.getAllByRole('status').at(-1)?.textContent;
  expect(told()).toBe('A decision is needed: ls');
  expect(document.activeElement).toBe(document.body);
  resolve('withdrawn', 'lifecycle');
  expect(told()).toBe('The question was withdrawn: no answer is needed.');
  expect(names()).toEqual([expect.stringContaining('Withdrawn: no answer is needed any more')]);
});
