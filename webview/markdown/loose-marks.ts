import type { Token, Tokens } from 'marked';

/** A mark that begins something whose end has not come: after a blank, and before a word or nothing yet. */
const looseMark = /(?<=^|[\s(])(\*\*?|`)(?=[^\s*`]|$)/;

/** The last block of a text that grows, as it will be when the marks that are open in it are closed. */
export function withoutLooseMarks(token: Token): Token {
  const name = token.type === 'list' ? 'items' : 'tokens';
  const inner = (token as { readonly [name in 'items' | 'tokens']?: readonly Token[] })[name];
  const last = inner?.at(-1);
  if (inner === undefined || last === undefined) return token;
  const isLine = token.type === 'paragraph' || token.type === 'heading' || token.type === 'text';
  const next = isLine ? closed(inner) : [...inner.slice(0, -1), withoutLooseMarks(last)];
  return { ...token, [name]: next } as Token;
}

function closed(tokens: readonly Token[]): readonly Token[] {
  const index = tokens.findIndex(({ type, raw }) => type === 'text' && looseMark.test(raw));
  const text = tokens[index]?.raw ?? '';
  const [mark = '', at] = [looseMark.exec(text)?.[0], text.search(looseMark)];
  if (mark === '') return tokens;
  const rest = [textOf(text.slice(at + mark.length)), ...tokens.slice(index + 1)];
  const raw = rest.map((token) => token.raw).join('');
  const type = mark === '`' ? 'codespan' : mark === '*' ? 'em' : 'strong';
  const before = [...tokens.slice(0, index), textOf(text.slice(0, at))];
  return raw === '' ? before : [...before, { type, raw, text: raw, tokens: rest } as Token];
}

const textOf = (text: string): Tokens.Text => ({ type: 'text', raw: text, text });
