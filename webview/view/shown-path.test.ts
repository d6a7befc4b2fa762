import { expect, test } from 'vitest';
import { shownPath } from './shown-path.ts';

test.each([
  ['/w/src/a.ts', '/w', 'src/a.ts'],
  ['/w/src/a.ts', '/w/', 'src/a.ts'],
  ['C:\\w\\a.ts', 'C:\\w', 'a.ts'],
  ['/www/a.ts', '/w', '/www/a.ts'],
  ['/w', '/w', '/w'],
  ['src/a.ts', '/w', 'src/a.ts'],
  ['/elsewhere/a.ts', null, '/elsewhere/a.ts'],
])('%s in %s', (path, folder, shown) => {
  expect(shownPath(path, folder)).toBe(shown);
});
