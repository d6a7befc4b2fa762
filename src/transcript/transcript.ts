import type { Stats } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogEvent, ThreadId } from '../model/index.ts';
import { isTerminal, LanesError, messageOf } from '../model/index.ts';
import type { Lock } from '../node/index.ts';
import { acquireLock, claimFormat, codeOf, isLocked, writeFileAtomic } from '../node/index.ts';
import type { Log, ThreadSummary, ThreadWriter, Transcript } from '../ports/index.ts';
import { readLegible, readLog, renamedLines } from './log-text.ts';
import { makeLog } from './make-log.ts';
import { redactEvent } from './redact.ts';
import { storageError } from './storage-error.ts';
import type { StoredSummary, SummaryState } from './summary.ts';
import { changesSummary, emptySummary, parseSummary, summarize, summaryOf, summaryText } from './summary.ts';
import type { ThreadLog } from './thread-log.ts';
import { openThreadLog } from './thread-log.ts';

export type TranscriptDeps = {
  /** The folder of all threads; made when it is first needed. Its parent exists. */
  readonly folder: string;
  /** Values that must never reach the disk, as known at this moment. */
  readonly secrets: () => readonly string[];
  /** What this process is, for the message of whoever finds a thread taken: `a VS Code window`. */
  readonly label: string;
  readonly log: Log;
};

const storeFormat = { format: 'codex-lanes/threads', version: 1 };
const goodId = /^[A-Za-z0-9-]{1,64}$/;

/** The Transcript port on files: `<folder>/<threadId>/events.jsonl` is the source, `summary.json` beside it is rebuildable. */
export function createTranscript(deps: TranscriptDeps): Transcript {
  let ready: Promise<void> | null = null;
  const prepare = (): Promise<void> => {
    ready ??= prepareStore(deps.folder).catch((error: unknown) => {
      ready = null;
      throw error;
    });
    return ready;
  };
  return {
    open: async (id) => {
      const folder = folderOf(deps.folder, id);
      await prepare();
      return openWriter(deps, id, folder);
    },
    read: async (id) => {
      const path = join(folderOf(deps.folder, id), 'events.jsonl');
      await prepare();
      try {
        return readLog(await readFile(path), path);
      } catch (error) {
        if (codeOf(error) === 'ENOENT')
          throw new LanesError('not-found', `There is no thread ${id}.`, { cause: error });
        throw storageError(error, 'Reading the thread');
      }
    },
    copy: async (from, to, then) => {
      const source = join(folderOf(deps.folder, from), 'events.jsonl');
      const folder = folderOf(deps.folder, to);
      await prepare();
      await copyLog(source, { folder, to, then });
    },
    make: async (to, events) => {
      const folder = folderOf(deps.folder, to);
      await prepare();
      await makeLog(folder, events, deps.secrets());
    },
    list: async () => {
      await prepare();
      const names = (await readdir(deps.folder)).filter((name) => name !== 'format' && goodId.test(name));
      const found = await Promise.all(names.map((name) => summaryIn(deps, name as ThreadId)));
      return found.filter((one) => one !== null).sort((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
    },
  };
}

type Listed = { readonly log: Stats; readonly path: string; readonly id: ThreadId };

async function summaryFrom(stored: StoredSummary | null, { log, path, id }: Listed): Promise<ThreadSummary | null> {
  if (stored !== null && stored.size === log.size) return stored.summary;
  // A turn is being written: what the list shows stands, only the time has gone on.
  if (stored !== null && stored.size < log.size) return { ...stored.summary, updatedAt: log.mtime.toISOString() };
  return summaryOf(readLegible(await readFile(path)).reduce(summarize, emptySummary(id)));
}

async function prepareStore(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await claimFormat(join(folder, 'format'), storeFormat);
  } catch (error) {
    throw storageError(error, `Opening the thread folder ${folder}`);
  }
}

/** An id becomes a folder's name, so nothing but an id may pass. */
function folderOf(folder: string, id: string): string {
  if (!goodId.test(id)) throw new LanesError('bad-input', `"${id.slice(0, 80)}" is not the id of a thread.`);
  return join(folder, id);
}

async function openWriter(deps: TranscriptDeps, id: ThreadId, folder: string): Promise<ThreadWriter> {
  let lock: Lock | null = null;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    lock = await acquireLock(join(folder, 'lock'), { what: 'This thread', label: deps.label });
    const { log, events } = await openThreadLog(join(folder, 'events.jsonl'));
    const state = events.reduce(summarize, emptySummary(id));
    return new FileThreadWriter({ deps, folder, lock, log, stored: { state, size: log.size } }, events.length);
  } catch (error) {
    lock?.release();
    throw storageError(error, 'Opening the thread');
  }
}

type Opened = {
  readonly deps: TranscriptDeps;
  readonly folder: string;
  readonly lock: Lock;
  readonly log: ThreadLog;
  /** What is stored in short, and how long the log is with it. */
  stored: { readonly state: SummaryState; readonly size: number };
};

class FileThreadWriter implements ThreadWriter {
  readonly #opened: Opened;
  /** The last call; the next one waits for it, so that batches land in the order they were given. */
  #last: Promise<unknown> = Promise.resolve();
  #closed: Promise<void> | null = null;
  #summaryIsOld = false;
  #namesNative = false;
  /** The summary that is being written, and one more that waits for it. No event waits for either. */
  #summary: Promise<void> = Promise.resolve();
  #summaryWaits = false;

  readonly lastSeq: number;

  constructor(opened: Opened, lastSeq: number) {
    this.#opened = opened;
    this.lastSeq = lastSeq;
  }

  readonly append = (events: readonly LogEvent[]): Promise<readonly LogEvent[]> => {
    if (this.#closed !== null) return Promise.reject(new LanesError('internal', 'the thread is closed'));
    const stored = this.#next(() => this.#store(events));
    // Whoever waits for the batch need not wait for the disk's own cache; the next batch does.
    void this.#next(async () => {
      const safe = await stored.catch(() => []);
      await this.#settle(safe);
    }).catch((error: unknown) => this.#opened.deps.log.error('saving a thread failed', error));
    return stored;
  };

  readonly close = (): Promise<void> => {
    this.#closed ??= this.#next(() => this.#end());
    return this.#closed;
  };

  #next<T>(call: () => Promise<T>): Promise<T> {
    const run = this.#last.then(call);
    this.#last = run.catch(() => undefined);
    return run;
  }

  async #store(events: readonly LogEvent[]): Promise<readonly LogEvent[]> {
    if (events.length === 0) return events;
    const { deps, log } = this.#opened;
    const secrets = deps.secrets();
    const safe = events.map((event) => redactEvent(event, secrets));
    await log.append(safe);
    const before = this.#opened.stored.state;
    const state = safe.reduce(summarize, before);
    // Together, so that no summary is taken for one of a longer log.
    this.#opened.stored = { state, size: log.size };
    this.#summaryIsOld = true;
    // Another window lists what is not known to be ours as Codex's own.
    this.#namesNative ||= before.nativeThreadIds !== state.nativeThreadIds;
    return safe;
  }

  async #settle(safe: readonly LogEvent[]): Promise<void> {
    const { log } = this.#opened;
    const isEnd = safe.some(isTerminal);
    if (isEnd) await log.sync();
    // Who hears of the receipt finds the turn ended in the list, too; and what is ours is not listed as Codex's own.
    const first = isEnd || this.#namesNative;
    if (first || safe.some(changesSummary)) this.#renewSummary();
    if (first) await this.#summary;
  }

  /** Beside the log: what it waits for would hold up the first word of an answer. */
  #renewSummary(): void {
    if (this.#summaryWaits) return;
    this.#summaryWaits = true;
    this.#summary = this.#summary.then(() => {
      this.#summaryWaits = false;
      return this.#writeSummary();
    });
  }

  async #end(): Promise<void> {
    const { lock, log } = this.#opened;
    try {
      await log.sync();
      await this.#summary;
      if (this.#summaryIsOld) await this.#writeSummary();
    } finally {
      await log.close().finally(lock.release);
    }
  }

  /** A summary can be made again from the log: failing to write one is no reason to fail a turn. */
  async #writeSummary(): Promise<void> {
    const { deps, folder, stored } = this.#opened;
    const summary = summaryOf(stored.state);
    if (summary === null) return;
    const namesNative = this.#namesNative;
    this.#summaryIsOld = false;
    this.#namesNative = false;
    try {
      await writeFileAtomic(join(folder, 'summary.json'), summaryText({ summary, size: stored.size }));
    } catch (error) {
      this.#summaryIsOld = true;
      this.#namesNative ||= namesNative;
      deps.log.warn(`the summary of a thread was not written: ${messageOf(error)}`);
    }
  }
}

type CopyTo = { readonly folder: string; readonly to: ThreadId; readonly then: readonly LogEvent[] };

async function copyLog(source: string, { folder, to, then }: CopyTo): Promise<void> {
  try {
    const bytes = await readFile(source);
    // Damage is found here rather than carried on.
    const { length } = readLog(bytes, source);
    for (const [i, event] of then.entries()) {
      if (event.seq !== length + 1 + i)
        throw new LanesError('conflict', 'The thread was written meanwhile; try again.');
    }
    const lines = renamedLines(bytes, to) + then.map((event) => `${JSON.stringify(event)}\n`).join('');
    // Alone in a folder that nobody knows of yet: whole or not at all.
    await mkdir(folder, { mode: 0o700 });
    await writeFileAtomic(join(folder, 'events.jsonl'), lines).catch(async (error: unknown) => {
      await rm(folder, { recursive: true, force: true });
      throw error;
    });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new LanesError('not-found', 'The thread is not there.', { cause: error });
    throw storageError(error, 'Copying the thread');
  }
}

/** Null: no thread here, or nothing was written to it yet. Never throws: one damaged thread must not hide the others. */
async function summaryIn(deps: TranscriptDeps, id: ThreadId): Promise<ThreadSummary | null> {
  const folder = join(deps.folder, id);
  const path = join(folder, 'events.jsonl');
  try {
    const log = await stat(path);
    const stored = parseSummary(id, await readFile(join(folder, 'summary.json'), 'utf8').catch(() => ''));
    const found = await summaryFrom(stored, { log, path, id });
    // Whoever ran it is gone: the log says so when it is opened next.
    if (found?.state === 'running' && !(await isLocked(join(folder, 'lock'))))
      return { ...found, state: 'interrupted' };
    return found;
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') deps.log.warn(`a thread could not be listed: ${messageOf(error)}`);
    return null;
  }
}
