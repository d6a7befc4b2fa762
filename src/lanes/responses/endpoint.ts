import type { Payer } from '../../model/index.ts';
import { LanesError, maskKey } from '../../model/index.ts';

export type ApiKey = { readonly value: string; readonly source: string };

/** Where requests go. Throws LanesError `bad-input` when the base URL is none. */
export function endpointOf(baseUrl: string): {
  readonly base: string;
  readonly origin: string;
  readonly host: string;
  readonly needsKey: boolean;
} {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new LanesError('bad-input', 'The base URL of the endpoint must begin with https:// or http://.');
  }
  const base = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  return { base, origin: url.origin, host: url.host, needsKey: !isLoopback(url.hostname) };
}

/** RFC 6761 and RFC 1122: these never leave the machine. */
function isLoopback(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(hostname);
}

/** False for what no header takes (a line break pasted along): fetch would throw with the key in its message. */
export function isUsableKey(key: ApiKey): boolean {
  return /^[\x21-\x7e]+$/.test(key.value);
}

export function payerOf(key: ApiKey | null, label: string): Payer {
  return key === null
    ? { kind: 'none', label, source: 'none' }
    : { kind: 'api-key', label: maskKey(key.value), source: key.source };
}

/** The name under which the practice endpoint is shown, told by its own header; null for every other endpoint. */
export function practiceLabel(headers: Headers): string | null {
  const told = headers.get('x-codex-lanes-practice');
  return told === null ? null : `practice (${told})`;
}
