/**
 * Where a token may begin. Not only at the edge of a word: in JSON, a shell's output or an address the letters of an escape
 * stand right before it, raw or escaped once more (`\\nsk-…`, `\\u000ask-…`, `\\x1b[32msk-…`, `%3Dsk-…`).
 */
const start = /(?:\b|(?<=\\[abefnrtv]|\\x[\dA-Fa-f]{2}|\\u[\dA-Fa-f]{4}|%[\dA-Fa-f]{2}|\[[\d;]{0,20}m))/.source;

/** What a secret looks like, for texts whose secrets are not known by value. Each is linear in the text. */
const words: readonly { readonly kind: string; readonly pattern: RegExp; readonly keep?: string }[] = [
  { kind: 'api-key', pattern: /sk-[A-Za-z0-9_-]{16,}/ },
  // Ours: what a native turn holds in the place of a key that stays in the vault.
  { kind: 'turn-token', pattern: /lanes-turn-[A-Za-z0-9_-]{43}/ },
  { kind: 'github-token', pattern: /(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/ },
  { kind: 'gitlab-token', pattern: /glpat-[A-Za-z0-9_-]{16,}/ },
  { kind: 'slack-token', pattern: /xox[abeoprs]-[A-Za-z0-9-]{10,}/ },
  { kind: 'aws-key', pattern: /(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { kind: 'google-key', pattern: /AIza[0-9A-Za-z_-]{30,}/ },
  { kind: 'npm-token', pattern: /npm_[A-Za-z0-9]{30,}/ },
  { kind: 'jwt', pattern: /eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}/ },
  { kind: 'bearer', pattern: /Bearer [A-Za-z0-9._~+/=-]{16,}/i, keep: 'Bearer ' },
];

const shapes = [
  {
    kind: 'private-key',
    pattern: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,16384}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g,
    keep: '',
  },
  ...words.map(({ kind, pattern: { source, flags }, keep = '' }) => ({
    kind,
    pattern: new RegExp(`${start}(?:${source})`, `g${flags}`),
    keep,
  })),
];

/** The text with everything that looks like a token replaced by `[redacted:<kind>]`. */
export function maskTokens(text: string): string {
  let out = text;
  for (const { kind, pattern, keep } of shapes) out = out.replace(pattern, `${keep}[redacted:${kind}]`);
  return out;
}
