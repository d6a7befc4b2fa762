import type {
  EventBody,
  InterruptedBy,
  LogEvent,
  Prompt,
  RequestId,
  SubmitResult,
  ThreadId,
  ThreadView,
  TurnError,
  TurnId,
} from '../model/index.ts';
import { emptyThread, fold, isLanesError, messageOf, turnId } from '../model/index.ts';
import type { ThreadWriter, TurnEnd } from '../ports/index.ts';
import type { LaneDecision } from '../routing/index.ts';
import { decideLane } from '../routing/index.ts';
import type { Activity, EngineDeps, EngineListener } from './deps.ts';
import type { Stamp } from './event-log.ts';
import { EventLog } from './event-log.ts';
import type { Memory } from './memory.ts';
import { emptyMemory, historyOf, remember } from './memory.ts';
import type { Decided } from './turn.ts';
import { factsOfNone, RunningTurn, Seal } from './turn.ts';

type Queued = {
  readonly turnId: TurnId;
  readonly requestId: RequestId;
  readonly text: string;
  /** Monotonic, in milliseconds. */
  readonly queuedAt: number;
  /** The prompt is in the log already: it had to wait for its turn. */
  readonly recorded: boolean;
};

/** One thread: its fold, its queue, its running turn, and the only writer of its log. One turn runs at a time. */
export class ThreadActor {
  readonly #deps: EngineDeps;
  readonly #listener: EngineListener;
  readonly #threadId: ThreadId;
  #view: ThreadView;
  #memory: Memory = emptyMemory;
  #cwd: string | null;
  #loaded: Promise<void> | null = null;
  #taking: Promise<void> | null = null;
  #releasing: Promise<void> | null = null;
  #log: EventLog | null = null;
  #writer: ThreadWriter | null = null;
  #problem: string | null = null;
  #queue: Queued[] = [];
  #turn: RunningTurn | null = null;
  #seal: Seal | null = null;
  #loop: Promise<void> | null = null;
  /** Stop was asked for since the running turn was taken off the queue; ends the queue too. */
  #stopAsked: InterruptedBy | null = null;
  #onIdle: (() => void)[] = [];
  #begun = false;
  /** Milliseconds since the epoch. */
  #lastTurnAt = 0;
  /** Stored events of turns that have not begun: part of their seal. */
  #early = new Map<TurnId, LogEvent[]>();
  #closing = false;

  constructor(deps: EngineDeps, listener: EngineListener, threadId: ThreadId, cwd: string | null) {
    this.#deps = deps;
    this.#listener = listener;
    this.#threadId = threadId;
    this.#cwd = cwd;
    this.#view = emptyThread(threadId);
  }

  /** The fold of all events. A turn that a dead process left open is ended first, where no other process holds the thread. */
  async view(): Promise<ThreadView> {
    await this.#load();
    if (this.#log === null && (this.#view.activeTurnId !== null || this.#view.queued.length > 0)) {
      // Held elsewhere: that turn may well be running there.
      await this.#take().catch((error: unknown) => this.#deps.log.info(messageOf(error)));
      if (this.#loop === null) this.#release();
    }
    return this.#view;
  }

  activity(): Activity {
    return {
      running: this.#loop !== null,
      stopping: this.#stopAsked !== null,
      queued: this.#queue.length,
      awaitingApproval: this.#turn?.waiting ?? false,
      problem: this.#problem,
    };
  }

  /** Answers when the prompt is recorded, or says why it can't be. */
  async submit(prompt: Prompt): Promise<SubmitResult> {
    if (prompt.text.trim() === '') return { ok: false, message: 'The prompt is empty.' };
    const log = await this.#prepare();
    if (typeof log === 'string') return { ok: false, message: log };
    const decision = this.#loop === null ? decideLane(this.#deps.inputs()) : null;
    const queued: Queued = {
      ...prompt,
      turnId: this.#newTurnId(),
      queuedAt: this.#deps.clock.monotonic(),
      // A prompt that has to wait (for a turn, for the first check of a lane) is on record before it waits.
      recorded: decision === null || decision.kind === 'probe-first',
    };
    if (queued.recorded) this.#recordPrompt(log, queued, this.#stampBefore(queued.turnId));
    this.#queue.push(queued);
    this.#loop ??= this.#runQueue(log, decision?.kind === 'probe-first' ? null : decision);
    this.#changed();
    await log.flushed();
    return this.#problem === null ? { ok: true } : { ok: false, message: this.#problem };
  }

  /** Ends the running turn and, on record, the prompts that wait behind it. Resolves when the thread is idle. */
  async stop(by: InterruptedBy): Promise<void> {
    if (this.#loop === null) return;
    this.#stopAsked = by;
    this.#turn?.stop(by);
    this.#changed();
    await new Promise<void>((idle) => {
      this.#onIdle.push(idle);
    });
  }

  answer(approvalId: Parameters<RunningTurn['answer']>[0], decision: string): boolean {
    return this.#turn?.answer(approvalId, decision) ?? false;
  }

  /** Stops by `shutdown` and releases the thread. */
  async close(): Promise<void> {
    this.#closing = true;
    await this.stop('shutdown');
    this.#release();
    await this.#releasing;
  }

  /** An idle thread is free for every other window. Only called when nothing of the log is unwritten. */
  #release(): void {
    const writer = this.#writer;
    this.#writer = null;
    this.#log = null;
    this.#taking = null;
    if (writer === null) return;
    this.#releasing = writer.close().catch((error: unknown) => {
      this.#deps.log.error('closing a thread failed', error);
    });
  }

  /** The log to write to, or why the prompt is not taken. */
  async #prepare(): Promise<EventLog | string> {
    if (this.#closing) return 'The window is closing.';
    if (this.#problem !== null) return this.#problem;
    try {
      await this.#load();
      await this.#take();
    } catch (error) {
      if (!isLanesError(error)) this.#deps.log.error('the thread could not be opened', error);
      return messageOf(error);
    }
    const log = this.#log;
    // The turn before ended in between, and let the log go.
    if (log === null) return this.#prepare();
    const cwd = this.#cwd;
    const folders = this.#deps.workspace.folders();
    if (cwd !== null && !folders.some((folder) => folder.path === cwd)) {
      if (this.#loop === null) this.#release();
      return `This thread belongs to the folder ${cwd}, which is not open in this window. Open it, or start a new thread.`;
    }
    return log;
  }

  /** Unique in its thread, and short, since every event carries it: the time in base 36, moved on where it is taken. */
  #newTurnId(): TurnId {
    const taken = (id: TurnId): boolean => this.#view.turns.some((turn) => turn.turnId === id);
    let at = Math.max(this.#deps.clock.now(), this.#lastTurnAt + 1);
    while (taken(turnId(at.toString(36)))) at += 1;
    this.#lastTurnAt = at;
    return turnId(at.toString(36));
  }

  #load(): Promise<void> {
    this.#loaded ??= this.#read();
    return this.#loaded;
  }

  async #read(): Promise<void> {
    try {
      for (const event of await this.#deps.transcript.read(this.#threadId)) this.#fold(event);
    } catch (error) {
      // A thread that was never written is an empty one.
      if (isLanesError(error, 'not-found')) return;
      this.#loaded = null;
      this.#view = emptyThread(this.#threadId);
      throw error;
    }
    if (this.#view.seq > 0) this.#cwd = this.#view.cwd;
  }

  /** Becomes the writer; ends what a dead process left open. */
  #take(): Promise<void> {
    this.#taking ??= this.#open().catch((error: unknown) => {
      this.#taking = null;
      throw error;
    });
    return this.#taking;
  }

  async #open(): Promise<void> {
    await this.#releasing;
    const writer = await this.#deps.transcript.open(this.#threadId);
    if (writer.lastSeq !== this.#view.seq) {
      // Another process has written since our reading.
      this.#view = emptyThread(this.#threadId);
      this.#memory = emptyMemory;
      this.#loaded = null;
      try {
        await this.#load();
      } catch (error) {
        await writer.close();
        throw error;
      }
    }
    this.#writer = writer;
    const log = new EventLog(
      {
        threadId: this.#threadId,
        clock: this.#deps.clock,
        writer,
        onStored: (events) => this.#stored(events),
        onBroken: (error) => this.#break(error),
      },
      this.#view.seq,
    );
    this.#log = log;
    this.#endLeftovers(log);
    await log.flushed();
  }

  #endLeftovers(log: EventLog): void {
    const open = this.#view.turns.find((turn) => turn.state === 'running');
    if (open !== undefined)
      log.add({ kind: 'turn_interrupted', durationMs: 0, by: 'shutdown' }, this.#stampBefore(open.turnId));
    for (const row of this.#view.queued) {
      if (row.turnId !== null) this.#endUnstarted(log, row.turnId, 'shutdown');
    }
  }

  /** A prompt whose turn never began still gets its place and its end. */
  #endUnstarted(log: EventLog, id: TurnId, by: InterruptedBy): void {
    const stamp = this.#stampBefore(id);
    const { selected: asked } = this.#deps.inputs();
    log.add({ kind: 'lane_decided', asked, resolved: null, trace: [] }, stamp);
    log.add({ kind: 'turn_interrupted', durationMs: 0, by }, stamp);
  }

  async #runQueue(log: EventLog, first: LaneDecision | null): Promise<void> {
    let decision = first;
    for (;;) {
      const next = this.#queue.shift();
      if (next === undefined) {
        await log.flushed();
        // A prompt may have come while the last events were written.
        if (this.#queue.length > 0) continue;
        break;
      }
      if (this.#stopAsked === null) await this.#runTurn(log, next, decision);
      else if (next.recorded) this.#endUnstarted(log, next.turnId, this.#stopAsked);
      decision = null;
    }
    this.#release();
    this.#loop = null;
    this.#stopAsked = null;
    for (const idle of this.#onIdle.splice(0)) idle();
    this.#changed();
  }

  async #runTurn(log: EventLog, prompt: Queued, first: LaneDecision | null): Promise<void> {
    const decision = first ?? (await this.#decide(log));
    const inputs = this.#deps.inputs();
    const lane = this.#deps.lane(decision.lane);
    const runs = decision.kind === 'run';
    const settings = this.#deps.settings.get();
    const native = lane.id === 'codex-native';
    const decided: Decided = {
      turnId: prompt.turnId,
      asked: inputs.selected,
      resolved: runs ? lane.id : null,
      trace: decision.trace,
      stamp: { laneId: lane.id, transport: lane.transport, turnId: prompt.turnId },
      model: native ? settings.nativeModel : settings.apiModel,
      effort: native ? settings.nativeEffort : settings.apiEffort,
      cwd: this.#cwd,
      sandbox: native ? settings.nativeSandbox : null,
      approvalPolicy: lane.approvalPolicy,
      queuedAt: prompt.queuedAt,
    };
    const before = this.#memory;
    this.#seal = new Seal(this.#deps, prompt.turnId, before.seal);
    this.#seal.take(this.#early.get(prompt.turnId) ?? []);
    this.#early.delete(prompt.turnId);
    this.#begin(log, decided.stamp);
    const { asked, resolved, trace, model, effort, cwd, sandbox, approvalPolicy, stamp } = decided;
    log.add({ kind: 'lane_decided', asked, resolved, trace }, stamp);
    if (!prompt.recorded) this.#recordPrompt(log, prompt, stamp);
    log.add({ kind: 'turn_started', model, effort, cwd, sandbox, approvalPolicy }, stamp);
    const changed = runs && before.lane !== null && before.lane !== lane.id;
    if (changed) {
      const text = `runtime backend changed (${before.lane} -> ${lane.id})`;
      log.add({ kind: 'system_notice', code: 'lane_changed', text }, stamp);
    }
    const turn = new RunningTurn(this.#deps, log, decided, {
      onWaiting: () => this.#changed(),
      onLate: (body, late) => void this.#addLate(body, late),
    });
    this.#turn = turn;
    if (this.#stopAsked !== null) turn.stop(this.#stopAsked);
    this.#changed();
    const end: TurnEnd =
      this.#stopAsked !== null
        ? { outcome: 'interrupted', facts: factsOfNone(lane.id) }
        : decision.kind === 'refuse'
          ? {
              outcome: 'failed' as const,
              error: { ...decision.error, actions: decision.actions },
              facts: factsOfNone(lane.id),
            }
          : native && cwd === null
            ? { outcome: 'failed' as const, error: noFolder, facts: factsOfNone(lane.id) }
            : await turn.run(lane, {
                threadId: this.#threadId,
                turnId: prompt.turnId,
                nativeThreadId: changed ? null : before.nativeThreadId,
                text: prompt.text,
                attachments: [],
                history: historyOf(this.#view, prompt.turnId),
                cwd,
                model,
                effort,
                sandbox: settings.nativeSandbox,
                ephemeral: settings.nativeEphemeral,
                allowNonGit: settings.nativeSkipGitCheck,
                usageBefore: changed || before.nativeThreadId === null ? emptyMemory.usageTotal : before.usageTotal,
              });
    turn.end(end);
    await log.flushed();
    const receipt = turn.receipt(end, this.#seal.hex());
    this.#seal = null;
    const { turnId: about, ...threadStamp } = stamp;
    if (about !== undefined) log.add({ kind: 'receipt', aboutTurnId: about, receipt }, threadStamp);
    await log.flushed();
    this.#turn = null;
    this.#changed();
  }

  async #decide(log: EventLog): Promise<Exclude<LaneDecision, { kind: 'probe-first' }>> {
    const decision = decideLane(this.#deps.inputs());
    if (decision.kind !== 'probe-first') return decision;
    await log.flushed();
    await this.#deps.probe(decision.lane);
    const second = decideLane(this.#deps.inputs());
    if (second.kind !== 'probe-first') return second;
    return {
      kind: 'refuse',
      ok: false,
      lane: second.lane,
      trace: second.trace,
      error: notChecked,
      actions: ['refreshStatus'],
    };
  }

  /** A fact that comes when its turn is over, and maybe the log already let go. */
  async #addLate(body: EventBody, stamp: Stamp): Promise<void> {
    try {
      await this.#take();
      this.#log?.add(body, stamp);
      await this.#log?.flushed();
      if (this.#loop === null) this.#release();
    } catch (error) {
      this.#deps.log.error('a late event of a turn could not be stored', error);
    }
  }

  #begin(log: EventLog, stamp: Stamp): void {
    if (this.#begun || this.#view.seq > 0) return;
    this.#begun = true;
    const { turnId: _turn, ...thread } = stamp;
    log.add({ kind: 'thread_started', cwd: this.#cwd }, thread);
  }

  #recordPrompt(log: EventLog, prompt: Queued, stamp: Stamp): void {
    this.#begin(log, stamp);
    const { text, requestId } = prompt;
    const delivery = prompt.recorded ? 'queued' : 'start';
    log.add({ kind: 'user_message', text, attachments: [], delivery }, { ...stamp, requestId });
  }

  /** Whose an event is before its turn's lane is decided: the lane that the thread would take now. */
  #stampBefore(id: TurnId): Stamp {
    const lane = decideLane(this.#deps.inputs()).lane;
    return { laneId: lane, transport: this.#deps.lane(lane).transport, turnId: id };
  }

  #stored(events: readonly LogEvent[]): void {
    this.#seal?.take(events);
    for (const event of events) {
      if (event.kind === 'user_message' && event.delivery === 'queued' && event.turnId !== undefined) {
        this.#early.set(event.turnId, [event]);
      }
      this.#fold(event);
    }
    this.#listener.onEvents(this.#threadId, events);
  }

  #fold(event: LogEvent): void {
    this.#view = fold(this.#view, event);
    this.#memory = remember(this.#memory, event);
  }

  /** The log can't be written: what runs is ended, and the user is told instead of losing text without a word. */
  #break(error: unknown): void {
    this.#problem = `This thread can't be stored: ${messageOf(error)}`;
    this.#deps.log.error('storing a thread failed', error);
    this.#queue = [];
    this.#turn?.stop('shutdown');
    this.#changed();
  }

  #changed(): void {
    this.#listener.onActivity(this.#threadId, this.activity());
  }
}

const noFolder: TurnError = {
  code: 'folder_missing',
  message: 'No folder is open, and Codex runs in a folder.',
  retryable: false,
  hint: 'Open a folder, then start a new thread.',
};

const notChecked: TurnError = {
  code: 'runtime_missing',
  message: 'The lane could not be checked.',
  retryable: true,
  hint: 'Refresh the runtime status.',
};
