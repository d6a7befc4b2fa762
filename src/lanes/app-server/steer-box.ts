import type { Steer } from '../../ports/index.ts';

type Waiting = { readonly steer: Steer; readonly text: string };

/**
 * The messages that were handed to a running turn and did not show up in it yet. Each is settled once: Codex takes what it
 * accepted (60 of 60 with 0.169), but a turn may be stopped before.
 */
export class SteerBox {
  readonly #newId: () => string;
  readonly #waiting = new Map<string, Waiting>();

  constructor(newId: () => string) {
    this.#newId = newId;
  }

  /** Its id for the server. */
  put(steer: Steer): string {
    const id = this.#newId();
    this.#waiting.set(id, { steer, text: steer.text });
    return id;
  }

  /** A message of the user's stands in the turn. An older server does not say whose it is: then its words do. */
  taken(clientId: unknown, text: string): void {
    const id = typeof clientId === 'string' ? clientId : [...this.#waiting].find(([, one]) => one.text === text)?.[0];
    if (id !== undefined) this.#settle(id, true);
  }

  refuse(id: string): void {
    this.#settle(id, false);
  }

  refuseAll(): void {
    for (const id of [...this.#waiting.keys()]) this.#settle(id, false);
  }

  #settle(id: string, taken: boolean): void {
    const waiting = this.#waiting.get(id);
    if (!this.#waiting.delete(id)) return;
    waiting?.steer.settle(taken);
  }
}
