/** Words of the page itself, which are no part of what is found. */
const own = '.sr-only, .code-bar, .fold, .pane-bar, .host, .link-button, .lang';
const blocks = 'p, li, td, th, h4, h5, h6, pre, div, section, span.chip, blockquote';

/** The matches of a pattern in what is drawn, in order; one may go over several text nodes, but not over blocks. */
export function rangesIn(root: Element, pattern: RegExp): readonly Range[] {
  const nodes: { readonly node: Text; readonly at: number }[] = [];
  let text = '';
  let block: Element | null = null;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (parent === null || parent.closest(own) !== null) continue;
    const its = parent.closest(blocks);
    if (its !== block && text !== '') text += '\n';
    block = its;
    nodes.push({ node: node as Text, at: text.length });
    text += (node as Text).data;
  }
  const ranges: Range[] = [];
  let first = 0;
  for (const match of text.matchAll(pattern)) {
    const end = match.index + match[0].length;
    while (first < nodes.length - 1 && (nodes[first + 1]?.at ?? 0) <= match.index) first++;
    let last = first;
    while (last < nodes.length - 1 && (nodes[last + 1]?.at ?? 0) < end) last++;
    const [from, to] = [nodes[first], nodes[last]];
    if (from === undefined || to === undefined) continue;
    const range = document.createRange();
    range.setStart(from.node, Math.min(match.index - from.at, from.node.length));
    range.setEnd(to.node, Math.min(end - to.at, to.node.length));
    ranges.push(range);
  }
  return ranges;
}

/** The matches in the part of a place that shows a field. */
export function rangesWithin(place: Element, within: readonly string[], pattern: RegExp): readonly Range[] {
  for (const selector of within) {
    const roots = [...place.querySelectorAll(selector)];
    if (roots.length > 0) return roots.flatMap((root) => rangesIn(root, pattern));
  }
  return within.length === 0 ? rangesIn(place, pattern) : [];
}

const names = { all: 'found', current: 'found-now' } as const;

/** Marks the matches that are drawn. Marks are no part of the page's tree: nothing is drawn anew for them. */
export function mark(all: readonly Range[], current: Range | null): void {
  CSS.highlights.set(names.all, new Highlight(...all));
  if (current === null) CSS.highlights.delete(names.current);
  else {
    const highlight = new Highlight(current);
    highlight.priority = 1;
    CSS.highlights.set(names.current, highlight);
  }
}

export function unmark(): void {
  for (const name of Object.values(names)) CSS.highlights.delete(name);
}
