import type { ApprovalId, InterruptedBy, Prompt, SubmitResult, ThreadId, ThreadView } from '../model/index.ts';
import { threadId } from '../model/index.ts';
import type { Activity, EngineDeps, EngineListener } from './deps.ts';
import { ThreadActor } from './thread-actor.ts';

/** All threads of this process: one actor each, made at first use. */
export class Engine {
  readonly #deps: EngineDeps;
  readonly #listener: EngineListener;
  readonly #actors = new Map<ThreadId, ThreadActor>();

  constructor(deps: EngineDeps, listener: EngineListener) {
    this.#deps = deps;
    this.#listener = listener;
  }

  /** A new thread that keeps `cwd`. Nothing is written before its first prompt. */
  create(cwd: string | null): ThreadId {
    const id = threadId(this.#deps.newId());
    this.#actors.set(id, new ThreadActor(this.#deps, this.#listener, id, cwd));
    return id;
  }

  /** Throws LanesError when the thread's log can't be read. */
  view(id: ThreadId): Promise<ThreadView> {
    return this.#actor(id).view();
  }

  submit(id: ThreadId, prompt: Prompt): Promise<SubmitResult> {
    return this.#actor(id).submit(prompt);
  }

  stop(id: ThreadId, by: InterruptedBy): Promise<void> {
    return this.#actor(id).stop(by);
  }

  answer(id: ThreadId, approvalId: ApprovalId, decision: string): boolean {
    return this.#actor(id).answer(approvalId, decision);
  }

  activity(id: ThreadId): Activity {
    return this.#actor(id).activity();
  }

  /** Ends every running turn by `shutdown` and waits until their processes are gone. */
  async close(): Promise<void> {
    await Promise.all([...this.#actors.values()].map((actor) => actor.close()));
  }

  #actor(id: ThreadId): ThreadActor {
    const known = this.#actors.get(id);
    if (known !== undefined) return known;
    const actor = new ThreadActor(this.#deps, this.#listener, id, null);
    this.#actors.set(id, actor);
    return actor;
  }
}
