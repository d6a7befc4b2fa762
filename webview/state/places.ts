import type { Entry, GroupedRow } from './entries.ts';
import { sameEntry } from './entries.ts';

/** Characters of a long text that one place of the list shows. */
const sliceLength = 1000;

/** Which of the slices of a text, counted from 0 on. */
export type Slice = { readonly index: number; readonly count: number };

/** What of its entry a place shows. */
export type Part =
  | { readonly kind: 'whole' }
  /** A stretch of a long text. */
  | ({ readonly kind: 'slice' } & Slice)
  /** One row of an open group. */
  | { readonly kind: 'member'; readonly row: GroupedRow };

/** One place of the virtual list. A long or open entry has several, so that only what is in sight of it is in the page. */
export type Place = {
  readonly key: string;
  readonly entry: Entry;
  /** Number of the entry among the thread's, from 1 on: places of one entry share it. */
  readonly position: number;
  readonly part: Part;
};

/** What the reader opened or folded, by key. */
export type Expansion = Readonly<Record<string, boolean>>;

const whole: Part = { kind: 'whole' };

/** The places of one entry, in order; at least one. */
export function placesOf(entry: Entry, position: number, expansion: Expansion): readonly Place[] {
  const { key } = entry;
  const first: Place = { key, entry, position, part: whole };
  if (entry.kind === 'group') {
    if (expansion[key] !== true) return [first];
    const members = entry.rows.map((row): Place => ({ key: row.key, entry, position, part: { kind: 'member', row } }));
    return [first, ...members];
  }
  const text = entry.kind === 'row' ? slicedText(entry, expansion) : null;
  const count = text === null ? 1 : sliceCount(text);
  if (count <= 1) return [first];
  return Array.from({ length: count }, (_, index) => ({
    key: index === 0 ? key : `${key}~${index}`,
    entry,
    position,
    part: { kind: 'slice', index, count },
  }));
}

/** The text of an entry that grows by slices; null = it has none in sight. */
function slicedText({ row }: Extract<Entry, { kind: 'row' }>, expansion: Expansion): string | null {
  switch (row.kind) {
    case 'text':
      return row.text;
    case 'reasoning':
    case 'user':
      return expansion[row.key] === true ? row.text : null;
    default:
      return null;
  }
}

/** How many slices a text has; at least one. */
export const sliceCount = (text: string): number => Math.max(1, Math.ceil(text.length / sliceLength));

/** Characters at which a slice begins and ends. The last one has no end: more may come. */
export function rangeOf({
  index,
  count,
}: {
  readonly index: number;
  readonly count: number;
}): readonly [number, number] {
  return [index * sliceLength, index === count - 1 ? Number.POSITIVE_INFINITY : (index + 1) * sliceLength];
}

/** A slice of a text that is shown as it is: it begins where a line does, if lines are not too long. */
export function sliceOfText(text: string, [from, to]: readonly [number, number]): string {
  return text.slice(lineStart(text, from), lineStart(text, to));
}

function lineStart(text: string, at: number): number {
  if (at === 0 || at >= text.length) return Math.min(at, text.length);
  const end = text.indexOf('\n', at - 1) + 1;
  if (end > 0 && end < at + sliceLength) return end;
  // Not between the halves of a character.
  return /[\uDC00-\uDFFF]/.test(text[at] ?? '') ? at + 1 : at;
}

/** Whether two places draw the same. */
export function samePlace(a: Place, b: Place): boolean {
  if (a === b) return true;
  const [one, other] = [a.part, b.part];
  // What a row of a group shows is its own.
  if (one.kind === 'member' || other.kind === 'member')
    return one.kind === 'member' && other.kind === 'member' && one.row === other.row;
  if (one.kind === 'slice' && (other.kind !== 'slice' || one.index !== other.index || one.count !== other.count))
    return false;
  return one.kind === other.kind && sameEntry(a.entry, b.entry);
}
