import { expect, test } from 'vitest';
import { folderForNew, folderNamed, refusalOf } from './thread-folder.ts';

const folders = [
  { path: '/w/a', name: 'a' },
  { path: '/w/b', name: 'b' },
];

test('a thread runs only in a folder of the window, and only in a trusted one', () => {
  expect(refusalOf('/w/a', folders, true)).toBeNull();
  expect(refusalOf(null, [], true)).toBeNull();
  expect(refusalOf('/w/gone', folders, true)).toEqual({ kind: 'folder-gone', path: '/w/gone' });
  expect(refusalOf('/w/gone', folders, false)).toEqual({ kind: 'untrusted' });
});

test('a folder that is gone keeps a name', () => {
  expect(folderNamed('/w/b', folders)).toEqual({ path: '/w/b', name: 'b' });
  expect(folderNamed('/w/gone', folders)).toEqual({ path: '/w/gone', name: 'gone' });
  expect(folderNamed(null, folders)).toBeNull();
});

test('a new thread takes the folder asked for while it is open', () => {
  expect(folderForNew('/w/b', '/w/a', folders)).toBe('/w/b');
  expect(folderForNew('/w/gone', '/w/a', folders)).toBe('/w/a');
  expect(folderForNew(null, null, [])).toBeNull();
});
