import type { LaneTurn } from '../../ports/index.ts';

export type ExecArguments = {
  readonly turn: Pick<
    LaneTurn,
    | 'nativeThreadId'
    | 'forkOf'
    | 'attachments'
    | 'model'
    | 'effort'
    | 'profile'
    | 'sandbox'
    | 'addDirs'
    | 'outputSchema'
    | 'ephemeral'
    | 'newWorktree'
    | 'allowNonGit'
  >;
  readonly cwd: string;
  readonly forcedLogin: 'api' | 'chatgpt' | null;
  /** Names of variables that hold Codex's own key. */
  readonly ownKeys: readonly string[];
  /** Lead Codex to a proxy that holds its key; left out: it holds it itself. */
  readonly vaultArgs?: readonly string[];
  /** Where Codex writes its last message as well; null = nowhere. */
  readonly lastMessageFile?: string | null;
};

/**
 * The arguments of one run. No prompt and no secret: the prompt goes to stdin (`-`), a key by the environment.
 * Options stand before `resume` and `fork`: behind these 0.169 takes neither `-s`, `-C`, `--add-dir` nor `-p`.
 */
export function execArguments({
  turn,
  cwd,
  forcedLogin,
  ownKeys,
  vaultArgs = [],
  lastMessageFile = null,
}: ExecArguments): readonly string[] {
  const args = ['exec', '--json', '-s', turn.sandbox, '-C', cwd];
  if (turn.allowNonGit) args.push('--skip-git-repo-check');
  if (turn.ephemeral) args.push('--ephemeral');
  if (turn.newWorktree && turn.nativeThreadId === null) args.push('--worktree');
  for (const folder of turn.addDirs) args.push('--add-dir', folder);
  if (turn.outputSchema !== null) args.push('--output-schema', turn.outputSchema);
  if (turn.profile !== null) args.push('-p', turn.profile);
  if (lastMessageFile !== null) args.push('-o', lastMessageFile);
  if (turn.model !== null) args.push('-m', turn.model);
  // Without it a refused connection is tried again for ever. The `--disable` form kills 0.117 and 0.138.
  args.push('-c', 'features.unbounded_connection_retries=false');
  args.push('-c', 'analytics.enabled=false');
  if (turn.effort !== null) args.push('-c', `model_reasoning_effort=${JSON.stringify(turn.effort)}`);
  if (forcedLogin !== null) args.push('-c', `forced_login_method=${JSON.stringify(forcedLogin)}`);
  // 0.117 and 0.169 hand their whole environment on to the commands that the model runs, their own key with it. `set` adds to the
  // user's policy, while `exclude` would replace theirs. A dot in a name can't be quoted here (measured: no effect).
  for (const name of ownKeys) if (/^\w+$/.test(name)) args.push('-c', `shell_environment_policy.set.${name}=""`);
  args.push(...vaultArgs);
  // `-i FILE` would take the arguments behind it too; `--image=FILE` takes one.
  for (const { kind, path } of turn.attachments) if (kind === 'image') args.push(`--image=${path}`);
  if (turn.nativeThreadId !== null) args.push('resume', turn.nativeThreadId);
  else if (turn.forkOf !== null) args.push('fork', turn.forkOf);
  args.push('-');
  return args;
}

const pathFlags: ReadonlySet<string> = new Set(['-C', '-o', '--add-dir', '--output-schema']);

/** The same call without paths, as it may be kept. */
export function argumentsToKeep(args: readonly string[]): readonly string[] {
  return args.map((arg, i) => (pathFlags.has(args[i - 1] ?? '') ? '…' : arg.replace(/^(--image=).*/s, '$1…')));
}
