import { stat } from 'node:fs/promises';
import * as z from 'zod';
import type { ItemBody, SandboxMode, ThreadId, ToolPolicy } from '../../model/index.ts';
import type { CommandHost, CommandSandbox, ToolCall, ToolIo, ToolOutcome } from '../../ports/index.ts';
import { resolvePath } from '../paths/index.ts';
import type { Confinement } from '../permission.ts';
import { permit } from '../permission.ts';
import { scriptsOf } from '../script-of.ts';
import type { Tool, ToolTurn } from '../tool.ts';
import { asToolCall, said, wrongArguments } from '../tool.ts';
import type { Ran } from './run-command.ts';
import { runCommand } from './run-command.ts';
import { shellProgram } from './shell-program.ts';

/** Longest command, in characters: Linux takes 128 KiB in one argument. */
const longest = 100_000;
const permissions = ['use_default', 'require_escalated'] as const;

/** What `shell` takes; its JSON Schema below is held against it. */
export const shellArguments = z.strictObject({
  command: z.string().min(1).max(longest),
  workdir: z.string().optional(),
  timeout_ms: z.number().min(1).optional(),
  sandbox_permissions: z.enum(permissions).optional(),
  justification: z.string().max(2000).optional(),
});
type Arguments = z.infer<typeof shellArguments>;

export type ShellTurn = ToolTurn & {
  readonly threadId: ThreadId;
  readonly commands: CommandHost & {
    /** The longest that a command may run, in seconds. */
    readonly timeoutS: () => number;
  };
  /** A command is about to run, in the sandbox or not. */
  readonly onCommand: (sandboxed: boolean) => void;
};

/** Runs commands, one at a time or several side by side as the model calls them; none outlives the turn. */
export function shellTool(turn: ShellTurn): Tool {
  const running = new Set<() => Promise<unknown>>();
  return {
    spec: {
      name: 'shell',
      description: descriptionFor(turn.policy, process.platform),
      parameters: {
        type: 'object',
        properties: {
          command: { type: 'string', minLength: 1, maxLength: longest },
          workdir: { type: 'string' },
          timeout_ms: { type: 'number', minimum: 1 },
          sandbox_permissions: { type: 'string', enum: [...permissions] },
          justification: { type: 'string', maxLength: 2000 },
        },
        required: ['command'],
        additionalProperties: false,
      },
      parallel: false,
    },
    run: async (given, call, io) => {
      const refused = (outcome: ToolOutcome) => asToolCall(call, given, io, async () => outcome);
      const read = shellArguments.safeParse(given);
      if (!read.success) return refused(wrongArguments('shell', read.error));
      if (read.data.command.includes('\0')) return refused(said('The command has a NUL character in it.', 'failed'));
      const folder = await folderOf(turn, read.data.workdir ?? '.');
      if ('why' in folder) return refused(said(folder.why, 'failed'));
      return runAsked(read.data, folder.cwd, turn, running, call, io);
    },
    end: async () => {
      await Promise.allSettled([...running].map((end) => end()));
    },
  };
}

async function folderOf(turn: ToolTurn, workdir: string): Promise<{ readonly cwd: string } | { readonly why: string }> {
  const at = await resolvePath(turn, workdir, 'read');
  if (at.kind !== 'inside') {
    return {
      why: at.kind === 'outside' ? 'workdir must lie within the workspace.' : `workdir can’t be used: ${at.why}`,
    };
  }
  const isFolder = await stat(at.real).then(
    (it) => it.isDirectory(),
    () => false,
  );
  return isFolder ? { cwd: at.real } : { why: `workdir is no folder: ${at.name}` };
}

async function runAsked(
  asked: Arguments,
  cwd: string,
  turn: ShellTurn,
  running: Set<() => Promise<unknown>>,
  { itemId }: ToolCall,
  io: ToolIo,
): Promise<ToolOutcome> {
  const { command, justification = '' } = asked;
  const { policy, commands } = turn;
  const found = await commands.sandbox();
  const runs = confinementOf(asked, found);
  const sandbox: SandboxMode =
    runs !== 'sandboxed' ? 'danger-full-access' : policy === 'read-only' ? 'read-only' : 'workspace-write';
  const scripts = await scriptsOf(command, cwd);
  const answer = await permit(
    {
      ...{ policy, acts: [{ kind: 'command', runs }], subject: 'command', what: command, itemId },
      note: [cwd === turn.cwd ? '' : `It runs in ${cwd}.`, sandboxNotes[sandbox]].filter((one) => one !== '').join(' '),
      ...(justification === '' ? {} : { justification }),
      // What is to leave the sandbox is asked about each time.
      ...(runs === 'leaving' ? {} : { grantable: { command, cwd, sandbox, scripts } }),
    },
    io,
  );
  const item = { kind: 'command_execution', command, cwd, sandbox } as const;
  const tell = (body: Omit<Extract<ItemBody, { kind: 'command_execution' }>, keyof typeof item>): void =>
    io.emit({ ...item, ...body, itemId });
  if (answer.kind === 'refused') {
    tell({ phase: 'completed', status: 'declined' });
    return answer.outcome;
  }
  io.signal.throwIfAborted();
  tell({ phase: 'started', status: 'in_progress' });
  const env = await commands.environment();
  const start = { ...(await shellProgram(command, cwd, env)), env };
  const roots = { root: turn.cwd, addDirs: turn.addDirs };
  const confined =
    found.kind === 'there' && sandbox !== 'danger-full-access'
      ? found.confine(start, { ...roots, mode: sandbox })
      : start;
  turn.onCommand(runs === 'sandboxed');
  const limitMs = Math.min(asked.timeout_ms ?? Number.POSITIVE_INFINITY, commands.timeoutS() * 1000);
  let endIt: (() => Promise<unknown>) | null = null;
  const ran = await runCommand(confined, {
    ...{ cwd, threadId: turn.threadId, timeoutMs: limitMs, signal: io.signal },
    tell: (outputDelta) => tell({ phase: 'output', outputDelta, status: 'in_progress' }),
    onStart: (end) => {
      endIt = end;
      running.add(end);
    },
  });
  if (endIt !== null) running.delete(endIt);
  const status = ran.exitCode === 0 && ran.cut === null ? 'completed' : 'failed';
  const { durationMs, exitCode } = ran;
  tell({ phase: 'completed', output: logOf(ran), exitCode: ran.cut === null ? exitCode : null, durationMs, status });
  io.signal.throwIfAborted();
  const outcome = said(wordsOf(ran, runs, policy, limitMs), status);
  return ran.startError === null ? { ...outcome, ended: { exitCode, timedOut: ran.cut === 'time' } } : outcome;
}

function confinementOf({ sandbox_permissions: wish }: Arguments, found: CommandSandbox): Confinement {
  if (found.kind === 'none') return 'unsandboxed';
  return wish === 'require_escalated' ? 'leaving' : 'sandboxed';
}

const sandboxNotes: Readonly<Record<SandboxMode, string>> = {
  'read-only': 'It runs in Codex’s sandbox, where it can write nothing and reach no network.',
  'workspace-write':
    'It runs in Codex’s sandbox: it can write in the thread’s folders and temporary ones, and reach no network.',
  'danger-full-access': '',
};

function logOf({ output, beside, startError }: Ran): string {
  const text = output.forLog();
  return text === '' ? (startError ?? beside) : text;
}

/** What the model is told: how it ended, where it ran, what it printed. */
function wordsOf(ran: Ran, runs: Confinement, policy: ToolPolicy, limitMs: number): string {
  const { output, exitCode, signal, durationMs, cut, survivors, beside, startError } = ran;
  if (startError !== null) return `The command could not be started: ${startError}`;
  const took = `${(durationMs / 1000).toFixed(1)} s`;
  const how =
    cut === 'time'
      ? `It was ended after its time limit of ${limitMs / 1000} s, with all that it had started.`
      : cut === 'stopped'
        ? `It was stopped after ${took}.`
        : exitCode === null
          ? `It was ended by ${signal ?? 'a signal'} after ${took}.`
          : `Exit code: ${exitCode} (${took}, ${runs === 'sandboxed' ? 'in the sandbox' : 'without a sandbox'})`;
  const shown = output.forModel();
  const failed = exitCode !== 0;
  return [
    how,
    survivors > 0 ? `${survivors} processes of it could not be ended.` : '',
    failed && runs === 'sandboxed' && denied.test(shown) ? hintFor(policy) : '',
    failed && beside !== '' ? `The sandbox says: ${beside}` : '',
    shown === '' ? 'It printed nothing.' : `Output:\n${shown}`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** What programs say where a sandbox keeps them from something. It may have other causes: it is a hint. */
const denied =
  /read-only file system|operation not permitted|permission denied|EROFS|EPERM|EACCES|network is unreachable|could not resolve|EAI_AGAIN|ENETUNREACH|temporary failure in name resolution/i;

const hintFor = (policy: ToolPolicy): string =>
  policy === 'read-only'
    ? 'The sandbox may be why: it lets a command write nothing and reach no network.'
    : 'The sandbox may be why. If the command can’t do without, call again with sandbox_permissions "require_escalated" and a justification: the user is then asked.';

function descriptionFor(policy: ToolPolicy, platform: NodeJS.Platform): string {
  const shell = platform === 'win32' ? 'PowerShell' : 'bash (or sh; no login shell)';
  const sandbox =
    policy === 'read-only'
      ? 'It runs in a sandbox where it can write nothing and reach no network.'
      : [
          'It runs in a sandbox where there is one: it can write in the workspace and in temporary folders, reach no network, and not write in .git, .vscode, .codex and .agents (so no commits).',
          'If it needs more, or failed for that reason, call with sandbox_permissions "require_escalated" and a justification in one sentence: the user is then asked.',
        ].join(' ');
  return [
    `Runs a command with ${shell} in the workspace, or in workdir within it, and returns how it ended and what it printed; of a long output the middle is left out.`,
    sandbox,
    'stdin is closed. Whatever the command starts is ended with it: nothing can be left running in the background.',
    'Prefer the other tools for reading, searching and editing files.',
  ].join(' ');
}
