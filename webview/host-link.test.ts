import { afterEach, expect, test, vi } from 'vitest';
import { connectHost } from './host-link.ts';
import { payerQuestion, trustQuestion } from './testing/event-log.ts';

afterEach(() => vi.unstubAllGlobals());

function savedFrom(state: unknown) {
  vi.stubGlobal('acquireVsCodeApi', () => ({ postMessage: () => {}, getState: () => state, setState: () => {} }));
  return connectHost('view-1').saved();
}

const state = { threadId: 'thread-1', scroll: null, expansion: {}, draft: 'Go.' };

test.each([
  [payerQuestion, []],
  [trustQuestion, [payerQuestion.id]],
  [{ ...trustQuestion, kind: 'no-git' }, []],
])('a question that the draft waits for comes back: %j', (ask, confirmed) => {
  expect(savedFrom({ ...state, question: { ask, confirmed, prompt: null } })?.question).toEqual({
    ask,
    confirmed,
    prompt: null,
  });
});

test.each([
  ['none was saved', undefined],
  ['half of the payers', { ask: { ...payerQuestion, to: undefined }, confirmed: [], prompt: null }],
  ['no folder', { ask: { ...trustQuestion, folder: '' }, confirmed: [], prompt: null }],
  ['a kind of a later release', { ask: { ...payerQuestion, kind: 'buy-tokens' }, confirmed: [], prompt: null }],
  ['no list of yeses', { ask: payerQuestion, prompt: null }],
  ['a prompt that is no text', { ask: payerQuestion, confirmed: [], prompt: 3 }],
  ['a yes by a number', { ask: payerQuestion, confirmed: [1], prompt: null }],
])('what can not be shown whole is not asked again, and the draft stays: %s', (_name, question) => {
  expect(savedFrom({ ...state, question })).toMatchObject({ draft: 'Go.', question: null });
});

test.each([null, 'text', {}, { ...state, draft: 3 }, { ...state, expansion: null }, { ...state, threadId: 4 }])(
  'a state of another shape is dropped: %j',
  (other) => {
    expect(savedFrom(other)).toBeNull();
  },
);

test('what goes with the draft comes back, as far as it has its shape', () => {
  const image = { kind: 'image', path: '/home/me/a.png', label: 'a.png' };
  const attachments = [image, { ...image, path: '' }, { ...image, kind: 'folder' }, null];
  expect(savedFrom({ ...state, attachments })?.attachments).toEqual([image]);
  expect(savedFrom(state)?.attachments).toEqual([]);
});

test('a ping is answered at once, the focus is told, and the state is kept under the name of the view', () => {
  const posted: unknown[] = [];
  const kept: unknown[] = [];
  vi.stubGlobal('acquireVsCodeApi', () => ({
    postMessage: (message: unknown) => posted.push(message),
    getState: () => null,
    setState: (next: unknown) => kept.push(next),
  }));
  const host = connectHost('tab-1');
  const taken: unknown[] = [];
  host.listen((message) => taken.push(message));
  posted.length = 0;
  const arrives = (data: unknown) => window.dispatchEvent(new MessageEvent('message', { data }));
  arrives({ viewId: 'tab-1', type: 'ping', n: 3 });
  arrives({ viewId: 'tab-2', type: 'ping', n: 4 });
  arrives({ viewId: 'tab-1', type: 'focus' });
  window.dispatchEvent(new Event('focus'));
  expect(posted).toEqual([
    { viewId: 'tab-1', type: 'pong', n: 3 },
    { viewId: 'tab-1', type: 'focused' },
  ]);
  expect(taken).toEqual([{ viewId: 'tab-1', type: 'focus' }]);
  host.save({ ...state, fresh: false, attachments: [], question: null } as never);
  expect(kept).toMatchObject([{ viewId: 'tab-1', draft: 'Go.' }]);
});
