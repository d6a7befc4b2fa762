/** What passes to the provider, whoever it is: what the request is, and who asks in which thread (measured with 0.169). */
const asked: ReadonlySet<string> = new Set([
  ...['accept', 'content-type', 'content-encoding', 'content-length', 'user-agent', 'originator', 'version'],
  ...['session-id', 'thread-id', 'session_id', 'conversation_id', 'idempotency-key'],
]);
const askedFamilies = /^(?:openai-|x-codex-|x-openai-|x-oai-|x-client-request-id$|x-responsesapi-)/;

/** What passes back: what the answer is, when to ask again, limits, and by what name the provider knows the request. */
const answered: ReadonlySet<string> = new Set([
  ...['content-type', 'cache-control', 'date', 'etag', 'retry-after', 'retry-after-ms', 'cf-ray'],
  ...['x-request-id', 'x-should-retry', 'x-models-etag', 'x-reasoning-included'],
]);
const answeredFamilies = /^(?:openai-|x-codex-|x-openai-|x-oai-|x-ratelimit-|x-ms-|apim-)/;

/** Credentials, and what belongs to one connection alone: never passed on, whoever names it. */
const never =
  /^(?:authorization|proxy-.*|cookie2?|set-cookie2?|api-key|x-api-key|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|accept-encoding|origin|referer|forwarded|x-forwarded-.*|sec-.*)$/;

/** True for a header that holds a credential by its name. */
export function isCredentialHeader(name: string): boolean {
  return /^(?:authorization|proxy-authorization|cookie|(?:.*[-_])?(?:(?:api|access|auth|subscription)[-_]?key|token|secret|password))$/i.test(
    name,
  );
}

/** The same for a parameter of an address. */
export function isCredentialParameter(name: string): boolean {
  return isCredentialHeader(name) || /^(?:key|sig|signature)$/i.test(name);
}

/**
 * The headers of a request as the provider gets them, with the key. `named`: those of the user's own provider, in small
 * letters. The answer is asked for as it is: what is compressed on the way would be unpacked by whoever fetches.
 */
export function headersFor(given: NodeJS.Dict<string[]>, named: ReadonlySet<string>, key: string): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(given)) {
    if (never.test(name) || !(asked.has(name) || askedFamilies.test(name) || named.has(name))) continue;
    for (const value of values ?? []) headers.append(name, value);
  }
  headers.set('accept-encoding', 'identity');
  headers.set('authorization', `Bearer ${key}`);
  return headers;
}

/** The headers of an answer as the child gets them. No length: the body is sent as it comes. */
export function headersBack(given: Headers): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of given) {
    if (!never.test(name) && (answered.has(name) || answeredFamilies.test(name))) headers[name] = value;
  }
  return headers;
}
