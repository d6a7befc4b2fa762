import type { TurnError } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import type { FailureRule, ServerEnd } from '../../runtime/index.ts';
import { failureFromWords, firstMatch, isRpcError } from '../../runtime/index.ts';

const again = 'Send the prompt again.';

/** What the server says when it can't begin, take up or branch off a thread. */
const rules: readonly FailureRule[] = [
  {
    match: /no rollout found for thread id|thread not found/i,
    code: 'resume_not_found',
    message: 'Codex no longer has this thread: it was ephemeral or has been deleted.',
    hint: 'Start a new thread.',
  },
  {
    match: /already has an active writer/,
    code: 'thread_busy',
    message: 'Another Codex process is using this thread.',
    hint: 'Wait until it ends, or start a new thread.',
  },
  { match: /Cannot change this thread's model provider from `(.+?)` to `(.+?)`/, ...providerFailure('$1', '$2') },
  {
    match: /Model provider `(.+?)` not found/,
    code: 'provider_unknown',
    message: 'Codex’s configuration names a provider that it does not define: $1.',
    hint: 'Correct the setting in Codex’s config.toml.',
  },
  {
    match: /failed to load configuration|error loading config/i,
    code: 'config_invalid',
    message: 'Codex does not accept its configuration.',
    hint: 'Correct the setting in Codex’s config.toml.',
  },
  {
    match: /required MCP servers? failed/i,
    code: 'config_invalid',
    message: 'An MCP server that the configuration requires did not start.',
    hint: 'Repair the server, or make it optional in Codex’s config.toml.',
  },
];

/** A thread of one provider is to go on with another one; ids as in Codex's configuration. */
export function providerFailure(from: string, to: string) {
  return {
    code: 'bad_request',
    message: `Codex began this thread with the provider “${from}” and does not go on with “${to}”.`,
    hint: `Fork the thread, or start a new one, to go on with “${to}”; or take back the profile or the configuration.`,
  } as const;
}

/** Codex does not have the thread that it was to go on with: the only failure after which a new one may be begun. */
export function isThreadLost(error: unknown): boolean {
  return isRpcError(error, 'refused') && firstMatch(rules, error.message)?.code === 'resume_not_found';
}

/** Why the server did not do what a turn needs; its words are in it. */
export function failureOfRequest(error: unknown): TurnError {
  const detail = messageOf(error);
  if (isRpcError(error, 'refused')) {
    const known = firstMatch(rules, detail) ?? failureFromWords(detail);
    if (known !== null) return { ...known, detail };
    const message = 'Codex refused the turn.';
    return { code: 'bad_request', message, retryable: false, hint: 'The details have Codex’s words.', detail };
  }
  if (isRpcError(error, 'timeout')) return { code: 'no_response', message: detail, retryable: true, hint: again };
  if (isRpcError(error, 'not-understood')) {
    return { code: 'protocol_error', message: detail, retryable: false, hint: 'Update Codex to the tested version.' };
  }
  return { code: 'runtime_crashed', message: detail, retryable: true, hint: again };
}

/** The server is gone in the middle of a turn. */
export function failureOfEnd({ signal, words, stderr }: ServerEnd): TurnError {
  const code = signal === null ? 'runtime_crashed' : 'runtime_killed';
  return { code, message: words, retryable: true, hint: again, ...(stderr === '' ? {} : { detail: stderr }) };
}
