import { constants, setPriority } from 'node:os';
import { execa } from 'execa';
import type { Purpose } from './live-processes.ts';
import { labelOf, liveProcesses } from './live-processes.ts';
import { processRecords } from './process-records.ts';
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
  /** Output as it is, one character a byte (`latin1`). Default: UTF-8 without its last line end. */
  readonly asBytes?: boolean;
  /** Ends it early. */
  readonly signal?: AbortSignal;
  /** What it is for, in the list of living processes. Default: a question to a program. */
  readonly purpose?: Purpose;
  /** What else runs comes first: for what nobody waits for. */
  readonly background?: boolean;
  /** Starts it without our terminal: an interactive shell would take that from the user. Not on Windows. */
  readonly ownSession?: boolean;
};

/** What kept a program from ending by itself. */
export type ShortRunFailure = 'not-started' | 'no-answer' | 'too-much-output' | 'cancelled' | 'signal';

export type ShortRun = {
  /** Null when a signal ended it, it ran out of time or it never started. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Null = there is an exit code. */
  readonly failure: ShortRunFailure | null;
  /** The failure in words for the user; null = there is none. */
  readonly problem: string | null;
};

/** What we did to a program, which had `left` by itself before or had not. */
type Ending = {
  readonly failure: ShortRunFailure;
  readonly problem: string;
  readonly left: boolean;
  readonly done: Promise<void>;
};

/**
 * Runs a program to its end within a time limit, for its output. One that runs out of time or output is killed with all
 * that it started: a child of it that holds its pipes open would keep us waiting for ever. Never rejects.
 */
export async function runShort(file: string, args: readonly string[], options: ShortRunOptions): Promise<ShortRun> {
  if (options.signal?.aborted) return { ...nothing, failure: 'cancelled', problem: 'cancelled' };
  const tracker = new DescendantTracker();
  const own = { label: labelOf(file, args), kind: 'probe', threadId: null, ...options.purpose } as const;
  const record = processRecords.begin(tracker.mark, own);
  let left: Left = nothingLeft;
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
    detached: options.ownSession === true && process.platform !== 'win32',
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const { pid } = subprocess;
  if (pid !== undefined) record.started(pid);
  if (pid !== undefined && options.background === true) stepBack(pid);
  const endings: Ending[] = [];
  const end = (failure: ShortRunFailure, problem: string): void => {
    if (pid === undefined || endings.length > 0) return;
    const done = kill(pid, tracker)
      .then((swept) => {
        left = swept;
      })
      .finally(() => {
        subprocess.stdout.destroy();
        subprocess.stderr.destroy();
      });
    const { exitCode } = subprocess.nodeChildProcess;
    endings.push({ failure, problem, left: exitCode !== null, done });
  };
  for (const name of ['stdout', 'stderr'] as const) {
    subprocess[name].on('data', (bytes: Uint8Array) => {
      if (!taken[name].push(bytes)) end('too-much-output', 'it printed too much');
    });
  }
  const timer = setTimeout(() => end('no-answer', `no answer within ${options.timeoutMs / 1000} s`), options.timeoutMs);
  const cancel = (): void => end('cancelled', 'cancelled');
  const endByHand = async (): Promise<void> => {
    end('cancelled', 'it was ended by hand');
    await Promise.all([endings[0]?.done, subprocess]);
  };
  const forget = pid === undefined ? null : liveProcesses.add({ pid, ...own }, endByHand);
  options.signal?.addEventListener('abort', cancel, { once: true });
  try {
    const result = await subprocess;
    await endings[0]?.done;
    const output = {
      stdout: options.asBytes === true ? taken.stdout.bytes() : taken.stdout.text(),
      stderr: taken.stderr.text(),
    };
    // One that ended well is not doubted because a process of its own held a pipe open. Windows gives a killed one a code.
    const [ending] = endings;
    if (ending !== undefined && !ending.left) {
      const { failure, problem } = ending;
      return { ...output, exitCode: null, failure, problem };
    }
    if (result.exitCode !== undefined) return { ...output, exitCode: result.exitCode, failure: null, problem: null };
    if (result.signal !== undefined) {
      return { ...output, exitCode: null, failure: 'signal', problem: `ended by ${result.signal}` };
    }
    const problem = result.originalMessage ?? 'it could not be started';
    return { ...output, exitCode: null, failure: 'not-started', problem };
  } finally {
    forget?.();
    record.ended(left.survivors, left.proven);
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', cancel);
  }
}

const nothing = { exitCode: null, stdout: '', stderr: '' } as const;

function stepBack(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended by now, or the system does not want it.
  }
}

type Left = Pick<Awaited<ReturnType<DescendantTracker['sweep']>>, 'survivors' | 'proven'>;

const nothingLeft: Left = { survivors: [], proven: true };

/** Returns what would not go. */
async function kill(pid: number, tracker: DescendantTracker): Promise<Left> {
  if (process.platform === 'win32') {
    await taskkill(pid);
    return nothingLeft;
  }
  tracker.look(pid);
  signalProcess(pid, 'SIGKILL');
  return tracker.sweep(pid);
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

  bytes(): string {
    return Buffer.concat(this.#parts).toString('latin1');
  }

  text(): string {
    return Buffer.concat(this.#parts)
      .toString('utf8')
      .replace(/\r?\n$/, '');
  }
}
