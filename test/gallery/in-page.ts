import type { FromWebview } from '../../src/protocol/index.ts';
import type { Play } from './scene.ts';

// Runs inside the frames of the gallery's page: plays a scene there, and looks at what was drawn.

/** What is wrong, and with which element. */
type Finding = string;

/** A box of text or of a control, as far as it can be seen. */
type Box = { readonly element: Element; readonly rect: Rect };
type Rect = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

type Frame = Window & typeof globalThis & { readonly sent: readonly FromWebview[] };

const frames = (): readonly Frame[] =>
  [...document.querySelectorAll('iframe')].map((frame) => frame.contentWindow as Frame);

/** Frames are drawn one after the other: after the second frame all is measured. */
async function settled(): Promise<void> {
  for (const _ of [1, 2, 3]) await new Promise((resolve) => requestAnimationFrame(resolve));
}

/** Shows a scene in all frames, and does what its reader does. */
async function play({ between, snapshot, after, click, reply }: Play, viewId: string): Promise<void> {
  const post = (frame: Frame, message: unknown) =>
    frame.dispatchEvent(new frame.MessageEvent('message', { data: { ...(message as object), viewId } }));
  for (const frame of frames()) {
    // A thread between: those that have not begun share a draft.
    post(frame, between);
    post(frame, snapshot);
  }
  await settled();
  for (const frame of frames()) for (const message of after) post(frame, message);
  if (reply !== null) {
    for (const frame of frames()) {
      frame.document.querySelector<HTMLElement>('.send')?.click();
      const submit = frame.sent.findLast((message) => message.type === 'turn.submit');
      post(frame, { type: 'reply', requestId: submit?.requestId, reply });
    }
  }
  for (const selector of click) {
    for (const frame of frames()) {
      const target = frame.document.querySelector<HTMLElement>(selector);
      if (target === null) throw new Error(`There is no ${selector} to click.`);
      target.click();
    }
    await settled();
  }
  if (after.length > 0 || reply !== null) await settled();
}

/** Words for ears alone; a button that lies over its line, whose parts are its picture. */
const hidden = '.sr-only, .announcer';
const covers = '.cover, .jump';
const control = 'button, a, textarea, input, [role=button]';

const isSeen = (element: Element): boolean =>
  element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && element.closest(hidden) === null;

function* textsOf(frame: Frame): Generator<readonly [Element, DOMRect]> {
  const walker = frame.document.createTreeWalker(frame.document.body, frame.NodeFilter.SHOW_TEXT);
  const range = frame.document.createRange();
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const element = node.parentElement;
    if (element === null || node.textContent?.trim() === '' || element.closest('script, style') !== null) continue;
    if (!isSeen(element)) continue;
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) if (rect.width > 0 && rect.height > 0) yield [element, rect];
  }
}

/** What is left of a box within what cuts it; `lost` says by whom it is cut off for good: nobody can scroll there. */
function cut(frame: Frame, from: Element | null, whole: Rect): { readonly rect: Rect; readonly lost: Element | null } {
  let { left, top, right, bottom } = whole;
  let lost: Element | null = null;
  for (let parent = from; parent !== null; parent = parent.parentElement) {
    const style = frame.getComputedStyle(parent);
    // For ears alone.
    if (style.clipPath === 'inset(50%)') return { rect: { left, top, right: left, bottom: top }, lost: null };
    const isPage = parent === frame.document.documentElement || parent === frame.document.body;
    if (style.display === 'inline' || (style.overflowX === 'visible' && !isPage)) continue;
    const box = parent.getBoundingClientRect();
    const ends = style.textOverflow === 'ellipsis' || isScrolled(style.overflowX);
    if ((left < box.left - 1 || right > box.right + 1) && !ends) lost ??= parent;
    if ((top < box.top - 3 || bottom > box.bottom + 3) && !isScrolled(style.overflowY)) lost ??= parent;
    left = Math.max(left, box.left);
    right = Math.min(right, box.right);
    top = Math.max(top, box.top);
    bottom = Math.min(bottom, box.bottom);
  }
  return { rect: { left, top, right, bottom }, lost };
}

const isScrolled = (overflow: string): boolean => overflow === 'auto' || overflow === 'scroll';
const isEmpty = ({ left, top, right, bottom }: Rect): boolean => right - left < 1 || bottom - top < 1;
const named = (element: Element): string =>
  `${element.tagName.toLowerCase()}.${[...element.classList].join('.')} “${(element.textContent ?? '').trim().slice(0, 40)}”`;

function boxesOf(frame: Frame): readonly Box[] {
  const controls = [...frame.document.querySelectorAll(control)].filter(
    (element) => isSeen(element) && !element.matches(covers),
  );
  const all: (readonly [element: Element, rect: Rect, from?: Element | null])[] = [
    ...[...textsOf(frame)].filter(([element]) => element.closest('.jump') === null),
    // An inline link is as many boxes as it has lines.
    ...controls.flatMap((element) =>
      [...element.getClientRects()].map((rect) => [element, rect, element.parentElement] as const),
    ),
  ];
  return all
    .map(([element, rect, from = element]) => ({ element, rect: cut(frame, from, rect).rect }))
    .filter(({ rect }) => !isEmpty(rect));
}

/** Boxes of which one lies over another; half of a line's leading may. */
function overlaps(frame: Frame): readonly Finding[] {
  const boxes = [...boxesOf(frame)].sort((a, b) => a.rect.top - b.rect.top);
  const found: Finding[] = [];
  for (const [index, a] of boxes.entries()) {
    for (const b of boxes.slice(index + 1)) {
      if (b.rect.top >= a.rect.bottom - 2) break;
      const across = Math.min(a.rect.right, b.rect.right) - Math.max(a.rect.left, b.rect.left);
      const down = Math.min(a.rect.bottom, b.rect.bottom) - Math.max(a.rect.top, b.rect.top);
      if (across <= 1 || down <= 2) continue;
      if (a.element.contains(b.element) || b.element.contains(a.element)) continue;
      found.push(`${named(a.element)} and ${named(b.element)} overlap`);
    }
  }
  return found;
}

/** What can't be seen whole and can't be scrolled to, without a sign of it. */
function clipped(frame: Frame): readonly Finding[] {
  const texts = [...textsOf(frame)].map(([element, rect]) => [element, cut(frame, element, rect).lost] as const);
  const controls = [...frame.document.querySelectorAll(control)]
    .filter((element) => isSeen(element) && !element.matches(covers))
    .map((element) => [element, cut(frame, element.parentElement, element.getBoundingClientRect()).lost] as const);
  const lost = [...texts, ...controls].flatMap(([element, by]) =>
    by === null ? [] : [`${named(element)} is cut off by ${by.tagName.toLowerCase()}.${by.className}`],
  );
  return [...new Set(lost)];
}

type Colour = readonly [red: number, green: number, blue: number, alpha: number];

const colours = new Map<string, Colour>();
const brush = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });

/** Any colour that the browser computes, as red, green and blue of 255 and alpha of 1. */
function colourOf(text: string): Colour {
  const known = colours.get(text);
  if (known !== undefined) return known;
  if (brush === null) throw new Error('This browser draws nothing.');
  brush.clearRect(0, 0, 1, 1);
  brush.fillStyle = text;
  brush.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0, alpha = 0] = brush.getImageData(0, 0, 1, 1).data;
  const colour = [red, green, blue, alpha / 255] as const;
  colours.set(text, colour);
  return colour;
}

function over(front: Colour, back: Colour): Colour {
  const mix = (index: 0 | 1 | 2) => front[index] * front[3] + back[index] * (1 - front[3]);
  return [mix(0), mix(1), mix(2), 1];
}

/** What a text stands on: the backgrounds of it and of all around it, the outermost first. */
function groundOf(frame: Frame, element: Element): Colour {
  const grounds: Colour[] = [];
  for (let at: Element | null = element; at !== null; at = at.parentElement)
    grounds.unshift(colourOf(frame.getComputedStyle(at).backgroundColor));
  return grounds.reduce((under, ground) => over(ground, under), [255, 255, 255, 1] as Colour);
}

function luminance([red, green, blue]: Colour): number {
  const linear = (part: number) => (part <= 10.31475 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

function contrastOf(a: Colour, b: Colour): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** A program's own colours on its own ground are its own; what can't be used may be pale. */
const free = '.terminal .back, .terminal .inverse, [aria-disabled=true], [aria-disabled=true] *';
/** Lines that say something: in high contrast each that stands for a fill. */
const lines = '.ask, .card, .question, .failure';
const linesOfHighContrast = `${lines}, .pane, .box, .blocked, .button, .send, .chip`;

/** Texts, icons and lines that can't be told from what they stand on: 4.5 to 1 and 3 to 1. */
function faint(frame: Frame): readonly Finding[] {
  const found: Finding[] = [];
  const look = (element: Element, colour: string, least: number, what: string, ground = groundOf(frame, element)) => {
    const is = contrastOf(over(colourOf(colour), ground), ground);
    if (is < least - 0.01) found.push(`${what} ${named(element)} has a contrast of ${is.toFixed(2)}, not ${least}`);
  };
  for (const element of new Set([...textsOf(frame)].map(([text]) => text))) {
    if (!element.matches(free)) look(element, frame.getComputedStyle(element).color, 4.5, 'text');
  }
  for (const icon of frame.document.querySelectorAll('.codicon')) {
    if (isSeen(icon) && !icon.matches(free)) look(icon, frame.getComputedStyle(icon).color, 3, icon.className);
  }
  for (const area of frame.document.querySelectorAll('textarea'))
    look(area, frame.getComputedStyle(area, '::placeholder').color, 4.5, 'placeholder');
  const isHigh = frame.document.body.className.includes('high-contrast');
  for (const element of frame.document.querySelectorAll(isHigh ? linesOfHighContrast : lines)) {
    const { borderLeftColor, borderLeftWidth } = frame.getComputedStyle(element);
    if (!isSeen(element) || borderLeftWidth === '0px' || element.matches('.waiting, [aria-disabled=true]')) continue;
    const around = element.parentElement;
    if (around !== null) look(element, borderLeftColor, 3, 'line of', groundOf(frame, around));
  }
  return found;
}

const painted = [
  ...['color', 'backgroundColor', 'borderTopColor', 'borderRightColor', 'borderBottomColor', 'borderLeftColor'],
  ...['outlineColor', 'textDecorationColor', 'boxShadow', 'fill', 'backgroundImage'],
] as const;

/** Colours that do not follow the theme: they are the same when each of its variables has another value. */
function hardCoded(frame: Frame): readonly Finding[] {
  const style = frame.document.documentElement.style;
  const names = themeVariables(frame);
  const paint = (hue: number) => {
    for (const [index, name] of names.entries())
      style.setProperty(name, `hsl(${(hue + index * 7) % 360} 60% ${hue === 0 ? 35 : 65}%)`);
    return elementsOf(frame).map((element) => paintsOf(frame, element));
  };
  const first = paint(0);
  const second = paint(180);
  for (const name of names) style.removeProperty(name);
  return elementsOf(frame).flatMap((element, index) => {
    const same = Object.entries(first[index] ?? {}).filter(([name, value]) => second[index]?.[name] === value);
    return same.map(([name, value]) => `${named(element)} has ${name} ${value} in every theme`);
  });
}

const elementsOf = (frame: Frame): readonly Element[] =>
  [...frame.document.querySelectorAll('#root *')].filter((element) => !element.matches(`${free}, .terminal *, img`));

function themeVariables(frame: Frame): readonly string[] {
  const rules = [...frame.document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  const html = rules.find((rule) => rule instanceof frame.CSSStyleRule && rule.selectorText === 'html');
  return html instanceof frame.CSSStyleRule
    ? [...html.style].filter((name) => name.startsWith('--vscode-') && !name.includes('font'))
    : [];
}

/** What an element paints itself: no line without a width, nothing that is transparent. */
function paintsOf(frame: Frame, element: Element): Readonly<Record<string, string>> {
  const style = frame.getComputedStyle(element);
  const paints = painted.flatMap((name) => {
    const value = style[name];
    if (value === '' || value === 'none' || value.includes('transparent') || value === 'rgba(0, 0, 0, 0)') return [];
    if (name.startsWith('border') && style[name.replace('Color', 'Width') as 'borderTopWidth'] === '0px') return [];
    if (name === 'outlineColor' && style.outlineStyle === 'none') return [];
    if ((name === 'color' || name === 'textDecorationColor') && !writes(element)) return [];
    if (name === 'fill' && element.namespaceURI?.endsWith('svg') !== true) return [];
    return [[name, value] as const];
  });
  return Object.fromEntries(paints);
}

const writes = (element: Element): boolean => element.textContent !== '' || element.matches('.codicon, textarea');

/** Everything that some checks find in some frames, each finding with its check and its frame. */
function lookAll(checks: readonly (readonly [frame: number, check: Check])[]): readonly Found[] {
  const all = frames();
  return checks.flatMap(([number, check]) => {
    const frame = all[number];
    if (frame === undefined) throw new Error(`There is no frame ${number}.`);
    return lookers[check](frame).map((finding) => ({ number, check, finding }));
  });
}

const lookers = { overlaps, clipped, faint, hardCoded };
export type Check = keyof typeof lookers;
export type Found = { readonly number: number; readonly check: Check; readonly finding: Finding };

export const gallery = { play, lookAll };
