import { expect, test } from 'vitest';
import type { Leftover } from '../../model/index.ts';
import type { Translate } from '../translate.ts';
import { leftoverWords } from './leftover-words.ts';

const t: Translate = (text, ...args) => text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));
const left = (pid: number, more: Partial<Leftover> = {}): Leftover => ({
  pid,
  kind: 'turn',
  label: 'codex exec',
  startedAt: '2026-03-01T12:01:00.000Z',
  threadId: 'a',
  owner: 'a VS Code window',
  outcome: 'ended',
  descendants: 0,
  ...more,
});
const words = (...leftovers: readonly Leftover[]) =>
  leftoverWords({
    leftovers,
    titleOf: (id) => (id === 'a' ? 'Fix the test' : null),
    timeOf: (at) => at.slice(11, 16),
    t,
  });

test('one that was ended is named, with its thread and its start', () => {
  expect(words(left(123))).toEqual({
    ended:
      'Lanes for Codex ended 1 process that a VS Code window left behind: codex exec (process 123), thread “Fix the test”, started 12:01',
    survived: null,
  });
});

test('one without a thread that is known is named all the same', () => {
  expect(words(left(5, { threadId: null })).ended).toContain('codex exec (process 5), started 12:01');
  expect(words(left(5, { threadId: 'gone' })).ended).toContain('codex exec (process 5), started 12:01');
});

test('a command line is told from a window', () => {
  expect(words(left(5, { owner: 'the command line' })).ended).toContain('that the command line left behind');
});

test('of many, some are named and the rest counted', () => {
  const { ended } = words(...[1, 2, 3, 4, 5].map((pid) => left(pid)));
  expect(ended).toMatch(/^Lanes for Codex ended 5 processes that were left behind: /);
  expect(ended).toContain('(process 3)');
  expect(ended).not.toContain('(process 4)');
  expect(ended).toMatch(/; and 2 more$/);
});

test('one that ended by itself is nobody’s concern', () => {
  expect(words(left(1, { outcome: 'gone' }))).toEqual({ ended: null, survived: null });
  expect(words()).toEqual({ ended: null, survived: null });
});

test('one that could not be ended says what to do, beside those that were', () => {
  const { ended, survived } = words(left(1), left(2, { outcome: 'survived' }));
  expect(ended).toContain('(process 1)');
  expect(ended).not.toContain('(process 2)');
  expect(survived).toContain('(process 2)');
  expect(survived).toContain('end them in the system’s process list');
});
