import { expect, test } from 'vitest';
import { nativeThreadId } from '../../model/index.ts';
import type { StartFacts } from './start.ts';
import { startOf } from './start.ts';

const quiet: StartFacts['end'] = { startError: null, killStep: 'none', exitCode: 1, signal: null, stderrTail: '' };
type Row = [string, Partial<StartFacts['end']>, ReturnType<typeof startOf>];

test.each<Row>([
  ['the program could not be spawned', { startError: 'spawn codex ENOEXEC' }, { failed: 'spawn codex ENOEXEC' }],
  ['the machine is out of processes', { startError: 'spawn codex EAGAIN' }, null],
  ['the environment is too large', { startError: 'spawn E2BIG' }, null],
  ['an update is writing it', { startError: 'spawn codex ETXTBSY' }, null],
  ['a cause that it names', { stderrTail: 'WARNING: x\nError: Permission denied (os error 13)' }, null],
  [
    'a script that is broken',
    { stderrTail: "Error: Cannot find module 'x'\n    at Module._resolve (node:internal:1:1)" },
    { failed: 'exit code 1' },
  ],
  ['it died without a word', { exitCode: 127 }, { failed: 'exit code 127' }],
  ['it panicked', { exitCode: 101, stderrTail: 'thread main panicked at x' }, { failed: 'exit code 101' }],
  ['it crashed', { exitCode: null, signal: 'SIGSEGV' }, { failed: 'ended by SIGSEGV' }],
  ['somebody killed it, or memory ran out', { exitCode: null, signal: 'SIGKILL' }, null],
  ['it printed garbage and was content', { exitCode: 0 }, { failed: 'it ended without a word' }],
  ['we stopped it', { exitCode: null, signal: 'SIGINT', killStep: 'SIGINT' }, null],
  ['its configuration', { stderrTail: 'Error loading config.toml: x' }, null],
  ['its login', { stderrTail: 'Not logged in' }, null],
  ['a flag that it does not know', { exitCode: 2, stderrTail: 'error: unexpected argument --x' }, null],
  ['the folder', { stderrTail: 'Not inside a trusted directory and --skip-git-repo-check was not specified.' }, null],
  ['the thread', { stderrTail: 'Error: no rollout found for thread id 1' }, null],
])('before its thread began: %s', (_name, end, expected) => {
  expect(startOf({ state: { thread: null }, end: { ...quiet, ...end }, overdue: null, limitS: 60 })).toEqual(expected);
});

test('a thread that began is a start, however it ended; a run that was given up says nothing', () => {
  const state = { thread: nativeThreadId('t') };
  expect(startOf({ state, end: { ...quiet, exitCode: 101 }, overdue: null, limitS: 60 })).toBe('started');
  const given = { state: { thread: null }, end: { ...quiet, killStep: 'SIGINT' } } as const;
  expect(startOf({ ...given, overdue: 'silence', limitS: 60 })).toBeNull();
  expect(startOf({ ...given, overdue: null, limitS: 60 })).toBeNull();
});

test('a build that hangs before its thread for the whole limit failed to start; a short limit proves nothing', () => {
  const hung = { state: { thread: null }, end: { ...quiet, killStep: 'SIGKILL' }, overdue: 'first-event' } as const;
  expect(startOf({ ...hung, limitS: 60 })).toEqual({ failed: 'it said nothing for 60 s' });
  expect(startOf({ ...hung, limitS: 5 })).toBeNull();
  expect(startOf({ ...hung, state: { thread: nativeThreadId('t') }, limitS: 60 })).toBe('started');
});
