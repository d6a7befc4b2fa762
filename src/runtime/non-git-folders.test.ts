import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Log } from '../ports/index.ts';
import { createNonGitFolders } from './non-git-folders.ts';

let root: string;
let warned: string[];
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'non-git-')));
  for (const folder of ['data', 'repo/.git', 'repo/sub', 'tree', 'plain/in', 'empty/.git']) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  writeFileSync(join(root, 'repo/.git/HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(root, 'tree/.git'), 'gitdir: elsewhere\n');
  symlinkSync(join(root, 'plain'), join(root, 'link'));
  warned = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (...path: string[]): string => join(root, ...path);
const log: Log = { debug: () => {}, info: () => {}, warn: (text) => void warned.push(text), error: () => {} };
const folders = () => createNonGitFolders({ home: async () => at('data'), log });

test.each([
  ['repo', null],
  ['repo/sub', null],
  ['tree', null],
  ['gone', null],
  ['plain', 'plain'],
  ['link/in', 'plain/in'],
  ['empty', 'empty'],
])('%s: asks about %s', async (cwd, asked) => {
  expect(await folders().toAllow(at(cwd))).toBe(asked === null ? null : at(asked));
});

test('a yes holds for that folder alone, in every window', async () => {
  const first = folders();
  await first.allow(at('plain'));
  expect(await first.toAllow(at('link'))).toBeNull();
  expect(await first.isAllowed(at('link'))).toBe(true);
  expect(await first.isAllowed(at('plain/in'))).toBe(false);
  const second = folders();
  await second.allow(at('plain/in'));
  expect(await second.toAllow(at('plain'))).toBeNull();
  expect(JSON.parse(readFileSync(at('data/non-git-folders.json'), 'utf8'))).toEqual({
    format: 'codex-lanes/non-git-folders',
    version: 1,
    folders: [at('plain'), at('plain/in')],
  });
});

test('a file that can’t be read or written: said in the log, asked again by the next process alone', async () => {
  mkdirSync(at('data/non-git-folders.json'));
  const memory = folders();
  await memory.allow(at('plain'));
  expect(await memory.isAllowed(at('plain'))).toBe(true);
  expect(await folders().isAllowed(at('plain'))).toBe(false);
  expect(warned.join()).toContain('could not be written');
});
