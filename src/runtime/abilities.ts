import { dirname } from 'node:path';
import type { CliAbilities, ModelFact } from '../model/index.ts';
import type { ShortRun } from '../node/index.ts';
import { runShort } from '../node/index.ts';
import { readModels } from './cli-models.ts';
import { markOf } from './file-mark.ts';

/** What `codex exec` must take for a native turn: exactly what the exec lane passes (tested there). */
export const neededExecWords = [
  '--json',
  '-s',
  '-C',
  '-m',
  '-c',
  '--image',
  '-o',
  '--ephemeral',
  '--skip-git-repo-check',
  'resume',
] as const;

/** What only some turns need, with what it is for: a build without one refuses those turns and takes the others. */
export const turnOptionWords = ['fork', '--worktree', '--add-dir', '--output-schema', '-p'] as const;

/** Longest wait for a help text or the list of models, in milliseconds. Measured with 0.169: 10 and 90. */
const patience = 3000;

/** What a build says about itself. */
export type CliFacts = {
  /** Null = its help could not be read. */
  readonly abilities: CliAbilities | null;
  /** Empty = it lists none. */
  readonly models: readonly ModelFact[];
  /** In words for the user, what could not be found out. */
  readonly notes: readonly string[];
};

export type CliReader = (
  path: string,
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
) => Promise<CliFacts>;

/** Remembers what a build said until another file is in its place. Spends no request and reaches no network. */
export function createCliReader(
  options: { readonly patience?: number; readonly run?: typeof runShort } = {},
): CliReader {
  const { run = runShort } = options;
  let kept: { readonly key: string; readonly facts: CliFacts } | null = null;
  return async (path, env, signal) => {
    const mark = await markOf(path);
    const key = JSON.stringify([path, mark]);
    if (kept?.key === key) return kept.facts;
    const ask = (...args: readonly string[]): Promise<ShortRun> =>
      run(path, args, {
        env,
        timeoutMs: options.patience ?? patience,
        // Away from the user's project, whose configuration is not to be read.
        cwd: dirname(path),
        // The list of models has their prompts in it: 745 KB in 0.169.
        maxOutput: 16 * 1024 * 1024,
        ...(signal === undefined ? {} : { signal }),
      });
    const [top, exec, models] = await Promise.all([
      ask('--help'),
      ask('exec', '--help'),
      ask('debug', 'models', '--bundled'),
    ]);
    const abilities = abilitiesIn(top, exec);
    const facts: CliFacts = {
      abilities,
      models: readModels(models),
      notes: abilities === null ? [noteOf(top.problem ?? exec.problem)] : [],
    };
    // A busy machine lets a program run out of time: what it did not say is asked for again.
    const answered = abilities !== null && models.failure === null;
    if (answered && mark !== null && (await markOf(path)) === mark) kept = { key, facts };
    return facts;
  };
}

function noteOf(problem: string | null): string {
  return `what this Codex can do is not known (${problem ?? 'its help could not be read'})`;
}

/** What the help texts of `codex` and `codex exec` say; null when either can't be read. */
export function abilitiesIn(top: ShortRun, exec: ShortRun): CliAbilities | null {
  const own = helpOf(top);
  const ofExec = helpOf(exec);
  if (own === null || ofExec === null) return null;
  const lacks = (word: string): boolean => !ofExec.flags.has(word) && !ofExec.commands.has(word);
  return {
    missingExecFlags: neededExecWords.filter(lacks),
    // Before the profiles that are files of their own, `-p` named a table of config.toml.
    missingTurnOptions: turnOptionWords.filter((word) => lacks(word) || (word === '-p' && !profileIsFile(exec.stdout))),
    plugin: own.commands.has('plugin'),
    appServer: own.commands.has('app-server'),
  };
}

type Help = { readonly commands: ReadonlySet<string>; readonly flags: ReadonlySet<string> };

function profileIsFile(help: string): boolean {
  return /<name>\.config\.toml/.test(help);
}

/** Reads a help text as clap writes it: a heading, then lines indented by two (a name) or more (what it means). */
function helpOf(run: ShortRun): Help | null {
  if (run.exitCode !== 0 || !/^usage:/im.test(run.stdout)) return null;
  const commands = new Set<string>();
  const flags = new Set<string>();
  let section = '';
  for (const line of run.stdout.split('\n')) {
    const heading = /^(\w[\w ]*):/.exec(line);
    if (heading !== null) section = (heading[1] ?? '').toLowerCase();
    if (section === 'commands') {
      const name = /^ {2}([a-z][\w-]*)(?:\s|$)/.exec(line)?.[1];
      if (name !== undefined) commands.add(name);
    } else if (section.endsWith('options')) {
      const named = /^\s{2,6}(-\w)?(?:, )?(--[\w-]+)?(?=[\s=[<]|$)/.exec(line);
      for (const flag of named?.slice(1) ?? []) if (flag !== undefined) flags.add(flag);
    }
  }
  return flags.size === 0 ? null : { commands, flags };
}
