import type { Steer } from '../../ports/index.ts';

/** The user's messages for the turn that runs, as they come, until it takes them. */
export class Steers {
  #waiting: Steer[] = [];

  constructor(inbox: AsyncIterable<Steer>) {
    void this.#read(inbox);
  }

  /** What came since. Each is to be settled by whoever takes it; one that nobody takes is settled when the turn ends. */
  take(): readonly Steer[] {
    return this.#waiting.splice(0);
  }

  async #read(inbox: AsyncIterable<Steer>): Promise<void> {
    for await (const steer of inbox) this.#waiting.push(steer);
  }
}
