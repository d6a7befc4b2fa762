import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { look, stampAt } from './read-file.ts';

const refused = vi.hoisted(() => ({ code: '' }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const open: typeof real.open = (...given) =>
    refused.code === '' ? real.open(...given) : Promise.reject(Object.assign(new Error(), { code: refused.code }));
  return { ...real, open };
});

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'look-'));
  file = join(folder, 'a.txt');
  writeFileSync(file, 'a');
});
afterEach(() => {
  refused.code = '';
  rmSync(folder, { recursive: true });
});

test('a file that may not be read is told by its stamp all the same, so that it is not taken for a changed one', async () => {
  refused.code = 'EACCES';
  expect(await look(file)).toEqual({ kind: 'unread', why: 'not-kept', stamp: await stampAt(file) });
  expect(await stampAt(file)).not.toBeNull();
});

test('what is gone between two looks is not there', async () => {
  refused.code = 'ENOENT';
  expect(await look(file)).toEqual({ kind: 'none' });
});
