import type { Token, Tokens } from 'marked';
import type { Block } from './block-splitter.ts';

/** A block, or a stretch of one that is too long to be in the page as a whole. */
export type BlockPart = {
  readonly token: Token;
  /** Where it begins in the text, in characters. */
  readonly at: number;
  /** It goes on with what the part before it began. */
  readonly continues: boolean;
};

/** Nodes of the page that one part takes, about. */
const maxNodes = 300;
/** A part that can't be divided and takes more is shown as it was written: no more than a node. */
const tooManyNodes = 1500;

const known = new WeakMap<Block, readonly BlockPart[]>();

/** The parts of a block, in order: of a long list or table several, so that only what is in sight of it is drawn. */
export function partsOf(block: Block): readonly BlockPart[] {
  const parts = known.get(block) ?? divided(block);
  known.set(block, parts);
  return parts;
}

function divided(block: Block): readonly BlockPart[] {
  const { token, at } = block;
  // A node takes a character at least.
  if (token.raw.length <= maxNodes) return [{ ...block, continues: false }];
  switch (token.type) {
    case 'list': {
      const list = token as Tokens.List;
      const first = typeof list.start === 'number' ? list.start : 1;
      return stretches(list.items, at, (item) => item.raw.length).map(({ items, from, at: start }) => ({
        token: { ...list, items: items.map(readable), raw: '', ...(list.ordered ? { start: first + from } : {}) },
        at: start,
        continues: from > 0,
      }));
    }
    case 'table': {
      const table = token as Tokens.Table;
      // Lines of a table's source are as long as the table is, about.
      const perRow = token.raw.length / (table.rows.length + 2);
      return stretches(table.rows, at, () => perRow, nodesOfRow).map(({ items, from, at: start }) => ({
        token: { ...table, rows: items, raw: '' },
        at: Math.floor(start),
        continues: from > 0,
      }));
    }
    case 'blockquote': {
      const { tokens } = token as Tokens.Blockquote;
      return stretches(tokens, at, (inner) => inner.raw.length).map(({ items, from, at: start }) => ({
        token: { ...token, tokens: items.map(readable), raw: '' } as Token,
        at: start,
        continues: from > 0,
      }));
    }
    default:
      return [{ token: readable(token), at, continues: false }];
  }
}

type Stretch<T> = { readonly items: T[]; readonly from: number; readonly at: number };

function stretches<T>(
  all: readonly T[],
  at: number,
  lengthOf: (item: T) => number,
  nodesIn: (item: T) => number = nodesOf as (item: T) => number,
): readonly Stretch<T>[] {
  const found: Stretch<T>[] = [];
  let nodes = Number.POSITIVE_INFINITY;
  let end = at;
  for (const [index, item] of all.entries()) {
    const more = nodesIn(item);
    if (nodes + more > maxNodes) {
      found.push({ items: [], from: index, at: end });
      nodes = 0;
    }
    found.at(-1)?.items.push(item);
    nodes += more;
    end += lengthOf(item);
  }
  return found.length > 0 ? found : [{ items: [], from: 0, at }];
}

/** What would take too many nodes becomes plain text. */
function readable<T extends Token>(token: T): T {
  if (token.raw.length <= maxNodes || nodesOf(token) <= tooManyNodes) return token;
  const text: Tokens.Text = { type: 'text', raw: token.raw, text: token.raw };
  return (token.type === 'list_item' ? { ...token, tokens: [text] } : text) as unknown as T;
}

const nodesOfRow = (row: readonly Tokens.TableCell[]): number =>
  row.reduce((sum, cell) => sum + 1 + nodesOfAll(cell.tokens), 1);

function nodesOf(token: Token): number {
  if (token.type === 'table') {
    const { header, rows } = token as Tokens.Table;
    return nodesOfRow(header) + rows.reduce((sum, row) => sum + nodesOfRow(row), 0);
  }
  if (token.type === 'list') return 1 + nodesOfAll((token as Tokens.List).items);
  const inner = 'tokens' in token ? token.tokens : undefined;
  return inner === undefined ? 1 : 1 + nodesOfAll(inner);
}

const nodesOfAll = (tokens: readonly Token[]): number => tokens.reduce((sum, token) => sum + nodesOf(token), 0);
