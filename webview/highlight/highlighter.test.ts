import fc from 'fast-check';
import { expect, test } from 'vitest';
import { highlight } from './highlighter.ts';

const textOf = (lines: ReturnType<typeof highlight>) =>
  lines?.map((line) => line.map((run) => run.text).join('')).join('\n');
const tokens = (code: string, language: string) =>
  (highlight(code, language) ?? []).flat().flatMap(({ text, token }) => (token === null ? [] : [[text.trim(), token]]));

test.each([
  [
    'ts',
    'const a = "x"; // why',
    [
      ['const', 'keyword'],
      ['"x"', 'string'],
      ['// why', 'comment'],
    ],
  ],
  [
    'tsx',
    'class Box {}',
    [
      ['class', 'keyword'],
      ['Box', 'type'],
    ],
  ],
  [
    'py',
    'def f(): return 1',
    [
      ['def', 'keyword'],
      ['f', 'function'],
      ['return', 'keyword'],
      ['1', 'number'],
    ],
  ],
  [
    'json',
    '{"a": true}',
    [
      ['"a"', 'name'],
      ['true', 'keyword'],
    ],
  ],
  [
    'sh',
    'echo "$HOME"',
    [
      ['echo', 'function'],
      ['"', 'string'],
      ['$HOME', 'name'],
      ['"', 'string'],
    ],
  ],
  [
    'html',
    '<b>x</b>',
    [
      ['<b>', 'tag'],
      ['</b>', 'tag'],
    ],
  ],
  [
    'diff',
    '+a\n-b',
    [
      ['+a', 'added'],
      ['-b', 'removed'],
    ],
  ],
])('%s: %s', (language, code, expected) => {
  expect(tokens(code, language)).toEqual(expected);
});

test('a language that is not known has no colours', () => {
  expect(highlight('x', 'klingon')).toBeNull();
  expect(highlight('x', 'constructor')).toBeNull();
});

const languages = [
  'bash',
  'c',
  'cpp',
  'cs',
  'css',
  'diff',
  'docker',
  'go',
  'toml',
  'java',
  'js',
  'json',
  'kt',
  'lua',
].concat(...['make', 'md', 'php', 'ps1', 'py', 'rb', 'rs', 'scss', 'console', 'sql', 'swift', 'ts', 'html', 'yml']);
const piece = fc.constantFrom(
  ...[
    'const ',
    'a',
    '\n',
    '"',
    "'",
    '`',
    '/*',
    '*/',
    '//',
    '<b>',
    '</b>',
    '{',
    '}',
    '#',
    '1.5',
    '\\',
    '\t',
    '&amp;',
    '€',
    '\r',
  ],
);

test('colouring changes no character, in any language', () => {
  const code = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(code, fc.constantFrom(...languages), (text, language) => {
      expect(textOf(highlight(text, language))).toBe(text);
    }),
    { seed: 4, numRuns: 1500 },
  );
});
