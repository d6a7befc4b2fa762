import type { SafeLink } from './safe-link.ts';
import { fileMention } from './safe-link.ts';

/** A word that may name a file: with a line, or with a folder and an ending. */
const candidate =
  /(?:\.{1,2}\/)*\.?[\w@-][\w@./-]*\.[A-Za-z]\w{0,9}(?:(?::\d+){1,2}|#L\d+(?:-L?\d+)?)?(?![\w/@#]|:\w)/g;
/** Text longer than this is left as it is. */
const maxLength = 20_000;

/** Text in pieces: what is plain, and what names a file for all one can see, e.g. `src/a.ts:12:3` or `a.ts#L12`. */
export function fileMentions(text: string): readonly (string | { readonly text: string; readonly link: SafeLink })[] {
  if (text.length > maxLength || !/\.[A-Za-z]/.test(text)) return [text];
  const parts: (string | { readonly text: string; readonly link: SafeLink })[] = [];
  let done = 0;
  for (const match of text.matchAll(candidate)) {
    const [found] = match;
    const link = startsWord(text, match.index) && !isWeb(found) ? fileMention(found) : null;
    if (link === null) continue;
    if (match.index > done) parts.push(text.slice(done, match.index));
    parts.push({ text: found, link });
    done = match.index + found.length;
  }
  if (done < text.length || parts.length === 0) parts.push(text.slice(done));
  return parts;
}

const startsWord = (text: string, at: number): boolean => at === 0 || !/[\w/\\:@.#~%-]/.test(text[at - 1] ?? '');

/** `example.com/page.html` and `example.com:8080`: a first part with a dot in it, no folder of a project's. */
function isWeb(found: string): boolean {
  const [first = '', ...rest] = found.split('/');
  if (/^\.{1,2}$/.test(first)) return false;
  return rest.length > 0 ? /[^.].*\./.test(first) : /\.(?:com|org|net|io|dev|local|localhost):/.test(first);
}
