import { basename } from 'node:path';
import { Emitter } from '../base/index.ts';
import type { LiveProcess } from '../model/index.ts';
import { messageOf } from '../model/index.ts';

/** What a process is started for: shown to the user, who may end it. */
export type Purpose = Pick<LiveProcess, 'kind' | 'threadId'>;

type Entry = { readonly row: LiveProcess; readonly end: () => Promise<unknown> };

/** The processes that were started here and live. */
export class LiveProcesses {
  readonly #entries = new Map<number, Entry>();
  readonly #changes = new Emitter<readonly LiveProcess[]>((error) => process.emitWarning(messageOf(error)));

  /** Oldest first. */
  list(): readonly LiveProcess[] {
    return [...this.#entries.values()].map((entry) => entry.row);
  }

  onChange(listener: (rows: readonly LiveProcess[]) => void): () => void {
    return this.#changes.on(listener);
  }

  /** `end` ends it with all that it started, and resolves when they are gone. The returned function takes the row away. */
  add(started: Purpose & Pick<LiveProcess, 'pid' | 'label'>, end: () => Promise<unknown>): () => void {
    const entry: Entry = { row: { ...started, startedAt: new Date().toISOString() }, end };
    this.#entries.set(started.pid, entry);
    this.#changes.fire(this.list());
    return () => this.#remove(entry);
  }

  /** Ends a process and waits until it is gone; false when none of ours bears this pid (any more). */
  async end(pid: number): Promise<boolean> {
    const entry = this.#entries.get(pid);
    if (entry === undefined) return false;
    await entry.end();
    this.#remove(entry);
    return true;
  }

  /** Ends all of them, also those that are started meanwhile. */
  async endAll(): Promise<void> {
    while (this.#entries.size > 0) {
      await Promise.all([...this.#entries.keys()].map((pid) => this.end(pid)));
    }
  }

  #remove(entry: Entry): void {
    // A later process may bear the same pid.
    if (this.#entries.get(entry.row.pid) !== entry) return;
    this.#entries.delete(entry.row.pid);
    this.#changes.fire(this.list());
  }
}

/**
 * The one list of this operating system process: whoever starts a program through this room is in it, so that a new
 * caller can't be forgotten.
 */
export const liveProcesses = new LiveProcesses();

/** A program and its first words, as they may be shown: nothing behind the first flag, so no prompt, path or value. */
export function labelOf(file: string, args: readonly string[]): string {
  const stop = args.findIndex((arg) => !/^[a-z][a-z-]{0,20}$/.test(arg));
  const words = args.slice(0, stop === -1 ? args.length : stop).slice(0, 2);
  const flag = words.length === 0 && args.length === 1 && /^--[a-z-]+$/.test(args[0] ?? '') ? args.slice(0, 1) : [];
  return [basename(file).replace(/\.exe$/i, ''), ...words, ...flag].join(' ');
}
