import type { ChildEnd } from '../../node/index.ts';
import { spawnChild } from '../../node/index.ts';
import type { LaneTurn, ProgramStart } from '../../ports/index.ts';
import { CommandOutput } from './output.ts';

/** How often new output is told, in milliseconds. */
const tellEvery = 100;
/** Between SIGINT and SIGKILL, in milliseconds: nobody waits long for a command that was stopped. */
const graceMs = 500;

export type Ran = {
  readonly output: CommandOutput;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly durationMs: number;
  /** What ended it early; null = it ended by itself. */
  readonly cut: 'stopped' | 'time' | null;
  /** Processes of it that would not go. */
  readonly survivors: number;
  /** What was said beside the command's own output: by the sandbox. */
  readonly beside: string;
  /** Why it could not be started; null = it was. */
  readonly startError: string | null;
};

export type RunOptions = {
  readonly cwd: string;
  readonly threadId: LaneTurn['threadId'];
  readonly timeoutMs: number;
  readonly tell: (delta: string) => void;
  readonly signal: AbortSignal;
  /** Called with what ends it, as soon as it runs. */
  readonly onStart: (end: () => Promise<unknown>) => void;
};

/** Runs a command to its end, with all that it started. Never rejects. */
export async function runCommand(start: ProgramStart, options: RunOptions): Promise<Ran> {
  const { cwd, threadId, timeoutMs, tell, signal, onStart } = options;
  const output = new CommandOutput(tell);
  const began = performance.now();
  let cut: Ran['cut'] = null;
  const child = spawnChild({
    ...{ ...start, cwd, graceMs, stdin: '' },
    onStdout: (bytes) => output.push(bytes),
    stderrTailBytes: 4096,
    purpose: { kind: 'turn', threadId },
  });
  const endBy = (why: NonNullable<Ran['cut']>): Promise<ChildEnd> => {
    cut ??= why;
    return child.stop();
  };
  const onAbort = (): void => void endBy('stopped');
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  onStart(() => endBy('stopped'));
  child.observe();
  const limit = setTimeout(() => void endBy('time'), timeoutMs);
  const teller = setInterval(() => output.flush(), tellEvery);
  try {
    const exit = await child.exited;
    // A command that ended in time is not late because of what it left behind.
    clearTimeout(limit);
    const durationMs = Math.round(performance.now() - began);
    const end = await child.ended;
    output.end();
    return {
      ...{ output, durationMs, cut, exitCode: exit.exitCode, signal: exit.signal },
      survivors: end.survivors.length,
      beside: besideOf(end.stderrTail),
      startError: end.startError,
    };
  } finally {
    clearTimeout(limit);
    clearInterval(teller);
    signal.removeEventListener('abort', onAbort);
  }
}

/** Codex says this of each Codex home in a temporary folder, and goes on. */
const noise = /^WARNING: proceeding, even though we could not create PATH aliases/;

const besideOf = (stderr: string): string =>
  stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !noise.test(line))
    .join('\n')
    .slice(-2000);
