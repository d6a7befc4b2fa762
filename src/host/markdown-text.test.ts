import { Lexer } from 'marked';
import { expect, test } from 'vitest';
import { inMarkdown } from './markdown-text.ts';

/** What a reader of CommonMark sees, and whether anything but text came of it. */
function shown(markdown: string): { readonly text: string; readonly kinds: readonly string[] } {
  const [block] = new Lexer().lex(markdown);
  const tokens = block?.type === 'paragraph' ? (block.tokens ?? []) : [];
  const kinds = [...new Set([block?.type ?? 'none', ...tokens.map(({ type }) => type)])];
  return { text: tokens.map((token) => ('text' in token ? token.text : '')).join(''), kinds };
}

test.each([
  '# not a heading',
  '- not a list',
  '1. not a list',
  '> not a quote',
  '[text](https://example.com/)',
  '![picture](https://example.com/x.png)',
  '<img src="https://example.com/x.png">',
  '<script>alert(1)</script>',
  '`code` **bold** _it_ ~~no~~',
  '| a | b |',
  '<https://example.com>',
  'https://example.com/path?a=b&amp;c',
  'me@example.com',
  '\\*not escaped twice\\*',
  '/home/ä b/.codex/config.toml',
])('%s stays text', (text) => {
  const { text: seen, kinds } = shown(inMarkdown(text));
  expect(seen).toBe(text);
  expect(kinds.filter((kind) => !['paragraph', 'text', 'escape'].includes(kind))).toEqual([]);
});

test('a text of several lines is one, and what nobody sees is named', () => {
  expect(shown(inMarkdown('a\r\nb\tc\u202e\u0000')).text).toBe('a b cU+202EU+0000');
});
