import type { Hunk } from './patch.ts';
import { quoted } from './patch.ts';
import type { TextLines } from './text-lines.ts';

/** Where the old lines of a hunk stand. */
export type Place = {
  readonly index: number;
  /** How many lines they are: a blank one at the end of the hunk may stand for the end of the file. */
  readonly count: number;
  /** The hunk's line ends are meant as they are written. */
  readonly isExact: boolean;
};

export type Located = { readonly ok: true; readonly place: Place } | { readonly ok: false; readonly words: string };

const punctuation: readonly (readonly [RegExp, string])[] = [
  [/[\u2010-\u2015\u2212]/g, '-'],
  [/[\u2018-\u201b]/g, "'"],
  [/[\u201c-\u201f]/g, '"'],
  [/[\u00a0\u2002-\u200a\u202f\u205f\u3000]/g, ' '],
];

/** How strictly lines are compared, the strictest first: as Codex does. */
const tiers: readonly ((line: string) => string)[] = [
  (line) => line,
  (line) => line.trimEnd(),
  (line) => line.trim(),
  (line) => punctuation.reduce((text, [odd, plain]) => text.replace(odd, plain), line.trim()),
];

/** Longest list of places and of lines in a problem. */
const mostNamed = 5;
/** Of the lines that are looked for, and of the file's, how many are compared to say what is nearest. */
const mostCompared = 40;
const mostSearched = 100_000;

/** The lines of one file, to look for others in. */
export class Haystack {
  readonly #texts: readonly string[];
  readonly #ends: readonly string[];
  readonly #tiers: (readonly string[])[] = [];

  constructor({ texts, ends }: TextLines) {
    this.#texts = texts;
    this.#ends = ends;
  }

  /** Finds the old lines of a hunk at or after `from`. */
  locate(hunk: Hunk, from: number): Located {
    const old = hunk.lines.flatMap(({ op, text }) => (op === '+' ? [] : [text]));
    const hasCr = hunk.lines.some(({ text }) => text.endsWith('\r'));
    if (old.length === 0) return this.#insertion(hunk, from, hasCr);
    const exact = hasCr ? this.#choose(hunk, this.#exact(old), from, old.length, true) : null;
    if (exact !== null) return exact;
    const needle = old.map((text) => text.replace(/\r$/, ''));
    const anchors = this.#anchorsOf(hunk, from);
    if (typeof anchors === 'string') return { ok: false, words: anchors };
    for (const count of shorter(hunk, needle)) {
      for (const tier of tiers.keys()) {
        const found = this.#choose(hunk, this.#matches(needle.slice(0, count), tier), from, count, false);
        if (found !== null) return found;
      }
    }
    return { ok: false, words: this.#missing(hunk, needle, from) };
  }

  /** Null = none of the matches is at a place where the hunk may be. */
  #choose(hunk: Hunk, matches: readonly number[], from: number, count: number, isExact: boolean): Located | null {
    const end = this.#texts.length;
    const possible = matches.filter((index) => index >= from && (!hunk.toEnd || index + count === end));
    const places = this.#afterAnchors(hunk, possible, from);
    const [only, second] = places;
    if (only === undefined) return null;
    const stated = hunk.start === null ? undefined : places.find((index) => index === Number(hunk.start) - 1);
    if (second === undefined || stated !== undefined)
      return { ok: true, place: { index: stated ?? only, count, isExact } };
    const named = places.map((index) => span(index, count));
    const what = count === 1 ? 'the line that is looked for fits' : `the ${count} lines that are looked for fit`;
    const hint = "Add lines that stay around it, or an '@@' line that comes before only one of them";
    return { ok: false, words: `${what} in ${places.length} places of the file: ${listed(named)}. ${hint}.` };
  }

  #afterAnchors(hunk: Hunk, possible: readonly number[], from: number): readonly number[] {
    if (hunk.anchors.length === 0) return possible;
    const anchors = this.#anchorsOf(hunk, from);
    if (typeof anchors === 'string') return [];
    const after = below(anchors, possible);
    if (after.length > 0) return after;
    // A model also repeats the line of the anchor as the first line of the hunk.
    const set = new Set(anchors);
    return possible.filter((index) => set.has(index));
  }

  /** Each place that the last of the `@@` lines may stand at; a sentence when there is none. */
  #anchorsOf({ anchors }: Hunk, from: number): readonly number[] | string {
    let places: readonly number[] = [];
    for (const [depth, anchor] of anchors.entries()) {
      let next: readonly number[] = [];
      for (const tier of tiers.keys()) {
        const found = this.#matches([anchor], tier);
        next = depth === 0 ? preferred(found, from) : below(places, found);
        if (next.length > 0) break;
      }
      if (next.length === 0) {
        const outer = depth === 0 ? '' : ` below ${quoted(anchors[depth - 1] ?? '')}`;
        return `the file has no line ${quoted(anchor)}${outer}, which stands behind '@@'.${this.#nearest(anchor)}`;
      }
      places = next;
    }
    return places;
  }

  /** A hunk that only adds: below its anchor, at the line that it names, else at the end of the file as Codex does. */
  #insertion(hunk: Hunk, from: number, isExact: boolean): Located {
    const at = (index: number): Located => ({ ok: true, place: { index, count: 0, isExact } });
    if (hunk.anchors.length > 0) {
      const anchors = this.#anchorsOf(hunk, from);
      if (typeof anchors === 'string') return { ok: false, words: anchors };
      const [only, second] = anchors;
      if (only === undefined || second !== undefined) {
        const places = listed(anchors.map((index) => span(index, 1)));
        return {
          ok: false,
          words: `the hunk only adds, and the line behind its '@@' stands in ${anchors.length} places of the file: ${places}. Add lines that stay around it.`,
        };
      }
      return only + 1 < from ? { ok: false, words: orderWords(span(only, 1), from) } : at(only + 1);
    }
    if (hunk.start === null || hunk.toEnd) return at(this.#texts.length);
    if (hunk.start > this.#texts.length)
      return { ok: false, words: `it adds below line ${hunk.start}, and the file has ${this.#texts.length} lines.` };
    return hunk.start < from ? { ok: false, words: orderWords(span(hunk.start - 1, 1), from) } : at(hunk.start);
  }

  #exact(old: readonly string[]): readonly number[] {
    const whole = this.#texts.map((text, index) => (this.#ends[index] === '\r\n' ? `${text}\r` : text));
    return matchesIn(whole, old);
  }

  #matches(needle: readonly string[], tier: number): readonly number[] {
    const of = tiers[tier];
    if (of === undefined) return [];
    const lines = this.#tiers[tier] ?? this.#texts.map(of);
    this.#tiers[tier] = lines;
    return matchesIn(lines, needle.map(of));
  }

  #missing(hunk: Hunk, needle: readonly string[], from: number): string {
    for (const tier of tiers.keys()) {
      const found = this.#matches(needle, tier);
      const [earlier] = found.filter((index) => index < from);
      if (found.length > 0 && hunk.toEnd)
        return `the lines that are looked for do not end where the file ends: they stand in ${span(found[0] ?? 0, needle.length)} of ${this.#texts.length}.`;
      if (earlier !== undefined) return orderWords(span(earlier, needle.length), from);
      if (found.length > 0)
        return `the lines that are looked for do not follow the line behind '@@': they stand in ${span(found[0] ?? 0, needle.length)} of the file.`;
    }
    const shown = needle.slice(0, mostNamed).map((line) => `  ${line.slice(0, 160)}`);
    const more = needle.length > mostNamed ? [`  (and ${needle.length - mostNamed} more)`] : [];
    const what =
      needle.length === 1
        ? 'this line is not in the file:'
        : 'these lines are not in the file as they follow each other here:';
    return [what, ...shown, ...more, this.#nearestBlock(needle)].join('\n');
  }

  /** Where most of the lines stand, and the first that differs there. */
  #nearestBlock(given: readonly string[]): string {
    const needle = given.slice(0, mostCompared).map((line) => line.trim());
    const lines = this.#texts.slice(0, mostSearched).map((line) => line.trim());
    if (lines.length === 0) return 'The file is empty.';
    let best = { index: -1, alike: 0 };
    for (let index = 1 - needle.length; index < lines.length; index += 1) {
      let alike = 0;
      for (const [offset, line] of needle.entries()) if (line !== '' && lines[index + offset] === line) alike += 1;
      if (alike > best.alike) best = { index, alike };
    }
    if (best.index < 0 && best.alike === 0) {
      const wanted = given.find((line) => line.trim() !== '') ?? '';
      return this.#nearest(wanted).trim() || 'No line of the file is like it.';
    }
    const differs = needle.findIndex((line, offset) => lines[best.index + offset] !== line);
    const there = this.#texts[best.index + differs];
    const found = `${best.alike} of ${needle.length} stand in the file from ${span(Math.max(best.index, 0), 1)} on.`;
    const at = best.index + differs + 1;
    const wanted = quoted(given[differs] ?? '');
    if (at < 1) return `${found} Before the first line of the file there is no ${wanted}.`;
    return there === undefined
      ? `${found} The file ends before ${wanted}.`
      : `${found} Line ${at} there is ${quoted(there)} and not ${wanted}.`;
  }

  /** The line that is most like another, where one is. */
  #nearest(wanted: string): string {
    let best = { index: -1, score: 0.5 };
    for (const [index, line] of this.#texts.slice(0, mostSearched).entries()) {
      const score = likeness(line.trim(), wanted.trim());
      if (score > best.score) best = { index, score };
    }
    if (best.index < 0) return '';
    return ` The nearest is line ${best.index + 1} of the file: ${quoted(this.#texts[best.index] ?? '')}`;
  }
}

/** With the lines that are looked for, and without a blank one at their end. */
function shorter({ lines, start }: Hunk, needle: readonly string[]): readonly number[] {
  const last = lines.at(-1);
  const isBlank = last?.op === ' ' && last.text.trim() === '' && needle.length > 1 && start === null;
  return isBlank ? [needle.length, needle.length - 1] : [needle.length];
}

/** The anchors from the hunk before on; where none is, any. */
function preferred(found: readonly number[], from: number): readonly number[] {
  const later = found.filter((index) => index >= from);
  return later.length > 0 ? later : found;
}

/** For each outer place the first inner one after it. Both in order. */
function below(outer: readonly number[], inner: readonly number[]): readonly number[] {
  const found = new Set<number>();
  let next = 0;
  for (const place of outer) {
    while (next < inner.length && (inner[next] ?? 0) <= place) next += 1;
    const first = inner[next];
    if (first === undefined) break;
    found.add(first);
  }
  return [...found];
}

/** Where a run of lines stands (Knuth, Morris, Pratt): linear, also in files whose lines are all alike. */
function matchesIn(lines: readonly string[], needle: readonly string[]): readonly number[] {
  const borders = bordersOf(needle);
  const found: number[] = [];
  let same = 0;
  for (const [index, line] of lines.entries()) {
    while (same > 0 && (same === needle.length || line !== needle[same])) same = borders[same - 1] ?? 0;
    if (line === needle[same]) same += 1;
    if (same === needle.length) found.push(index + 1 - same);
  }
  return found;
}

/** For each beginning of the needle how long the longest is that it also ends with. */
function bordersOf(needle: readonly string[]): readonly number[] {
  const borders = [0];
  let same = 0;
  for (const line of needle.slice(1)) {
    while (same > 0 && line !== needle[same]) same = borders[same - 1] ?? 0;
    if (line === needle[same]) same += 1;
    borders.push(same);
  }
  return borders;
}

function orderWords(where: string, from: number): string {
  return `what it is about stands in ${where} of the file, before the end of the hunk above it (line ${from}). Hunks follow each other from the top of the file to its end.`;
}

function span(index: number, count: number): string {
  return count < 2 ? `line ${index + 1}` : `lines ${index + 1} to ${index + count}`;
}

function listed(named: readonly string[]): string {
  const rest = named.length - mostNamed;
  return rest > 0 ? `${named.slice(0, mostNamed).join(', ')} and ${rest} more` : named.join(', ');
}

/** How much of the longer line its beginning and end share with the other: 0 to 1. */
function likeness(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  return a === '' || b === '' ? 0 : (head + tail) / Math.max(a.length, b.length);
}
