import type { Token, Tokens } from 'marked';
import type { JSX } from 'preact';
import { CodeBlock } from './code-block.tsx';
import { resolveEntities } from './entities.ts';
import { InlineView } from './inline-view.tsx';

/** Deeper nesting is shown as the text it was written as. */
const maxDepth = 24;

/** One block of Markdown as elements. A kind that is not known is shown as its source text. */
export function BlockView({ token, depth }: { readonly token: Token; readonly depth: number }): JSX.Element | null {
  if (depth > maxDepth) return <p class="plain">{token.raw}</p>;
  switch (token.type) {
    case 'space':
    case 'def':
      return null;
    case 'heading':
      return <Heading token={token as Tokens.Heading} />;
    case 'paragraph':
      return (
        <p>
          <InlineView tokens={(token as Tokens.Paragraph).tokens} />
        </p>
      );
    case 'text': {
      const { tokens, text } = token as Tokens.Text;
      // Without inline tokens it is text that the lexer could not take.
      return tokens === undefined ? (
        <p class="plain">{depth === 0 ? text : resolveEntities(text)}</p>
      ) : (
        <span>
          <InlineView tokens={tokens} />
        </span>
      );
    }
    case 'code':
      return <CodeBlock token={token as Tokens.Code} />;
    case 'blockquote':
      return (
        <blockquote dir="auto">
          <Blocks tokens={(token as Tokens.Blockquote).tokens} depth={depth + 1} />
        </blockquote>
      );
    case 'list':
      return <List list={token as Tokens.List} depth={depth + 1} />;
    case 'table':
      return <Table table={token as Tokens.Table} />;
    case 'hr':
      return <hr />;
    case 'checkbox':
      return <Checkbox checked={(token as Tokens.Checkbox).checked} />;
    default:
      // Raw HTML among them: it is text here, never markup.
      return <p class="plain">{token.raw.trimEnd()}</p>;
  }
}

function Blocks({ tokens, depth }: { readonly tokens: readonly Token[]; readonly depth: number }): JSX.Element {
  return (
    <>
      {tokens.map((token, index) => (
        <BlockView key={index} token={token} depth={depth} />
      ))}
    </>
  );
}

/** Headings of an answer stand below the turn's own (level 3), and stay quiet in size. */
function Heading({ token }: { readonly token: Tokens.Heading }): JSX.Element {
  const content = <InlineView tokens={token.tokens} />;
  if (token.depth === 1) return <h4 class="h1">{content}</h4>;
  if (token.depth === 2) return <h5 class="h2">{content}</h5>;
  return <h6>{content}</h6>;
}

function List({ list, depth }: { readonly list: Tokens.List; readonly depth: number }): JSX.Element {
  const items = list.items.map((item, index) => (
    <li key={index} class={item.task ? 'task' : undefined}>
      <Blocks tokens={item.tokens} depth={depth} />
    </li>
  ));
  if (!list.ordered) return <ul dir="auto">{items}</ul>;
  return (
    <ol dir="auto" start={typeof list.start === 'number' ? list.start : 1}>
      {items}
    </ol>
  );
}

function Checkbox({ checked }: { readonly checked: boolean }): JSX.Element {
  return <span class="checkbox">{checked ? '☑ ' : '☐ '}</span>;
}

function Table({ table }: { readonly table: Tokens.Table }): JSX.Element {
  return (
    // A wide table scrolls in itself; the page never does. The focus is what lets a keyboard scroll it.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <div class="table" tabIndex={0}>
      <table dir="auto">
        <thead>
          <tr>
            {table.header.map((cell, index) => (
              <th key={index} scope="col" class={cell.align ?? undefined}>
                <InlineView tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} class={cell.align ?? undefined}>
                  <InlineView tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
