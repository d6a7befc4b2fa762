import { expect, test } from 'vitest';
import { isAbsolute, liesIn, linkTarget } from './open-target.ts';

test.each([
  ['https://example.com/a', 'web'],
  ['http://127.0.0.1:1/', 'web'],
  ['mailto:a@example.com', 'mail'],
  ['command:codexLanes.setApiKey', undefined],
  ['vscode://x/y', undefined],
  ['file:///etc/passwd', undefined],
  ['javascript:alert(1)', undefined],
  ['docs/readme.md', undefined],
])('%s', (url, kind) => {
  expect(linkTarget(url)?.kind).toBe(kind);
});

test.each([
  ['/w/a/b.ts', '/w/a', true],
  ['/w/a', '/w/a', true],
  ['/w/ab/c.ts', '/w/a', false],
  ['/etc/passwd', '/w/a', false],
  ['C:\\w\\a.ts', 'c:\\w', true],
])('%s in %s: %s', (path, folder, expected) => {
  expect(liesIn(path, folder)).toBe(expected);
});

test('a path from a root is known on any platform', () => {
  expect(['/a', 'C:\\a', '\\\\host\\a', 'a/b', './a'].map(isAbsolute)).toEqual([true, true, true, false, false]);
});
