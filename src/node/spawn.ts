import type { ChildProcess } from 'node:child_process';
import type { Writable } from 'node:stream';
import { execa } from 'execa';
import type { Purpose } from './live-processes.ts';
import { labelOf, liveProcesses } from './live-processes.ts';
import { processRecords } from './process-records.ts';
import { DescendantTracker, endMarked, killPatience, readTable, runMarker, signalProcess } from './spawn-sweep.ts';
import { taskkill } from './spawn-taskkill.ts';

/** What ended a process: nothing of ours, a polite signal, or the last resort. */
export type ChildKillStep = 'none' | 'SIGINT' | 'SIGKILL';

export type ChildOptions = {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. A marker variable is added, by which orphans are found. */
  readonly env: Readonly<Record<string, string>>;
  /** Written to stdin, which is then closed; null = it stays open, as {@link Child.stdin}. */
  readonly stdin: string | null;
  readonly onStdout: (bytes: Uint8Array) => void;
  readonly onStderr?: (bytes: Uint8Array) => void;
  /** How much of stderr's end is kept, in bytes. Default 64 KiB. */
  readonly stderrTailBytes?: number;
  /** Milliseconds between SIGINT and SIGKILL. Default 2,000. */
  readonly graceMs?: number;
  /** What it is for, in the list of living processes. Default: a question to a program. */
  readonly purpose?: Purpose;
};

export type ChildEnd = {
  /** Null when a signal ended it or it never started. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly killStep: ChildKillStep;
  readonly stderrTail: string;
  /** Processes that it left behind and that were killed. */
  readonly leftBehind: number;
  /** Pids that could not be killed: empty, or the machine is in trouble. */
  readonly survivors: readonly number[];
  /** False: the list of processes could not be read, so that more of it than the survivors may live. All stays on record. */
  readonly proven: boolean;
  /** Why it could not be started (the system's code and words); null = it was. */
  readonly startError: string | null;
};

/** How the process itself ended, and what it said last. */
export type ChildExit = Pick<ChildEnd, 'exitCode' | 'signal' | 'startError' | 'stderrTail'>;

export type Child = {
  readonly pid: number | null;
  /** Open for a program that is talked to. A write to one that is gone is lost: its end says so. Null = it is closed. */
  readonly stdin: Writable | null;
  /** Resolves as soon as the process is gone and its output is read, before what it started is looked for. Never rejects. */
  readonly exited: Promise<ChildExit>;
  /**
   * Resolves when the process and all that it started are gone and its output is read, or when it says in `survivors` and
   * `proven` that they are not. Never rejects.
   */
  readonly ended: Promise<ChildEnd>;
  /** Ends it: SIGINT, after the grace SIGKILL, then its descendants. The same promise as `ended`. */
  readonly stop: () => Promise<ChildEnd>;
  /**
   * To be called when it is about to start processes of its own: they are looked for in the next seconds and written down,
   * so that they are found after a crash of ours even where they have lost our mark. Returns at once.
   */
  readonly observe: () => void;
  /**
   * Kills what it started, and what that started, with `name=value` in its environment, and lets the rest run. Returns how
   * many there were. Linux only: elsewhere none is found. Never rejects.
   */
  readonly endPart: (name: string, value: string) => Promise<number>;
};

/** When is looked after a call of `observe`, in milliseconds after it. Each look costs some milliseconds. */
const observeAfter = [250, 1000, 5000, 20_000] as const;

/** How long output may lag behind the end of its process, in milliseconds: a pipe that a stranger holds open is let go. */
const outputPatience = 2000;

/** How long what a program started may outlive it before it counts as left behind, in milliseconds: a shell that is about to end. */
const leaveTime = 1000;

/** Starts a long-lived program, for streaming. The caller's callbacks get the raw bytes; nothing is buffered here. */
export function spawnChild(options: ChildOptions): Child {
  const tracker = new DescendantTracker();
  const shown = {
    label: labelOf(options.file, options.args),
    kind: 'probe',
    threadId: null,
    ...options.purpose,
  } as const;
  const record = processRecords.begin(tracker.mark, shown);
  const subprocess = execa(options.file, [...options.args], {
    cwd: options.cwd,
    env: { ...options.env, [runMarker]: tracker.mark },
    extendEnv: false,
    ...(options.stdin === null ? { stdin: 'pipe' } : { input: options.stdin }),
    stdout: 'pipe',
    stderr: 'pipe',
    buffer: false,
    reject: false,
    cleanup: true,
    windowsHide: true,
    // The ladder below is ours: execa's would kill after 5 s of its own and knows no sessions.
    forceKillAfterDelay: false,
  });
  const processOf = subprocess.nodeChildProcess;
  const pid = subprocess.pid ?? null;
  if (pid !== null) record.started(pid);
  const tail = new ByteTail(options.stderrTailBytes ?? 64 * 1024);
  subprocess.stdout.on('data', (bytes: Uint8Array) => options.onStdout(bytes));
  subprocess.stderr.on('data', (bytes: Uint8Array) => {
    tail.push(bytes);
    options.onStderr?.(bytes);
  });
  // A pipe whose reader is gone: what matters is how that ended.
  if (options.stdin === null) processOf.stdin?.on('error', () => undefined);
  const settled = subprocess.then((result) => ({
    exitCode: result.exitCode ?? null,
    signal: (result.signal as NodeJS.Signals | undefined) ?? null,
    startError: pid === null ? (result.originalMessage ?? 'it could not be started') : null,
  }));
  const exited = exitOf(processOf, settled);
  const graceMs = options.graceMs ?? 2000;
  let killStep: ChildKillStep = 'none';
  let stopping = false;
  const deaf = Promise.withResolvers<Exit>();
  const watch = new Watch(() => {
    if (pid !== null) record.seen(tracker.look(pid));
  });

  const ended = (async (): Promise<ChildEnd> => {
    const exit = await Promise.race([exited, deaf.promise]);
    watch.stop();
    // After the death, since a living process could start more.
    const endedByItself = killStep === 'none' && exit.signal === null;
    const swept = pid === null ? nothingSwept : await tracker.sweep(pid, endedByItself ? leaveTime : 0);
    if (!(await within(settled, outputPatience))) {
      subprocess.stdout.destroy();
      subprocess.stderr.destroy();
    }
    const deafRoot = exit === deafExit ? (readTable()?.filter((row) => row.pid === pid) ?? null) : [];
    const survivors = [...(deafRoot ?? []), ...swept.survivors];
    const proven = swept.proven && deafRoot !== null;
    record.ended(survivors, proven);
    return {
      ...exit,
      killStep,
      stderrTail: tail.text(),
      leftBehind: swept.killed,
      survivors: survivors.map((row) => row.pid),
      proven,
    };
  })();

  const climb = async (root: number): Promise<void> => {
    tracker.look(root);
    if (process.platform === 'win32') {
      // Windows has no SIGINT for another process; taskkill ends the tree while the parents are still known.
      killStep = 'SIGKILL';
      await taskkill(root);
      return;
    }
    if (!signalProcess(root, 'SIGINT')) return;
    killStep = 'SIGINT';
    if (await within(exited, graceMs)) return;
    tracker.look(root);
    if (!signalProcess(root, 'SIGKILL')) return;
    killStep = 'SIGKILL';
    // It hangs inside the kernel (a dead network drive): the turn does not wait for that.
    if (!(await within(exited, killPatience))) deaf.resolve(deafExit);
  };

  const exitRead = (async (): Promise<ChildExit> => {
    const exit = await Promise.race([exited, deaf.promise]);
    await within(settled, outputPatience);
    return { ...exit, stderrTail: tail.text() };
  })();

  const stop = async (): Promise<ChildEnd> => {
    if (!stopping && pid !== null && processOf.exitCode === null && processOf.signalCode === null) {
      stopping = true;
      await climb(pid);
    }
    return ended;
  };
  if (pid !== null) void ended.then(liveProcesses.add({ pid, ...shown }, stop));
  const stdin = options.stdin === null ? processOf.stdin : null;
  const endPart = (name: string, value: string): Promise<number> =>
    endMarked({ [runMarker]: tracker.mark, [name]: value });
  return { pid, stdin, exited: exitRead, ended, stop, observe: () => watch.start(), endPart };
}

type Exit = Pick<ChildEnd, 'exitCode' | 'signal' | 'startError'>;

const deafExit: Exit = { exitCode: null, signal: null, startError: null };

const nothingSwept = { killed: 0, survivors: [], proven: true } as const;

/** Looks a few times, further and further apart, after each start anew. */
class Watch {
  readonly #look: () => void;
  #next: NodeJS.Timeout | null = null;
  #step = 0;
  #stopped = false;

  constructor(look: () => void) {
    this.#look = look;
  }

  start(): void {
    this.#step = 0;
    this.#plan();
  }

  stop(): void {
    this.#stopped = true;
    if (this.#next !== null) clearTimeout(this.#next);
  }

  /** One look is planned at a time: many starts in a row cost no more than one. */
  #plan(): void {
    const after = observeAfter[this.#step];
    if (this.#stopped || this.#next !== null || after === undefined) return;
    this.#next = setTimeout(() => {
      this.#next = null;
      this.#step += 1;
      this.#look();
      this.#plan();
    }, after).unref();
  }
}

/** Not execa's own promise alone: that waits for the pipes too, and an orphan can hold one open for ever. */
function exitOf(child: ChildProcess, settled: Promise<Exit>): Promise<Exit> {
  const exit = new Promise<Exit>((resolve) => {
    child.once('exit', (exitCode, signal) => resolve({ exitCode, signal, startError: null }));
  });
  return Promise.race([exit, settled]);
}

/** True when the promise was settled in time. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const settled = promise.then(
    () => true,
    () => true,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The last bytes of a stream. */
class ByteTail {
  readonly #max: number;
  #parts: Uint8Array[] = [];
  #size = 0;

  constructor(max: number) {
    this.#max = max;
  }

  push(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#size += bytes.length;
    // Joined only when twice as much has come: linear in the bytes.
    if (this.#size > 2 * this.#max) {
      const joined = Buffer.concat(this.#parts).subarray(-this.#max);
      this.#parts = [joined];
      this.#size = joined.length;
    }
  }

  text(): string {
    return Buffer.concat(this.#parts).subarray(-this.#max).toString('utf8');
  }
}
