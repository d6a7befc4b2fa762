import { expect, test } from 'vitest';
import type { RowOf } from '../../../src/model/index.ts';
import { toolWords } from './tool-words.ts';

const row = (name: string, given: unknown, result: unknown) =>
  ({ kind: 'tool', name, arguments: given, result }) as unknown as RowOf<'tool'>;

test.each<[string, unknown, unknown, string, string | null]>([
  ['read_file', { path: 'src/x.ts' }, 'src/x.ts: lines 1-12 of 12\n1\ta', 'Read src/x.ts', '12 lines'],
  ['read_file', { path: 'x' }, 'x: lines 1-1 of 1, utf8bom\n1\ta', 'Read x', '1 line'],
  ['read_file', { path: 'x', start_line: 5 }, 'x: lines 5-9 of 40, CRLF line ends\n5\ta', 'Read x', 'lines 5–9 of 40'],
  ['read_file', { path: 'x' }, 'x is no text (3 bytes).', 'Read x', null],
  ['read_file', { path: 7 }, null, 'Read read_file', null],
  ['read_file', 'no object', undefined, 'Read read_file', null],
  ['list_files', {}, '.: 3 files\na', 'Listed .', '3 files'],
  ['list_files', { path: 'src' }, 'src: no files.', 'Listed src', null],
  ['search_files', { pattern: 'a.*b', path: 'src' }, '2 matches in 1 file\n…', 'Searched a.*b · src', '2 matches'],
  ['search_files', { pattern: 'zzz' }, 'No match.', 'Searched zzz', '0 matches'],
  ['view_image', { path: 'a.png' }, '[image]', 'Looked at a.png', null],
  ['workspace_problems', {}, 'none', 'Looked at problems', null],
  ['editor_selection', {}, '', 'Looked at the selection', null],
  ['other', { path: 'x' }, '', 'Used other', null],
])('%s %j says %s', (name, given, result, words, figure) => {
  const told = toolWords(row(name, given, result), false);
  expect([`${told.verb} ${told.object}`, told.figure]).toEqual([words, figure]);
});

test('one that runs says so, and characters that are not seen are shown', () => {
  expect(toolWords(row('read_file', { path: 'a\u202Eb' }, null), true)).toMatchObject({
    verb: 'Reading',
    object: expect.not.stringContaining('\u202E'),
  });
});
