import { readFileSync } from 'node:fs';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { AppServer } from '../../runtime/index.ts';
import type { NotificationParams, RequestParams } from './wire.ts';
import {
  controlNotifications,
  controlRequests,
  earlierRequests,
  handledNotifications,
  handledRequests,
  placeOf,
  readLine,
} from './wire.ts';
import type { WireItem } from './wire-item.ts';

type Declared = AppServer.ServerNotifications;
type Asked = AppServer.ServerRequests;

describe('what the binary’s own schema declares', () => {
  test('of each notification that we read fits our type', () => {
    expectTypeOf<Pick<Declared, keyof NotificationParams & keyof Declared>>().toExtend<
      Pick<NotificationParams, keyof NotificationParams & keyof Declared>
    >();
    // The client leaves these two out, since no thread of ours runs on Windows’ sandbox yet.
    expectTypeOf<Exclude<keyof NotificationParams, keyof Declared>>().toEqualTypeOf<
      'windows/worldWritableWarning' | 'windowsSandbox/setupCompleted'
    >();
    expectTypeOf<
      Exclude<keyof Declared, keyof NotificationParams | (typeof controlNotifications)[number]>
    >().toEqualTypeOf<never>();
  });

  test('of each question fits our type', () => {
    expectTypeOf<{ [M in keyof RequestParams]: Asked[M]['params'] }>().toExtend<RequestParams>();
    expectTypeOf<
      Exclude<keyof Asked, keyof RequestParams | (typeof controlRequests)[number] | (typeof earlierRequests)[number]>
    >().toEqualTypeOf<never>();
  });

  test('of each item is one of ours', () => {
    expectTypeOf<AppServer.ThreadItem['type']>().toEqualTypeOf<WireItem['type']>();
    expectTypeOf<AppServer.ThreadItem>().toExtend<WireItem>();
  });
});

const methods = readFileSync(
  new URL('../../../test/fixtures/codex-0.169/APP-SERVER-METHODS.md', import.meta.url),
  'utf8',
);
const listed = (heading: string): readonly string[] => {
  const section = methods.split('\n## ').find((part) => part.startsWith(heading)) ?? '';
  return section
    .split('\n')
    .slice(1)
    .filter((line) => line !== '');
};

test('each method of the binary is either read or on the list of those that make no event', () => {
  const sorted = (...names: readonly (readonly string[])[]) => names.flat().toSorted();
  expect(sorted(handledNotifications, controlNotifications)).toEqual(sorted(listed('Server notifications')));
  expect(sorted(handledRequests, controlRequests, earlierRequests)).toEqual(sorted(listed('Server requests')));
});

const threadId = 'th';
const turnId = 'tu';

test.each([
  ['an unknown method', { method: 'turn/paused', params: { threadId } }, { kind: 'unknown', rawType: 'turn/paused' }],
  [
    'an unknown item',
    { method: 'item/started', params: { threadId, turnId, item: { id: '1', type: 'hologram' } } },
    { kind: 'unknown', rawType: 'item/started/hologram', place: { threadId, turnId } },
  ],
  [
    'a known item of another shape',
    { method: 'item/completed', params: { threadId, turnId, item: { id: 1, type: 'reasoning' } } },
    { kind: 'unknown' },
  ],
  [
    'unknown fields',
    { method: 'thread/closed', params: { threadId, more: 1 } },
    { kind: 'notification', params: { threadId, more: 1 } },
  ],
  ['a control message', { method: 'skills/changed', params: {} }, { kind: 'control' }],
  ['what the client asks', { id: 1, method: 'thread/list', params: {} }, { kind: 'call', method: 'thread/list' }],
  [
    'an unknown question',
    { id: 1, method: 'item/dance', params: { threadId } },
    { kind: 'unknown', rawType: 'item/dance' },
  ],
  ['a question of before', { id: 1, method: 'execCommandApproval', params: {} }, { kind: 'unknown' }],
  ['an answer', { id: 1, result: {} }, { kind: 'answer', from: null, id: 1, failed: false }],
  ['a refusal', { id: 1, error: { code: 1, message: 'no' } }, { kind: 'answer', failed: true }],
  ['no message', { hello: 1 }, { kind: 'unknown', rawType: 'message' }],
  ['a number', 7, { kind: 'unknown' }],
  ['a method that every object has', { method: 'constructor', params: {} }, { kind: 'unknown' }],
  ['with a direction', { ms: 1, dir: '>', msg: { id: 1, result: {} } }, { kind: 'answer', from: 'client' }],
  ['with another', { ms: 1, dir: '<', msg: { method: 'item/dance' } }, { kind: 'unknown', rawType: 'item/dance' }],
])('%s', (_name, value, expected) => {
  expect(readLine(JSON.stringify(value))).toMatchObject(expected);
});

test.each([
  ['nothing', '  ', { kind: 'empty' }],
  ['no JSON', 'panicked at', { kind: 'not-json', raw: 'panicked at' }],
])('%s', (_name, line, expected) => {
  expect(readLine(line)).toEqual(expected);
});

test('a message is about the thread and the turn that it names, in whatever way', () => {
  const turn = { id: turnId, status: 'inProgress' };
  const started = readLine(JSON.stringify({ method: 'turn/started', params: { threadId, turn } }));
  expect(placeOf(started)).toEqual({ threadId, turnId });
  const thread = { id: threadId, status: { type: 'idle' } };
  expect(placeOf(readLine(JSON.stringify({ method: 'thread/started', params: { thread } })))).toEqual({
    threadId,
    turnId: null,
  });
});
