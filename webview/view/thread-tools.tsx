import type { FunctionComponent, JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Listing, ListMoves, ThreadTool } from '../state/index.ts';
import { useApp } from './app-context.ts';

type ToolName = 'find' | 'outline';

const loaders: Readonly<Record<ToolName, () => Promise<FunctionComponent<ThreadTool>>>> = {
  find: () => import('./rare-views.ts').then(({ FindBar }) => FindBar),
  outline: () => import('./rare-views.ts').then(({ Outline }) => Outline),
};

/** What helps about in a long thread: find, the outline and the keys from turn to turn. They come after the page. */
export function ThreadTools({ listing, list }: { readonly listing: Listing; readonly list: ListMoves }): JSX.Element {
  const { store, actions } = useApp();
  const [loaded, setLoaded] = useState<Partial<Record<ToolName, FunctionComponent<ThreadTool>>>>({});
  const before = useRef<HTMLElement | null>(null);
  const { tool, asked } = store.tool.value;
  const thread = store.thread.value;
  const rows = useMemo(() => [...(thread?.rows ?? []), ...(thread?.queued ?? [])], [thread?.rows, thread?.queued]);
  useEffect(() => {
    if (tool === null) return;
    const { activeElement } = document;
    if (activeElement instanceof HTMLElement && activeElement.closest('.find, .outline') === null)
      before.current = activeElement;
    void loaders[tool]().then((Tool) => setLoaded((all) => ({ ...all, [tool]: Tool })));
  }, [tool, asked]);
  const latest = useRef({ listing, list });
  latest.current = { listing, list };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const key = keyOf(event);
      if (key === null) return;
      event.preventDefault();
      if (key === 'find' || key === 'outline') store.tool.value = { tool: key, asked: store.tool.value.asked + 1 };
      else toTurn(latest.current, key);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  const Tool = tool === null ? undefined : loaded[tool];
  if (Tool === undefined) return <></>;
  return (
    <Tool
      listing={listing}
      rows={rows}
      list={list}
      asked={asked}
      isOpen={(key) => store.expansion.value[key] === true}
      setOpen={(key) => actions.setExpanded(key, true)}
      onClose={(back = true) => {
        store.tool.value = { tool: null, asked };
        if (back) (before.current?.isConnected === true ? before.current : null)?.focus({ preventScroll: true });
      }}
    />
  );
}

type Key = ToolName | 'next-turn' | 'previous-turn';

function keyOf(event: KeyboardEvent): Key | null {
  const { key, code, altKey, shiftKey } = event;
  const main = event.ctrlKey || event.metaKey;
  if (main && !altKey && !shiftKey && code === 'KeyF') return 'find';
  // On macOS the Option key writes letters.
  if (altKey && !main && !shiftKey && code === 'KeyO' && (key === 'o' || !isField(event.target))) return 'outline';
  if (!altKey || main || shiftKey || isField(event.target)) return null;
  return key === 'ArrowDown' ? 'next-turn' : key === 'ArrowUp' ? 'previous-turn' : null;
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLTextAreaElement || target instanceof HTMLInputElement;

function toTurn({ listing, list }: { readonly listing: Listing; readonly list: ListMoves }, key: Key): void {
  const isPrompt = (index: number) => {
    const place = listing.places[index];
    if (place?.entry.kind !== 'row' || place.entry.row.kind !== 'user') return false;
    return place.entry.promptNumber !== null && !(place.part.kind === 'slice' && place.part.index > 0);
  };
  const by = key === 'next-turn' ? 1 : -1;
  let index = list.firstInSight() + by;
  while (index >= 0 && index < listing.places.length && !isPrompt(index)) index += by;
  if (isPrompt(index)) list.goTo(index);
}
