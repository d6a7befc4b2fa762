import type { JSX } from 'preact';
import { HoldPlaceProvider } from '../hold-place.ts';
import type { Listing, Place } from '../state/index.ts';
import { rangeOf } from '../state/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { EmptyState } from './empty-state.tsx';
import { EntrySlot } from './entry-slot.tsx';
import { Icon } from './icon.tsx';
import { ThreadTools } from './thread-tools.tsx';
import { useVirtualList } from './use-virtual-list.ts';

/** The thread's rows, or what the empty view offers. */
export function Transcript(): JSX.Element {
  const { store } = useApp();
  const thread = store.thread.value;
  const listing = store.listing.value;
  if (thread === null) return <main class="transcript" />;
  if (listing.places.length === 0) return <EmptyState />;
  return <PlaceList key={thread.threadId} listing={listing} />;
}

function PlaceList({ listing }: { readonly listing: Listing }): JSX.Element {
  const { store, actions } = useApp();
  const { places, keys, size } = listing;
  const list = useVirtualList({
    keys,
    estimate: (index) => estimateOf(places[index]),
    initialPlace: store.scroll,
    onPlace: (place) => actions.setScroll(place),
  });
  return (
    <main class="transcript">
      <ThreadTools listing={listing} list={list.moves} />
      {/* Not live: tokens would be read out one by one. The announcer speaks once a turn. */}
      <div
        class="log"
        role="log"
        aria-live="off"
        aria-label={t('transcript')}
        aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
        ref={list.scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <HoldPlaceProvider value={list.holdPlace}>
          <ul class="sizer" style={{ height: `${list.totalSize}px` }}>
            {list.items.map((item) => {
              const place = places[item.index];
              if (place === undefined) return null;
              return (
                // Slices of one row count as one: who hears the list hears of rows.
                <li
                  key={item.key}
                  class={classOf(place)}
                  ref={list.measure}
                  data-index={item.index}
                  data-key={place.key}
                  aria-setsize={size}
                  aria-posinset={place.position}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <EntrySlot place={place} />
                </li>
              );
            })}
          </ul>
        </HoldPlaceProvider>
      </div>
      {!list.following && (
        <button type="button" class="jump" onClick={list.jumpToEnd}>
          <Icon name="arrow-down" />
          {t('jumpToLatest')}
        </button>
      )}
    </main>
  );
}

/** Slices of a prompt meet without a gap. */
function classOf({ entry, part }: Place): string {
  if (part.kind !== 'slice') return 'item';
  if (entry.kind !== 'row' || entry.row.kind !== 'user') return 'item slice';
  const { index, count } = part;
  return `item slice${index > 0 ? ' joins' : ''}${index < count - 1 ? ' joined' : ''}`;
}

/** Rough heights in CSS pixels; drawing replaces them. */
function estimateOf(place: Place | undefined): number {
  const row = place?.entry.kind === 'row' ? place.entry.row : null;
  switch (row?.kind) {
    case 'user':
    case 'text':
    case 'reasoning': {
      const { length } = row.text;
      if (place?.part.kind === 'slice') {
        const [from, to] = rangeOf(place.part);
        return 8 + Math.ceil((Math.min(length, to) - from) / 50) * 20;
      }
      return row.kind === 'reasoning' ? 28 : 28 + Math.ceil(Math.min(length, 2000) / 50) * 20;
    }
    case 'plan':
      return 28 + row.steps.length * 22;
    case 'failure':
      return 100;
    default:
      return 28;
  }
}
