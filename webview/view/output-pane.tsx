import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { usePageActions } from '../markdown/index.ts';
import { t } from '../strings.ts';
import { plainOutput, TerminalLines, TerminalText } from '../terminal/index.ts';
import { Icon } from './icon.tsx';

/** Most lines that are drawn: an output is looked at from its end, and a huge text node stalls the page. */
const maxLines = 400;

/** Output of a program, at its last lines. `short` = a few lines, for a row that is open by itself. */
export function OutputPane(props: {
  readonly text: string;
  readonly label: string;
  readonly short?: boolean;
}): JSX.Element {
  const { copy, openText } = usePageActions();
  const pane = useRef<HTMLElement>(null);
  const lines = useTerminal(props.text);
  const [wanted, setWanted] = useState(Number.POSITIVE_INFINITY);
  const left = Math.max(0, Math.min(lines.length - maxLines, wanted));
  const shown = useMemo(() => lines.slice(left), [lines, left]);
  // What finds words in a line that is left out asks for it by its number.
  useLayoutEffect(() => {
    const onWanted = (event: Event) => setWanted((event as CustomEvent<number>).detail);
    pane.current?.addEventListener('wanted-line', onWanted);
    return () => pane.current?.removeEventListener('wanted-line', onWanted);
  }, []);
  useLayoutEffect(() => {
    const element = pane.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, [shown]);
  const showAll = () => openText(plainOutput(props.text), { kind: 'output', language: null });
  return (
    <div class={props.short === true ? 'pane short' : 'pane'}>
      {left > 0 && (
        <div class="note">
          {t('linesLeftOut', left)}{' '}
          <button type="button" class="link-button" onClick={showAll}>
            {t('showOutput')}
          </button>
        </div>
      )}
      <div class="pane-bar">
        {left === 0 && (
          <button type="button" class="icon-button" title={t('showOutput')} onClick={showAll}>
            <Icon name="go-to-file" />
            <span class="sr-only">{t('showOutput')}</span>
          </button>
        )}
        <button type="button" class="icon-button" title={t('copyOutput')} onClick={() => copy(plainOutput(props.text))}>
          <Icon name="copy" />
          <span class="sr-only">{t('copyOutput')}</span>
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <section class="scroll" ref={pane} tabIndex={0} aria-label={props.label} data-left={left}>
        <TerminalLines lines={shown} />
      </section>
    </div>
  );
}

/** Lines of the output without the blank ones at its end; of a text that grows only what is new is read. */
function useTerminal(text: string): ReturnType<TerminalText['lines']> {
  const read = useRef({ terminal: new TerminalText(), text: '' });
  return useMemo(() => {
    if (!text.startsWith(read.current.text)) read.current = { terminal: new TerminalText(), text: '' };
    const { current } = read;
    current.terminal.write(text.slice(current.text.length));
    current.text = text;
    const lines = current.terminal.lines();
    return lines.slice(0, lines.findLastIndex((line) => line.some((run) => run.text.trim() !== '')) + 1);
  }, [text]);
}
