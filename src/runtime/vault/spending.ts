/** One turn that may spend. */
export type SpendingTurn = {
  /** Requests for answers that were passed on so far. */
  readonly requests: number;
  /** From here on nothing is passed on for it. */
  readonly end: () => void;
};

/** Which turns run over one proxy, and how much each of them asked: nothing is spent that no receipt will tell. */
export class Spending {
  readonly #turns = new Set<Turn>();

  /** `threads`: ids that its requests name, as far as they are known; null = every request is its own. */
  begin(threads: () => readonly string[] | null): SpendingTurn {
    const turn = new Turn(threads, () => this.#turns.delete(turn));
    this.#turns.add(turn);
    return turn;
  }

  /** Whether anybody may spend now. */
  get open(): boolean {
    return this.#turns.size > 0;
  }

  /** A request is passed on. One that names no thread of a running turn counts for each of them: rather too many than hidden. */
  count(named: readonly string[]): void {
    const own = [...this.#turns].filter((turn) => turn.owns(named));
    for (const turn of own.length > 0 ? own : this.#turns) turn.requests += 1;
  }
}

class Turn implements SpendingTurn {
  requests = 0;
  readonly #threads: () => readonly string[] | null;
  readonly end: () => void;

  constructor(threads: () => readonly string[] | null, end: () => void) {
    this.#threads = threads;
    this.end = end;
  }

  owns(named: readonly string[]): boolean {
    const threads = this.#threads();
    return threads === null || threads.some((id) => named.includes(id));
  }
}
