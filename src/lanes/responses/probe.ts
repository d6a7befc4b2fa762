import type { ApiFacts, CredentialInput } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import type { SettingsSnapshot } from '../../ports/index.ts';
import type { ApiKey } from './endpoint.ts';
import { endpointOf, extraHeaders, isUsableKey, payerOf, practiceLabel, shownBaseUrl } from './endpoint.ts';
import { connectionFailed, refusalOf } from './failure.ts';
import { modelsIn } from './models.ts';

/** How long the endpoint may take to answer, in milliseconds. */
const probeLimit = 5_000;

export type ProbeOptions = {
  readonly settings: SettingsSnapshot;
  /** The key that belongs to the endpoint's origin. */
  readonly key: ApiKey | null;
  /** Where its key was looked for, for the facts. */
  readonly credentialInputs?: readonly CredentialInput[];
  readonly fetch?: typeof globalThis.fetch;
  readonly signal?: AbortSignal;
};

/** Asks the endpoint for its models: the cheapest request that shows whether it is there and takes the key. Never throws. */
export async function probeApi(options: ProbeOptions): Promise<ApiFacts> {
  const { settings, key, credentialInputs = [], signal } = options;
  const checkedAt = new Date().toISOString();
  const unasked = { models: [], credentialInputs } as const;
  let endpoint: ReturnType<typeof endpointOf>;
  try {
    endpoint = endpointOf(settings.apiBaseUrl);
  } catch (error) {
    const endpointLabel = shownBaseUrl(settings.apiBaseUrl);
    const nobody = { checkedAt, endpointLabel, needsKey: true, payer: null, ...unasked };
    return { ...nobody, reach: 'refused', detail: messageOf(error) };
  }
  const { host, needsKey } = endpoint;
  const facts = { checkedAt, endpointLabel: host, needsKey, payer: payerOf(key, host), ...unasked };
  if (key === null && needsKey) return { ...facts, payer: null, reach: 'unknown', detail: null };
  // Only from here on, and `fetch` below: their first mention loads Node's HTTP client, a tenth of what a status takes.
  let headers: Headers;
  try {
    headers = extraHeaders(settings);
  } catch (error) {
    return { ...facts, reach: 'refused', detail: messageOf(error) };
  }
  if (key !== null && !isUsableKey(key)) {
    return { ...facts, reach: 'refused', detail: 'The API key holds characters that no key has.' };
  }
  if (key !== null) headers.set('authorization', `Bearer ${key.value}`);
  const limit = AbortSignal.timeout(probeLimit);
  try {
    const { fetch = globalThis.fetch } = options;
    const response = await fetch(`${endpoint.base}/models`, {
      headers,
      redirect: 'manual',
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    const models = response.ok ? await modelsIn(response) : [];
    // Throws where it was read, or broke off: it is over then.
    await response.body?.cancel().catch(() => undefined);
    const endpointLabel = practiceLabel(response.headers) ?? host;
    const known = { ...facts, endpointLabel, payer: payerOf(key, endpointLabel) };
    // Not every Responses endpoint lists its models.
    if (response.ok || response.status === 404 || response.status === 405)
      return { ...known, models, reach: 'reachable', detail: null };
    const isRedirect = response.status >= 300 && response.status < 400;
    const detail = isRedirect
      ? `The endpoint ${host} redirects elsewhere.`
      : refusalOf(host, response.status, null).message;
    return { ...known, reach: response.status >= 500 ? 'offline' : 'refused', detail };
  } catch (error) {
    const detail = limit.aborted
      ? `The endpoint ${host} did not answer in ${probeLimit / 1000} s.`
      : connectionFailed(host, error).message;
    return { ...facts, reach: 'offline', detail };
  }
}
