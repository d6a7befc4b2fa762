import type { FileHandle } from 'node:fs/promises';
import { open, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LogEvent } from '../model/index.ts';
import { LanesError } from '../model/index.ts';
import { syncFolder } from '../node/index.ts';
import { readLog, wholeLength } from './log-text.ts';
import { storageError } from './storage-error.ts';

/** What a log's file must be able to do; a FileHandle can. */
export type LogFile = Pick<FileHandle, 'appendFile' | 'truncate' | 'sync' | 'close'>;

/**
 * Opens a log to go on writing. A torn last line is moved to `events.torn-<n>` first, so nothing is lost and what follows
 * starts on a line of its own. Throws LanesError `storage` that names the line where the log does not hold.
 */
export async function openThreadLog(path: string): Promise<{ readonly log: ThreadLog; readonly events: LogEvent[] }> {
  const file = await open(path, 'a+', 0o600);
  try {
    const bytes = await file.readFile();
    const events = readLog(bytes, path);
    const size = wholeLength(bytes);
    if (size < bytes.length) {
      await keepTorn(path, bytes.subarray(size));
      await file.truncate(size);
      await file.sync();
    }
    // Its name is safe before its content is said to be: the first prompt does not wait for it.
    const named = bytes.length === 0 ? syncFolder(dirname(path)) : Promise.resolve();
    return { log: new ThreadLog(file, { size, lastSeq: events.length, named }), events };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function keepTorn(path: string, bytes: Uint8Array): Promise<void> {
  const taken = new Set(await readdir(dirname(path)));
  let n = 1;
  while (taken.has(`events.torn-${n}`)) n += 1;
  await writeFile(join(dirname(path), `events.torn-${n}`), bytes, { flag: 'wx', mode: 0o600, flush: true });
}

type ThreadLogStart = {
  /** Bytes of whole lines. */
  readonly size: number;
  readonly lastSeq: number;
  /** Resolves when the file's name is safe; left out: it is. */
  readonly named?: Promise<void>;
};

/** Appends whole lines to an open log. Not safe to call while a call is under way. */
export class ThreadLog {
  readonly #file: LogFile;
  #size: number;
  #lastSeq: number;
  readonly #named: Promise<void>;
  /** Set when a failed write could not be taken back: the file may end in half a line, so nothing may follow. */
  #broken = false;

  constructor(file: LogFile, at: ThreadLogStart) {
    this.#file = file;
    this.#size = at.size;
    this.#lastSeq = at.lastSeq;
    this.#named = at.named ?? Promise.resolve();
    // It is told by `sync`.
    this.#named.catch(() => undefined);
  }

  /** Bytes of whole lines. */
  get size(): number {
    return this.#size;
  }

  /** One write for the batch: all of it is stored or, when this throws, none of it. */
  async append(events: readonly LogEvent[]): Promise<void> {
    if (this.#broken) throw new LanesError('storage', 'Saving the thread failed before; open it again to go on.');
    let seq = this.#lastSeq;
    for (const event of events) {
      seq += 1;
      if (event.seq !== seq)
        throw new LanesError('internal', `event ${event.seq} was written where ${seq} should follow`);
    }
    const bytes = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    try {
      await this.#file.appendFile(bytes);
    } catch (error) {
      await this.#file.truncate(this.#size).catch(() => {
        this.#broken = true;
      });
      throw storageError(error, 'Saving the thread');
    }
    this.#size += bytes.length;
    this.#lastSeq = seq;
  }

  async sync(): Promise<void> {
    try {
      await this.#named;
      await this.#file.sync();
    } catch (error) {
      throw storageError(error, 'Saving the thread');
    }
  }

  async close(): Promise<void> {
    await this.#named.catch(() => undefined);
    await this.#file.close();
  }
}
