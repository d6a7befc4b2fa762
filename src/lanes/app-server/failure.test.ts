import { expect, test } from 'vitest';
import type { AppServer } from '../../runtime/index.ts';
import { failureOf } from './failure.ts';

type Info = AppServer.CodexErrorInfo;

const status = (httpStatusCode: number | null) => ({ httpStatusCode });

test.each<readonly [Info | null, string, string, boolean]>([
  ['contextWindowExceeded', 'too long', 'context_full', false],
  ['sessionBudgetExceeded', 'spent', 'budget_spent', false],
  ['usageLimitExceeded', 'limit', 'usage_limit', false],
  ['rateLimitExceeded', 'slow down', 'rate_limited', true],
  ['rateLimitExceeded', 'You have hit your usage limit.', 'usage_limit', false],
  ['flexUnavailable', 'no flex', 'overloaded', true],
  ['serverOverloaded', 'busy', 'overloaded', true],
  ['policyCapacityUnavailable', 'busy', 'overloaded', true],
  ['modelNotFound', 'no such', 'model_unknown', false],
  ['inferenceHookDenied', 'no', 'refused', false],
  ['cyberPolicy', 'no', 'refused', false],
  ['misalignmentPolicyViolation', 'no', 'refused', false],
  ['tooManyDenials', 'no', 'refused', false],
  ['internalServerError', 'oops', 'server_error', true],
  ['internalServerError', 'We’re currently experiencing high demand', 'overloaded', true],
  ['unauthorized', 'bad key', 'unauthorized', false],
  ['unauthorized', 'unexpected status 401 Unauthorized: Missing bearer', 'authentication_required', false],
  ['badRequest', 'odd request', 'bad_request', false],
  ['badRequest', 'The model x does not exist or you do not have access to it.', 'model_unknown', false],
  ['threadRollbackFailed', 'no', 'bad_request', false],
  ['sandboxError', 'landlock', 'internal', false],
  ['other', 'whatever', 'bad_request', false],
  ['other', 'Quota exceeded. Check your plan and billing details.', 'quota_exceeded', false],
  ['constructor', 'whatever', 'bad_request', false],
  ['brandNew', 'whatever', 'bad_request', false],
  [null, 'Missing environment variable: `KEY`.', 'authentication_required', false],
  [{ httpConnectionFailed: status(null) }, 'refused', 'connection_failed', true],
  [{ httpConnectionFailed: status(503) }, 'busy', 'overloaded', true],
  [{ responseStreamConnectionFailed: status(null) }, 'refused', 'connection_failed', true],
  [{ responseStreamDisconnected: status(null) }, 'cut', 'stream_cut', true],
  [{ responseStreamDisconnected: status(401) }, 'unexpected status 401', 'unauthorized', false],
  [{ responseStreamDisconnected: status(404) }, 'unexpected status 404 Not Found', 'not_found', false],
  [{ responseStreamDisconnected: status(null) }, 'idle timeout waiting for SSE', 'no_response', true],
  [{ responseTooManyFailedAttempts: status(429) }, 'exceeded retry limit, last status: 429', 'rate_limited', true],
  [{ responseTooManyFailedAttempts: status(500) }, 'exceeded retry limit', 'server_error', true],
  [{ responseTooManyFailedAttempts: status(null) }, 'nothing known', 'bad_request', false],
  [{ activeTurnNotSteerable: { turnKind: 'review' } }, 'no', 'bad_request', false],
  [{}, 'whatever', 'bad_request', false],
])('%j: %s', (codexErrorInfo, message, code, retryable) => {
  const failure = failureOf({ message, codexErrorInfo, additionalDetails: 'more' }, false);
  expect(failure).toMatchObject({ code, retryable, detail: `${message}\nmore` });
  expect(failure.message).not.toBe('');
});

test('a thread that is too long for the model can be compacted here', () => {
  for (const message of ['whatever', 'Codex ran out of room in the model’s context window']) {
    const failure = failureOf({ message, codexErrorInfo: 'contextWindowExceeded' }, false);
    expect(failure).toMatchObject({ code: 'context_full', actions: ['compactThread', 'showLog'] });
  }
});

test('what was tried again and has no code is a failure of the provider', () => {
  const error = { message: 'strange', codexErrorInfo: null };
  expect(failureOf(error, true)).toMatchObject({ code: 'server_error', retryable: true, detail: 'strange' });
  expect(failureOf({ ...error, message: '' }, false)).toMatchObject({
    message: expect.stringContaining('did not say why'),
  });
});
