import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { headOf, readMessage } from './envelope.ts';

test.each([
  ['{"id":1,"result":{}}', { kind: 'answer', id: 1, result: {} }],
  ['{"id":"a","result":null}', { kind: 'answer', id: 'a', result: null }],
  ['{"error":{"code":-1,"message":"no"},"id":2}', { kind: 'refusal', id: 2, code: -1, message: 'no' }],
  ['{"method":"a/b","id":0,"params":{"x":1}}', { kind: 'request', id: 0, method: 'a/b', params: { x: 1 } }],
  ['{"method":"a","params":[],"emittedAtMs":5}', { kind: 'notification', method: 'a', params: [], emittedAtMs: 5 }],
  ['{"method":"a","emittedAtMs":"soon"}', { kind: 'notification', method: 'a', emittedAtMs: null }],
  ['{"method":"a","id":null}', { kind: 'notification', method: 'a' }],
  ['nonsense', { kind: 'strange', why: 'a line that is not JSON', id: null }],
  ['[1]', { kind: 'strange', id: null }],
  ['null', { kind: 'strange', id: null }],
  ['{"id":3}', { kind: 'strange', why: 'an answer without a result', id: 3 }],
  ['{"id":3,"error":"no"}', { kind: 'strange', why: 'a line that is no message', id: 3 }],
  ['{"method":7,"id":3}', { kind: 'strange', id: 3 }],
  ['{"result":1}', { kind: 'strange', why: 'a message without a method or an id', id: null }],
  ['{"id":{},"result":1}', { kind: 'strange', id: null }],
])('%s', (line, expected) => expect(readMessage(line)).toMatchObject(expected));

test('no line makes it throw', () => {
  void fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => readMessage(line).kind.length > 0),
    { seed: 6 },
  );
});

test.each([
  ['{"id":12,"result":{"id":99,', { id: 12, method: null }],
  ['{"id":"a\\"b","result":[', { id: 'a"b', method: null }],
  ['{"method":"item/tool/call","id":3,"params":{', { id: 3, method: 'item/tool/call' }],
  ['{"method":"item/completed","params":{"id":4,"method":"x"', { id: null, method: 'item/completed' }],
  ['{"result":{"id":99,', { id: null, method: null }],
  ['xxxx', { id: null, method: null }],
])('the start %s', (start, expected) => expect(headOf(start)).toEqual(expected));
