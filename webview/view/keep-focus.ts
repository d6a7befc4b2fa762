import { promptField, stopOf } from './keyboard.ts';

/** Where the focus was last. What holds it may be gone when this is looked at. */
type Held = {
  readonly element: Element;
  readonly part: 'log' | 'header' | 'other';
  /** Of the row that it was in. */
  readonly key: string | undefined;
  readonly index: number;
};

/**
 * Hands the focus on when what holds it goes away (a question that was answered, a row that folds into a group, the end of
 * a turn): left alone it falls out of the page, and the keyboard's user begins anew.
 */
export function keepFocus(root: HTMLElement): void {
  let held: Held | null = null;
  const hold = () => {
    const active = document.activeElement;
    held = active === null || !root.contains(active) ? null : heldBy(active);
  };
  // A click beside everything takes the focus from the page on purpose.
  const letGo = () => {
    held = null;
  };
  const observer = new MutationObserver(() => {
    if (held === null || held.element.isConnected || document.activeElement !== document.body) return;
    // Never out of another part of the window.
    if (document.hasFocus()) heirOf(held)?.focus({ preventScroll: true });
  });
  observer.observe(root, { childList: true, subtree: true });
  root.addEventListener('focusin', hold);
  document.addEventListener('pointerdown', letGo, { capture: true });
  document.addEventListener('pointerup', hold);
}

function heldBy(element: Element): Held {
  const item = element.closest<HTMLElement>('.item');
  return {
    element,
    part: element.closest('.log') !== null ? 'log' : element.closest('.header') !== null ? 'header' : 'other',
    key: item?.dataset.key,
    index: Number(item?.dataset.index ?? -1),
  };
}

function heirOf({ part, key, index }: Held): HTMLElement | null {
  switch (part) {
    case 'log':
      return rowFor(key, index) ?? document.querySelector<HTMLElement>('.log') ?? promptField();
    case 'header':
      return document.querySelector<HTMLElement>('.header button') ?? promptField();
    case 'other':
      return promptField();
  }
}

/** The same row as it stands now, or the one in its place. */
function rowFor(key: string | undefined, index: number): HTMLElement | null {
  const items = [...document.querySelectorAll<HTMLElement>('.log .item')];
  const item =
    items.find((one) => one.dataset.key === key) ?? items.findLast((one) => Number(one.dataset.index) <= index);
  const stop = stopOf(item ?? null);
  if (stop !== null && stop === item) stop.tabIndex = -1;
  return stop;
}
