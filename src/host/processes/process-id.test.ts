import { expect, test } from 'vitest';
import { pidOf } from './process-id.ts';

test.each([
  [42, 42],
  [{ id: 'processes.42', pid: 42 }, 42],
  [{ id: 'processes' }, null],
  [{ pid: '42' }, null],
  [{}, null],
  [undefined, null],
  [null, null],
  [-1, null],
  [0, null],
  [1.5, null],
  ['42', null],
])('%j names process %s', (which, pid) => expect(pidOf(which)).toBe(pid));
