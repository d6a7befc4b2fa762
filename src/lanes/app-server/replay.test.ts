import { describe, expect, test } from 'vitest';
import type { ToldCall } from './testing/replayed.ts';
import { replayed } from './testing/replayed.ts';

type Message = Readonly<Record<string, unknown>>;

const threadId = 'th';
const client = (method: string, params: object, id: number): Message => ({ dir: '>', msg: { id, method, params } });
const server = (method: string, params: object = {}, id?: number): Message => ({
  dir: '<',
  msg: { method, params: { threadId, ...params }, ...(id === undefined ? {} : { id }) },
});
const answer = (id: number, result: object): Message => ({ dir: '<', msg: { id, result } });
const refusal = (id: number): Message => ({ dir: '<', msg: { id, error: { code: -32600, message: 'no' } } });
const text = (words: string) => [{ type: 'text', text: words, text_elements: [] }];
const began = (id: string, more: object = {}): Message =>
  server('turn/started', { turn: { id, status: 'inProgress', ...more } });
const over = (id: string, status = 'completed'): Message => server('turn/completed', { turn: { id, status } });
const wrote = (turnId: string, content: readonly object[]): Message =>
  server('item/completed', { turnId, item: { type: 'userMessage', id: 'u', content } });

const told = (...messages: readonly Message[]): readonly ToldCall[] =>
  replayed(messages.map((one) => JSON.stringify(one)));
const events = (calls: readonly ToldCall[]) => calls.flatMap((call) => (call.call === 'event' ? [call] : []));
const ends = (calls: readonly ToldCall[]) => calls.flatMap((call) => (call.call === 'end' ? [call.end] : []));
const words = (calls: readonly ToldCall[]) =>
  events(calls).flatMap(({ event, place }) =>
    event.kind === 'user_message' ? [[event.text, event.delivery, place.turnId]] : [],
  );

describe('what the user wrote', () => {
  const start = client('turn/start', { threadId, input: text('go') }, 3);

  test('is told once, from the client’s line or from the item', () => {
    const turn = [began('tu'), wrote('tu', text('go')), over('tu')];
    const once = [['go', 'start', 'turn-1']];
    expect(words(told(server('thread/closed'), start, ...turn))).toEqual(once);
    expect(words(told(server('thread/closed'), start, began('tu'), over('tu')))).toEqual(once);
    expect(words(told(...turn))).toEqual(once);
  });

  test('while a turn runs it steers, when the server says so', () => {
    const calls = told(
      began('tu'),
      wrote('tu', text('go')),
      start,
      answer(3, { turn: { id: 'tu' } }),
      wrote('tu', text('more')),
    );
    expect(words(calls)).toEqual([
      ['go', 'start', 'turn-1'],
      ['more', 'steer', 'turn-1'],
    ]);
  });

  test('for a turn that was refused is not told of the next one', () => {
    const calls = told(server('thread/closed'), start, refusal(3), began('tu'), wrote('tu', text('other')), over('tu'));
    expect(words(calls)).toEqual([['other', 'start', 'turn-1']]);
  });

  test('may bear images, files and skills; no image stands in it whole', () => {
    const content = [
      { type: 'text', text: 'look' },
      { type: 'text', text: 'there' },
      { type: 'localImage', path: '/w/a.png' },
      { type: 'image', url: 'data:image/png;base64,iVBO' },
      { type: 'mention', name: 'tests', path: '/w/tests' },
    ];
    expect(events(told(began('tu'), wrote('tu', content))).map(({ event }) => event)).toMatchObject([
      {
        text: 'look\nthere',
        attachments: [
          { kind: 'image', path: '/w/a.png', label: 'a.png' },
          { kind: 'image', path: '', label: 'image' },
          { kind: 'file', path: '/w/tests', label: 'tests' },
        ],
      },
    ]);
  });
});

describe('threads and turns', () => {
  test('how a turn runs is what was named last: at the start, by the client, by the server', () => {
    const started = {
      thread: { id: threadId },
      model: 'm',
      reasoningEffort: 'high',
      cwd: '/w',
      approvalPolicy: 'never',
      sandbox: { type: 'readOnly' },
    };
    const calls = told(
      client('thread/start', {}, 2),
      answer(2, started),
      client('turn/start', { threadId, input: text('a'), effort: 'low' }, 3),
      began('t1'),
      over('t1'),
      server('thread/settings/updated', {
        threadSettings: { model: 'n', sandboxPolicy: { type: 'workspaceWrite' }, approvalPolicy: { granular: {} } },
      }),
      began('t2'),
    );
    expect(calls.filter(({ call }) => call === 'begin')).toMatchObject([
      { settings: { model: 'm', effort: 'low', cwd: '/w', sandbox: 'read-only', approvalPolicy: 'never' } },
      { settings: { model: 'n', effort: 'low', cwd: '/w', sandbox: 'workspace-write', approvalPolicy: null } },
    ]);
  });

  test('what comes after a turn’s end is told of the thread, about that turn', () => {
    const late = server('item/completed', {
      turnId: 'tu',
      item: { type: 'commandExecution', id: 'c', command: 'x', status: 'completed' },
    });
    expect(events(told(began('tu'), over('tu'), late))).toMatchObject([
      { place: { turnId: null, aboutTurnId: 'turn-1' }, event: { kind: 'command_execution' } },
    ]);
  });

  test('a total that is told before a turn is what the turn starts from', () => {
    const total = (turnId: string, inputTokens: number): Message =>
      server('thread/tokenUsage/updated', {
        turnId,
        tokenUsage: { total: { inputTokens }, last: {}, modelContextWindow: null },
      });
    const usages = events(told(total('old', 100), began('tu'), total('tu', 130))).map(({ event, place }) => [
      place.turnId,
      event,
    ]);
    expect(usages).toMatchObject([
      [null, { usage: null, threadTotal: { input: 100 } }],
      ['turn-1', { usage: { input: 30 }, threadTotal: { input: 130 } }],
    ]);
  });

  test('a name', () => {
    expect(events(told(server('thread/name/updated', { threadName: 'tests' })))).toMatchObject([
      { place: { turnId: null }, event: { kind: 'thread_renamed', title: 'tests' } },
    ]);
    expect(told(server('thread/name/updated'))).toEqual([]);
  });

  test('the turn that a review begins within its own is the review', () => {
    const calls = told(began('tu'), began('inner', { rootTurnId: 'tu' }), over('tu'));
    expect(calls.filter(({ call }) => call === 'begin')).toHaveLength(1);
    expect(ends(calls)).toEqual([{ outcome: 'completed' }]);
    // As older builds tell it: not whose it is.
    const entered = server('item/completed', {
      item: { id: 'r', type: 'enteredReviewMode', review: 'x' },
      turnId: 'tu',
    });
    const older = told(began('tu'), entered, began('inner'), over('tu'));
    expect(older.filter(({ call }) => call === 'begin')).toHaveLength(1);
    expect(ends(older)).toEqual([{ outcome: 'completed' }]);
    // A turn that goes on with what another began is one of its own.
    expect(ends(told(began('tu'), over('tu'), began('next', { rootTurnId: 'tu' }), over('next')))).toHaveLength(2);
  });

  test('a turn that never ends does so when another begins, or another process, or when the stream stops', () => {
    const lost = [{ outcome: 'failed', error: { code: 'runtime_crashed' } }];
    expect(ends(told(began('tu')))).toMatchObject(lost);
    expect(ends(told(began('tu'), began('t2'), over('t2')))).toMatchObject([...lost, { outcome: 'completed' }]);
    expect(ends(told(began('tu'), client('initialize', {}, 1), began('t2'), over('t2')))).toMatchObject([
      ...lost,
      { outcome: 'completed' },
    ]);
    expect(ends(told(began('tu'), answer(1, { codexHome: '/h', userAgent: 'x' })))).toMatchObject(lost);
    expect(ends(told(began('tu'), client('turn/interrupt', { threadId, turnId: 'tu' }, 4)))).toEqual([
      { outcome: 'interrupted' },
    ]);
  });

  test('an answered turn has begun, although nothing of it was heard yet', () => {
    const calls = told(
      client('turn/start', { threadId, input: text('go') }, 3),
      answer(3, { turn: { id: 'tu', status: 'inProgress' } }),
    );
    expect(calls.map(({ call }) => call)).toEqual(['thread', 'begin', 'end']);
  });

  test('what belongs to no thread is told in the first, also before it begins and when there is none', () => {
    const warning = { dir: '<', msg: { method: 'configWarning', params: { summary: 'odd', details: null } } };
    const kinds = (calls: readonly ToldCall[]) =>
      calls.map((call) => (call.call === 'event' ? call.event.kind : call.call));
    expect(kinds(told(warning, began('tu'), warning, over('tu')))).toEqual([
      'thread',
      'warning',
      'begin',
      'warning',
      'end',
    ]);
    expect(kinds(told(warning))).toEqual(['thread', 'warning']);
  });
});

describe('questions', () => {
  const asked = server(
    'item/fileChange/requestApproval',
    { turnId: 'tu', itemId: 'i', reason: null, grantRoot: '/o' },
    7,
  );
  const resolved = server('serverRequest/resolved', { requestId: 7 });
  const given = { dir: '>', msg: { id: 7, result: { decision: 'accept' } } };
  const decisions = (...messages: readonly Message[]) =>
    events(told(began('tu'), ...messages)).flatMap(({ event }) =>
      event.kind === 'approval_resolved' ? [[event.decision, event.decidedBy]] : [],
    );

  test('the client’s answer decides; without one it was withdrawn, or is not known where the client is not heard', () => {
    expect(decisions(asked, given, resolved)).toEqual([['accept', 'user']]);
    expect(decisions(client('thread/list', {}, 9), asked, resolved)).toEqual([['withdrawn', 'lifecycle']]);
    expect(decisions(asked, resolved)).toEqual([['unknown', 'lifecycle']]);
    expect(decisions(asked, over('tu', 'interrupted'), resolved)).toEqual([['withdrawn', 'lifecycle']]);
  });

  test('raw lines: an answer of the client’s and one of the server’s may bear the same id', () => {
    const raw = (message: Message): Message => message.msg as Message;
    const call = client('thread/list', {}, 7);
    expect(decisions(raw(asked), raw(call), raw(answer(7, { data: [] })), raw(given))).toEqual([['accept', 'user']]);
    expect(decisions(raw(asked), raw(call), raw(given), raw(answer(7, { data: [] })))).toEqual([['accept', 'user']]);
  });
});
