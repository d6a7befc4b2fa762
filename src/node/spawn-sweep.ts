import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessRow } from './spawn-processes.ts';
import { descendantsOf, listProcesses, processesMarked } from './spawn-processes.ts';

/** Named in the environment of every long-lived child, so that what it leaves behind can be found again. */
export const runMarker = 'CODEX_LANES_RUN';

/** Longest wait for killed processes to be gone, in milliseconds. */
const patience = 5000;

/**
 * Finds what a process has started, also after its death: every command of Codex has a session of its own and an orphan
 * has a new parent, so neither the process group nor the parent's pid is enough. Three traces are kept: the descendants
 * seen so far, the sessions they lead, and (on Linux) the marker in their environment.
 */
export class DescendantTracker {
  readonly mark = randomUUID();
  readonly #known = new Map<number, ProcessRow>();

  /** Records the descendants that live now. */
  look(root: number): void {
    for (const row of descendantsOf(root, listProcesses())) this.#known.set(row.pid, row);
  }

  /** Those that are alive now, the root excepted. */
  alive(root: number): readonly ProcessRow[] {
    const table = listProcesses();
    const left = table.filter((row) => this.#known.get(row.pid)?.startedAt === row.startedAt);
    // A session is ours only when its leader was one of the descendants.
    const groups = new Set([...this.#known.values()].filter((row) => row.group === row.pid).map((row) => row.group));
    const found = [
      ...left,
      ...table.filter((row) => groups.has(row.group)),
      ...processesMarked(runMarker, this.mark, table),
      ...descendantsOf(root, table),
    ];
    const below = found.flatMap((row) => descendantsOf(row.pid, table));
    const all = new Map([...found, ...below].map((row) => [row.pid, row]));
    all.delete(root);
    all.delete(process.pid);
    for (const row of all.values()) this.#known.set(row.pid, row);
    return [...all.values()];
  }

  /**
   * Kills what lives until nothing does. Returns how many were killed, and the pids that would not go. For up to `graceMs`
   * milliseconds it waits for them to end by themselves: those are not counted.
   */
  async sweep(root: number, graceMs = 0): Promise<{ readonly killed: number; readonly survivors: readonly number[] }> {
    const leaveBy = performance.now() + graceMs;
    while (performance.now() < leaveBy && this.alive(root).length > 0) await pause(20);
    const killed = new Set<number>();
    const until = performance.now() + patience;
    let emptyLooks = 0;
    for (;;) {
      const alive = this.alive(root);
      emptyLooks = alive.length === 0 ? emptyLooks + 1 : 0;
      // A parent that dies in mid-fork leaves a child that the look before could not list yet.
      if (emptyLooks === (this.#known.size === 0 ? 1 : 2)) return { killed: killed.size, survivors: [] };
      if (performance.now() > until) return { killed: killed.size, survivors: alive.map((row) => row.pid) };
      for (const { pid } of alive) {
        killed.add(pid);
        signalProcess(pid, 'SIGKILL');
      }
      await pause(10);
    }
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
