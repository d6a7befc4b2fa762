import type { TurnError } from '../../model/index.ts';
import { maskKey, messageOf } from '../../model/index.ts';
import type { SettingsSnapshot } from '../../ports/index.ts';
import type { ApiKey } from './endpoint.ts';
import { endpointOf, extraHeaders, isUsableKey } from './endpoint.ts';
import { turnError } from './failure.ts';

/** Where the requests of a turn go, and what they carry. */
export type Connection = {
  readonly base: string;
  readonly host: string;
  readonly origin: string;
  readonly headers: Headers;
  readonly key: ApiKey | null;
};

/** Settles it from the settings and the key of the origin. An error is how the turn then ends: nothing was sent. */
export async function connect(
  settings: SettingsSnapshot,
  keyFor: (origin: string) => Promise<ApiKey | null>,
): Promise<Connection | TurnError> {
  let endpoint: ReturnType<typeof endpointOf>;
  let headers: Headers;
  try {
    endpoint = endpointOf(settings.apiBaseUrl);
    headers = extraHeaders(settings);
  } catch (error) {
    return turnError('config_invalid', messageOf(error), {
      hint: 'Check the base URL and the extra headers in the settings.',
    });
  }
  const { base, host, origin } = endpoint;
  const key = await keyFor(origin);
  if (key !== null && !isUsableKey(key)) {
    return turnError('unauthorized', 'The API key holds characters that no key has, such as a space or a line break.', {
      hint: 'Add the API key again.',
    });
  }
  if (key === null && endpoint.needsKey) {
    return turnError('authentication_required', `The endpoint ${host} needs an API key.`, { hint: 'Add an API key.' });
  }
  if (key !== null) headers.set('authorization', `Bearer ${key.value}`);
  headers.set('content-type', 'application/json');
  headers.set('accept', 'text/event-stream');
  return { base, host, origin, headers, key };
}

/** Some endpoints repeat the key in their answer. */
export function masked(text: string, { key }: Pick<Connection, 'key'>): string {
  return key === null || key.value === '' ? text : text.replaceAll(key.value, maskKey(key.value));
}
