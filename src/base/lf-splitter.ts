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

/**
 * Splits a byte stream into lines at LF alone (a CR before it is dropped). Not `node:readline`: that also splits at
 * U+2028 and U+2029 on Node 24, which are legal inside JSON strings. Bytes are joined before they are decoded, so a
 * character cut by a chunk is whole again; invalid UTF-8 becomes U+FFFD. Time is linear in the bytes, however they come.
 */
export class LfSplitter {
  readonly #options: LfSplitterOptions;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #parts: Uint8Array[] = [];
  #size = 0;
  /** Bytes of the current line that were let go. */
  #dropped = 0;

  constructor(options: LfSplitterOptions) {
    this.#options = options;
  }

  push(chunk: Uint8Array): void {
    let from = 0;
    for (;;) {
      const to = chunk.indexOf(lf, from);
      if (to < 0) break;
      this.#keep(chunk.subarray(from, to));
      this.#finish();
      from = to + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  /** The stream is over: a last line without its LF is handed over too. */
  end(): void {
    if (this.#size > 0 || this.#dropped > 0) this.#finish();
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const max = this.#options.maxBytes ?? 64 * 1024 * 1024;
    if (this.#dropped > 0 || this.#size + bytes.length > max) {
      if (this.#dropped === 0) {
        const start = join([...this.#parts, bytes], this.#size + bytes.length).slice(0, keptOfLongLine);
        this.#dropped = this.#size;
        this.#parts = [start];
        this.#size = start.length;
      }
      this.#dropped += bytes.length;
      return;
    }
    // Copied: the stream may use its buffer again.
    this.#parts.push(bytes.slice());
    this.#size += bytes.length;
  }

  #finish(): void {
    const bytes = join(this.#parts, this.#size);
    const dropped = this.#dropped;
    this.#parts = [];
    this.#size = 0;
    this.#dropped = 0;
    if (dropped > 0) {
      this.#options.onLongLine?.({ start: this.#decoder.decode(bytes), bytes: dropped });
      return;
    }
    const end = bytes[bytes.length - 1] === cr ? bytes.length - 1 : bytes.length;
    this.#options.onLine(this.#decoder.decode(bytes.subarray(0, end)));
  }
}

function join(parts: readonly Uint8Array[], size: number): Uint8Array {
  const first = parts[0];
  if (parts.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
