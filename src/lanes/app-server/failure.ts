import type { TurnError, TurnErrorCode } from '../../model/index.ts';
import { failureFromMessage, failureFromWords, proxyWords } from '../../runtime/index.ts';
import type { WireTurnError } from './wire.ts';
import { field } from './wire.ts';

type Meaning = {
  readonly code: TurnErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly retryable?: true;
  /** Codes that Codex's words may tell more precisely. */
  readonly finer?: readonly TurnErrorCode[];
  /** What helps it on this transport alone. */
  readonly actions?: readonly string[];
};

const later = 'Send the prompt again in a moment.';
const another = 'Put the request another way.';
const network = 'Check the network, the proxy and the address of the provider, then send the prompt again.';

const overloaded: Meaning = {
  code: 'overloaded',
  message: 'The provider is overloaded at the moment.',
  hint: later,
  retryable: true,
};
const refused: Meaning = {
  code: 'refused',
  message: 'The provider refused the request for its content.',
  hint: another,
};

/** Each `codexErrorInfo` that has one meaning, whatever words come with it. */
const meanings: Readonly<Record<string, Meaning>> = {
  contextWindowExceeded: {
    code: 'context_full',
    message: 'The thread no longer fits into the model’s context window.',
    hint: 'Compact this thread, or start a new one.',
    actions: ['compactThread', 'showLog'],
  },
  sessionBudgetExceeded: {
    code: 'budget_spent',
    message: 'The budget of this thread is spent.',
    hint: 'Start a new thread, or raise the budget in Codex’s config.toml.',
  },
  usageLimitExceeded: {
    code: 'usage_limit',
    message: 'The usage limit of the account is reached.',
    hint: 'Wait until the limit resets, or buy more credits.',
    finer: ['quota_exceeded'],
  },
  rateLimitExceeded: {
    code: 'rate_limited',
    message: 'Too many requests: the provider asks to wait.',
    hint: later,
    retryable: true,
    finer: ['usage_limit', 'quota_exceeded'],
  },
  flexUnavailable: overloaded,
  serverOverloaded: overloaded,
  policyCapacityUnavailable: overloaded,
  modelNotFound: {
    code: 'model_unknown',
    message: 'The provider does not know the model, or the account may not use it.',
    hint: 'Choose another model.',
  },
  inferenceHookDenied: {
    ...refused,
    message: 'A hook refused the request to the model.',
    hint: 'The details have its words.',
  },
  cyberPolicy: refused,
  misalignmentPolicyViolation: refused,
  tooManyDenials: {
    code: 'refused',
    message: 'Codex gave up after too many of its actions were not allowed.',
    hint: another,
  },
  internalServerError: {
    code: 'server_error',
    message: 'The provider had an error of its own.',
    hint: later,
    retryable: true,
    finer: ['overloaded'],
  },
  unauthorized: {
    code: 'unauthorized',
    message: 'The provider refused the key or the login.',
    hint: 'Check the key, or sign in again with `codex login`.',
    finer: ['authentication_required'],
  },
  sandboxError: {
    code: 'internal',
    message: 'Codex’s sandbox failed.',
    hint: 'The details have Codex’s words; `codex doctor` looks at the sandbox.',
  },
  httpConnectionFailed: {
    code: 'connection_failed',
    message: 'The provider can’t be reached.',
    hint: network,
    retryable: true,
  },
  responseStreamConnectionFailed: {
    code: 'connection_failed',
    message: 'The provider can’t be reached.',
    hint: network,
    retryable: true,
  },
  responseStreamDisconnected: {
    code: 'stream_cut',
    message: 'The connection to the provider broke off in the middle of the answer.',
    hint: later,
    retryable: true,
    finer: [
      'no_response',
      'connection_failed',
      'incomplete',
      'overloaded',
      'server_error',
      'rate_limited',
      'quota_exceeded',
    ],
  },
};

const httpStatuses: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  429: 'rateLimitExceeded',
  500: 'internalServerError',
  502: 'internalServerError',
  503: 'serverOverloaded',
  504: 'internalServerError',
  529: 'serverOverloaded',
};

/**
 * A failure of a turn. Codex's code decides, and its words where the code leaves room or is missing; both stay in `detail`.
 * `retried`: Codex had tried again before.
 */
export function failureOf(error: WireTurnError, retried: boolean): TurnError {
  const detail = [error.message, error.additionalDetails].filter((text) => text != null && text !== '').join('\n');
  const words = failureFromWords(detail);
  // Our own proxy says more than the status that it had to choose.
  if (words !== null && detail.includes(proxyWords)) return words;
  const info = infoOf(error.codexErrorInfo);
  const meaning = info === null ? null : meaningOf(info);
  if (meaning === null) return words ?? { ...failureFromMessage(error.message, retried), detail };
  const { code, message, hint, retryable = false, finer = [], actions } = meaning;
  const helping = actions === undefined ? {} : { actions };
  if (words !== null && words.code === code) return { ...words, ...helping };
  if (words !== null && finer.includes(words.code)) return words;
  return { code, message, retryable, hint, detail, ...helping };
}

type Info = { readonly name: string; readonly status: number | null };

/** A word, or an object with one key that may name an HTTP status. */
function infoOf(info: unknown): Info | null {
  if (typeof info === 'string') return { name: info, status: null };
  if (typeof info !== 'object' || info === null) return null;
  const [entry] = Object.entries(info);
  if (entry === undefined) return null;
  const status = field(entry[1], 'httpStatusCode');
  return { name: entry[0], status: typeof status === 'number' ? status : null };
}

function meaningOf({ name, status }: Info): Meaning | null {
  // A status that is not here says less than the words beside it.
  const known = status === null ? name : httpStatuses[status];
  return known !== undefined && Object.hasOwn(meanings, known) ? (meanings[known] ?? null) : null;
}
