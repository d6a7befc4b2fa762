import type { TurnError, TurnErrorCode } from '../../model/index.ts';

/** One recognised way to fail. exec gives text alone, so its words are matched; the raw text stays in `detail`. */
type Rule = {
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
const editConfig = 'Correct the setting in Codex’s config.toml.';

/** Words of `turn.failed`, most specific first (contract codex-runtime, section 3). */
const turnRules: readonly Rule[] = [
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

/** Words of stderr when no turn was reported as failed. */
const exitRules: readonly Rule[] = [
  {
    match: /Not inside a trusted directory and --skip-git-repo-check/,
    code: 'not_a_git_folder',
    message: 'This folder is not under Git, and Codex runs only in a Git folder unless you allow it.',
    hint: 'Allow Codex to run in this folder, or run `git init` there.',
  },
  {
    // Of `--worktree`, which asks git itself.
    match: /git command failed: fatal: not a git repository/,
    code: 'not_a_git_folder',
    message: 'This folder is not under Git, and a worktree can only be made of a Git repository.',
    hint: 'Run `git init` there and commit something, or start a thread without a worktree.',
  },
  {
    match: /git command failed: fatal: Needed a single revision/,
    code: 'bad_request',
    message: 'This Git repository has no commit yet, so no worktree can be made of it.',
    hint: 'Commit something first, or start a thread without a worktree.',
  },
  {
    match: /^Error: git command failed: ([^\n]{1,300})/m,
    code: 'bad_request',
    message: 'Codex could not make a Git worktree: $1.',
    hint: 'Start a thread without a worktree.',
  },
  {
    match: /Error loading config\.toml:\s*(\S+\.toml:\d+:\d+)/,
    code: 'config_invalid',
    message: 'Codex can’t read its configuration ($1).',
    hint: editConfig,
  },
  {
    match: /approval_policy = "untrusted" is no longer supported/,
    code: 'config_invalid',
    message: 'Codex’s configuration asks for the approval policy “untrusted”, which this version no longer has.',
    hint: 'Remove approval_policy from Codex’s config.toml.',
  },
  {
    // Not the reason, which quotes the value.
    match: /Error loading config\.toml:[^\n]*\nin `([\w."-]+)`/,
    code: 'config_invalid',
    message: 'Codex does not accept the setting $1 of its config.toml.',
    hint: editConfig,
  },
  {
    match: /Error loading config\.toml:|approval_policy = |unknown configuration field/,
    code: 'config_invalid',
    message: 'Codex does not accept its configuration.',
    hint: editConfig,
  },
  {
    match: /Error finding codex home/,
    code: 'config_invalid',
    message: 'The folder that CODEX_HOME names does not exist.',
    hint: 'Create the folder, or unset CODEX_HOME.',
  },
  {
    match: /Model provider `(.+?)` not found/,
    code: 'provider_unknown',
    message: 'Codex’s configuration names a provider that it does not define: $1.',
    hint: editConfig,
  },
  {
    match: /Cannot change this thread's model provider from `(.+?)` to `(.+?)`/,
    code: 'bad_request',
    message: 'Codex began this thread with the provider “$1” and does not go on with “$2”.',
    hint: 'Fork the thread, or start a new one, to go on with “$2”; or take back the profile or the configuration.',
  },
  {
    match: /no rollout found for thread id/,
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
  {
    match: /No prompt provided via stdin/,
    code: 'bad_request',
    message: 'The prompt is empty.',
    hint: 'Write something to send.',
  },
  {
    match: /login is required|Not logged in|Logging out/,
    code: 'authentication_required',
    message: 'Codex is not signed in in the way that the settings ask for.',
    hint: signIn,
  },
  {
    match: /required MCP servers? failed/i,
    code: 'config_invalid',
    message: 'An MCP server that the configuration requires did not start.',
    hint: 'Repair the server, or make it optional in Codex’s config.toml.',
  },
  {
    match: /No space left on device|os error 28\b/,
    code: 'disk_full',
    message: 'The disk is full.',
    hint: 'Free some space, then send the prompt again.',
  },
  {
    match: /^Error: No such file or directory \(os error 2\)/m,
    code: 'folder_missing',
    message: 'The folder of this thread does not exist.',
    hint: 'Open a folder that exists, and start a new thread there.',
  },
  {
    match: /[Oo]utput schema file/,
    code: 'bad_request',
    message: 'Codex can’t use the schema for its answer.',
    hint: null,
  },
  {
    match: /^error: (?:unexpected argument|invalid value|unrecognized subcommand)/m,
    code: 'protocol_error',
    message: 'This version of Codex does not understand how it was called.',
    hint: 'Update Codex to the tested version.',
  },
];

/** Longest text kept as the detail of a failure, in characters. */
const keptDetail = 8000;

/** A failure that Codex itself reported (`turn.failed`). `retried`: it had tried again before. */
export function failureFromMessage(text: string, retried: boolean): TurnError {
  const inner = messageInJson(text);
  const rule = firstMatch(turnRules, inner ?? text);
  if (rule !== null) return { ...rule, detail: text };
  const code = retried ? 'server_error' : 'bad_request';
  const words = (inner ?? text).trim() || 'The turn failed, and Codex did not say why.';
  return { code, message: words, retryable: retried, hint: null, detail: text };
}

/** A program that could not be started; `error` has the system's code and words. */
export function failureFromStart(error: string): TurnError {
  const gone = /\bENOENT\b/.test(error);
  if (gone) {
    const message = 'Codex is no longer where it was found: it was moved, removed or is being replaced.';
    const hint = 'Send the prompt again; if it stays away, install Codex or set its path.';
    return { code: 'runtime_missing', message, retryable: true, hint, detail: error };
  }
  if (/\bETXTBSY\b/.test(error)) {
    const message = 'Codex is being replaced at this moment.';
    return { code: 'runtime_crashed', message, retryable: true, hint: later, detail: error };
  }
  return noProgram(error);
}

function noProgram(detail: string): TurnError {
  const hint = 'Check the path of the Codex CLI, or install Codex again.';
  return { code: 'runtime_crashed', message: 'Codex could not be started.', retryable: false, hint, detail };
}

/** How a process ended that reported nothing. */
export type SilentEnd = {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly stderr: string;
  readonly turnStarted: boolean;
};

/** What stderr holds beside what Codex says of every prompt. */
export function saidOnStderr(stderr: string): string {
  return stderr
    .split('\n')
    .filter((line) => !/^Reading (additional input|prompt) from stdin/.test(line))
    .join('\n')
    .trim();
}

/** A failure without a report: what stderr says, else how the process ended. */
export function failureFromExit(end: SilentEnd): TurnError {
  const said = saidOnStderr(end.stderr);
  const detail = said === '' ? {} : { detail: said.slice(-keptDetail) };
  if (end.signal !== null) {
    const message = `Codex was ended from outside (${end.signal}).`;
    return { code: 'runtime_killed', message, retryable: true, hint: 'Send the prompt again.', ...detail };
  }
  const rule = firstMatch(exitRules, said);
  if (rule !== null) return { ...rule, ...detail };
  // A shell's words for a file that is no program: the system hands one over to it.
  if (!end.turnStarted && (end.exitCode === 126 || end.exitCode === 127)) return noProgram(said);
  if (end.exitCode === 0) {
    const message = 'Codex ended without saying how the turn went.';
    return { code: 'protocol_error', message, retryable: true, hint: 'Send the prompt again.', ...detail };
  }
  const where = end.turnStarted ? 'in the middle of the turn' : 'before the turn began';
  const line = said.split('\n').find((l) => l.startsWith('Error: '));
  const message = `Codex stopped ${where} (exit code ${end.exitCode ?? 'unknown'})${line ? `: ${line.slice(7)}` : '.'}`;
  return { code: 'runtime_crashed', message, retryable: true, hint: 'The details have Codex’s last words.', ...detail };
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

function firstMatch(rules: readonly Rule[], text: string): Omit<TurnError, 'detail'> | null {
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
