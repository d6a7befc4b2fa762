import type { InterruptedBy, Prompt, TurnId } from '../model/index.ts';
import type { LaneDecision } from '../routing/index.ts';

export type Queued = Prompt & {
  readonly turnId: TurnId;
  /** Monotonic, in milliseconds. */
  readonly queuedAt: number;
  /** The prompt is in the log already: it had to wait for its turn. */
  readonly recorded: boolean;
};

export type QueueWork = {
  /** Runs one prompt to its end. `decision`: it was made when the prompt came; null = make it now. */
  readonly run: (prompt: Queued, decision: LaneDecision | null) => Promise<void>;
  /** A recorded prompt that Stop ended before its turn began. */
  readonly drop: (prompt: Queued, by: InterruptedBy) => void;
  /** Resolves when all that was recorded is stored. */
  readonly flushed: () => Promise<void>;
  /** Nothing waits and nothing runs any more; called before whoever waits for Stop goes on. */
  readonly idle: () => void;
};

/** The prompts of one thread, one at a time, in the order they came. */
export class PromptQueue {
  readonly #work: QueueWork;
  #waiting: Queued[] = [];
  /** What waited when Stop was asked for. */
  #stopped: Queued[] = [];
  #running = false;
  /** Stop was asked for since the running turn was taken off the queue; ends what waited then, too. */
  #stopAsked: InterruptedBy | null = null;
  #onIdle: (() => void)[] = [];

  constructor(work: QueueWork) {
    this.#work = work;
  }

  /** A turn runs, or what it said is still being stored. */
  get running(): boolean {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.length + this.#stopped.length;
  }

  get stopAsked(): InterruptedBy | null {
    return this.#stopAsked;
  }

  /** Runs it at once where nothing runs. */
  push(prompt: Queued, decision: LaneDecision | null): void {
    this.#waiting.push(prompt);
    if (this.#running) return;
    this.#running = true;
    void this.#runAll(decision);
  }

  /** Runs it next, before all that waits, which goes on waiting. Whoever calls this ends the running turn. */
  pushFirst(prompt: Queued, decision: LaneDecision | null): void {
    if (this.#running) {
      this.#waiting.unshift(prompt);
      this.#stopAsked ??= 'user';
    } else this.push(prompt, decision);
  }

  /** Takes a prompt out; null = it does not wait (any more). */
  take(turn: TurnId): Queued | null {
    const index = this.#waiting.findIndex(({ turnId }) => turnId === turn);
    return this.#waiting.splice(index < 0 ? this.#waiting.length : index, 1)[0] ?? null;
  }

  /** What waits is forgotten: it can't be recorded. */
  clear(): void {
    this.#waiting = [];
    this.#stopped = [];
  }

  /**
   * What waits is dropped when the running turn has ended; what comes afterwards is for the next one, unless the window
   * closes. Resolves when nothing of the stopped runs.
   */
  async stop(by: InterruptedBy): Promise<void> {
    if (!this.#running) return;
    if (this.#stopAsked !== 'shutdown') this.#stopAsked = by;
    this.#stopped.push(...this.#waiting.splice(0));
    await new Promise<void>((idle) => {
      this.#onIdle.push(idle);
    });
  }

  async #runAll(first: LaneDecision | null): Promise<void> {
    let decision = first;
    for (;;) {
      this.#dropStopped();
      const next = this.#waiting.shift();
      if (next === undefined) {
        await this.#work.flushed();
        // A prompt may have come while the last events were written.
        if (this.#waiting.length + this.#stopped.length > 0) continue;
        break;
      }
      if (this.#stopAsked === null) await this.#work.run(next, decision);
      else if (next.recorded) this.#work.drop(next, this.#stopAsked);
      decision = null;
    }
    this.#running = false;
    this.#stopAsked = null;
    this.#work.idle();
    for (const idle of this.#onIdle.splice(0)) idle();
  }

  #dropStopped(): void {
    const by = this.#stopAsked;
    if (by === null) return;
    for (const prompt of this.#stopped.splice(0)) if (prompt.recorded) this.#work.drop(prompt, by);
    // Sent after Stop: it is meant to run.
    if (by === 'shutdown' || this.#waiting.length === 0) return;
    this.#stopAsked = null;
    for (const idle of this.#onIdle.splice(0)) idle();
  }
}
