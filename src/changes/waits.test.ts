import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { FileChange } from '../model/index.ts';
import { at, eachInItsOwnFolder, patience, turn, write } from './testing/followed-turn.ts';

eachInItsOwnFolder();

const kinds: readonly (readonly [FileChange['kind'], () => void, readonly unknown[]])[] = [
  ['update', () => write('a.txt', 'by a tool\n'), ['exact', 'by a command\n']],
  ['delete', () => rmSync(at('a.txt')), ['exact', 'by a command\n']],
  // The editor holds it: on the disk it is as before.
  ['update', () => {}, ['exact', 'by a command\n']],
];
test.each(kinds)(
  'what a change that waits finds is certain, also where the turn wrote it: %s',
  patience,
  async (kind, act, expected) => {
    const first = () => write('a.txt', 'by a command\n');
    const changes = [{ path: at('a.txt'), kind }];
    const { baselines } = await turn(act, changes, { noGit: true, waits: true, first });
    expect(baselines).toEqual([expected]);
  },
);

test('a new file of a change that waits was not there', patience, async () => {
  const changes = [{ path: at('n.txt'), kind: 'add' as const }];
  const { baselines } = await turn(() => write('n.txt', 'x\n'), changes, { noGit: true, waits: true });
  expect(baselines).toEqual([['exact', null]]);
});

test('who does not wait may have written it already', patience, async () => {
  const changes = [{ path: at('a.txt'), kind: 'update' as const }];
  const first = () => write('a.txt', 'by a command\n');
  const { baselines } = await turn(() => write('a.txt', 'x\n'), changes, { noGit: true, first });
  expect(baselines[0]?.[0]).toBe('unknown');
});
