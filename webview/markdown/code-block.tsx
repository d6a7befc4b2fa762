import type { Tokens } from 'marked';
import type { JSX } from 'preact';
import { Component } from 'preact';
import { t } from '../strings.ts';
import { usePageActions } from './page-actions.ts';

/** Lines to a text node: one node of 100 KB costs a frame of 145 ms each time it grows. */
const chunkLines = 50;

/** A fenced or indented block, with a button that copies it whole. */
export function CodeBlock({ token }: { readonly token: Tokens.Code }): JSX.Element {
  const { copy } = usePageActions();
  const language = /^[\w+#.-]{1,20}/.exec(token.lang ?? '')?.[0];
  return (
    <div class="code">
      <div class="code-bar">
        {language !== undefined && <span class="lang">{language}</span>}
        <button type="button" class="icon-button" title={t('copyCode')} onClick={() => copy(token.text)}>
          <span class="codicon codicon-copy" aria-hidden="true" />
          <span class="sr-only">{t('copyCode')}</span>
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>
          {chunksOf(token.text).map((text, index) => (
            <Chunk key={index} text={text} />
          ))}
        </code>
      </pre>
    </div>
  );
}

class Chunk extends Component<{ readonly text: string }> {
  override shouldComponentUpdate(next: { readonly text: string }): boolean {
    return next.text !== this.props.text;
  }

  override render(): JSX.Element {
    return <span>{this.props.text}</span>;
  }
}

function chunksOf(text: string): readonly string[] {
  const chunks: string[] = [];
  let start = 0;
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    lines++;
    if (lines < chunkLines) continue;
    chunks.push(text.slice(start, at + 1));
    start = at + 1;
    lines = 0;
  }
  if (start < text.length) chunks.push(text.slice(start));
  return chunks;
}
