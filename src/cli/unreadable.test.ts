import { expect, test } from 'vitest';
import { unreadable } from './unreadable.ts';

const failed = (code: string): Error =>
  Object.assign(new Error(`${code}: in the system's own words, open '/a'`), { code });

test.each([
  ['ENOENT', '/a/b.jsonl', '/a/b.jsonl can’t be read: it does not exist. Check the path.'],
  ['ENOTDIR', '/a/b.jsonl', '/a/b.jsonl can’t be read: it does not exist. Check the path.'],
  [
    'ENOENT',
    'b.jsonl',
    `b.jsonl can’t be read: it does not exist. A path counts from ${process.cwd()}: check it, or give the whole path.`,
  ],
  ['EISDIR', '/a', '/a can’t be read: it is a folder. Name a file in it.'],
  [
    'EACCES',
    '/a',
    '/a can’t be read: this user has no right to. Change its permissions, or name a copy that may be read.',
  ],
  ['EIO', '/a', '/a can’t be read: the system says EIO. Try again, or name a copy of it.'],
])('%s of %s names the file and what to do', (code, path, said) => {
  expect(unreadable(path, failed(code)).message).toBe(said);
});

test('what has no code is told in its own words', () => {
  expect(unreadable('/a', new Error('too odd')).message).toContain('the system says too odd.');
});
