/** A line that is longer than the splitter keeps: its start and how many bytes it had. */
export type LongLine = { readonly start: string; readonly bytes: number };

export type LfSplitterOptions = {
  readonly onLine: (line: string) => void;
  /** A line over `maxBytes` is not kept; its first 1,024 bytes are handed over when it ends. */
  readonly onLongLine?: (line: LongLine) => void;
  /** Default 64 MiB: exec's longest measured line is 1.1 MB. */
  readonly maxBytes?: number;
};

const lf = 0x0a;
const cr = 0x0d;
const keptOfLongLine = 1024;
const defaultMaxBytes = 64 * 1024 * 1024;
/**
 * Short lines are decoded together up to this many bytes: a call for each would cost more than its work, and one character
 * beyond ASCII makes the decoder of the whole block slower.
 */
const blockBytes = 4096;
/** Pieces of lines up to this many bytes are joined in memory that is used again. */
const joinedBytes = 2 * 1024 * 1024;

/**
 * Splits a byte stream into lines at LF alone (a CR before it is dropped). Not `node:readline`: that also splits at
 * U+2028 and U+2029 on Node 24, which are legal inside JSON strings. A line is decoded as a whole, so a character cut by a
 * chunk is whole again; invalid UTF-8 becomes U+FFFD. Time is linear in the bytes, however they come.
 */
export class LfSplitter {
  readonly #options: LfSplitterOptions;
  readonly #maxBytes: number;
  readonly #block: number;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** The line that no chunk has ended yet, and its length in bytes. */
  #parts: Uint8Array[] = [];
  #size = 0;
  /** Bytes of that line, when it is one that is let go; else 0. */
  #dropped = 0;
  #joined = new Uint8Array(0);

  constructor(options: LfSplitterOptions) {
    this.#options = options;
    this.#maxBytes = options.maxBytes ?? defaultMaxBytes;
    this.#block = Math.min(blockBytes, this.#maxBytes);
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    if (this.#size > 0 || this.#dropped > 0) {
      const to = chunk.indexOf(lf);
      this.#keep(to < 0 ? chunk : chunk.subarray(0, to));
      if (to < 0) return;
      this.#finish();
      from = to + 1;
    }
    while (from < chunk.length) {
      const last = chunk.subarray(from, from + this.#block).lastIndexOf(lf);
      const to = last >= 0 ? from + last : chunk.indexOf(lf, from + this.#block);
      if (to < 0) break;
      if (last >= 0) this.#lines(chunk.subarray(from, to + 1));
      else this.#longLine(chunk.subarray(from, to));
      from = to + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  /** The stream is over: a last line without its LF is handed over too. */
  end(): void {
    if (this.#size > 0 || this.#dropped > 0) this.#finish();
  }

  /** Whole lines, each with its LF, none longer than is kept. */
  #lines(bytes: Uint8Array): void {
    const text = this.#decoder.decode(bytes);
    let from = 0;
    for (let to = text.indexOf('\n'); to >= 0; to = text.indexOf('\n', from)) {
      const end = to > from && text.charCodeAt(to - 1) === cr ? to - 1 : to;
      this.#options.onLine(text.slice(from, end));
      from = to + 1;
    }
  }

  /** One whole line without its LF. */
  #longLine(bytes: Uint8Array): void {
    if (bytes.length <= this.#maxBytes) {
      this.#line(bytes);
      return;
    }
    this.#keep(bytes);
    this.#finish();
  }

  #line(bytes: Uint8Array): void {
    const end = bytes[bytes.length - 1] === cr ? bytes.length - 1 : bytes.length;
    this.#options.onLine(this.#decoder.decode(bytes.subarray(0, end)));
  }

  #keep(bytes: Uint8Array): void {
    if (this.#dropped > 0) {
      this.#dropped += bytes.length;
    } else if (this.#size + bytes.length > this.#maxBytes) {
      this.#dropped = this.#size + bytes.length;
      this.#append(bytes.subarray(0, keptOfLongLine));
      const start = this.#join().slice(0, keptOfLongLine);
      this.#parts = [start];
      this.#size = start.length;
    } else {
      this.#append(bytes);
    }
  }

  /** Copied, since the stream may use its chunk again; but of Node.js' own, which it never does, `slice` is a view. */
  #append(bytes: Uint8Array): void {
    this.#parts.push(bytes.slice());
    this.#size += bytes.length;
  }

  #finish(): void {
    const line = this.#join();
    const dropped = this.#dropped;
    this.#parts = [];
    this.#size = 0;
    this.#dropped = 0;
    if (dropped > 0) this.#options.onLongLine?.({ start: this.#decoder.decode(line), bytes: dropped });
    else this.#line(line);
  }

  #join(): Uint8Array {
    const [first] = this.#parts;
    if (this.#parts.length === 1 && first !== undefined) return first;
    const again = this.#size <= joinedBytes;
    if (again && this.#joined.length < this.#size) {
      this.#joined = new Uint8Array(Math.min(2 * this.#size, joinedBytes));
    }
    const whole = again ? this.#joined.subarray(0, this.#size) : new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }
}
