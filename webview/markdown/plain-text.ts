import type { Token, Tokens } from 'marked';
import { resolveEntities } from './entities.ts';
import { MarkdownDocument } from './markdown-document.ts';

/** What a reader sees of stretches of a Markdown text, without its marks; blocks, items and cells on lines of their own. */
export function plainTexts(text: string, ranges: readonly (readonly [number, number])[]): readonly string[] {
  if (!MarkdownDocument.takes(text)) return ranges.map((range) => text.slice(...range));
  const document = new MarkdownDocument();
  document.update(text, false, 0);
  return ranges.map((range) =>
    document
      .parts(range)
      .map(({ token }) => plain(token))
      .join('\n'),
  );
}

function plain(token: Token): string {
  switch (token.type) {
    case 'space':
    case 'def':
    case 'image':
    case 'hr':
      return '';
    case 'br':
      return '\n';
    case 'code':
    case 'codespan':
    case 'escape':
      return (token as Tokens.Code).text;
    case 'list':
      return lines((token as Tokens.List).items);
    case 'blockquote':
    case 'list_item':
      return lines((token as Tokens.Blockquote).tokens);
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      return [...header, ...rows.flat()].map((cell) => cell.tokens.map(plain).join('')).join('\n');
    }
    default: {
      const inner = 'tokens' in token ? token.tokens : undefined;
      if (inner !== undefined) return inner.map(plain).join('');
      return resolveEntities('text' in token && typeof token.text === 'string' ? token.text : token.raw);
    }
  }
}

const lines = (tokens: readonly Token[]): string => tokens.map(plain).join('\n');
