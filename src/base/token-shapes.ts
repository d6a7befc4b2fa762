/** What a secret looks like, for texts whose secrets are not known by value. Each is linear in the text. */
const shapes: readonly { readonly kind: string; readonly pattern: RegExp; readonly keep?: string }[] = [
  {
    kind: 'private-key',
    pattern: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]{0,16384}(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?/g,
  },
  { kind: 'api-key', pattern: /\bsk-[A-Za-z0-9_-]{16,}/g },
  { kind: 'github-token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/g },
  { kind: 'gitlab-token', pattern: /\bglpat-[A-Za-z0-9_-]{16,}/g },
  { kind: 'slack-token', pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g },
  { kind: 'aws-key', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { kind: 'google-key', pattern: /\bAIza[0-9A-Za-z_-]{30,}/g },
  { kind: 'npm-token', pattern: /\bnpm_[A-Za-z0-9]{30,}/g },
  { kind: 'jwt', pattern: /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}/g },
  { kind: 'bearer', pattern: /\bBearer [A-Za-z0-9._~+/=-]{16,}/gi, keep: 'Bearer ' },
];

/** The text with everything that looks like a token replaced by `[redacted:<kind>]`. */
export function maskTokens(text: string): string {
  let out = text;
  for (const { kind, pattern, keep = '' } of shapes) out = out.replace(pattern, `${keep}[redacted:${kind}]`);
  return out;
}
