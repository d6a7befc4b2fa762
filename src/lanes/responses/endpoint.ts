import { maskTokens } from '../../base/index.ts';
import type { Payer } from '../../model/index.ts';
import { LanesError, maskKey } from '../../model/index.ts';
import type { SettingsSnapshot } from '../../ports/index.ts';

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

/**
 * The headers of setting `codexLanes.api.headers`, and those of the organisation and the project: a header that is named
 * there itself stands before them. Throws LanesError `bad-input` that quotes none of it: the platform's own
 * message has the value, which may be a key.
 */
export function extraHeaders(
  settings: Pick<SettingsSnapshot, 'apiHeaders' | 'apiOrganization' | 'apiProject'>,
): Headers {
  try {
    const headers = new Headers({ ...settings.apiHeaders });
    const own = { 'OpenAI-Organization': settings.apiOrganization, 'OpenAI-Project': settings.apiProject };
    for (const [name, value] of Object.entries(own)) {
      if (value && !headers.has(name)) headers.set(name, value);
    }
    return headers;
  } catch {
    throw new LanesError('bad-input', 'The extra headers hold a name or a value that no header can have.');
  }
}

/** A base URL that is none, fit to be shown: without the user name and password, or the key, that may be typed there. */
export function shownBaseUrl(baseUrl: string): string {
  return maskTokens(baseUrl.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/i, '$1')).slice(0, 200);
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
