import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { pidExists } from './process-start.ts';
import type { ProcessRow } from './spawn-processes.ts';
import { descendantsOf, listProcesses, processesMarked } from './spawn-processes.ts';

/** Named in the environment of every long-lived child, so that what it leaves behind can be found again. */
export const runMarker = 'CODEX_LANES_RUN';

/** Longest wait for killed processes to be gone, in milliseconds. */
export const killPatience = 5000;

/**
 * How long a session is taken for ours after the last known process in it was seen, in milliseconds: while somebody is in it,
 * its number is not given out again.
 */
const sessionTrust = 10_000;

/** What is known of a run's processes beforehand. */
type Traces = {
  readonly mark?: string;
  /** Living ones. */
  readonly known?: readonly ProcessRow[];
  /** Sessions that are the run's. */
  readonly sessions?: readonly number[];
  /** Pids that are not touched, whatever they look like. This process never is. */
  readonly spared?: Iterable<number>;
};

type Swept = {
  readonly killed: number;
  readonly survivors: readonly ProcessRow[];
  /** False: the table could not be read to the end, so that more than the survivors may live. */
  readonly proven: boolean;
};

/**
 * Finds what a process has started, also after its death: every command of Codex has a session of its own and an orphan
 * has a new parent, so neither the process group nor the parent's pid is enough. Three traces are kept: the descendants
 * seen so far, the sessions they lead, and (on Linux) the marker in their environment.
 */
export class DescendantTracker {
  readonly mark: string;
  readonly #known = new Map<number, ProcessRow>();
  /** Sessions that descendants lead, with the moment at which one that is known was last seen in it. */
  readonly #sessions = new Map<number, number>();
  readonly #spared: ReadonlySet<number>;

  constructor({ mark = randomUUID(), known = [], sessions = [], spared = [] }: Traces = {}) {
    this.mark = mark;
    this.#spared = new Set([...spared, process.pid]);
    for (const row of known) this.#know(row);
    for (const session of sessions) this.#sessions.set(session, performance.now());
  }

  /** How many were seen so far. */
  get count(): number {
    return this.#known.size;
  }

  /**
   * Records and returns the descendants that live now, as far as the tree and their sessions tell: cheaper than `alive`.
   * None where the table can't be read.
   */
  look(root: number): readonly ProcessRow[] {
    return this.#found(root, readTable() ?? [], []);
  }

  /**
   * Those that are alive now, the root excepted. A root of null: it is dead, and another may bear its pid. Null where the
   * table can't be read: nobody knows.
   */
  alive(root: number | null): readonly ProcessRow[] | null {
    try {
      const table = listProcesses();
      return this.#found(root, table, processesMarked(runMarker, this.mark, table));
    } catch {
      return null;
    }
  }

  #found(root: number | null, table: readonly ProcessRow[], marked: readonly ProcessRow[]): readonly ProcessRow[] {
    const left = table.filter((row) => this.#known.get(row.pid)?.startedAt === row.startedAt);
    const now = performance.now();
    for (const { group } of left) if (this.#sessions.has(group)) this.#sessions.set(group, now);
    const found = [
      ...left,
      ...table.filter((row) => now - (this.#sessions.get(row.group) ?? -sessionTrust) < sessionTrust),
      ...marked,
      ...(root === null ? [] : descendantsOf(root, table)),
    ];
    const below = found.flatMap((row) => descendantsOf(row.pid, table));
    const all = new Map([...found, ...below].map((row) => [row.pid, row]));
    if (root !== null) all.delete(root);
    for (const pid of this.#spared) all.delete(pid);
    for (const row of all.values()) this.#know(row);
    return [...all.values()];
  }

  /** A session is ours only when its leader is one of the descendants. */
  #know(row: ProcessRow): void {
    this.#known.set(row.pid, row);
    if (row.group === row.pid) this.#sessions.set(row.group, performance.now());
  }

  /** The known ones whose pid is still given out, which can be asked for without the table. */
  #perhapsAlive(root: number | null): readonly ProcessRow[] {
    return [...this.#known.values()].filter(({ pid }) => pid !== root && !this.#spared.has(pid) && pidExists(pid));
  }

  /**
   * Kills what lives until nothing does. Returns how many were killed, and those that would not go. For up to `graceMs`
   * milliseconds it only looks: what ends by itself in that time was not left behind. Nothing is killed unseen. Never rejects.
   */
  async sweep(root: number | null, graceMs = 0): Promise<Swept> {
    const leaveBy = performance.now() + graceMs;
    while (performance.now() < leaveBy && this.alive(root)?.length !== 0) await pause(20);
    const killed = new Set<number>();
    const until = performance.now() + killPatience;
    let emptyLooks = 0;
    for (;;) {
      const alive = this.alive(root);
      emptyLooks = alive?.length === 0 ? emptyLooks + 1 : 0;
      // A parent that dies in mid-fork leaves a child that the look before could not list yet.
      if (emptyLooks === (this.#known.size === 0 ? 1 : 2)) return { killed: killed.size, survivors: [], proven: true };
      if (performance.now() > until) {
        const survivors = alive ?? this.#perhapsAlive(root);
        return { killed: killed.size, survivors, proven: alive !== null };
      }
      for (const { pid } of alive ?? []) {
        killed.add(pid);
        signalProcess(pid, 'SIGKILL');
      }
      await pause(alive === null ? 50 : 10);
    }
  }
}

/**
 * Kills the processes that carry all of `marks` in the environment they were started with, until two looks find none.
 * Returns how many were killed. Linux only: elsewhere none is found. Never rejects.
 */
export async function endMarked(marks: Readonly<Record<string, string>>): Promise<number> {
  const killed = new Set<number>();
  const until = performance.now() + killPatience;
  for (let emptyLooks = 0; emptyLooks < 2 && performance.now() < until; await pause(10)) {
    const alive = markedBy(marks);
    emptyLooks = alive?.length === 0 ? emptyLooks + 1 : 0;
    for (const { pid } of alive ?? []) {
      killed.add(pid);
      signalProcess(pid, 'SIGKILL');
    }
  }
  return killed.size;
}

/** Null where the table can't be read. */
function markedBy(marks: Readonly<Record<string, string>>): readonly ProcessRow[] | null {
  try {
    let rows: readonly ProcessRow[] = listProcesses().filter(({ pid }) => pid !== process.pid);
    for (const [name, value] of Object.entries(marks)) rows = processesMarked(name, value, rows);
    return rows;
  } catch {
    return null;
  }
}

/** Null: it can't be read just now. */
export function readTable(): readonly ProcessRow[] | null {
  try {
    return listProcesses();
  } catch {
    return null;
  }
}

/** Sends a signal; false when there is no such process any more. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
