import type { TurnError, TurnErrorCode } from '../model/index.ts';

/** One recognised way to fail, by Codex's words; the raw text stays in `detail`. */
export type FailureRule = {
  readonly match: RegExp;
  readonly code: TurnErrorCode;
  /** `$1` … are filled from the match. */
  readonly message: string;
  readonly hint: string | null;
  readonly retryable?: true;
};

const signIn = 'Sign in with `codex login`, or store a key for the native lane.';
const later = 'Send the prompt again in a moment.';
const network = 'Check the network, the proxy and the address of the provider, then send the prompt again.';

/** Words of a turn that failed, on every transport, most specific first (contract codex-runtime, section 3). */
const turnRules: readonly FailureRule[] = [
  {
    match: /^Missing environment variable: `(.+?)`/,
    code: 'authentication_required',
    message: 'The provider’s key is missing: the environment variable $1 is not set.',
    hint: 'Set $1 in the environment that the editor starts from, then restart the editor.',
  },
  {
    match: /No space left on device|os error 28\b/,
    code: 'disk_full',
    message: 'The disk is full.',
    hint: 'Free some space, then send the prompt again.',
  },
  {
    match: /Lanes for Codex: (the stored key [^,]+)/,
    code: 'authentication_required',
    message: 'Codex got no further: $1.',
    hint: 'Send the prompt again: it is paid with the key that is stored now.',
  },
  {
    match: /Lanes for Codex: the provider can't be reached/,
    code: 'connection_failed',
    message: 'The provider can’t be reached.',
    hint: network,
    retryable: true,
  },
  {
    match: /Lanes for Codex: ([^,]+)/,
    code: 'forbidden',
    message: 'The proxy that keeps the key in the vault refused a request: $1.',
    hint: 'codexLanes.native.credentials says what it is for.',
  },
  {
    match: /status 401\b.*Missing bearer/,
    code: 'authentication_required',
    message: 'Codex is not signed in: the provider got no key.',
    hint: signIn,
  },
  {
    match: /status:? 401\b/,
    code: 'unauthorized',
    message: 'The provider refused the key or the login.',
    hint: 'Check the key, or sign in again with `codex login`.',
  },
  {
    match: /status:? 403\b/,
    code: 'forbidden',
    message: 'The provider does not allow this request.',
    hint: 'The account, its region or its plan may not include it; the details have the provider’s words.',
  },
  {
    match: /model_not_found|\bmodel\b.* does not exist|do not have access to it|model is not supported/i,
    code: 'model_unknown',
    message: 'The provider does not know the model, or the account may not use it.',
    hint: 'Choose another model.',
  },
  {
    match: /status:? 404\b/,
    code: 'not_found',
    message: 'The provider has nothing at this address.',
    hint: 'Check base_url and the model’s name in Codex’s configuration.',
  },
  {
    match: /insufficient_quota|^Quota exceeded/i,
    code: 'quota_exceeded',
    message: 'The quota of the account is used up.',
    hint: 'Check the plan and the billing details of the account.',
  },
  {
    match: /usage limit[\s\S]*?try again ((?:at|in|on) [^\n]+?)\.?\s*$/i,
    code: 'usage_limit',
    message: 'The usage limit of the account is reached.',
    hint: 'Send the prompt again $1, or buy more credits.',
  },
  {
    match: /usage limit/i,
    code: 'usage_limit',
    message: 'The usage limit of the account is reached.',
    hint: 'Wait until the limit resets, or buy more credits.',
  },
  {
    match: /status:? 429\b|rate.?limit/i,
    code: 'rate_limited',
    message: 'Too many requests: the provider asks to wait.',
    hint: later,
    retryable: true,
  },
  {
    match: /high demand|overloaded|at capacity|status:? (?:503|529)\b/i,
    code: 'overloaded',
    message: 'The provider is overloaded at the moment.',
    hint: later,
    retryable: true,
  },
  {
    match: /ran out of room in the model's context|context_length_exceeded/,
    code: 'context_full',
    message: 'The thread no longer fits into the model’s context window.',
    hint: 'Start a new thread, or shorten this one.',
  },
  {
    match: /^Incomplete response returned, reason: content_filter/,
    code: 'refused',
    message: 'The provider’s content filter ended the answer.',
    hint: 'Put the request another way.',
  },
  {
    match: /^Incomplete response returned, reason: (\S+)/,
    code: 'incomplete',
    message: 'The answer was cut off by the provider ($1).',
    hint: 'Ask for a shorter answer, or raise the limit.',
    retryable: true,
  },
  {
    match: /content.?policy|flagged|safety/i,
    code: 'refused',
    message: 'The provider refused the request for its content.',
    hint: 'Put the request another way.',
  },
  {
    match: /idle timeout waiting for SSE/,
    code: 'no_response',
    message: 'The provider stopped answering in the middle of the turn.',
    hint: later,
    retryable: true,
  },
  {
    match: /Connection refused|Connection failed|error sending request|lookup address|dns error|waiting for network/i,
    code: 'connection_failed',
    message: 'The provider can’t be reached.',
    hint: network,
    retryable: true,
  },
  {
    match: /server had an error|server_error|status:? 5\d\d\b|internal server error/i,
    code: 'server_error',
    message: 'The provider had an error of its own.',
    hint: later,
    retryable: true,
  },
  {
    match: /^stream disconnected before completion|stream closed/,
    code: 'stream_cut',
    message: 'The connection to the provider broke off in the middle of the answer.',
    hint: later,
    retryable: true,
  },
];

/** A failure that Codex itself reported, in its words. `retried`: it had tried again before. */
export function failureFromMessage(text: string, retried: boolean): TurnError {
  const known = failureFromWords(text);
  if (known !== null) return known;
  const code = retried ? 'server_error' : 'bad_request';
  const words = (messageInJson(text) ?? text).trim() || 'The turn failed, and Codex did not say why.';
  return { code, message: words, retryable: retried, hint: null, detail: text };
}

/** Null: these words are not known. */
export function failureFromWords(text: string): TurnError | null {
  const rule = firstMatch(turnRules, messageInJson(text) ?? text);
  return rule === null ? null : { ...rule, detail: text };
}

/** Older versions give a provider's refusal as its raw body. */
function messageInJson(text: string): string | null {
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const body = JSON.parse(text) as { error?: { message?: unknown; code?: unknown } } | null;
    const message = body?.error?.message;
    return typeof message === 'string'
      ? `${message}${typeof body?.error?.code === 'string' ? ` (${body.error.code})` : ''}`
      : null;
  } catch {
    return null;
  }
}

/** The first rule whose words stand in the text, its gaps filled. */
export function firstMatch(rules: readonly FailureRule[], text: string): Omit<TurnError, 'detail'> | null {
  for (const rule of rules) {
    const found = rule.match.exec(text);
    if (found === null) continue;
    const fill = (words: string): string => words.replace(/\$(\d)/g, (_, n: string) => found[Number(n)] ?? '');
    return {
      code: rule.code,
      message: fill(rule.message),
      hint: rule.hint === null ? null : fill(rule.hint),
      retryable: rule.retryable ?? false,
    };
  }
  return null;
}
