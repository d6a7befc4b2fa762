import type {
  ActRefusals,
  EngineBody,
  EventBody,
  InterruptedBy,
  Prompt,
  SendQuestion,
  SubmitResult,
  ThreadId,
  ThreadOptions,
  ThreadView,
  TurnId,
} from '../model/index.ts';
import { isLanesError, LanesError, messageOf } from '../model/index.ts';
import type { LaneDecision } from '../routing/index.ts';
import { actRefusals, refusedAct } from './acts.ts';
import { wrongAttachment } from './check-attachments.ts';
import { checkOptions } from './check-options.ts';
import type { Activity, EngineDeps, EngineListener } from './deps.ts';
import type { EventLog, Stamp } from './event-log.ts';
import { HeldThread } from './held-thread.ts';
import { PayerWatch } from './payer-watch.ts';
import type { Queued } from './prompt-queue.ts';
import { PromptQueue } from './prompt-queue.ts';
import { SendCheck } from './send-check.ts';
import { questionText } from './send-questions.ts';
import { ThreadRecord } from './thread-record.ts';
import type { RunningTurn } from './turn.ts';
import { TurnRun } from './turn-run.ts';

/** One thread of this process: takes its prompts and commands. One turn runs at a time. */
export class ThreadActor {
  readonly #deps: EngineDeps;
  readonly #listener: EngineListener;
  readonly #thread: HeldThread;
  readonly #record: ThreadRecord;
  readonly #check: SendCheck;
  readonly #turns: TurnRun;
  readonly #queue: PromptQueue;
  #closing = false;
  /** How often Stop was asked for. */
  #stops = 0;
  /** Work on the idle thread that keeps prompts out; settles when it is done. */
  #work: Promise<unknown> | null = null;

  constructor(deps: EngineDeps, listener: EngineListener, threadId: ThreadId, cwd: string | null) {
    this.#deps = deps;
    this.#listener = listener;
    this.#thread = new HeldThread(deps, threadId, cwd, {
      onStored: (events) => listener.onEvents(threadId, events),
      onTaken: (log) => this.#record.endLeftovers(log),
      onBroken: () => this.#break(),
    });
    this.#record = new ThreadRecord(deps, this.#thread);
    const payers = new PayerWatch(deps.newDigest, () => this.#thread.memory.payer);
    this.#check = new SendCheck(deps, this.#thread, payers);
    this.#turns = new TurnRun({
      engine: deps,
      thread: this.#thread,
      record: this.#record,
      payers,
      stopAsked: () => this.#queue.stopAsked,
      onChange: () => this.#changed(),
      onLate: (body, stamp) => void this.#addLate(body, stamp),
    });
    this.#queue = new PromptQueue({
      run: (prompt, decision) => this.#turns.run(this.#held(), prompt, decision),
      drop: (prompt, by) => this.#record.endUnstarted(this.#held(), prompt.turnId, by),
      flushed: () => this.#held().flushed(),
      idle: () => {
        this.#thread.release();
        this.#changed();
      },
    });
  }

  /** The fold of all events. A turn that a dead process left open is ended first, where no other process holds the thread. */
  async view(): Promise<ThreadView> {
    const thread = this.#thread;
    await thread.load();
    if (thread.log === null && (thread.view.activeTurnId !== null || thread.view.queued.length > 0)) {
      // Held elsewhere: that turn may well be running there.
      await thread.take().catch((error: unknown) => this.#deps.log.info(messageOf(error)));
      this.#releaseIdle();
    }
    return thread.view;
  }

  acts(): ActRefusals {
    return actRefusals(this.#deps, this.#thread);
  }

  activity(): Activity {
    return {
      running: this.#queue.running,
      stopping: this.#queue.stopAsked !== null,
      queued: this.#queue.waiting,
      awaitingApproval: this.#turns.current?.waiting ?? false,
      steers: this.#turns.current?.steers ?? false,
      progress: this.#turns.current?.progress ?? null,
      problem: this.#thread.problem,
    };
  }

  /** Answers when the prompt is recorded, or says why it can't be, or what must be confirmed first. */
  submit(prompt: Prompt): Promise<SubmitResult> {
    return this.#submit(prompt, 'last');
  }

  /** Ends the running turn, and runs this prompt next; what waits goes on waiting. */
  submitNow(prompt: Prompt): Promise<SubmitResult> {
    return this.#submit(prompt, 'first');
  }

  async #submit(prompt: Prompt, place: 'first' | 'last'): Promise<SubmitResult> {
    if (prompt.text.trim() === '') return { ok: false, message: 'The prompt is empty.' };
    const log = await this.#prepare(prompt);
    if ('ok' in log) return log;
    // Another prompt was not taken meanwhile, and let the log go.
    if (this.#thread.log !== log || this.#work !== null) return this.#submit(prompt, place);
    const decision = this.#queue.running ? null : this.#check.decided();
    const queued: Queued = {
      ...prompt,
      turnId: this.#record.newTurnId(),
      queuedAt: this.#deps.clock.monotonic(),
      // A prompt that has to wait (for a turn, for the first check of a lane) is on record before it waits.
      recorded: decision === null || decision.kind === 'probe-first',
    };
    if (queued.recorded) this.#record.prompt(log, queued);
    if (place === 'last') this.#queue.push(queued, decision);
    else this.#runFirst(queued, decision);
    this.#changed();
    // What the turn says meanwhile is not waited for.
    return this.#answer(await log.stored());
  }

  /**
   * Hands a message to the running turn, where its lane takes that. What the turn did not take, since it was just ending for
   * example, goes the way of every prompt: it waits, or begins a turn.
   */
  async steer(prompt: Prompt): Promise<SubmitResult> {
    const stops = this.#stops;
    const wrong = await wrongAttachment(prompt.attachments ?? [], this.#deps.checkAttachment);
    const turn = this.#turns.current;
    if (wrong !== null || turn === null || prompt.text.trim() === '') return this.submit(prompt);
    const { log } = this.#thread;
    if ((await turn.steer(prompt)) && log !== null) return this.#answer(await log.stored());
    // Whoever says Stop wants nothing begun by what the turn had not read yet.
    return this.#stops === stops ? this.submit(prompt) : this.#notTaken(stoppedText);
  }

  /** Ends the running turn, and runs a prompt that waits next. */
  async sendQueued(turn: TurnId): Promise<SubmitResult> {
    const prompt = this.#queue.take(turn);
    if (prompt === null) return this.#notTaken(notQueuedText);
    this.#runFirst(prompt, null);
    this.#changed();
    return { ok: true };
  }

  /** Takes a prompt that waits out of the queue, on record. */
  async dropQueued(turn: TurnId): Promise<SubmitResult> {
    const prompt = this.#queue.take(turn);
    if (prompt === null) return this.#notTaken(notQueuedText);
    const log = this.#held();
    this.#record.withdraw(log, prompt.turnId);
    this.#changed();
    return this.#answer(await log.stored());
  }

  /** Ends the running turn and, on record, the prompts that wait behind it. Resolves when the thread is idle. */
  async stop(by: InterruptedBy): Promise<void> {
    if (!this.#queue.running) return;
    this.#stops += 1;
    const idle = this.#queue.stop(by);
    this.#turns.stop(by);
    this.#changed();
    await idle;
  }

  /** The user says to go on waiting for the running turn; false when nothing waits with a limit. */
  wait(): boolean {
    return this.#turns.current?.wait() ?? false;
  }

  /** The options hold from the next turn on. A thread without events keeps them until its first prompt. */
  async setOptions(given: ThreadOptions): Promise<SubmitResult> {
    try {
      await this.#thread.load();
    } catch (error) {
      return this.#failed(error);
    }
    const checked = checkOptions(given, this.#thread.view, this.#deps.settings.get());
    if (!checked.ok) return checked;
    if (this.#record.isBegun) return this.note({ kind: 'thread_options_changed', options: checked.options });
    this.#thread.setOptionsAhead(checked.options);
    this.#changed();
    return { ok: true };
  }

  /** Adds an event of the thread itself, also while a turn runs. */
  async note(body: EngineBody): Promise<SubmitResult> {
    try {
      await this.#mend();
      for (;;) {
        if (this.#closing) return this.#notTaken(closingText);
        await this.#thread.load();
        if (!this.#record.isBegun) return this.#notTaken(emptyText);
        await this.#thread.take();
        const { log } = this.#thread;
        // The turn before ended in between and let the log go.
        if (log === null) continue;
        log.add(body, this.#record.threadStamp());
        const stored = await log.stored();
        this.#releaseIdle();
        return this.#answer(stored);
      }
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Does `work` on the thread while nothing else does: no turn runs or begins until it has settled. */
  async whileIdle<T>(work: (thread: IdleThread) => Promise<T>): Promise<Idle<T>> {
    if (this.#closing) return { ok: false, message: closingText };
    if (this.#queue.running) return { ok: false, message: runningText };
    if (this.#work !== null) return { ok: false, message: busyText };
    const done = this.#exclusively(work);
    this.#work = done;
    try {
      return await done;
    } finally {
      this.#work = null;
      this.#releaseIdle();
    }
  }

  answer(...[approvalId, given]: Parameters<RunningTurn['answer']>): ReturnType<RunningTurn['answer']> {
    return this.#turns.current?.answer(approvalId, given) ?? Promise.resolve({ ok: false, why: 'closed' });
  }

  /** Stops by `shutdown` and releases the thread. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.stop('shutdown');
    await this.#work;
    await this.#thread.log?.flushed();
    this.#thread.release();
    await this.#thread.released();
  }

  /** The log to write to, or why the prompt is not taken. What must be confirmed is looked at before anything is opened. */
  async #prepare(prompt: Prompt): Promise<EventLog | Exclude<SubmitResult, { ok: true }>> {
    try {
      const wrong = await wrongAttachment(prompt.attachments ?? [], this.#deps.checkAttachment);
      if (wrong !== null) return this.#notTaken(wrong);
      await this.#mend();
      for (;;) {
        const problem = this.#whyNot();
        if (problem !== null) return this.#notTaken(problem);
        await this.#thread.load();
        const { cwd, memory } = this.#thread;
        if (cwd !== null && !this.#deps.workspace.folders().some((folder) => folder.path === cwd)) {
          return this.#notTaken(
            `This thread belongs to the folder ${cwd}, which is not open in this window. Open it, or start a new thread.`,
          );
        }
        const unable = this.#check.noImages(prompt) ?? (await refusedAct(this.#deps, this.#thread, prompt.act));
        if (unable !== null) return this.#notTaken(unable);
        const ask = await this.#check.question(prompt, this.#queue.running);
        if (ask !== null) return this.#notTaken(questionText(ask), ask);
        await this.#thread.take();
        const { log } = this.#thread;
        // Else the turn before ended in between and let the log go, or told who paid it, or another window did; or all is closing.
        if (log !== null && this.#thread.memory.payer === memory.payer && this.#whyNot() === null) return log;
      }
    } catch (error) {
      return this.#failed(error);
    }
  }

  #answer(stored: boolean): SubmitResult {
    return stored ? { ok: true } : { ok: false, message: this.#thread.problem ?? 'This thread can’t be stored.' };
  }

  #failed(error: unknown): Exclude<SubmitResult, { ok: true }> {
    if (!isLanesError(error)) this.#deps.log.error('the thread could not be opened', error);
    return this.#notTaken(messageOf(error));
  }

  /** A disk that was full may have room again: a thread that could not be written is tried anew. */
  async #mend(): Promise<void> {
    if (this.#thread.problem === null || this.#queue.running || this.#work !== null) return;
    await this.#thread.mend();
    this.#changed();
  }

  /** Why no prompt is taken now; null = one is. */
  #whyNot(): string | null {
    if (this.#closing) return closingText;
    return this.#work === null ? this.#thread.problem : busyText;
  }

  async #exclusively<T>(work: (thread: IdleThread) => Promise<T>): Promise<Idle<T>> {
    const thread = this.#thread;
    try {
      if (thread.problem !== null) await thread.mend();
      await thread.load();
      if (thread.view.seq === 0) return { ok: false, message: emptyText };
      await thread.take();
      const check = (): void => {
        if (thread.problem !== null) throw new LanesError('storage', thread.problem);
      };
      check();
      const add = async (body: EngineBody): Promise<void> => {
        this.#held().add(body, this.#record.threadStamp());
        await this.#held().flushed();
        check();
      };
      return { ok: true, value: await work({ view: thread.view, add, stamp: this.#record.threadStamp() }) };
    } catch (error) {
      if (!isLanesError(error)) this.#deps.log.error('work on a thread failed', error);
      return { ok: false, message: messageOf(error) };
    }
  }

  #notTaken(message: string, ask?: SendQuestion): Exclude<SubmitResult, { ok: true }> {
    this.#releaseIdle();
    return { ok: false, message, ...(ask === undefined ? {} : { ask }) };
  }

  /** An idle thread is free for every other window. */
  #releaseIdle(): void {
    if (!this.#queue.running && this.#work === null) this.#thread.release();
  }

  #runFirst(prompt: Queued, decision: LaneDecision | null): void {
    const ends = this.#queue.running;
    this.#queue.pushFirst(prompt, decision);
    if (ends) this.#turns.stop('user');
  }

  /** While the queue runs, the log is held. */
  #held(): EventLog {
    const { log } = this.#thread;
    if (log === null) throw new Error('the log of a running thread was let go');
    return log;
  }

  /** A fact that comes when its turn is over, and maybe the log already let go. */
  async #addLate(body: EventBody, stamp: Stamp): Promise<void> {
    try {
      await this.#thread.take();
      this.#thread.log?.add(body, stamp);
      await this.#thread.log?.flushed();
      this.#releaseIdle();
    } catch (error) {
      this.#deps.log.error('a late event of a turn could not be stored', error);
    }
  }

  /** The log can't be written: what runs is ended, and the user is told instead of losing text without a word. */
  #break(): void {
    this.#queue.clear();
    this.#turns.stop('shutdown');
    this.#changed();
  }

  #changed(): void {
    this.#listener.onActivity(this.#thread.threadId, this.activity());
  }
}

const closingText = 'The window is closing.';
const stoppedText = 'The turn was stopped before it took the message.';
const notQueuedText = 'This prompt does not wait any more.';
const emptyText = 'This thread has no prompts yet.';
const runningText = 'A turn of this thread is running. Wait until it has ended, or stop it.';
const busyText = 'This thread is being changed. Try again in a moment.';

/** A thread that is kept idle for a piece of work. */
export type IdleThread = {
  readonly view: ThreadView;
  /** Whose an event of the thread is. */
  readonly stamp: Stamp;
  /** Adds an event of the thread itself. Throws LanesError `storage`. */
  readonly add: (body: EngineBody) => Promise<void>;
};

export type Idle<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };
