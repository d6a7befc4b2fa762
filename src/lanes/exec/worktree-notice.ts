import type { LaneBody, NativeThreadId } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import type { Clock, Log } from '../../ports/index.ts';
import type { NativeRuntime } from '../../runtime/index.ts';
import { findWorktree } from '../../runtime/index.ts';

export type WorktreeNoticeDeps = {
  readonly runtime: Pick<NativeRuntime, 'codexHome' | 'env'>;
  /** The folder that the turn was started in. */
  readonly origin: string;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly log: Log;
};

/** Shortest and longest time between a look that found nothing and the next, in milliseconds: each takes twice the last. */
const [firstPause, longestPause] = [25, 10_000];

type Tell = (bodies: readonly LaneBody[]) => void;

/**
 * Tells where the worktree is that Codex makes for a turn, as soon as that can be found out: Codex itself says it in no
 * event, and its record of the thread is there only a moment after the thread has begun.
 */
export class WorktreeNotice {
  readonly #deps: WorktreeNoticeDeps;
  #search: Promise<void> | null = null;
  #told = false;
  #pause = firstPause;
  #notBefore = 0;

  constructor(deps: WorktreeNoticeDeps) {
    this.#deps = deps;
  }

  /**
   * Looks, unless it is being looked for, was found or was looked for a moment ago: this is called at each line of a
   * stream that may have hundreds of thousands.
   */
  look(thread: NativeThreadId, tell: Tell): void {
    const { clock } = this.#deps;
    if (this.#told || this.#search !== null || clock.monotonic() < this.#notBefore) return;
    this.#search = this.#find(thread, tell, 'newest').finally(() => {
      this.#search = null;
      this.#notBefore = clock.monotonic() + this.#pause;
      this.#pause = Math.min(2 * this.#pause, longestPause);
    });
  }

  /** The turn is over: a worktree that can't be found is a warning. Never rejects. */
  async last(thread: NativeThreadId, tell: Tell): Promise<void> {
    await this.#search;
    if (!this.#told) await this.#find(thread, tell, 'all');
    if (this.#told) return;
    const text =
      'The worktree that Codex made could not be found, so its changes can’t be shown or merged here; `git worktree list` names it.';
    tell([{ kind: 'warning', source: 'thread', text, code: 'worktree_unknown' }]);
  }

  async #find(thread: NativeThreadId, tell: Tell, days: 'newest' | 'all'): Promise<void> {
    const { runtime, origin, log } = this.#deps;
    try {
      const worktree = await findWorktree({ ...runtime, nativeThreadId: thread, origin, days });
      if (worktree === null || this.#told) return;
      this.#told = true;
      tell([{ kind: 'worktree_created', worktree }]);
    } catch (error) {
      log.warn(`the worktree of a thread was not found: ${messageOf(error)}`);
    }
  }
}
