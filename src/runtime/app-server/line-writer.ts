import type { Writable } from 'node:stream';

/** What may wait for a reader that does not read, in bytes: the longest prompt with its images is far less. */
const mostWaiting = 256 * 1024 * 1024;

/** Writes lines to a process at the speed at which it reads: what it has not taken waits here, in order, up to a limit. */
export class LineWriter {
  readonly #stream: Writable;
  readonly #most: number;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #full = false;
  #ending = false;

  constructor(stream: Writable, most = mostWaiting) {
    this.#stream = stream;
    this.#most = most;
    stream.on('drain', () => this.#flush());
  }

  /** False: it is not taken, since too much waits already or the end was said. */
  write(line: string): boolean {
    if (this.#ending || this.#stream.destroyed || !this.#stream.writable) return false;
    const text = `${line}\n`;
    if (!this.#full) {
      this.#full = !this.#stream.write(text);
      return true;
    }
    const bytes = Buffer.byteLength(text);
    if (this.#waitingBytes + bytes > this.#most) return false;
    this.#waiting.push(text);
    this.#waitingBytes += bytes;
    return true;
  }

  /** Ends the stream once all is taken. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    if (this.#waiting.length === 0) this.#stream.end();
  }

  #flush(): void {
    this.#full = false;
    let taken = 0;
    for (const text of this.#waiting) {
      if (this.#full) break;
      this.#full = !this.#stream.write(text);
      this.#waitingBytes -= Buffer.byteLength(text);
      taken += 1;
    }
    this.#waiting = this.#waiting.slice(taken);
    if (this.#ending && this.#waiting.length === 0) this.#stream.end();
  }
}
