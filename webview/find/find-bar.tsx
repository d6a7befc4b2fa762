import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Row } from '../../src/model/index.ts';
import type { ThreadTool } from '../state/index.ts';
import { t } from '../strings.ts';
import { mark, rangesIn, rangesWithin, unmark } from './page-ranges.ts';
import type { Found, Hit, Query } from './search.ts';
import { firstFrom, foundAt, patternOf, ThreadSearch, totalOf } from './search.ts';

/** Milliseconds that one stretch of looking may take: half a frame. */
const stretchMs = 8;
/** Milliseconds after a key, or after the thread grew, until it is looked through. */
const patienceMs = 120;
/** Frames that a place is waited for until the list has drawn it. */
const maxFrames = 40;
/** Lines of an output that are drawn before the one of a match. */
const linesBefore = 5;
/** Frames in which what was drawn anew is measured. */
const settleFrames = 5;

/** Finds words in all rows of the thread, whether they are in the page or not. */
export function FindBar({ listing, rows, list, isOpen, setOpen, onClose, asked }: ThreadTool): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  const [query, setQuery] = useState<Query>({ text: '', matchCase: false });
  const [hits, setHits] = useState<readonly Hit[]>([]);
  const [current, setCurrent] = useState(-1);
  const [busy, setBusy] = useState(false);
  const [hidden, setHidden] = useState(false);
  const search = useRef<{ readonly query: Query; readonly of: ThreadSearch } | null>(null);
  const goal = useRef<Found | null>(null);
  const pattern = patternOf(query);
  const total = totalOf(hits);

  // Asked for once more, the words are selected: what is typed replaces them.
  useLayoutEffect(() => {
    input.current?.focus();
    input.current?.select();
  }, [asked]);

  useEffect(() => {
    if (pattern === null) {
      setHits([]);
      setCurrent(-1);
      goal.current = null;
      return undefined;
    }
    const isNew = search.current?.query !== query;
    let cancelled = false;
    const run = async () => {
      if (isNew || search.current === null) search.current = { query, of: new ThreadSearch(query, pattern) };
      setBusy(true);
      const found: Hit[] = [];
      let until = performance.now() + stretchMs;
      for (const row of rows) {
        found.push(...search.current.of.in(row));
        if (performance.now() < until) continue;
        await new Promise((resolve) => setTimeout(resolve));
        if (cancelled) return;
        until = performance.now() + stretchMs;
      }
      setBusy(false);
      setHits(found);
      if (!isNew) return;
      const first =
        totalOf(found) === 0 ? -1 : firstFrom(found, isBefore(rows, listing.places[list.firstInSight()]?.key));
      go(found, first);
    };
    const timer = setTimeout(() => void run(), patienceMs);
    return () => {
      cancelled = true;
      clearTimeout(timer);
    };
  }, [query, rows]);

  const go = (all: readonly Hit[], index: number) => {
    const found = foundAt(all, index);
    setCurrent(index);
    setHidden(false);
    goal.current = found;
    latest.current.list.hold();
    if (found !== null) reveal(found);
  };

  /** Opens what holds a match and scrolls there. Opening draws anew: what is to be scrolled to is looked up after it. */
  const reveal = (found: Found, frames = maxFrames, shown = false) => {
    if (goal.current !== found || frames === 0) {
      setHidden(goal.current === found && !shown);
      return;
    }
    const { row, field } = found.hit;
    const again = () => requestAnimationFrame(() => reveal(found, frames - 1, shown));
    const { keys, places } = latest.current.listing;
    const index = keys.indexOf(field.slice === 0 ? row.key : `${row.key}~${field.slice}`);
    const group =
      index < 0 ? places.find(({ entry }) => entry.kind === 'group' && entry.rows.includes(row as never)) : null;
    const toOpen = group?.key ?? (field.folded && !isOpen(row.key) ? row.key : null);
    if (toOpen !== null) {
      if (isOpen(toOpen)) return;
      latest.current.list.hold();
      setOpen(toOpen);
      again();
      return;
    }
    const place = document.querySelector(`.item[data-key="${CSS.escape(keys[index] ?? '')}"]`);
    if (place === null) {
      if (index >= 0) latest.current.list.reveal(index, 'top');
      again();
      return;
    }
    const range = currentRange(found, place, patternOf(query));
    if (range === null) {
      wantLine(found, place, patternOf(query));
      for (const fold of place.querySelectorAll<HTMLElement>('.code > .fold[aria-expanded="false"]')) fold.click();
      again();
      return;
    }
    scrollTo(range);
    // What was opened or drawn for it is measured in the frames that follow, and may move it.
    requestAnimationFrame(() => reveal(found, Math.min(frames - 1, settleFrames), true));
  };
  const latest = useRef({ listing, list });
  latest.current = { listing, list };

  // Marks follow what is drawn: rows come and go as the reader scrolls, and grow.
  useEffect(() => {
    const sizer = document.querySelector('.sizer');
    if (sizer === null) return undefined;
    let frame = 0;
    const draw = () => {
      frame = 0;
      const drawn = pattern === null ? [] : rangesIn(sizer, pattern);
      const found = goal.current;
      const key = found === null ? null : placeKey(found);
      const place = key === null ? null : sizer.querySelector(`.item[data-key="${CSS.escape(key)}"]`);
      mark(drawn, found === null || place === null ? null : currentRange(found, place, pattern));
    };
    const soon = () => {
      if (frame === 0) frame = requestAnimationFrame(draw);
    };
    const observer = new MutationObserver(soon);
    observer.observe(sizer, { childList: true, characterData: true, subtree: true });
    draw();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [query, current, hits]);
  useEffect(
    () => () => {
      goal.current = null;
      unmark();
    },
    [],
  );

  const step = (by: 1 | -1) => {
    if (total > 0) go(hits, (current + by + total) % total);
  };
  const steps = useRef(step);
  steps.current = step;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'F3' || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      steps.current(event.shiftKey ? -1 : 1);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>) => {
    if (event.isComposing) return;
    if (event.key === 'Escape') onClose();
    else if (event.key === 'Enter' && event.target === input.current) step(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const words =
    query.text === '' ? '' : total === 0 ? (busy ? t('findBusy') : t('findNone')) : t('findCount', current + 1, total);
  return (
    <search class="find" aria-label={t('findInThread')} onKeyDown={onKeyDown}>
      <input
        ref={input}
        type="text"
        class={total === 0 && !busy && query.text !== '' ? 'none' : undefined}
        aria-label={t('findInThread')}
        placeholder={t('findInThread')}
        spellcheck={false}
        value={query.text}
        onInput={(event) => setQuery({ ...query, text: event.currentTarget.value })}
      />
      <div class="find-tools">
        <span class="count" role="status">
          {words}
          {hidden && <span class="warning">{` · ${t('findHidden')}`}</span>}
        </span>
        <button
          type="button"
          class="icon-button"
          title={t('findCase')}
          aria-pressed={query.matchCase}
          onClick={() => setQuery({ ...query, matchCase: !query.matchCase })}
        >
          <span class="codicon codicon-case-sensitive" aria-hidden="true" />
          <span class="sr-only">{t('findCase')}</span>
        </button>
        <Tool icon="arrow-up" label={t('findPrevious')} keys="Shift+F3" onClick={() => step(-1)} />
        <Tool icon="arrow-down" label={t('findNext')} keys="F3" onClick={() => step(1)} />
        <Tool icon="close" label={t('close')} keys="Escape" onClick={onClose} />
      </div>
    </search>
  );
}

function Tool(props: {
  readonly icon: string;
  readonly label: string;
  readonly keys: string;
  readonly onClick: () => void;
}): JSX.Element {
  const { icon, label, keys, onClick } = props;
  return (
    <button type="button" class="icon-button" title={label} aria-keyshortcuts={keys} onClick={onClick}>
      <span class={`codicon codicon-${icon}`} aria-hidden="true" />
      <span class="sr-only">{label}</span>
    </button>
  );
}

const placeKey = ({ hit: { row, field } }: Found): string =>
  field.slice === 0 ? row.key : `${row.key}~${field.slice}`;

function currentRange({ hit, nth }: Found, place: Element, pattern: RegExp | null): Range | null {
  if (pattern === null) return null;
  const { left } = leftOut(hit, place);
  const before = left === '' ? 0 : (left.match(pattern)?.length ?? 0);
  return rangesWithin(place, hit.field.within, pattern)[nth - before] ?? null;
}

/** An output is drawn from one of its lines on: what stands before that, and what draws it. */
function leftOut({ field }: Hit, place: Element): { readonly left: string; readonly pane: HTMLElement | null } {
  const pane = field.within[0] === '.terminal' ? place.querySelector<HTMLElement>('[data-left]') : null;
  const count = Number(pane?.dataset.left ?? 0);
  return { left: count === 0 ? '' : `${field.text().split('\n').slice(0, count).join('\n')}\n`, pane };
}

/** Asks for the line of a match that an output is drawn without. */
function wantLine({ hit, nth }: Found, place: Element, pattern: RegExp | null): void {
  const { left, pane } = leftOut(hit, place);
  const match = pattern === null ? undefined : [...left.matchAll(pattern)][nth];
  if (match === undefined) return;
  const line = left.slice(0, match.index).split('\n').length - 1;
  pane?.dispatchEvent(new CustomEvent('wanted-line', { detail: Math.max(0, line - linesBefore) }));
}

/** Brings a match into sight, if it is not. */
function scrollTo(range: Range): void {
  const log = document.querySelector('.log');
  const element = range.startContainer.parentElement;
  if (log === null || element === null) return;
  const view = log.getBoundingClientRect();
  // In a part that scrolls in itself first.
  const inner = element.closest('.scroll, pre[tabindex], .table');
  if (inner !== null) {
    const box = inner.getBoundingClientRect();
    const at = range.getBoundingClientRect();
    if (at.top < box.top || at.bottom > box.bottom) inner.scrollTop += at.top - box.top - box.height / 2;
    if (at.left < box.left || at.right > box.right) inner.scrollLeft += at.left - box.left - box.width / 2;
  }
  const at = range.getBoundingClientRect();
  if (at.top < view.top + 8 || at.bottom > view.bottom - 8) log.scrollTop += at.top - view.top - view.height / 3;
}

/** Whether a row comes before the place that is first in sight. */
function isBefore(rows: readonly Row[], firstKey: string | undefined): (row: Row) => boolean {
  const key = firstKey?.replace(/~\d+$/, '').replace(/^group:/, '');
  const at = rows.findIndex((row) => row.key === key);
  const before = new Set(rows.slice(0, Math.max(0, at)));
  return (row) => before.has(row);
}
