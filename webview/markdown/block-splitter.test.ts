import fc from 'fast-check';
import type { Token } from 'marked';
import { Lexer } from 'marked';
import { expect, test, vi } from 'vitest';
import { BlockSplitter, lexWhole } from './block-splitter.ts';

const piece = fc.constantFrom(
  ...['# Title\n', '\n', '\n\n', 'text ', 'more *em* and **strong', '** ', '`code', '` ', '```ts\n', '```\n', '~~~~\n'],
  ...['const a = 1;\n', '- item\n', '  - nested\n', '1. one\n', '> quote\n', '>> deep\n', '| a | b |\n| - | - |\n'],
  ...[
    '| 1 | 2 |\n',
    '[ref]: https://example.com "t"\n',
    '[ref] and [x][ref] ',
    '[late]: /p\n',
    '[late] ',
    '- [ ] [late]\n',
  ],
  ...[
    '<div>\n',
    '</div>\n',
    '<!-- ',
    ' -->\n',
    '    indented\n',
    '\t',
    '***\n',
    '---\n',
    '===\n',
    '\r\n',
    '\r',
    'https://a.b/c ',
  ],
  ...[
    '![img](u) ',
    '\\',
    '&amp;',
    '“”',
    '🙂',
    '\u2028',
    '\u0000',
    '``',
    '`',
    '~~~',
    ' ',
    '  \n',
    '+ x\n\n  para\n',
    '    - four\n',
  ],
);
const doc = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

/** Tokens without spaces between blocks, as text: what a reader can see. */
const seen = (tokens: readonly Token[]): string => JSON.stringify(tokens);

function stream(text: string, cuts: readonly number[]): readonly Token[] {
  const splitter = new BlockSplitter();
  for (const cut of [...cuts].sort((a, b) => a - b)) splitter.update(text.slice(0, cut));
  splitter.update(text);
  return splitter.blocks.map((block) => block.token);
}

test('any document in any chunks has the blocks of the whole document', () => {
  const input = doc.chain((text) =>
    fc.tuple(fc.constant(text), fc.array(fc.nat({ max: text.length }), { maxLength: 30 })),
  );
  fc.assert(
    fc.property(input, ([text, cuts]) => {
      expect(seen(stream(text, cuts))).toBe(seen(lexWhole(text)));
    }),
    { seed: 4, numRuns: 4000 },
  );
});

test('a document that arrives character by character has the blocks of the whole document', () => {
  fc.assert(
    fc.property(doc, (text) => {
      const cuts = Array.from({ length: text.length }, (_, index) => index);
      expect(seen(stream(text, cuts))).toBe(seen(lexWhole(text)));
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('a settled block keeps its identity while text follows', () => {
  const splitter = new BlockSplitter();
  splitter.update('one\n\ntwo\n\nthree\n\n');
  const first = splitter.blocks[0];
  splitter.update('one\n\ntwo\n\nthree\n\nfour\n\nfive');
  expect(splitter.blocks[0]).toBe(first);
  expect(splitter.blocks).toHaveLength(5);
});

test('a definition that comes late reaches a settled block', () => {
  const splitter = new BlockSplitter();
  splitter.update('see [x]\n\ntwo\n\nthree\n\nfour\n\n');
  const before = splitter.blocks[0];
  splitter.update('see [x]\n\ntwo\n\nthree\n\nfour\n\n[x]: https://example.com\n');
  expect(splitter.blocks[0]).not.toBe(before);
  expect(seen([splitter.blocks[0]?.token as Token])).toContain('https://example.com');
});

test('a text that does not continue the last one starts over', () => {
  const splitter = new BlockSplitter();
  splitter.update('one\n\ntwo\n\nthree');
  splitter.update('two');
  expect(splitter.blocks.map((block) => block.token.raw)).toEqual(['two']);
});

test.each([
  ['5,000 quotes', '> '.repeat(5000)],
  ['5,000 lists', '- '.repeat(5000)],
  ['brackets', '['.repeat(20_000)],
  ['stars', '*a **b '.repeat(5000)],
])('%s are text, and end', { timeout: 30_000 }, (_name, text) => {
  const splitter = new BlockSplitter();
  splitter.update(text);
  expect(splitter.blocks.length).toBeGreaterThan(0);
});

test('a long fence is appended to, not lexed again', () => {
  const splitter = new BlockSplitter();
  let text = '```ts\nconst first = 1;\n';
  splitter.update(text);
  const lexed = vi.spyOn(Lexer.prototype, 'blockTokens');
  for (let line = 0; line < 400; line++) {
    text += `const line${line} = ${'x'.repeat(40)};\n`;
    splitter.update(text);
  }
  expect(lexed).not.toHaveBeenCalled();
  expect(splitter.blocks).toHaveLength(1);
  expect(seen(splitter.blocks.map((block) => block.token))).toBe(seen(lexWhole(text)));
  lexed.mockClear();
  splitter.update(`${text}\`\`\`\n\nThe end.`);
  expect(lexed).toHaveBeenCalled();
  lexed.mockRestore();
});
