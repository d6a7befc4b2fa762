import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TurnState } from '../../src/model/index.ts';
import type { ThreadTool } from '../state/index.ts';
import { pageLanguage, t } from '../strings.ts';
import { turnAt, turnLines, typedTurn } from './turn-lines.ts';

/** Height of a line in CSS pixels: as the style sheet has it. */
const lineHeight = 28;
/** Lines that are drawn around those in sight. */
const margin = 4;
/** Milliseconds after which letters begin a new word. */
const typingMs = 700;

/** The turns of the thread, to go to one. */
export function Outline({ listing, list, onClose }: ThreadTool): JSX.Element {
  const lines = useMemo(() => turnLines(listing.places), [listing.places]);
  const [here] = useState(() => Math.max(0, turnAt(lines, list.atEnd() ? listing.places.length : list.firstInSight())));
  const [active, setActive] = useState(here);
  const [top, setTop] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: '', at: 0 });
  const height = Math.min(lines.length * lineHeight, window.innerHeight * 0.6);

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const start = active * lineHeight;
    if (start < element.scrollTop) element.scrollTop = start;
    else if (start + lineHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = start + lineHeight - element.clientHeight;
    setTop(element.scrollTop);
  }, [active]);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    element.scrollTop = here * lineHeight - element.clientHeight / 2;
    element.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Element && event.target.closest('.outline') === null) onClose();
    };
    document.addEventListener('pointerdown', onPress);
    return () => document.removeEventListener('pointerdown', onPress);
  }, []);

  const go = (index: number) => {
    const line = lines[index];
    if (line === undefined) return;
    list.goTo(line.index);
    onClose(false);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const page = Math.max(1, Math.floor(height / lineHeight) - 1);
    const to = targetOf(event.key, active, page, lines.length - 1);
    if (to !== null) setActive(to);
    else if (event.key === 'Enter') go(active);
    else if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else if (event.key.length === 1) type(event.key);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const type = (letter: string) => {
    const now = performance.now();
    const goesOn = now - typed.current.at < typingMs;
    const text = (goesOn ? typed.current.text : '') + letter;
    typed.current = { text, at: now };
    const found = typedTurn(lines, text, text.length === 1 ? active + 1 : active);
    if (found >= 0) setActive(found);
  };
  const first = Math.max(0, Math.floor(top / lineHeight) - margin);
  const shown = lines.slice(first, Math.ceil((top + height) / lineHeight) + margin);
  return (
    <div class="outline">
      <div
        class="turns"
        role="listbox"
        aria-label={t('outline')}
        aria-activedescendant={`turn-${active}`}
        tabIndex={0}
        ref={box}
        style={{ height: `${height}px` }}
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
        onKeyDown={onKeyDown}
        onClick={(event) => go(turnOf(event.target))}
      >
        <div role="presentation" style={{ height: `${lines.length * lineHeight}px` }}>
          {shown.map(({ key, number, line, state, startedAt }, offset) => {
            const index = first + offset;
            const { icon, words } = stateOf(state);
            return (
              <div
                key={key}
                id={`turn-${index}`}
                class={index === active ? 'turn active' : 'turn'}
                role="option"
                aria-selected={index === active}
                aria-current={index === here ? 'true' : undefined}
                aria-setsize={lines.length}
                aria-posinset={index + 1}
                style={{ transform: `translateY(${index * lineHeight}px)` }}
                title={line}
                tabIndex={-1}
                data-turn={index}
              >
                <span class={`codicon codicon-${icon}`} aria-hidden="true" />
                <span class="sr-only">{t('promptHeading', number)} </span>
                <span class="line">{line}</span>
                <span class="sr-only"> {words} </span>
                <time dateTime={startedAt}>{timeOf(startedAt)}</time>
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function turnOf(target: EventTarget | null): number {
  const line = target instanceof Element ? target.closest<HTMLElement>('[data-turn]') : null;
  return Number(line?.dataset.turn ?? -1);
}

function targetOf(key: string, active: number, page: number, last: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return Math.min(last, active + 1);
    case 'ArrowUp':
      return Math.max(0, active - 1);
    case 'PageDown':
      return Math.min(last, active + page);
    case 'PageUp':
      return Math.max(0, active - page);
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return null;
  }
}

function stateOf(state: TurnState | null): { readonly icon: string; readonly words: string } {
  switch (state) {
    case 'running':
      return { icon: 'loading', words: t('stateRunning') };
    case 'failed':
      return { icon: 'error error', words: t('stateFailed') };
    case 'interrupted':
      return { icon: 'circle-slash warning', words: t('stateCutOff') };
    case 'completed':
      return { icon: 'pass ok', words: t('stateDone') };
    case null:
      return { icon: 'circle-outline', words: '' };
  }
}

/** The time of a turn of today, the day of an older one. */
function timeOf(iso: string): string {
  const at = new Date(iso);
  const isToday = at.toDateString() === new Date().toDateString();
  const style = isToday
    ? ({ hour: 'numeric', minute: '2-digit' } as const)
    : ({ day: 'numeric', month: 'short' } as const);
  return new Intl.DateTimeFormat(pageLanguage(), style).format(at);
}
