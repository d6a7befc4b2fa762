import type { TurnError, TurnErrorCode } from '../../model/index.ts';
import type { WireError } from './wire.ts';

/** What the provider's own code means; it is more exact than the HTTP status. */
const codes: Readonly<Record<string, TurnErrorCode>> = {
  context_length_exceeded: 'context_full',
  // llama.cpp
  exceed_context_size_error: 'context_full',
  insufficient_quota: 'quota_exceeded',
  billing_hard_limit_reached: 'quota_exceeded',
  usage_limit_reached: 'usage_limit',
  rate_limit_exceeded: 'rate_limited',
  model_not_found: 'model_unknown',
  invalid_api_key: 'unauthorized',
  content_policy_violation: 'refused',
  content_filter: 'refused',
  server_is_overloaded: 'overloaded',
  overloaded_error: 'overloaded',
  slow_down: 'overloaded',
  server_error: 'server_error',
  invalid_prompt: 'bad_request',
  invalid_request_error: 'bad_request',
};

/** As llama.cpp, vLLM, LM Studio and OpenRouter say it, which have no code of their own for it. */
const tooLong =
  /maximum context length|exceeds? (?:the )?(?:available |model'?s? |maximum )?context (?:size|length|window)|context (?:length|window|size) exceeded|greater than the context length|loaded with context length of only|longer than the (?:maximum )?(?:model|context) (?:length|window)/i;

function codeOf(status: number | null, error: WireError | null): TurnErrorCode {
  const mayBeTooLong = status === null || status === 400 || status === 413 || status === 422;
  if (mayBeTooLong && tooLong.test(error?.message ?? '')) return 'context_full';
  const own = codes[String(error?.code ?? '')] ?? codes[error?.type ?? ''];
  if (own !== undefined && (own !== 'bad_request' || status === null || status === 400)) return own;
  switch (status) {
    case null:
      return 'server_error';
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 404:
      return 'not_found';
    case 429:
      return 'rate_limited';
    case 503:
    case 529:
      return 'overloaded';
    default:
      return status >= 500 || status === 408 || status === 409 ? 'server_error' : 'bad_request';
  }
}

/** A refusal of the provider's, by HTTP status (null: inside the stream) and its own error. `host` names the endpoint. */
export function refusalOf(host: string, status: number | null, error: WireError | null): TurnError {
  const code = codeOf(status, error);
  const words = error?.message?.trim() ?? '';
  const number = status === null ? '' : ` (${status})`;
  const made = (message: string, hint: string | null, retryable = false): TurnError =>
    turnError(code, message, { hint, retryable, ...(words === '' ? {} : { detail: words }) });
  switch (code) {
    case 'unauthorized':
      return made(`The endpoint ${host} refused the key${number}.`, 'Check the API key, or add another one.');
    case 'forbidden':
      return made(
        `The endpoint ${host} does not allow this request${number}.`,
        'The key may lack the right to use this model.',
      );
    case 'not_found':
      return made(
        `The endpoint ${host} has no Responses API at this address${number}.`,
        'Check the base URL; it usually ends in /v1.',
      );
    case 'model_unknown':
      return made(`The endpoint ${host} does not know this model${number}.`, 'Choose another model in the settings.');
    case 'quota_exceeded':
      return made(`The account behind this key has no quota left${number}.`, "Check the account's plan and billing.");
    case 'usage_limit':
      return made(`The account has reached its usage limit${number}.`, 'Wait until the limit is reset.', true);
    case 'rate_limited':
      return made(`The endpoint ${host} is limiting requests${number}.`, 'Wait a moment, then send again.', true);
    case 'overloaded':
      return made(`The endpoint ${host} is overloaded${number}.`, 'Wait a moment, then send again.', true);
    case 'server_error':
      return made(
        `The endpoint ${host} had an error of its own${number}.`,
        'Send again; if it stays, look at its status page.',
        true,
      );
    case 'context_full':
      return made(
        'The conversation is too long for this model.',
        'Start a new thread, or choose a model with a larger window.',
      );
    case 'refused':
      return made('The request was refused by the content rules of the endpoint.', 'Word the request differently.');
    default:
      return made(`The endpoint ${host} did not accept the request${number}.`, 'The details say what it did not like.');
  }
}

export function turnError(
  code: TurnErrorCode,
  message: string,
  more: { readonly hint?: string | null; readonly retryable?: boolean; readonly detail?: string } = {},
): TurnError {
  const { hint = null, retryable = false, detail } = more;
  return { code, message, retryable, hint, ...(detail === undefined ? {} : { detail }) };
}

/** The connection could not be made, or broke. The system's reason stands in the cause of what fetch throws. */
export function connectionFailed(host: string, error: unknown): TurnError {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : '';
  return turnError('connection_failed', `The endpoint ${host} can't be reached${code}.`, {
    hint: 'Check the network, the proxy settings and the base URL.',
    retryable: true,
  });
}

export function streamCut(host: string): TurnError {
  return turnError('stream_cut', `The endpoint ${host} stopped in the middle of its answer.`, {
    hint: 'What had come is kept. Send again to go on.',
    retryable: true,
  });
}

export function noResponse(host: string, seconds: number): TurnError {
  return turnError('no_response', `The endpoint ${host} sent nothing for ${seconds} s.`, {
    hint: 'Send again, or check the endpoint.',
    retryable: true,
  });
}
