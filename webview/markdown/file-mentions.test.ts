import { expect, test } from 'vitest';
import { fileMentions } from './file-mentions.ts';

/** The words that became links, with where they lead. */
const links = (text: string) =>
  fileMentions(text).flatMap((part) =>
    typeof part === 'string' || part.link.kind !== 'file' ? [] : [[part.text, part.link.line, part.link.column]],
  );

test.each([
  ['see src/a.ts.', [['src/a.ts', null, null]]],
  ['see src/a.ts:12:3, then', [['src/a.ts:12:3', 12, 3]]],
  [
    'a.ts#L12-L20 and (./b/c.test.tsx:4)',
    [
      ['a.ts#L12-L20', 12, null],
      ['./b/c.test.tsx:4', 4, null],
    ],
  ],
  ['../x/y.py:1: error', [['../x/y.py:1', 1, null]]],
  ['.github/workflows/ci.yml', [['.github/workflows/ci.yml', null, null]]],
  ['a.ts is no link without a line, nor and/or, e.g. v1.2/3.4', []],
  ['https://example.com/a/b.html and example.com/a.html and example.com:80', []],
  ['me@example.com/x.ts', []],
  ['/etc/passwd.txt and ~/a/b.ts stay text', []],
  ['C:/x/y.ts stays text', []],
])('%s', (text, expected) => {
  expect(links(text)).toEqual(expected);
  expect(
    fileMentions(text)
      .map((part) => (typeof part === 'string' ? part : part.text))
      .join(''),
  ).toBe(text);
});

test('hostile text is read in linear time', () => {
  const before = performance.now();
  for (const text of [
    '../'.repeat(6000),
    'a.'.repeat(9000),
    'a/'.repeat(9000),
    'a.b:1'.repeat(3000),
    '.a-'.repeat(6000),
  ])
    expect(fileMentions(text).length).toBeGreaterThan(0);
  expect(performance.now() - before).toBeLessThan(2000);
});
