import { expect, test } from 'vitest';
import type { ApprovalField } from './approval.ts';
import { withoutSecrets, wrongAnswers } from './approval.ts';

const field = (more: Partial<ApprovalField> = {}): ApprovalField => ({
  ...{ id: 'f', header: '', question: 'F?', input: 'text', options: [] },
  ...{ takesMany: false, isRequired: true, isSecret: false, ...more },
});
const options = ['a', 'b'].map((value) => ({ value, label: value.toUpperCase(), description: null }));

test.each<[wanted: boolean, more: Partial<ApprovalField>, given: readonly string[] | undefined]>([
  [true, {}, ['x']],
  [false, {}, ['']],
  [false, {}, []],
  [false, {}, undefined],
  [true, { isRequired: false }, undefined],
  [false, {}, ['x', 'y']],
  [true, { input: 'none', options }, ['a']],
  [false, { input: 'none', options }, ['A']],
  [false, { input: 'none', options }, ['a', 'b']],
  [true, { input: 'none', options, takesMany: true }, ['a', 'b']],
  [false, { input: 'none', options, takesMany: true }, ['a', 'a']],
  [true, { options }, ['another']],
  [true, { input: 'integer' }, ['-3']],
  [false, { input: 'integer' }, ['3.5']],
  [false, { input: 'integer' }, ['99999999999999999999']],
  [true, { input: 'number' }, ['3.5e2']],
  [false, { input: 'number' }, ['1e999']],
  [false, { input: 'number' }, ['0x10']],
  [false, { input: 'number' }, ['many']],
])('%s for %j with %j', (isRight, more, given) => {
  const answers = given === undefined ? {} : { f: given };
  expect(wrongAnswers([field(more)], answers)).toEqual(isRight ? [] : ['f']);
});

test('an answer that nobody asked for is wrong, whatever it is called', () => {
  expect(wrongAnswers([field()], { f: ['x'], g: ['y'] })).toEqual(['g']);
  expect(wrongAnswers([field({ id: 'toString' })], {})).toEqual(['toString']);
  expect(wrongAnswers([], JSON.parse('{"__proto__":["x"]}'))).toEqual(['__proto__']);
});

test('of a secret the mark is left, and nothing of its text or of how many there were', () => {
  const fields = [field(), field({ id: 'key', isSecret: true })];
  expect(withoutSecrets(fields, { f: ['x'], key: ['hunter2', 'more'] })).toEqual({ f: ['x'], key: ['…'] });
});
