import type { InterruptedBy, TurnId } from '../model/index.ts';
import { turnId } from '../model/index.ts';
import { decideLane, nativeTransport } from '../routing/index.ts';
import type { EngineDeps } from './deps.ts';
import type { EventLog, Stamp } from './event-log.ts';
import type { HeldThread } from './held-thread.ts';
import type { Queued } from './prompt-queue.ts';

/** What the engine itself writes of a thread and of its prompts, beside the turns that run. */
export class ThreadRecord {
  readonly #deps: EngineDeps;
  readonly #thread: HeldThread;
  /** The log that the first event was given to, which may not be stored yet. */
  #begunIn: EventLog | null = null;
  /** Milliseconds since the epoch. */
  #lastTurnAt = 0;

  constructor(deps: EngineDeps, thread: HeldThread) {
    this.#deps = deps;
    this.#thread = thread;
  }

  /** Unique in its thread, and short, since every event carries it: the time in base 36, moved on where it is taken. */
  newTurnId(): TurnId {
    const taken = (id: TurnId): boolean => this.#thread.view.turns.some((turn) => turn.turnId === id);
    let at = Math.max(this.#deps.clock.now(), this.#lastTurnAt + 1);
    while (taken(turnIdAt(at))) at += 1;
    this.#lastTurnAt = at;
    return turnIdAt(at);
  }

  /** False while the thread has no event, not even one on its way. */
  get isBegun(): boolean {
    return this.#thread.view.seq > 0 || (this.#begunIn !== null && this.#begunIn === this.#thread.log);
  }

  /** The thread's first event, once. */
  begin(log: EventLog, stamp: Stamp): void {
    if (this.isBegun) return;
    this.#begunIn = log;
    const { turnId: _turn, ...thread } = stamp;
    log.add({ kind: 'thread_started', cwd: this.#thread.cwd }, thread);
    const { optionsAhead: options } = this.#thread;
    if (options !== null) log.add({ kind: 'thread_options_changed', options }, thread);
  }

  /** `stamp`: of the lane that the turn runs on, where that is decided. */
  prompt(log: EventLog, prompt: Queued, stamp: Stamp = this.#stampBefore(prompt.turnId)): void {
    this.begin(log, stamp);
    const { text, requestId, attachments = [], act } = prompt;
    const delivery = prompt.recorded ? 'queued' : 'start';
    const doing = act === undefined ? {} : { act };
    log.add({ kind: 'user_message', text, attachments, delivery, ...doing }, { ...stamp, requestId });
  }

  /** A prompt whose turn never began still gets its place and its end. */
  endUnstarted(log: EventLog, id: TurnId, by: InterruptedBy): void {
    const stamp = this.#stampBefore(id);
    const { selected: asked } = this.#deps.inputs();
    log.add({ kind: 'lane_decided', asked, resolved: null, trace: [] }, stamp);
    log.add({ kind: 'turn_interrupted', durationMs: 0, by }, stamp);
  }

  /** A prompt that was taken out of the queue: it has its end, and no place among the turns. */
  withdraw(log: EventLog, id: TurnId): void {
    log.add({ kind: 'turn_interrupted', durationMs: 0, by: 'user' }, this.#stampBefore(id));
  }

  /** Ends what a dead process left open. */
  endLeftovers(log: EventLog): void {
    const { turns, queued } = this.#thread.view;
    const open = turns.find((turn) => turn.state === 'running');
    if (open !== undefined) {
      const { turnId: id, resolved, transport } = open;
      // Of the lane that ran it, whichever is selected by now.
      const stamp = resolved === null || transport === null ? this.threadStamp() : { laneId: resolved, transport };
      log.add({ kind: 'turn_interrupted', durationMs: 0, by: 'shutdown' }, { ...stamp, turnId: id });
    }
    for (const row of queued) {
      if (row.turnId !== null) this.endUnstarted(log, row.turnId, 'shutdown');
    }
  }

  /** Whose an event of the thread itself is: the lane's that it would take now. */
  threadStamp(): Stamp {
    const inputs = this.#deps.inputs();
    const { lane } = decideLane(inputs);
    return { laneId: lane, transport: this.#deps.lane(lane, nativeTransport(inputs).transport).transport };
  }

  /** As before a turn's lane is decided. */
  #stampBefore(id: TurnId): Stamp {
    return { ...this.threadStamp(), turnId: id };
  }
}

const turnIdAt = (at: number): TurnId => turnId(at.toString(36));
