import type {
  ActRefusals,
  ApprovalId,
  ApprovalResult,
  GivenAnswer,
  InterruptedBy,
  Prompt,
  SubmitResult,
  ThreadId,
  ThreadOptions,
  ThreadView,
  TurnId,
} from '../model/index.ts';
import { emptyThread, foldAll, threadId } from '../model/index.ts';
import type { NativeHistory } from '../ports/index.ts';
import type { Activity, EngineDeps, EngineListener } from './deps.ts';
import { forkThread } from './fork.ts';
import { importThread } from './import.ts';
import type { Idle, IdleThread } from './thread-actor.ts';
import { ThreadActor } from './thread-actor.ts';

export type ForkResult =
  | { readonly ok: true; readonly threadId: ThreadId }
  | { readonly ok: false; readonly message: string };

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

  /**
   * Like {@link view}, for a look at many threads: one that was not in use here is read and not kept in memory. Throws
   * LanesError when its log can't be read, `not-found` when there is none.
   */
  async glance(id: ThreadId): Promise<ThreadView> {
    const known = this.#actors.get(id);
    return known === undefined ? foldAll(emptyThread(id), await this.#deps.transcript.read(id)) : known.view();
  }

  submit(id: ThreadId, prompt: Prompt): Promise<SubmitResult> {
    return this.#actor(id).submit(prompt);
  }

  /** For the running turn; what that does not take is a prompt like any other. */
  steer(id: ThreadId, prompt: Prompt): Promise<SubmitResult> {
    return this.#actor(id).steer(prompt);
  }

  /** Ends the running turn and runs this next. */
  submitNow(id: ThreadId, prompt: Prompt): Promise<SubmitResult> {
    return this.#actor(id).submitNow(prompt);
  }

  /** Ends the running turn and runs a prompt that waits next: the one whose turn will be `turn`. */
  sendQueued(id: ThreadId, turn: TurnId): Promise<SubmitResult> {
    return this.#actor(id).sendQueued(turn);
  }

  /** Takes a prompt that waits out of the queue. */
  dropQueued(id: ThreadId, turn: TurnId): Promise<SubmitResult> {
    return this.#actor(id).dropQueued(turn);
  }

  /** The options hold from the next turn on; nothing is written before the thread's first prompt. */
  setOptions(id: ThreadId, options: ThreadOptions): Promise<SubmitResult> {
    return this.#actor(id).setOptions(options);
  }

  async rename(id: ThreadId, title: string): Promise<SubmitResult> {
    const name = title.trim();
    if (name === '') return { ok: false, message: 'A title is needed.' };
    return this.#actor(id).note({ kind: 'thread_renamed', title: name });
  }

  /** A new thread that begins with all that `id` holds. Refused while `id` runs or queues a turn, here or elsewhere. */
  async fork(id: ThreadId): Promise<ForkResult> {
    const to = threadId(this.#deps.newId());
    const made = await this.#actor(id).whileIdle((parent) => forkThread(this.#deps, parent, to));
    return made.ok ? { ok: true, threadId: to } : made;
  }

  /** A new thread in `cwd` that goes on with one that the runtime keeps. Throws LanesError. */
  async import(history: NativeHistory, cwd: string): Promise<ThreadId> {
    const to = threadId(this.#deps.newId());
    await importThread(this.#deps, history, to, cwd);
    return to;
  }

  /**
   * Does `work` with a thread that has events while no turn of it runs or begins, here or in another window. `ok: false`
   * also when `work` throws a LanesError.
   */
  whileIdle<T>(id: ThreadId, work: (thread: IdleThread) => Promise<T>): Promise<Idle<T>> {
    return this.#actor(id).whileIdle(work);
  }

  /** The user says to go on waiting for the running turn; false when nothing waits with a limit. */
  wait(id: ThreadId): boolean {
    return this.#actor(id).wait();
  }

  stop(id: ThreadId, by: InterruptedBy): Promise<void> {
    return this.#actor(id).stop(by);
  }

  /** Answers a question of the running turn; it counts at once. */
  answer(id: ThreadId, approvalId: ApprovalId, given: GivenAnswer): Promise<ApprovalResult> {
    return this.#actor(id).answer(approvalId, given);
  }

  /** Why the thread's next turn could not compact it, or review, as far as its view is read; null = it could. */
  acts(id: ThreadId): ActRefusals {
    return this.#actor(id).acts();
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
