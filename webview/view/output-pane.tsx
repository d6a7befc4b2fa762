import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { usePageActions } from '../markdown/index.ts';
import { t } from '../strings.ts';
import { count } from './figures.ts';
import { Icon } from './icon.tsx';
import { readableOutput } from './readable-output.ts';

/** Most lines that are drawn: an output is looked at from its end, and a huge text node stalls the page. */
const maxLines = 400;

/** Output of a program, at its last lines. `short` = a few lines, for a row that is open by itself. */
export function OutputPane(props: {
  readonly text: string;
  readonly label: string;
  readonly short?: boolean;
}): JSX.Element {
  const { copy } = usePageActions();
  const pane = useRef<HTMLElement>(null);
  const lines = readableOutput(props.text).trimEnd().split('\n');
  const shown = lines.slice(-maxLines).join('\n');
  useLayoutEffect(() => {
    const element = pane.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, [shown]);
  const left = lines.length - Math.min(lines.length, maxLines);
  return (
    <div class={props.short === true ? 'pane short' : 'pane'}>
      {left > 0 && <div class="note">{t('linesLeftOut', count(left))}</div>}
      <button type="button" class="icon-button copy" title={t('copyOutput')} onClick={() => copy(props.text)}>
        <Icon name="copy" />
        <span class="sr-only">{t('copyOutput')}</span>
      </button>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="scroll" ref={pane} tabIndex={0} aria-label={props.label}>
        <pre>{shown}</pre>
      </section>
    </div>
  );
}
