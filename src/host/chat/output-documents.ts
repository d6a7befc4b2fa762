/** Most outputs that are kept; the oldest goes first. */
const limit = 20;

/** Texts that the editor shows as documents of ours, by their path. */
export class OutputDocuments {
  readonly #texts = new Map<string, string>();
  #number = 0;

  /** Path of the document. The same text is the same document. */
  add(text: string, ending: 'log' | 'json'): string {
    for (const [path, kept] of this.#texts) if (kept === text && path.endsWith(`.${ending}`)) return path;
    const path = `/Output ${++this.#number}.${ending}`;
    this.#texts.set(path, text);
    const oldest = this.#texts.keys().next().value;
    if (this.#texts.size > limit && oldest !== undefined) this.#texts.delete(oldest);
    return path;
  }

  get(path: string): string | undefined {
    return this.#texts.get(path);
  }
}
