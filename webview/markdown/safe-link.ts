/** Where a link of the answer may lead. Everything else of an answer stays text: it is not trusted. */
export type SafeLink =
  | { readonly kind: 'url'; readonly url: string; readonly host: string }
  | { readonly kind: 'file'; readonly path: string; readonly line: number | null; readonly column: number | null };

const schemes: readonly string[] = ['http:', 'https:', 'mailto:'];
/** Controls, zero-width and direction marks: nothing that a real address holds. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const fileWithLine = /^(.*?)(?::(\d{1,7})(?::(\d{1,7})|-\d{1,7})?|#L(\d{1,7})(?:-L?\d{1,7})?)?$/;
const hasScheme = /^[a-z][a-z0-9+.-]*:/i;
const drive = /^[a-z]:[\\/]/i;

/** http, https and mailto addresses and paths of files (`src/a.ts:12`, `a.ts#L3`); null for all else. */
export function safeLink(href: string): SafeLink | null {
  const target = href.trim();
  if (target === '' || hidden.test(target)) return null;
  return urlLink(target) ?? fileLink(target);
}

/** A code span that names a file, e.g. `src/a.ts:12`: only what can hardly be anything else. */
export function fileMention(code: string): SafeLink | null {
  const sure =
    /^(?:\.{1,2}\/)*(?:[\w@.-]+\/)+[\w@.-]*\.\w{1,10}(?:(?::\d+){1,2}|#L\d+(?:-L?\d+)?)?$|^[\w@-][\w@.-]*\.\w{1,10}(?::\d+(?::\d+)?|#L\d+(?:-L?\d+)?)$/;
  return sure.test(code) ? fileLink(code) : null;
}

function urlLink(target: string): SafeLink | null {
  const scheme = hasScheme.exec(target)?.[0].toLowerCase();
  if (scheme === undefined || !schemes.includes(scheme)) return null;
  if (scheme !== 'mailto:' && !/^https?:\/\//i.test(target)) return null;
  try {
    const url = new URL(target);
    if (scheme === 'mailto:') return { kind: 'url', url: url.href, host: url.pathname };
    return url.host === '' ? null : { kind: 'url', url: url.href, host: url.host };
  } catch {
    return null;
  }
}

function fileLink(target: string): SafeLink | null {
  const match = fileWithLine.exec(target);
  const path = decoded(match?.[1] ?? '');
  if (path === null || path === '' || hidden.test(path)) return null;
  if (/^(?:[\\/]{2}|[#?~])/.test(path) || /[?#*<>|"]/.test(path)) return null;
  const scheme = hasScheme.exec(path);
  if (scheme !== null && !drive.test(path)) return null;
  const lineText = match?.[2] ?? match?.[4];
  // `tel:123` and `localhost:3000` are no files.
  if (lineText !== undefined && match?.[2] !== undefined && !/[./\\]/.test(path)) return null;
  return { kind: 'file', path, line: placeOf(lineText), column: placeOf(match?.[3]) };
}

/** Lines and columns count from 1. */
const placeOf = (text: string | undefined): number | null => (text === undefined ? null : Math.max(1, Number(text)));

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return text.includes('%') ? text : null;
  }
}
