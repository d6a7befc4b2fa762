import type { Row } from '../../src/model/index.ts';
import type { Field } from './row-fields.ts';
import { fieldsOf } from './row-fields.ts';

export type Query = { readonly text: string; readonly matchCase: boolean };

/** Where a field of a row holds the words, and how often. */
export type Hit = { readonly row: Row; readonly field: Field; readonly count: number };

/** One of the places found: the `nth` of its hit, from 0 on. */
export type Found = { readonly hit: Hit; readonly nth: number };

/** Finds the words of a query in a text; null = it asks for nothing. */
export function patternOf({ text, matchCase }: Query): RegExp | null {
  return text === '' ? null : new RegExp(escaped(text), matchCase ? 'gu' : 'giu');
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** The words of one thread, found row by row. What was looked through and did not change is not looked through again. */
export class ThreadSearch {
  readonly #pattern: RegExp;
  /** Marks of a text may stand between words but not within one: a text without it holds no match. */
  readonly #needed: RegExp;
  readonly #known = new WeakMap<Row, readonly Hit[]>();

  constructor(query: Query, pattern: RegExp) {
    this.#pattern = pattern;
    const words = query.text.match(/[\p{L}\p{N}]+/gu) ?? [''];
    const longest = words.reduce((best, word) => (word.length > best.length ? word : best));
    this.#needed = new RegExp(escaped(longest), query.matchCase ? 'u' : 'iu');
  }

  /** Hits of one row, in the order of the page. */
  in(row: Row): readonly Hit[] {
    const known = this.#known.get(row);
    if (known !== undefined) return known;
    const hits = fieldsOf(row).flatMap((field): readonly Hit[] => {
      if (!this.#needed.test(field.source)) return [];
      const count = field.text().match(this.#pattern)?.length ?? 0;
      return count === 0 ? [] : [{ row, field, count }];
    });
    this.#known.set(row, hits);
    return hits;
  }
}

export const totalOf = (hits: readonly Hit[]): number => hits.reduce((sum, { count }) => sum + count, 0);

/** The match of a number, from 0 on; null = there are fewer. */
export function foundAt(hits: readonly Hit[], index: number): Found | null {
  let left = index;
  for (const hit of hits) {
    if (left < hit.count) return { hit, nth: left };
    left -= hit.count;
  }
  return null;
}

/** Number of the first match in a row at or after the one given, in the thread's order; 0 = none comes after it. */
export function firstFrom(hits: readonly Hit[], isBefore: (row: Row) => boolean): number {
  let index = 0;
  for (const { row, count } of hits) {
    if (!isBefore(row)) return index;
    index += count;
  }
  return 0;
}
