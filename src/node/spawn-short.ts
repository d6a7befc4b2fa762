import { execa } from 'execa';

export type ShortRunOptions = {
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly stdin?: string;
};

export type ShortRun = {
  /** Null when a signal ended it, it ran out of time or it never started. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no exit code, in words for the user; null = there is one. */
  readonly problem: string | null;
};

/** Most output of a short run that is taken, in characters a stream. */
const maxOutput = 1024 * 1024;

/** Runs a program to its end within a time limit, for its output. Never rejects. */
export async function runShort(file: string, args: readonly string[], options: ShortRunOptions): Promise<ShortRun> {
  const result = await execa(file, [...args], {
    env: options.env,
    extendEnv: false,
    input: options.stdin ?? '',
    timeout: options.timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: maxOutput,
    reject: false,
    windowsHide: true,
    stripFinalNewline: true,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const problem =
    result.exitCode !== undefined
      ? null
      : result.timedOut
        ? `no answer within ${options.timeoutMs / 1000} s`
        : result.signal !== undefined
          ? `ended by ${result.signal}`
          : (result.originalMessage ?? 'it could not be started');
  return { exitCode: result.exitCode ?? null, stdout: result.stdout, stderr: result.stderr, problem };
}
