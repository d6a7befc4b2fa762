import { closeSync, constants, lstatSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../model/index.ts';
import { codeOf } from './atomic-file.ts';
import { isForeignHome } from './data-home.ts';

export type JournalFileOptions = {
  readonly dataHome: string;
  /** Without its ending. */
  readonly name: string;
  /** The whole content as of now. */
  readonly whole: () => string;
  /** Hears once that nothing can be written. */
  readonly warn: (message: string) => void;
};

/** Where the journals of a data home lie. */
export const journalFolder = (dataHome: string): string => join(dataHome, 'processes');

export const journalEnding = '.jsonl';

/** Longer than any row of short checks takes, in milliseconds: a journal is not removed and made again between two of them. */
const emptyPatience = 1000;

/** A journal that has grown past this is written anew with what lives alone, in bytes. */
const compactAbove = 256 * 1024;

/** Without O_CREAT: one that somebody took away is written anew as a whole. */
const appending = constants.O_WRONLY | constants.O_APPEND;

/** The file of a journal. Nothing here throws: a journal that can't be written costs no turn. */
export class JournalFile {
  readonly #options: JournalFileOptions;
  readonly #path: string;
  /** Null: what lies there, if anything, is not to be added to. */
  #size: number | null = null;
  #warned = false;
  #removal: NodeJS.Timeout | null = null;

  constructor(options: JournalFileOptions) {
    this.#options = options;
    this.#path = join(journalFolder(options.dataHome), `${options.name}${journalEnding}`);
  }

  /** Adds a line, which `whole` must know already. */
  write(line: string): void {
    try {
      if (this.#size === null || this.#size > compactAbove || !this.#append(line)) this.#writeWhole();
    } catch (error) {
      // A torn line may lie there now.
      this.#size = null;
      this.#warnOnce(messageOf(error));
    }
  }

  remove(): void {
    if (this.#removal !== null) clearTimeout(this.#removal);
    this.#removal = null;
    this.#size = null;
    try {
      rmSync(this.#path, { force: true });
    } catch (error) {
      this.#warnOnce(messageOf(error));
    }
  }

  /** Removes it when it still is empty in a while. */
  removeSoon(isEmpty: () => boolean): void {
    this.#removal ??= setTimeout(() => {
      this.#removal = null;
      if (isEmpty()) this.remove();
    }, emptyPatience).unref();
  }

  /** False: there is no such file any more. */
  #append(line: string): boolean {
    let file: number;
    try {
      file = openSync(this.#path, appending);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
    try {
      writeFileSync(file, line);
    } finally {
      closeSync(file);
    }
    this.#size = (this.#size ?? 0) + Buffer.byteLength(line);
    return true;
  }

  #writeWhole(): void {
    const { dataHome, whole } = this.#options;
    if (isForeignHome(dataHome)) throw new Error(`${dataHome} is not of this release`);
    const folder = journalFolder(dataHome);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // A link would have us write into somebody else's folder.
    if (!lstatSync(folder).isDirectory()) throw new Error(`${folder} is not a folder`);
    const text = whole();
    const temporary = `${this.#path}.tmp`;
    rmSync(temporary, { force: true });
    writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, this.#path);
    this.#size = Buffer.byteLength(text);
  }

  #warnOnce(why: string): void {
    if (this.#warned) return;
    this.#warned = true;
    this.#options.warn(
      `What this window starts can't be written down (${why}): after a crash it would not be found and ended.`,
    );
  }
}
