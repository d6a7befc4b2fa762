import { Lexer } from 'marked';
import { expect, test } from 'vitest';
import { withoutLooseMarks } from './loose-marks.ts';

/** The last block in short: the words of strong, em and code in their marks, once more closed. */
function shown(text: string): string {
  const last = new Lexer().lex(text).at(-1);
  if (last === undefined) return '';
  return said(withoutLooseMarks(last));
}

type Loose = {
  readonly type: string;
  readonly text?: string;
  readonly tokens?: readonly Loose[];
  readonly items?: readonly Loose[];
};

function said(token: Loose): string {
  const inner = (token.items ?? token.tokens ?? []).map(said).join('');
  if (token.type === 'codespan') return `<code>${token.text}</code>`;
  if (token.type === 'strong' || token.type === 'em') return `<${token.type}>${inner}</${token.type}>`;
  return inner === '' ? (token.tokens === undefined ? (token.text ?? '') : '') : inner;
}

test.each([
  ['read as **zero-', 'read as <strong>zero-</strong>'],
  ['read as **', 'read as '],
  ['read as *zero', 'read as <em>zero</em>'],
  ['call `names[mon', 'call <code>names[mon</code>'],
  ['**All of `it` and', '<strong>All of <code>it</code> and</strong>'],
  ['- one\n- two **bo', 'onetwo <strong>bo</strong>'],
  ['> said **bo', 'said <strong>bo</strong>'],
  ['## A **hea', 'A <strong>hea</strong>'],
])('what is open is shown as it will be: %s', (text, words) => {
  expect(shown(text)).toBe(words);
});

test.each(['2 * 3 is 6', 'a*b', 'x ** y', 'whole **bold** and `code` done', 'no mark at all'])(
  'what is no mark, or is whole, stays: %s',
  (text) => {
    expect(shown(text)).toBe(said(new Lexer().lex(text).at(-1) as Loose));
  },
);
