import type { Range, VirtualItem } from '@tanstack/virtual-core';
import {
  elementScroll,
  measureElement,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
} from '@tanstack/virtual-core';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import type { ScrollPlace } from '../host-link.ts';
import type { ListMoves } from '../state/index.ts';

/** CSS pixels from the end that still count as the end: fractions of zoomed screens, not a notch of a wheel. */
const endThreshold = 8;

/** CSS pixels around what is in sight that are drawn, too, and most places that takes. */
const margin = 300;
const maxMargin = 8;
/** Most places of a selection that stay in the page: the page is bounded, whatever is selected. */
const maxSelected = 30;
/** Frames that a place is waited for until it is drawn. */
const maxFrames = 30;

type ListOptions = {
  /** The same array as long as the keys are the same: the virtualizer lays everything out anew when it changes. */
  readonly keys: readonly string[];
  /** A row's likely height in CSS pixels, before it was drawn once. */
  readonly estimate: (index: number) => number;
  /** Where the reader was when the page went away; null = at the end. */
  readonly initialPlace: ScrollPlace;
  readonly onPlace: (place: ScrollPlace) => void;
};

type VirtualList = {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly items: readonly VirtualItem[];
  readonly totalSize: number;
  readonly measure: (element: HTMLLIElement | null) => void;
  /** True while new rows are followed. */
  readonly following: boolean;
  readonly jumpToEnd: () => void;
  readonly moves: ListMoves;
  /** Keeps what is in sight where it is while the reader opens or folds a row. */
  readonly holdPlace: () => void;
};

/** A list of which only the rows in sight are in the page, and which follows its end until the reader scrolls up. */
export function useVirtualList(options: ListOptions): VirtualList {
  const [, redraw] = useReducer((drawn: number) => drawn + 1, 0);
  const scroller = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(options.initialPlace === null);
  // The scroll listener and the observers need the value of now, not of the last drawing.
  const follows = useRef(following);
  const held = useRef(false);
  // To ask the selection itself makes the browser lay out the page, in each drawing.
  const selects = useRef(false);
  const lastPlace = useRef(options.initialPlace);
  const follow = (value: boolean) => {
    // A way to the end that is not over would go on to the end of what is opened now.
    if (!value && follows.current) virtualizer.cancelScroll();
    follows.current = value;
    setFollowing(value);
  };

  // A view that grows until the end is in sight tells of no scrolling.
  const catchUp = () => {
    const element = scroller.current;
    if (follows.current || held.current || !isAtEnd(element) || selectionIn(element) !== null) return;
    follow(true);
    lastPlace.current = null;
    options.onPlace(null);
  };

  const { keys } = options;
  const getItemKey = useMemo(() => (index: number) => keys[index] ?? index, [keys]);
  const heightAt = (index: number): number =>
    virtualizer.itemSizeCache.get(keys[index] ?? index) ?? options.estimate(index);
  const config = {
    count: keys.length,
    getScrollElement: () => scroller.current,
    estimateSize: options.estimate,
    getItemKey,
    rangeExtractor: (range: Range) => drawn(range, scroller.current, keys, heightAt, selects.current),
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    measureElement,
    overscan: 0,
    // What is drawn first is what the reader will see, not the beginning of the thread.
    initialRect: { width: window.innerWidth, height: window.innerHeight },
    initialOffset: () => offsetOf(options.initialPlace, keys, heightAt),
    anchorTo: held.current ? ('start' as const) : ('end' as const),
    followOnAppend: follows.current,
    scrollEndThreshold: endThreshold,
    onChange: () => redraw(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, HTMLLIElement>(config));
  virtualizer.setOptions(config);

  // Before the virtualizer's own listener: it draws, and drawing must know whether the reader let go.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    let last = element.scrollTop;
    const onScroll = () => {
      const { scrollTop } = element;
      const atEnd = isAtEnd(element);
      // Growth moves the end away without the reader's doing: only scrolling up lets go.
      // The end is not followed anew as long as something is selected.
      if (atEnd && !held.current && (follows.current || selectionIn(element) === null)) follow(true);
      else if (scrollTop < last - 1) follow(false);
      last = scrollTop;
      lastPlace.current = follows.current ? null : placeOf(virtualizer);
      options.onPlace(lastPlace.current);
    };
    element.addEventListener('scroll', onScroll, { capture: true, passive: true });
    return () => element.removeEventListener('scroll', onScroll, { capture: true });
  }, []);

  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => {
    virtualizer._willUpdate();
    if (follows.current && !held.current) pinToEnd(scroller.current);
  });
  useLayoutEffect(() => {
    const place = options.initialPlace;
    const index = place === null ? -1 : indexOfPlace(keys, place.key);
    if (place === null || index < 0) {
      follow(true);
      virtualizer.scrollToEnd();
      return;
    }
    const [start] = virtualizer.getOffsetForIndex(index, 'start') ?? [0];
    virtualizer.scrollToOffset(start + place.into);
    const key = keys[index];
    if (key !== undefined) putBack(scroller.current, key, place.into, catchUp);
  }, []);

  // The view gets lower when the composer grows: the virtualizer alone would leave the end behind the composer.
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    let { clientWidth: width, clientHeight: height } = element;
    const observer = new ResizeObserver(() => {
      const place = lastPlace.current;
      if (follows.current) virtualizer.scrollToEnd();
      // Rows above are of another height now.
      else if (width !== element.clientWidth && place !== null) putBack(element, place.key, place.into, catchUp);
      else if (element.clientHeight > height) catchUp();
      ({ clientWidth: width, clientHeight: height } = element);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [virtualizer]);

  // What is selected must not move away under the reader's hand.
  useEffect(() => {
    let before = false;
    const onSelection = () => {
      const selected = selectionIn(scroller.current) !== null;
      selects.current = selected;
      if (selected && follows.current) follow(false);
      else if (before && !selected && !held.current) follow(isAtEnd(scroller.current));
      before = selected;
    };
    document.addEventListener('selectionchange', onSelection);
    return () => document.removeEventListener('selectionchange', onSelection);
  }, [virtualizer]);

  const reveal: ListMoves['reveal'] = (index, how) => {
    follow(false);
    virtualizer.scrollToIndex(index, { align: how === 'top' ? 'start' : 'auto' });
  };
  const goTo = (index: number) => {
    reveal(index, 'top');
    focusPlace(scroller.current, index, maxFrames);
  };
  const firstInSight = () => virtualizer.getVirtualItemForOffset((scroller.current?.scrollTop ?? 0) + 1)?.index ?? 0;

  // One and the same: all blocks of code would be drawn again whenever it is another.
  const [holdPlace] = useState(() => () => {
    held.current = true;
    follow(false);
    virtualizer.setOptions({ ...virtualizer.options, anchorTo: 'start' });
    // Two frames: the row is drawn in the first and measured by the second.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        held.current = false;
        follow(isAtEnd(scroller.current));
      }),
    );
  });

  return {
    scroller,
    items: virtualizer.getVirtualItems(),
    totalSize: virtualizer.getTotalSize(),
    measure: virtualizer.measureElement,
    following,
    jumpToEnd: () => {
      follow(true);
      virtualizer.scrollToEnd();
      scroller.current?.focus({ preventScroll: true });
    },
    moves: { reveal, goTo, firstInSight, atEnd: () => follows.current, hold: holdPlace },
    holdPlace,
  };
}

/**
 * What is in the page: the places in sight with a margin, the one that holds the focus (it must not leave under the
 * reader's hands) and those of the selection.
 */
function drawn(
  { startIndex, endIndex, count }: Range,
  scroller: HTMLElement | null,
  keys: readonly string[],
  heightAt: (index: number) => number,
  selects: boolean,
): number[] {
  let first = startIndex;
  let last = endIndex;
  for (let room = margin; first > 0 && room > 0 && startIndex - first < maxMargin; ) room -= heightAt(--first);
  for (let room = margin; last < count - 1 && room > 0 && last - endIndex < maxMargin; ) room -= heightAt(++last);
  const indexes = new Set(Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset));
  const indexOf = (node: Node | null): number => {
    const element = node instanceof Element ? node : (node?.parentElement ?? null);
    const key = element?.closest<HTMLElement>('[data-key]')?.dataset.key;
    return key === undefined ? -1 : keys.indexOf(key);
  };
  const { activeElement } = document;
  if (scroller?.contains(activeElement)) indexes.add(indexOf(activeElement));
  const selection = selects ? selectionIn(scroller) : null;
  if (selection !== null) {
    const [from = -1, to = -1] = [indexOf(selection.anchorNode), indexOf(selection.focusNode)].toSorted(
      (a, b) => a - b,
    );
    const end = Math.min(to, from + maxSelected);
    for (let index = Math.max(0, from); index <= end; index++) indexes.add(index);
    indexes.add(to);
  }
  indexes.delete(-1);
  return [...indexes].sort((a, b) => a - b);
}

/** What the reader selected in the list; null = nothing. */
function selectionIn(scroller: HTMLElement | null): Selection | null {
  const selection = document.getSelection();
  if (scroller === null || selection === null || selection.isCollapsed) return null;
  return scroller.contains(selection.anchorNode) && selection.anchorNode !== scroller ? selection : null;
}

/** Puts the focus on a place as soon as it is drawn; the list as a whole holds it until then. */
function focusPlace(scroller: HTMLElement | null, index: number, frames: number): void {
  const item = scroller?.querySelector<HTMLElement>(`.item[data-index="${index}"]`) ?? null;
  if (item === null) {
    scroller?.focus({ preventScroll: true });
    if (frames > 0) requestAnimationFrame(() => focusPlace(scroller, index, frames - 1));
    return;
  }
  item.tabIndex = -1;
  item.focus({ preventScroll: true });
}

/** Brings a place to where it was: its height, and those around it, are known once they are drawn. `then`: it is there. */
function putBack(scroller: HTMLElement | null, key: string, into: number, then: () => void): void {
  const step = (frames: number, still: number): void => {
    requestAnimationFrame(() => {
      const item = scroller?.querySelector(`.item[data-key="${CSS.escape(key)}"]`) ?? null;
      if (scroller === null || item === null) return;
      const start = item.getBoundingClientRect().top - (item.parentElement?.getBoundingClientRect().top ?? 0);
      const off = start + into - scroller.scrollTop;
      if (Math.abs(off) > 1) scroller.scrollTop += off;
      if (frames > 1 && still < 2) step(frames - 1, Math.abs(off) > 1 ? 0 : still + 1);
      else then();
    });
  };
  step(maxFrames, 0);
}

/**
 * Straight to the end: the virtualizer's own way there looks after it in each frame, which costs more than the drawing
 * while an answer comes. Whatever grows is drawn, and comes by here again.
 */
function pinToEnd(element: HTMLElement | null): void {
  if (element === null) return;
  const end = element.scrollHeight - element.clientHeight;
  if (end - element.scrollTop > 1) element.scrollTop = end;
}

/** As the page has it: the virtualizer counts what it is about to scroll. */
function isAtEnd(element: HTMLElement | null): boolean {
  return element === null || element.scrollHeight - element.clientHeight - element.scrollTop <= endThreshold;
}

/** Of a slice that is not there (any more) the row that it was of. */
function indexOfPlace(keys: readonly string[], key: string): number {
  const index = keys.indexOf(key);
  return index >= 0 ? index : keys.indexOf(key.replace(/~\d+$/, ''));
}

/** Likely distance of a place from the beginning in CSS pixels; of no place: of a window's height that ends the list. */
function offsetOf(place: ScrollPlace, keys: readonly string[], heightAt: (index: number) => number): number {
  const index = place === null ? -1 : indexOfPlace(keys, place.key);
  const before = index < 0 ? keys.length : index;
  let offset = 0;
  for (let row = 0; row < before; row++) offset += heightAt(row);
  return Math.max(0, index < 0 ? offset - window.innerHeight : offset + (place?.into ?? 0));
}

function placeOf(virtualizer: Virtualizer<HTMLDivElement, HTMLLIElement>): ScrollPlace {
  const offset = virtualizer.scrollElement?.scrollTop ?? 0;
  const item = virtualizer.getVirtualItemForOffset(offset);
  return item === undefined ? null : { key: String(item.key), into: Math.round(offset - item.start) };
}
