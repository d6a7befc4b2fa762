import type { TurnError } from '../../model/index.ts';
import type { FailureRule } from '../../runtime/index.ts';
import { firstMatch } from '../../runtime/index.ts';

const signIn = 'Sign in with `codex login`, or store a key for the native lane.';
const later = 'Send the prompt again in a moment.';
const editConfig = 'Correct the setting in Codex’s config.toml.';

/** Words of stderr when no turn was reported as failed. */
const exitRules: readonly FailureRule[] = [
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
