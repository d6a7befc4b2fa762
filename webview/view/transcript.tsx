import type { JSX } from 'preact';
import { HoldPlaceProvider } from '../hold-place.ts';
import type { Entry } from '../state/index.ts';
import { t } from '../strings.ts';
import { useApp } from './app-context.ts';
import { EmptyState } from './empty-state.tsx';
import { EntrySlot } from './entry-slot.tsx';
import { Icon } from './icon.tsx';
import { useVirtualList } from './use-virtual-list.ts';

/** The thread's rows, or what the empty view offers. */
export function Transcript(): JSX.Element {
  const { store } = useApp();
  const thread = store.thread.value;
  const entries = store.entries.value;
  if (thread === null) return <main class="transcript" />;
  if (entries.length === 0) return <EmptyState />;
  return <EntryList key={thread.threadId} entries={entries} />;
}

function EntryList({ entries }: { readonly entries: readonly Entry[] }): JSX.Element {
  const { store, actions } = useApp();
  const list = useVirtualList({
    keys: entries.map((entry) => entry.key),
    estimate: (index) => estimateOf(entries[index]),
    initialPlace: store.scroll,
    onPlace: (place) => actions.setScroll(place),
  });
  return (
    <main class="transcript">
      {/* Not live: tokens would be read out one by one. The announcer speaks once a turn. */}
      <div
        class="log"
        role="log"
        aria-live="off"
        aria-label={t('transcript')}
        ref={list.scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
      >
        <HoldPlaceProvider value={list.holdPlace}>
          <ul class="sizer" style={{ height: `${list.totalSize}px` }}>
            {list.items.map((item) => {
              const entry = entries[item.index];
              if (entry === undefined) return null;
              return (
                <li
                  key={item.key}
                  class="item"
                  ref={list.measure}
                  data-index={item.index}
                  data-key={entry.key}
                  aria-setsize={entries.length}
                  aria-posinset={item.index + 1}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <EntrySlot entry={entry} />
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

/** Rough heights in CSS pixels; drawing replaces them. */
function estimateOf(entry: Entry | undefined): number {
  if (entry?.kind !== 'row') return 28;
  switch (entry.row.kind) {
    case 'user':
    case 'text':
      return 28 + Math.ceil(entry.row.text.length / 50) * 20;
    case 'plan':
      return 28 + entry.row.steps.length * 22;
    case 'failure':
      return 100;
    default:
      return 28;
  }
}
