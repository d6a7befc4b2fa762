/** A table of words by key; an object holds the plural forms of one. */
export type Table = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/**
 * What is wrong with a translation: keys that it lacks or has too many, places for arguments that got lost, plural forms
 * that the language does not have, words that were left as they are, and typewriter signs.
 * @param same English texts that are the same in the other language
 * @returns one line for each, empty when all is well
 */
export function translationProblems(
  source: Table,
  translated: Table,
  language: string,
  same: ReadonlySet<string>,
): string[] {
  const missing = Object.keys(source).filter((key) => !(key in translated));
  const strange = Object.keys(translated).filter((key) => !(key in source));
  const both = Object.keys(source).filter((key) => key in translated);
  return [
    ...missing.map((key) => `${key}: not translated`),
    ...strange.map((key) => `${key}: no such words`),
    ...both.flatMap((key) => {
      const from = source[key] ?? '';
      const to = translated[key] ?? '';
      return wrong(from, to, language, typeof from === 'string' && same.has(from)).map((what) => `${key}: ${what}`);
    }),
  ];
}

const isSame = (from: unknown, to: unknown): boolean => JSON.stringify(from) === JSON.stringify(to);

function wrong(from: Table[string], to: Table[string], language: string, mayBeSame: boolean): string[] {
  const found: string[] = [];
  if (typeof from !== typeof to) return ['plural forms in one language and none in the other'];
  if (!mayBeSame && isSame(from, to) && hasWords(from)) found.push('left in English');
  if (typeof to !== 'string') {
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    const has = Object.keys(to).toSorted();
    if (!isSame(wanted, has)) found.push(`has the forms ${has.join(', ')}; ${language} has ${wanted.join(', ')}`);
  }
  const other = typeof to === 'string' ? to : (to.other ?? '');
  if (!isSame(marksOf(typeof from === 'string' ? from : (from.other ?? '')), marksOf(other))) {
    found.push('other arguments, commands, settings or code than in English');
  }
  for (const text of typeof to === 'string' ? [to] : Object.values(to)) {
    if (text.trim() === '') found.push('blank');
    if (typewritten.test(text.replaceAll(verbatim, ''))) found.push('typewriter quotes or dots');
  }
  return found;
}

/** What a translation takes over as it stands: `{0}`, `code`, links to commands, settings. */
const verbatim = /\{\d\}|`[^`]*`|\(command:[^)]*\)|\bcodexLanes(?:\.\w+)+|\b[A-Z]+(?:_[A-Z]+)+\b/g;
const typewritten = /["']|\.\.\./;

/** Whether there is anything to translate beside signs and arguments. */
const hasWords = (from: Table[string]): boolean =>
  /\p{L}/u.test((typeof from === 'string' ? from : Object.values(from).join()).replaceAll(verbatim, ''));

const marksOf = (text: string): readonly string[] => [...text.matchAll(verbatim)].map(([mark]) => mark).toSorted();
