import { execa } from 'execa';
import { DescendantTracker, runMarker, signalProcess } from './spawn-sweep.ts';
import { taskkill } from './spawn-taskkill.ts';

export type ShortRunOptions = {
  /** The whole environment: nothing is inherited. A marker variable is added, by which orphans are found. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly stdin?: string;
  /** Most output that is taken, in bytes a stream; with more the program is ended. Default 1 MiB. */
  readonly maxOutput?: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
};

export type ShortRun = {
  /** Null when a signal ended it, it ran out of time or it never started. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Why there is no exit code, in words for the user; null = there is one. */
  readonly problem: string | null;
};

/**
 * Runs a program to its end within a time limit, for its output. One that runs out of time or output is killed with all
 * that it started: a child of it that holds its pipes open would keep us waiting for ever. Never rejects.
 */
export async function runShort(file: string, args: readonly string[], options: ShortRunOptions): Promise<ShortRun> {
  if (options.signal?.aborted) return { exitCode: null, stdout: '', stderr: '', problem: 'cancelled' };
  const tracker = new DescendantTracker();
  const taken = { stdout: new Taken(options.maxOutput), stderr: new Taken(options.maxOutput) };
  const subprocess = execa(file, [...args], {
    env: { ...options.env, [runMarker]: tracker.mark },
    extendEnv: false,
    input: options.stdin ?? '',
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    windowsHide: true,
    forceKillAfterDelay: false,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const { pid } = subprocess;
  let ending: { readonly why: string; readonly done: Promise<void> } | null = null;
  const end = (why: string): void => {
    if (pid === undefined || ending !== null) return;
    ending = { why, done: kill(pid, tracker) };
    const letGo = (): void => {
      subprocess.stdout.destroy();
      subprocess.stderr.destroy();
    };
    ending.done.then(letGo, letGo);
  };
  for (const name of ['stdout', 'stderr'] as const) {
    subprocess[name].on('data', (bytes: Uint8Array) => {
      if (!taken[name].push(bytes)) end('it printed too much');
    });
  }
  const timer = setTimeout(() => end(`no answer within ${options.timeoutMs / 1000} s`), options.timeoutMs);
  const cancel = (): void => end('cancelled');
  options.signal?.addEventListener('abort', cancel, { once: true });
  try {
    const result = await subprocess;
    const ended = ending as { readonly why: string; readonly done: Promise<void> } | null;
    await ended?.done;
    // A process of its own that held a pipe is no reason to doubt a program that ended well.
    const exitCode = result.exitCode ?? null;
    const problem =
      exitCode !== null
        ? null
        : (ended?.why ??
          (result.signal !== undefined
            ? `ended by ${result.signal}`
            : (result.originalMessage ?? 'it could not be started')));
    return { exitCode, stdout: taken.stdout.text(), stderr: taken.stderr.text(), problem };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', cancel);
  }
}

async function kill(pid: number, tracker: DescendantTracker): Promise<void> {
  if (process.platform === 'win32') return taskkill(pid);
  tracker.look(pid);
  signalProcess(pid, 'SIGKILL');
  await tracker.sweep(pid);
}

/** The output of a stream up to a limit. */
class Taken {
  readonly #max: number;
  readonly #parts: Uint8Array[] = [];
  #size = 0;

  constructor(max = 1024 * 1024) {
    this.#max = max;
  }

  /** False when it is too much: nothing more is kept. */
  push(bytes: Uint8Array): boolean {
    if (this.#size > this.#max) return false;
    this.#parts.push(bytes);
    this.#size += bytes.length;
    return this.#size <= this.#max;
  }

  text(): string {
    return Buffer.concat(this.#parts)
      .toString('utf8')
      .replace(/\r?\n$/, '');
  }
}
