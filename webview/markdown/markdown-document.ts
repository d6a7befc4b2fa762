import type { Block } from './block-splitter.ts';
import { BlockSplitter } from './block-splitter.ts';

/** Longer texts are shown as plain text: nobody reads them as a page, and one lex would hold the frame for seconds. */
const maxLength = 2_000_000;
/** Share of the time that drawing one growing text may take: a wait of 4 times the cost bounds it to a fifth. */
const waitFactor = 4;
/** Costs below this many milliseconds fit into a frame and are not waited for. */
const freeCost = 4;

/** One answer's Markdown while it grows: when to look again, and what its blocks are. */
export class MarkdownDocument {
  readonly #splitter = new BlockSplitter();
  #notBefore = 0;

  get blocks(): readonly Block[] {
    return this.#splitter.blocks;
  }

  /**
   * Milliseconds to wait before `text` should be drawn; 0 = it has been taken in now.
   * A whole text (`open` false) never waits.
   */
  update(text: string, open: boolean, now: number): number {
    if (open && now < this.#notBefore) return this.#notBefore - now;
    this.#splitter.update(text);
    return 0;
  }

  /** Tells what the last update and its drawing cost, in milliseconds. */
  spent(cost: number, now: number): void {
    this.#notBefore = cost < freeCost ? 0 : now + cost * waitFactor;
  }

  static takes(text: string): boolean {
    return text.length <= maxLength;
  }
}

/** Lexed answers that scrolled out of the list, so that coming back costs nothing. The oldest goes first. */
export class DocumentCache {
  readonly #documents = new Map<string, MarkdownDocument>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get(key: string): MarkdownDocument {
    const found = this.#documents.get(key) ?? new MarkdownDocument();
    this.#documents.delete(key);
    this.#documents.set(key, found);
    if (this.#documents.size > this.#size) {
      const oldest = this.#documents.keys().next().value;
      if (oldest !== undefined) this.#documents.delete(oldest);
    }
    return found;
  }
}
