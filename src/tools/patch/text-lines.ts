/** A text as its lines. */
export type TextLines = {
  readonly texts: readonly string[];
  /** What each ends with: LF, CRLF, or nothing, which only the last can. A lone CR is part of a line. */
  readonly ends: readonly string[];
};

export function linesOf(text: string): TextLines {
  const texts: string[] = [];
  const ends: string[] = [];
  for (let from = 0; from < text.length; ) {
    const feed = text.indexOf('\n', from);
    const isCrlf = feed > from && text[feed - 1] === '\r';
    const end = feed < 0 ? '' : isCrlf ? '\r\n' : '\n';
    const after = feed < 0 ? text.length : feed + 1;
    texts.push(text.slice(from, after - end.length));
    ends.push(end);
    from = after;
  }
  return { texts, ends };
}
