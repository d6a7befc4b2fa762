import type { Tokens } from 'marked';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { CodeText } from '../highlight/index.ts';
import { useHoldPlace } from '../hold-place.ts';
import { t } from '../strings.ts';
import { isClosedFence } from './open-fence.ts';
import { usePageActions } from './page-actions.ts';
import { useTextScope } from './text-scope.ts';

/** Lines of a folded block: from the first on, so that one that grows never becomes shorter by itself. */
const foldedLines = 32;

/** A fenced or indented block: in colours once it is whole, folded where it is long, with what can be done with it. */
export function CodeBlock({ token }: { readonly token: Tokens.Code }): JSX.Element {
  const { isExpanded, setExpanded } = usePageActions();
  const { id, growing } = useTextScope();
  const holdPlace = useHoldPlace();
  const block = useRef<HTMLDivElement>(null);
  const { text } = token;
  const language = /^[\w+#.-]{1,20}/.exec(token.lang ?? '')?.[0] ?? null;
  const end = endOfLine(text, foldedLines);
  const long = end !== null;
  const first = long ? text.slice(0, end) : text;
  const key = long ? `code:${id}:${hashOf(first)}` : '';
  const open = !long || isExpanded(key) === true;
  const settled = !growing || isClosedFence(token);
  const toggle = () => {
    holdPlace();
    setExpanded(key, !open);
    // The end of what was folded may be far above now.
    if (open) requestAnimationFrame(() => block.current?.scrollIntoView({ block: 'nearest' }));
  };
  return (
    <div class="code" ref={block}>
      <CodeBar text={text} language={language} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>
        <CodeText text={open ? text : first} language={language} settled={settled} />
      </pre>
      {long && (
        <button type="button" class="fold link-button" aria-expanded={open} onClick={toggle}>
          {open ? t('showLessCode') : settled ? t('showAllCode', text.split('\n').length) : t('showAllSoFar')}
        </button>
      )}
    </div>
  );
}

function CodeBar({ text, language }: { readonly text: string; readonly language: string | null }): JSX.Element {
  const { copy, insertTarget, insertInEditor, openText } = usePageActions();
  const target = insertTarget();
  return (
    <div class="code-bar">
      {language !== null && <span class="lang">{language}</span>}
      <BarButton icon="copy" label={t('copyCode')} run={() => copy(text)} />
      {target !== null && <BarButton icon="insert" label={t('insertCode', target)} run={() => insertInEditor(text)} />}
      <BarButton icon="go-to-file" label={t('openCode')} run={() => openText(text, { kind: 'code', language })} />
    </div>
  );
}

function BarButton(props: { readonly icon: string; readonly label: string; readonly run: () => void }): JSX.Element {
  return (
    <button type="button" class="icon-button" title={props.label} onClick={props.run}>
      <span class={`codicon codicon-${props.icon}`} aria-hidden="true" />
      <span class="sr-only">{props.label}</span>
    </button>
  );
}

/** Where line number `count` ends; null when there is nothing after it. */
function endOfLine(text: string, count: number): number | null {
  let at = -1;
  for (let line = 0; line < count; line++) {
    at = text.indexOf('\n', at + 1);
    if (at < 0) return null;
  }
  return at + 1 < text.length ? at : null;
}

/** A short name for the beginning of a block, which stays the same while the block grows. */
function hashOf(text: string): string {
  let hash = 5381;
  for (let index = 0; index < text.length; index++) hash = (hash * 33 + text.charCodeAt(index)) | 0;
  return (hash >>> 0).toString(36);
}
