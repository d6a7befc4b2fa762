import type english from './words/en.json';

/**
 * Every word of the page has a key in `words/`: a table for each language, the same keys in all. The host puts the one of
 * the editor's language as JSON into `data-strings` of the body; `{0}`, `{1}` … stand for arguments. Words that change
 * with a number are an object of plural forms (`one`, `other` …): the first argument that is a number chooses.
 */
export type StringKey = keyof typeof english;

type Words = string | Readonly<Record<string, string>>;

let table: Readonly<Record<string, Words>> = {};
let language = 'en';
let plurals: Intl.PluralRules | undefined;
let numbers: Intl.NumberFormat | undefined;

/** Takes the page's words, and the language (a BCP 47 tag) that its numbers and times are written in. */
export function loadStrings(json: string | undefined, tag: string): void {
  table = {};
  language = tag === '' ? 'en' : tag;
  plurals = undefined;
  numbers = undefined;
  try {
    table = JSON.parse(json ?? '{}');
  } catch {
    // The host writes this attribute. Without it the keys are shown, which is better than a page that stays blank.
  }
}

/** The language that the page is in, as a BCP 47 tag: for `Intl`. */
export const pageLanguage = (): string => language;

/**
 * The words for `key`, with its arguments put in. Numbers are written as the language writes them; pass what only looks
 * like one (an exit code, a process) as a string.
 */
export function t(key: StringKey, ...args: readonly (string | number)[]): string {
  const words = table[key];
  const template = typeof words === 'object' ? (words[formFor(args)] ?? words.other) : words;
  return (template ?? key).replace(/\{(\d)\}/g, (place, index) => {
    const value = args[Number(index)];
    return typeof value === 'number' ? inFigures(value) : (value ?? place);
  });
}

function formFor(args: readonly (string | number)[]): Intl.LDMLPluralRule {
  const count = args.find((value) => typeof value === 'number');
  plurals ??= new Intl.PluralRules(language);
  return count === undefined ? 'other' : plurals.select(count);
}

function inFigures(value: number): string {
  numbers ??= new Intl.NumberFormat(language);
  return numbers.format(value);
}
