import { isAtFirstLine } from './caret.ts';
import type { Recall } from './prompt-history.ts';

/**
 * The page's own keys. Where a control has a use for a key it keeps it: text fields, parts that scroll, and whatever
 * prevents the default. The editor's own keys are left alone.
 */

/** What the arrow keys stop at: the line of a row. A row without one (a prompt, an answer) is a stop as a whole. */
const lines = '.head[aria-expanded], .cover, .line';
/** Parts of a row that use the arrow keys themselves. */
const scrolling = 'pre[tabindex], .scroll, .table';
/** Frames that a row is waited for until the list has drawn it. */
const patience = 30;

/** The composer's text field. */
export function promptField(): HTMLTextAreaElement | null {
  return document.querySelector<HTMLTextAreaElement>('#prompt');
}

/** What keys do beside moving the focus; true = the key was used. */
type Uses = {
  /** An arrow key in the prompt. */
  readonly recall: Recall;
  /** Stops the running turn. */
  readonly stop: () => boolean;
};

/** Listens as long as the page is there. */
export function listenToKeys(uses: Uses): void {
  document.addEventListener('keydown', (event) => onKey(event, uses));
}

function onKey(event: KeyboardEvent, uses: Uses): void {
  // 229: an input method has the key.
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
  if (!(event.target instanceof HTMLElement) || event.target.closest('dialog, input') !== null) return;
  if (handled(event, event.target, uses)) event.preventDefault();
}

function handled(event: KeyboardEvent, target: HTMLElement, { recall, stop }: Uses): boolean {
  if (isStop(event)) return stop();
  if (event.shiftKey || event.altKey) return false;
  if (event.ctrlKey || event.metaKey) {
    if (event.key === 'ArrowDown') return toPrompt(target);
    return event.key === 'ArrowUp' && toLatest(target);
  }
  if (target instanceof HTMLTextAreaElement && target === promptField() && event.key.startsWith('Arrow'))
    return recall(event.key, target);
  const log = target.closest<HTMLElement>('.log');
  if (event.key === 'Escape') return log === null ? toPrompt(target) : stepOut(log, target);
  return log !== null && target.closest(scrolling) === null && walks(event.key, log, target);
}

/** The editor's key for its own chat: Alt+Backspace on Windows, where the other one opens the start menu. */
function isStop({ key, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
  if (/^Win/.test(navigator.platform)) return key === 'Backspace' && altKey;
  return key === 'Escape' && (/^Mac/.test(navigator.platform) ? metaKey : ctrlKey);
}

function toPrompt(target: HTMLElement): boolean {
  const prompt = promptField();
  if (prompt === null || prompt === target) return false;
  prompt.focus();
  return true;
}

/** From the prompt only at its first line: further down the key is the text's. */
function toLatest(target: HTMLElement): boolean {
  const log = document.querySelector<HTMLElement>('.log');
  if (log === null || log.contains(target)) return false;
  if (target instanceof HTMLTextAreaElement && !isAtFirstLine(target)) return false;
  return toEnd(log, 'last');
}

/** From a part of a row to its line, from there to the prompt. */
function stepOut(log: HTMLElement, target: HTMLElement): boolean {
  const stop = target === log ? null : stopOf(target);
  return stop === null || stop === target ? toPrompt(target) : focusStop(stop);
}

function walks(key: string, log: HTMLElement, target: HTMLElement): boolean {
  switch (key) {
    case 'ArrowDown':
      return step(log, target, 1);
    case 'ArrowUp':
      return step(log, target, -1);
    case 'Home':
      return toEnd(log, 'first');
    case 'End':
      return toEnd(log, 'last');
    case 'ArrowLeft':
    case 'ArrowRight': {
      const opens = (key === 'ArrowRight') === (getComputedStyle(log).direction === 'ltr');
      return opens ? openOrFold(target, true) : openOrFold(target, false) || backToLine(target);
    }
    default:
      return false;
  }
}

function openOrFold(target: HTMLElement, open: boolean): boolean {
  if (target.ariaExpanded !== String(!open)) return false;
  target.click();
  return true;
}

/** From a part of a row to its line, from a row of an open group to the group's line. */
function backToLine(target: HTMLElement): boolean {
  const stop = stopOf(target);
  if (stop !== target && stop !== null) return focusStop(stop);
  const item = itemOf(target);
  // What an entry opens to has its number in the list.
  const first = item?.parentElement?.querySelector<HTMLElement>(`[aria-posinset="${item.ariaPosInSet}"]`) ?? null;
  const outer = first?.querySelector<HTMLElement>(lines) ?? null;
  return outer !== null && outer !== target && focusStop(outer);
}

/** To the next stop. A row that is longer than what is in sight is read to its edge first, by scrolling. */
function step(log: HTMLElement, target: HTMLElement, by: 1 | -1): boolean {
  const stops = stopsIn(log);
  const here = target === log ? null : stopOf(target);
  if (here === null) return enter(log, stops, by);
  const item = itemOf(here);
  if (item === null) return false;
  const next = stops[stops.indexOf(here) + by];
  if (next === undefined || itemOf(next) !== item) {
    if (goesOn(log, item, by)) return false;
    // The reader scrolled away from the row that holds the focus: back to it, and on from there.
    if (neighbour(log, here, by) === null) item.scrollIntoView({ block: 'nearest' });
  }
  focusWhenDrawn(() => neighbour(log, here, by));
  return true;
}

/** The next stop; null while the list has not drawn what is between. */
function neighbour(log: HTMLElement, here: HTMLElement, by: 1 | -1): HTMLElement | null {
  const stops = stopsIn(log);
  const next = stops[stops.indexOf(here) + by] ?? null;
  const [from, to] = [itemOf(here), itemOf(next)];
  for (let item: Element | null = from; item !== to; ) {
    const sibling: Element | null =
      by === 1 ? (item?.nextElementSibling ?? null) : (item?.previousElementSibling ?? null);
    if (sibling === null || indexOf(sibling) !== indexOf(item) + by) return null;
    item = sibling;
  }
  return next;
}

const indexOf = (item: Element | null): number => Number(item?.getAttribute('data-index'));

/** From the list as a whole to the first or the last row in sight. */
function enter(log: HTMLElement, stops: readonly HTMLElement[], by: 1 | -1): boolean {
  const { top, bottom } = log.getBoundingClientRect();
  const seen = stops.filter((stop) => {
    const box = stop.getBoundingClientRect();
    return box.bottom > top && box.top < bottom;
  });
  const stop = by === 1 ? seen[0] : seen.at(-1);
  return stop !== undefined && focusStop(stop);
}

function goesOn(log: HTMLElement, item: HTMLElement, by: 1 | -1): boolean {
  const view = log.getBoundingClientRect();
  const box = item.getBoundingClientRect();
  // Out of sight altogether it is not being read.
  if (box.bottom < view.top || box.top > view.bottom) return false;
  return by === 1 ? box.bottom > view.bottom + 8 : box.top < view.top - 8;
}

function toEnd(log: HTMLElement, end: 'first' | 'last'): boolean {
  log.scrollTop = end === 'first' ? 0 : log.scrollHeight;
  const isAt = (number: string | null | undefined) => (stop: HTMLElement) => itemOf(stop)?.ariaPosInSet === number;
  focusWhenDrawn(() => {
    const stops = stopsIn(log);
    const size = itemOf(stops[0] ?? null)?.ariaSetSize;
    return (end === 'first' ? stops.find(isAt('1')) : stops.findLast(isAt(size))) ?? null;
  });
  return true;
}

/** Focuses what `find` gives as soon as the list has drawn it. */
function focusWhenDrawn(find: () => HTMLElement | null, frames = patience): void {
  const stop = find();
  if (stop !== null) focusStop(stop);
  else if (frames > 0) requestAnimationFrame(() => focusWhenDrawn(find, frames - 1));
}

function focusStop(stop: HTMLElement): true {
  // Only what was walked to can be focused as a whole: a click into a text shall not take the focus from the prompt.
  if (!stop.matches(lines)) stop.tabIndex = -1;
  stop.focus({ preventScroll: true });
  const item = itemOf(stop);
  (stop === item ? item : stop).scrollIntoView({ block: 'nearest' });
  return true;
}

/** Every stop that is drawn, in order. */
function stopsIn(log: HTMLElement): readonly HTMLElement[] {
  return [...log.querySelectorAll<HTMLElement>('.item')].flatMap((item) => {
    const heads = [...item.querySelectorAll<HTMLElement>(lines)];
    if (heads.length > 0) return heads;
    // The list has places in which nothing is to be seen.
    return item.clientHeight === 0 ? [] : [item];
  });
}

/** The stop that something in a row belongs to: the last line before it. */
export function stopOf(part: HTMLElement | null): HTMLElement | null {
  const item = itemOf(part);
  if (part === null || item === null) return null;
  const heads = [...item.querySelectorAll<HTMLElement>(lines)];
  const isBefore = (head: HTMLElement) =>
    head === part || (head.compareDocumentPosition(part) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  return heads.findLast(isBefore) ?? heads[0] ?? item;
}

function itemOf(part: HTMLElement | null): HTMLElement | null {
  return part?.closest<HTMLElement>('.item') ?? null;
}
