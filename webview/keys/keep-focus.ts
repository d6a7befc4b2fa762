import { promptField, stopOf } from './keyboard.ts';

/** Where the focus was last. What holds it may be gone when this is looked at. */
type Held = {
  readonly element: Element;
  readonly part: 'transcript' | 'header' | 'other';
  /** Keys of the rows before it and of its own, as far as they are drawn. */
  readonly keys: readonly string[];
};

/**
 * Hands the focus on when what holds it goes away (a question that was answered, a row that folds into a group, the end of
 * a turn): left alone it falls out of the page, and the keyboard's user begins anew. A
 * page that is given the focus as a whole, as by the editor's command for its view, puts it into the prompt.
 */
export function keepFocus(root: HTMLElement): void {
  let held: Held | null = null;
  let pressed = false;
  const hold = () => {
    const active = document.activeElement;
    held = active === null || !root.contains(active) ? null : heldBy(active);
  };
  // A click beside everything takes the focus from the page on purpose.
  const letGo = () => {
    held = null;
    pressed = true;
  };
  const observer = new MutationObserver(() => {
    if (held === null) return;
    if (held.element.isConnected) held = heldBy(held.element);
    // Never out of another part of the window.
    else if (document.activeElement === document.body && document.hasFocus())
      heirOf(held)?.focus({ preventScroll: true });
  });
  observer.observe(root, { childList: true, subtree: true });
  root.addEventListener('focusin', hold);
  document.addEventListener('pointerdown', letGo, { capture: true });
  document.addEventListener('pointerup', () => {
    pressed = false;
    hold();
  });
  window.addEventListener('focus', () => {
    // A frame later a key or a click has put the focus where it was meant to go.
    requestAnimationFrame(() => {
      if (document.activeElement !== document.body || !document.hasFocus() || pressed) return;
      // What had it may have gone while another part of the window was in use.
      (held === null ? promptField() : heirOf(held))?.focus({ preventScroll: true });
    });
  });
}

function heldBy(element: Element): Held {
  if (element.closest('.transcript') === null)
    return { element, part: element.closest('.header') === null ? 'other' : 'header', keys: [] };
  const keys: string[] = [];
  for (const item of rows()) {
    if (item.dataset.key !== undefined) keys.push(item.dataset.key);
    if (item.contains(element)) break;
  }
  return { element, part: 'transcript', keys };
}

function heirOf({ part, keys }: Held): HTMLElement | null {
  switch (part) {
    case 'transcript':
      return rowFor(keys) ?? promptField();
    case 'header':
      return document.querySelector<HTMLElement>('.header button') ?? promptField();
    case 'other':
      return promptField();
  }
}

/** The same row as it stands now; else what follows the last row before it that is still there. */
function rowFor(keys: readonly string[]): HTMLElement | null {
  const items = rows();
  const last = items.findLastIndex((item) => keys.includes(item.dataset.key ?? ''));
  const isItself = items[last]?.dataset.key === keys.at(-1);
  const stop = stopOf((isItself ? null : items[last + 1]) ?? items[last] ?? null);
  if (stop?.matches('.item')) stop.tabIndex = -1;
  return stop;
}

const rows = (): readonly HTMLElement[] => [...document.querySelectorAll<HTMLElement>('.log .item')];
