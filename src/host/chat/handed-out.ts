/** Where the editor keeps small things for a workspace. */
type State = {
  readonly get: (key: string) => unknown;
  readonly update: (key: string, value: unknown) => Thenable<void>;
};

const key = 'codexLanes.attached';
/** How many paths are remembered; the oldest are forgotten first. */
const limit = 256;

/** Paths of files that the user attached here. Only these go with a prompt, and may be opened wherever they lie. */
export class HandedOut {
  readonly #state: State;

  constructor(state: State) {
    this.#state = state;
  }

  has(path: string): boolean {
    return this.#paths().includes(path);
  }

  async add(paths: readonly string[]): Promise<void> {
    const others = this.#paths().filter((path) => !paths.includes(path));
    await this.#state.update(key, [...others, ...paths].slice(-limit));
  }

  #paths(): readonly string[] {
    const kept = this.#state.get(key);
    return Array.isArray(kept) ? kept.filter((path) => typeof path === 'string') : [];
  }
}
