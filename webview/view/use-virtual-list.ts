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

/** CSS pixels from the end that still count as the end: fractions of zoomed screens, not a notch of a wheel. */
const endThreshold = 8;

type ListOptions = {
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
  const follow = (value: boolean) => {
    follows.current = value;
    setFollowing(value);
  };

  const keys = useStableKeys(options.keys);
  const getItemKey = useMemo(() => (index: number) => keys[index] ?? index, [keys]);
  const config = {
    count: keys.length,
    getScrollElement: () => scroller.current,
    estimateSize: options.estimate,
    getItemKey,
    rangeExtractor: (range: Range) => withFocused(range, scroller.current, keys),
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    measureElement,
    overscan: 4,
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
      const { scrollTop, scrollHeight, clientHeight } = element;
      const atEnd = scrollHeight - clientHeight - scrollTop <= endThreshold;
      // Growth moves the end away without the reader's doing: only scrolling up lets go.
      if (atEnd && !held.current) follow(true);
      else if (scrollTop < last - 1) follow(false);
      last = scrollTop;
      options.onPlace(follows.current ? null : placeOf(virtualizer));
    };
    element.addEventListener('scroll', onScroll, { capture: true, passive: true });
    return () => element.removeEventListener('scroll', onScroll, { capture: true });
  }, []);

  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => {
    virtualizer._willUpdate();
    if (follows.current && !held.current && virtualizer.getDistanceFromEnd() > 1) virtualizer.scrollToEnd();
  });
  useLayoutEffect(() => {
    const place = options.initialPlace;
    const index = place === null ? -1 : keys.indexOf(place.key);
    if (place === null || index < 0) {
      follow(true);
      virtualizer.scrollToEnd();
      return;
    }
    const [start] = virtualizer.getOffsetForIndex(index, 'start') ?? [0];
    virtualizer.scrollToOffset(start + place.into);
  }, []);

  // The view gets lower when the composer grows: the virtualizer alone would leave the end behind the composer.
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (follows.current) virtualizer.scrollToEnd();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [virtualizer]);

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
    holdPlace: () => {
      held.current = true;
      follow(false);
      virtualizer.setOptions({ ...virtualizer.options, anchorTo: 'start' });
      // Two frames: the row is drawn in the first and measured by the second.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          held.current = false;
          follow(virtualizer.isAtEnd(endThreshold));
        }),
      );
    },
  };
}

/** The same array for the same keys: the virtualizer lays everything out anew when it changes. */
function useStableKeys(keys: readonly string[]): readonly string[] {
  const last = useRef(keys);
  const same = last.current.length === keys.length && last.current.every((key, index) => key === keys[index]);
  if (!same) last.current = keys;
  return last.current;
}

/** The rows in sight, and the one that holds the focus: it must not leave the page under the reader's hands. */
function withFocused(range: Range, scroller: HTMLElement | null, keys: readonly string[]): number[] {
  const first = Math.max(range.startIndex - range.overscan, 0);
  const last = Math.min(range.endIndex + range.overscan, range.count - 1);
  const indexes = Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => first + offset);
  const active = document.activeElement;
  if (scroller === null || active === null || !scroller.contains(active)) return indexes;
  const key = active.closest<HTMLElement>('[data-key]')?.dataset.key;
  const focused = key === undefined ? -1 : keys.indexOf(key);
  if (focused < 0 || (focused >= first && focused <= last)) return indexes;
  return focused < first ? [focused, ...indexes] : [...indexes, focused];
}

function placeOf(virtualizer: Virtualizer<HTMLDivElement, HTMLLIElement>): ScrollPlace {
  const offset = virtualizer.scrollElement?.scrollTop ?? 0;
  const item = virtualizer.getVirtualItemForOffset(offset);
  return item === undefined ? null : { key: String(item.key), into: Math.round(offset - item.start) };
}
