import { maskTokens } from '../base/index.ts';

/** A known value shorter than this is no secret worth the false hits (`test`, `none`). */
const shortestSecret = 8;

/** The envelope names things by ids of ours and is left alone, so that a log can never become unreadable by redaction. */
const envelopeFields: ReadonlySet<string> = new Set([
  'v',
  'seq',
  'at',
  'provider',
  'laneId',
  'transport',
  'threadId',
  'nativeThreadId',
  'turnId',
  'itemId',
  'requestId',
  'aboutTurnId',
  'kind',
]);

/**
 * Replaces secrets in a text by `[redacted:<kind>]`: the given values wherever they stand, then what looks like a token.
 * A secret that streams in as several deltas is seen only where one piece holds all of it.
 */
export function redactText(text: string, secrets: readonly string[]): string {
  let out = text;
  // Longest first: one secret may be the start of another.
  for (const secret of secrets.toSorted((a, b) => b.length - a.length)) {
    if (secret.length < shortestSecret) continue;
    for (const spelling of spellingsOf(secret)) out = out.replaceAll(spelling, '[redacted:secret]');
  }
  return maskTokens(out);
}

/** As it is, and as it stands in JSON, and in JSON within JSON: what could not be read is kept as text. */
function spellingsOf(secret: string): ReadonlySet<string> {
  const once = JSON.stringify(secret).slice(1, -1);
  if (once === secret) return new Set([secret]);
  const twice = JSON.stringify(once).slice(1, -1);
  // The longest first: what is escaped may hold what is not.
  return new Set([twice, once, secret]);
}

/** An event with every secret in its body replaced. Returns the event itself when there was none. */
export function redactEvent<E extends object>(event: E, secrets: readonly string[]): E {
  const entries = Object.entries(event);
  const next = entries.map(([key, value]) => [key, envelopeFields.has(key) ? value : redactValue(value, secrets)]);
  return next.every(([, value], i) => value === entries[i]?.[1]) ? event : (Object.fromEntries(next) as E);
}

function redactValue(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return redactText(value, secrets);
  if (Array.isArray(value)) {
    const next = value.map((part) => redactValue(part, secrets));
    return next.every((part, i) => part === value[i]) ? value : next;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const next = entries.map(([key, part]) => [redactText(key, secrets), redactValue(part, secrets)] as const);
  return next.every(([key, part], i) => key === entries[i]?.[0] && part === entries[i]?.[1])
    ? value
    : Object.fromEntries(next);
}
