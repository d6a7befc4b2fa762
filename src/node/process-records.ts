import { randomBytes } from 'node:crypto';
import type { LiveProcess } from '../model/index.ts';
import { JournalFile } from './journal-file.ts';
import type { JournalOwner, JournalProcess, JournalRun } from './journal-text.ts';
import { endLine, ownerLine, ownerStartLine, processLine, runLine, seenLine } from './journal-text.ts';
import { thisBoot, thisMachine } from './machine.ts';
import { processStart } from './process-start.ts';
import type { ProcessRow } from './spawn-processes.ts';
import { processRow } from './spawn-processes.ts';

export type JournalOptions = {
  /** Its processes are written down in a folder `processes` of this one. */
  readonly dataHome: string;
  /** What this process is, in words for the user. */
  readonly label: string;
  /** Hears once that nothing can be written down. */
  readonly warn: (message: string) => void;
};

/** What is written down of one program, from before its start to its end. None of it throws or waits. */
export type ProcessRecord = {
  readonly started: (pid: number) => void;
  readonly seen: (rows: readonly ProcessRow[]) => void;
  /**
   * What survived stays on record: the next start of the product tries again. Where it is not `proven` that this is all, so
   * does the whole run.
   */
  readonly ended: (survivors: readonly ProcessRow[], proven: boolean) => void;
};

/**
 * The programs that this operating system process has started and that live, written down in a journal a data home, so
 * that the next start of the product finds them when this process dies without a word. A line is in the file when the call
 * returns (about 20 µs): a SIGKILL of this process in the next instruction loses nothing.
 */
export class ProcessRecords {
  readonly #runs = new Map<string, JournalRun>();
  readonly #journals = new Map<string, { readonly file: JournalFile; users: number }>();
  readonly #since = new Date().toISOString();
  readonly #token = randomBytes(6).toString('hex');
  #ownStart = processRow(process.pid)?.startedAt ?? null;

  /** Writes nothing yet. The returned function takes the journal away, when nothing is on record any more. */
  attach(options: JournalOptions): () => void {
    const known = this.#journals.get(options.dataHome);
    const journal = known ?? { file: this.#file(options), users: 0 };
    journal.users += 1;
    this.#journals.set(options.dataHome, journal);
    if (this.#ownStart === null) void this.#learnOwnStart();
    let attached = true;
    return () => {
      if (!attached) return;
      attached = false;
      journal.users -= 1;
      if (journal.users > 0) return;
      this.#journals.delete(options.dataHome);
      if (this.#runs.size === 0) journal.file.remove();
    };
  }

  /** To be called before the start: its owner may die in the middle of that. */
  begin(mark: string, what: Pick<LiveProcess, 'label' | 'kind' | 'threadId'>): ProcessRecord {
    const startedAt = new Date().toISOString();
    const { label, kind, threadId } = what;
    this.#runs.set(mark, { mark, label, kind, threadId, startedAt, process: null, seen: [] });
    this.#write(runLine({ mark, label, kind, threadId, startedAt }));
    const seen = (rows: readonly ProcessRow[]): void => {
      const run = this.#runs.get(mark);
      const fresh = rows.filter((row) => !run?.seen.some((one) => isSame(one, row))).map(journalled);
      if (run === undefined || fresh.length === 0) return;
      this.#runs.set(mark, { ...run, seen: [...run.seen, ...fresh] });
      this.#write(seenLine(mark, fresh));
    };
    return {
      started: (pid) => {
        const row = processRow(pid);
        this.#started(mark, { pid, start: row?.startedAt ?? null, group: row?.group ?? 0 });
        if (row === null) void this.#learnStart(mark, pid);
      },
      seen,
      ended: (survivors, proven) => {
        if (proven) this.#ended(mark, survivors.map(journalled));
        else seen(survivors);
      },
    };
  }

  #started(mark: string, process: JournalProcess): void {
    const run = this.#runs.get(mark);
    if (run === undefined) return;
    this.#runs.set(mark, { ...run, process });
    this.#write(processLine(mark, process));
  }

  #ended(mark: string, survivors: readonly JournalProcess[]): void {
    const run = this.#runs.get(mark);
    if (run === undefined) return;
    if (survivors.length > 0) {
      this.#runs.set(mark, { ...run, seen: survivors });
      this.#write(seenLine(mark, survivors));
      return;
    }
    this.#runs.delete(mark);
    this.#write(endLine(mark));
    if (this.#runs.size > 0) return;
    for (const { file } of this.#journals.values()) file.removeSoon(() => this.#runs.size === 0);
  }

  /** Where the system has to be asked by a program of its own (macOS): not while a prompt waits. */
  async #learnStart(mark: string, pid: number): Promise<void> {
    const start = await startAsListed(pid);
    if (start !== null) this.#started(mark, { pid, start, group: 0 });
  }

  async #learnOwnStart(): Promise<void> {
    const start = await startAsListed(process.pid);
    if (start === null || this.#ownStart !== null) return;
    this.#ownStart = start;
    if (this.#runs.size > 0) this.#write(ownerStartLine(start));
  }

  #write(line: string): void {
    for (const { file } of this.#journals.values()) file.write(line);
  }

  #file({ dataHome, label, warn }: JournalOptions): JournalFile {
    return new JournalFile({
      dataHome,
      name: `${process.pid}-${this.#token}`,
      whole: () => this.#whole(label),
      warn,
    });
  }

  #whole(label: string): string {
    const owner: JournalOwner = {
      pid: process.pid,
      start: this.#ownStart,
      boot: thisBoot(),
      machine: thisMachine(),
      label,
      since: this.#since,
    };
    const runs = [...this.#runs.values()].flatMap((run) => [
      runLine(run),
      ...(run.process === null ? [] : [processLine(run.mark, run.process)]),
      ...(run.seen.length === 0 ? [] : [seenLine(run.mark, run.seen)]),
    ]);
    return [ownerLine(owner), ...runs].join('');
  }
}

/** The one record of this operating system process. */
export const processRecords = new ProcessRecords();

/** In the form of the process table. Null on Windows. */
async function startAsListed(pid: number): Promise<string | null> {
  // On Linux the table tells at once, or the process is gone.
  if (process.platform === 'linux') return null;
  return (await processStart(pid))?.replace(/\s+/g, ' ') ?? null;
}

const journalled = ({ pid, startedAt, group }: ProcessRow): JournalProcess => ({ pid, start: startedAt, group });

const isSame = (one: JournalProcess, row: ProcessRow): boolean => one.pid === row.pid && one.start === row.startedAt;
