/** Two columns for a terminal; a row without a value is left out. */
export function inColumns(
  rows: readonly (readonly [name: string, value: string | null])[],
  indent = '',
): readonly string[] {
  const said = rows.filter((row): row is readonly [string, string] => row[1] !== null && row[1] !== '');
  const width = Math.max(0, ...said.map(([name]) => name.length));
  return said.map(([name, value]) => `${indent}${name.padEnd(width)}  ${value}`);
}

/** What is there of several texts, in one line; null when nothing is. */
export function joined(texts: readonly (string | null)[]): string | null {
  const said = texts.filter((text) => text !== null && text !== '');
  return said.length === 0 ? null : said.join(' - ');
}
