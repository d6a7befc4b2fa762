import { expect, test } from 'vitest';
import { differences } from './compare.mjs';

const expected = {
  exitCode: 0,
  events: [{ type: 'thread.started' }, { type: 'turn.completed', usage: { input: 12 } }],
  stderr: /^warning: /,
  gone: undefined,
};
const observed = {
  exitCode: 0,
  events: [
    { type: 'thread.started', more: true },
    { type: 'turn.completed', usage: { input: 12, output: 3 } },
  ],
  stderr: 'warning: a setting',
  more: 'that the contract does not name',
};

test('what the contract does not name is no difference', () => expect(differences(expected, observed)).toEqual([]));

test.each([
  ['a value', { ...observed, exitCode: 1 }, 'exitCode: 0, observed 1'],
  ['a value that is missing', { ...observed, exitCode: undefined }, 'exitCode: 0, observed nothing'],
  ['a value of another type', { ...observed, exitCode: '0' }, 'exitCode: 0, observed "0"'],
  ['a text that fits no pattern', { ...observed, stderr: 'none' }, 'stderr: /^warning: /, observed "none"'],
  ['something that must not be there', { ...observed, gone: 1 }, 'gone: nothing, observed 1'],
  ['no list', { ...observed, events: null }, /^events: .*, observed null$/],
  ['too short a list', { ...observed, events: observed.events.slice(1) }, /^events: 2 entries, observed 1: /],
  ['too long a list', { ...observed, events: [...observed.events, {}] }, /^events: 2 entries, observed 3: /],
  [
    'a value deep inside',
    { ...observed, events: [observed.events[0], { type: 'turn.completed', usage: { input: 13 } }] },
    'events[1].usage.input: 12, observed 13',
  ],
  ['no object', { ...observed, events: [observed.events[0], 'x'] }, /^events\[1\]: .*, observed "x"$/],
])('finds %s, and names its place', (_name, planted, line) => {
  expect(differences(expected, planted)).toEqual([line instanceof RegExp ? expect.stringMatching(line) : line]);
});

test('the whole may differ', () => expect(differences('a', 'b')).toEqual(['the whole: a, observed "b"']));
