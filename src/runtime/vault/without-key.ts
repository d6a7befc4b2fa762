/**
 * Takes a secret out of a stream: its bytes become asterisks, everything else passes as it is. A provider that quotes the key
 * it got must not hand it to the child. What may be its beginning is held back until it is known: at most its length less one.
 */
export class WithoutKey {
  readonly #key: Buffer;
  readonly #stars: Buffer;
  #held: Buffer<ArrayBufferLike> = Buffer.alloc(0);

  constructor(key: string) {
    this.#key = Buffer.from(key);
    this.#stars = Buffer.alloc(this.#key.length, '*');
  }

  push(chunk: Uint8Array): Uint8Array {
    const bytes = this.#held.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk]);
    for (let at = bytes.indexOf(this.#key); at >= 0; at = bytes.indexOf(this.#key, at + this.#key.length)) {
      this.#stars.copy(bytes, at);
    }
    const keep = this.#beginsAt(bytes);
    this.#held = bytes.subarray(keep);
    return bytes.subarray(0, keep);
  }

  /** What was held back, once nothing more comes. */
  rest(): Uint8Array {
    const rest = this.#held;
    this.#held = Buffer.alloc(0);
    return rest;
  }

  /** Where the longest end of the bytes stands that may be the key's beginning. */
  #beginsAt(bytes: Buffer): number {
    const first = Math.max(0, bytes.length - this.#key.length + 1);
    for (let at = first; at < bytes.length; at += 1) {
      if (this.#key.subarray(0, bytes.length - at).equals(bytes.subarray(at))) return at;
    }
    return bytes.length;
  }
}
