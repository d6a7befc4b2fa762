import type { BlockPart } from './block-parts.ts';
import { partsOf } from './block-parts.ts';
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
  #text = '';
  #takenAt = 0;

  /** What begins in a stretch of the text, from one character up to another. */
  parts([from, to]: readonly [number, number]): readonly BlockPart[] {
    const { blocks } = this.#splitter;
    const parts: BlockPart[] = [];
    // A long list that begins before may reach into the stretch.
    let index = lastAtOrBefore(blocks, from);
    for (; index < blocks.length; index++) {
      const block = blocks[index];
      if (block === undefined || block.at >= to) break;
      for (const part of partsOf(block)) if (part.at >= from && part.at < to) parts.push(part);
    }
    return parts;
  }

  /**
   * Milliseconds to wait before `text` should be drawn; 0 = it has been taken in now.
   * A whole text (`open` false) never waits.
   */
  update(text: string, open: boolean, now: number): number {
    if (open && now < this.#notBefore) return this.#notBefore - now;
    if (text !== this.#text) {
      this.#text = text;
      this.#takenAt = now;
      this.#splitter.update(text);
    }
    return 0;
  }

  /** Tells that what was taken in last is drawn. Several views may show stretches of it: the last one counts. */
  drawn(now: number): void {
    const cost = now - this.#takenAt;
    this.#notBefore = cost < freeCost ? 0 : now + cost * waitFactor;
  }

  static takes(text: string): boolean {
    return text.length <= maxLength;
  }
}

/** Index of the last block that begins at `at` or before; 0 when there is none. */
function lastAtOrBefore(blocks: readonly { readonly at: number }[], at: number): number {
  let [low, high] = [0, blocks.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((blocks[middle]?.at ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
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
