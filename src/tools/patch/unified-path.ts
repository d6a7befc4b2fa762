import { Malformed } from './patch.ts';

const escapes: Readonly<Record<string, number>> = {
  ...{ a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 },
};

/** A path as git writes it, quoted or not; what follows it is in `rest`. Not quoted, it ends at a tab. */
export function readPath(given: string, at: number): { readonly path: string; readonly rest: string } {
  if (!given.startsWith('"')) {
    const end = given.indexOf('\t');
    return { path: end < 0 ? given : given.slice(0, end), rest: '' };
  }
  const bytes: number[] = [];
  for (let i = 1; i < given.length; i += 1) {
    const char = given[i] ?? '';
    if (char === '"') return { path: textOf(bytes, at), rest: given.slice(i + 1) };
    if (char !== '\\') {
      const whole = String.fromCodePoint(given.codePointAt(i) ?? 0);
      bytes.push(...new TextEncoder().encode(whole));
      i += whole.length - 1;
      continue;
    }
    const octal = /^[0-3][0-7]{2}/.exec(given.slice(i + 1, i + 4))?.[0];
    const letter = given[i + 1] ?? '';
    const code =
      octal === undefined ? (Object.hasOwn(escapes, letter) ? escapes[letter] : undefined) : parseInt(octal, 8);
    if (code === undefined) throw new Malformed(at, null, `'\\${letter}' is nothing that git writes in a quoted path.`);
    bytes.push(code);
    i += octal === undefined ? 1 : 3;
  }
  throw new Malformed(at, null, 'the quoted path has no end.');
}

function textOf(bytes: readonly number[], at: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    throw new Malformed(at, null, 'the quoted path is not UTF-8.');
  }
}

/** A path as git would write it. */
export function writePath(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what git quotes
  if (!/[\u0000-\u001f\u007f"\\]/.test(path)) return path;
  const quoted = [...path].map((char) => {
    const code = char.codePointAt(0) ?? 0;
    if (char === '"' || char === '\\') return `\\${char}`;
    return code < 32 || code === 127 ? `\\${code.toString(8).padStart(3, '0')}` : char;
  });
  return `"${quoted.join('')}"`;
}

/** The pairs of letters that git sets before the old and the new path. */
const prefixes = /^[abciow]\//;

/** Old and new path without git's prefixes; null = `/dev/null`. */
export function withoutPrefixes(
  before: string | null,
  after: string | null,
): { readonly before: string | null; readonly after: string | null } {
  const hasUsual = (before?.startsWith('a/') ?? true) && (after?.startsWith('b/') ?? true);
  const hasOther =
    before !== null &&
    after !== null &&
    prefixes.test(before) &&
    prefixes.test(after) &&
    before[0] !== after[0] &&
    before.slice(2) === after.slice(2);
  if (!hasUsual && !hasOther) return { before, after };
  return { before: before?.slice(2) ?? null, after: after?.slice(2) ?? null };
}
