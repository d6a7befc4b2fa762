import { AsyncQueue } from '../base/index.ts';
import type {
  ApprovalId,
  ApprovalResult,
  EventBody,
  GivenAnswer,
  InterruptedBy,
  LaneBody,
  LaneEvent,
  LaneFacts,
  Payer,
  Prompt,
  Receipt,
  RuleStep,
  RunnableLaneId,
  TerminalBody,
  ThreadId,
  TurnError,
  TurnId,
  TurnProgress,
  WarningSource,
} from '../model/index.ts';
import { messageOf } from '../model/index.ts';
import type { Lane, LaneTurn, Steer, TurnEnd } from '../ports/index.ts';
import { Approvals } from './approvals.ts';
import { ChangeFeed } from './change-feed.ts';
import type { EngineDeps } from './deps.ts';
import type { EventLog, Stamp } from './event-log.ts';
import { stampOf } from './event-log.ts';
import { ProgressFeed } from './progress-feed.ts';
import type { TurnChoices } from './turn-choices.ts';

/** Facts of a turn that no lane ran. */
export function factsOfNone({ transport }: Pick<Lane, 'transport'>): LaneFacts {
  return {
    transport,
    executable: null,
    endpoint: null,
    payer: null,
    modelServed: 'unknown',
    nativeThreadId: null,
    completionPolicy: null,
    historyCompleteness: null,
    usage: null,
    usageAuthority: null,
    exitCode: null,
    killStep: 'none',
  };
}

/** What is said of a turn before a lane takes it. */
export type Decided = {
  readonly threadId: ThreadId;
  readonly turnId: TurnId;
  readonly asked: Receipt['asked'];
  readonly resolved: RunnableLaneId | null;
  readonly trace: readonly RuleStep[];
  readonly stamp: Stamp;
  readonly choices: TurnChoices;
  readonly sandbox: Receipt['sandbox'];
  readonly approvalPolicy: Receipt['approvalPolicy'];
  /** Monotonic times, in milliseconds. */
  readonly queuedAt: number;
};

export type TurnListener = {
  /** Another number of questions waits for the user, the turn is further on its way, or takes messages from now on. */
  readonly onWaiting: () => void;
  /** Something came after the turn's end. */
  readonly onLate: (body: EventBody, stamp: Stamp) => void;
  /** Whether the thread's own notices say this already. */
  readonly saidNotice: (code: string, text: string) => boolean;
  /** Why `payer` must not pay this turn; null = it may. */
  readonly mayPay: (payer: Payer | null) => TurnError | null;
};

/** One turn while it runs: times, warnings, the question that waits, and the way to stop it. */
export class RunningTurn {
  readonly decided: Decided;
  readonly #deps: EngineDeps;
  readonly #log: EventLog;
  readonly #listener: TurnListener;
  readonly #abort = new AbortController();
  readonly #approvals: Approvals;
  readonly #inbox = new AsyncQueue<Steer>();
  /** Settles each message that the lane has not answered yet. */
  readonly #steers = new Set<(taken: boolean) => void>();
  /** Takes messages while it runs. */
  #lane: Lane | null = null;
  readonly #progress: ProgressFeed;
  readonly #onWait = new Set<() => void>();
  readonly #startedAt: number;
  #firstEventAt: number | null = null;
  #firstTextAt: number | null = null;
  #warnings: Partial<Record<WarningSource, number>> = {};
  #feed: ChangeFeed | null = null;
  #makesWorktree = false;
  #ended = false;

  constructor(deps: EngineDeps, log: EventLog, decided: Decided, listener: TurnListener) {
    this.#listener = listener;
    this.#deps = deps;
    this.#log = log;
    this.decided = decided;
    this.#startedAt = deps.clock.monotonic();
    this.#progress = new ProgressFeed(deps.clock, listener.onWaiting);
    this.#approvals = new Approvals({
      emit: (event) => this.#emit(event),
      newId: () => deps.newId() as ApprovalId,
      onCount: listener.onWaiting,
      grants: deps.grants?.of(decided.threadId) ?? null,
      onSecrets: (values) => deps.onSecrets?.(values),
    });
  }

  get waiting(): boolean {
    return this.#approvals.waiting > 0;
  }

  get stopping(): boolean {
    return this.#abort.signal.aborted;
  }

  /** A message that is handed to it now may be taken. */
  get steers(): boolean {
    return this.#lane?.capabilities.steer === true && !this.stopping;
  }

  /** What was observed of its way; null = nothing yet. */
  get progress(): TurnProgress | null {
    return this.#progress.last;
  }

  /** The user says to go on waiting; false when nothing waits with a limit. */
  wait(): boolean {
    for (const call of [...this.#onWait]) call();
    return this.#onWait.size > 0;
  }

  stop(by: InterruptedBy): void {
    if (by === 'shutdown') this.#approvals.refuseAll(by);
    this.#abort.abort(by);
  }

  answer(approvalId: ApprovalId, given: GivenAnswer): Promise<ApprovalResult> {
    return this.#approvals.answer(approvalId, given);
  }

  /**
   * Hands a message to the turn while it runs. False: the turn did not take it, and whoever sent it has it still. What was
   * taken is on record.
   */
  steer({ text, attachments = [], requestId, act }: Prompt): Promise<boolean> {
    if (act !== undefined || !this.steers) return Promise.resolve(false);
    const settled = Promise.withResolvers<boolean>();
    const settle = (taken: boolean): void => {
      if (!this.#steers.delete(settle)) return;
      if (taken) {
        const body = { kind: 'user_message', text, attachments, delivery: 'steer' } as const;
        this.#log.add(body, { ...this.decided.stamp, requestId });
      }
      settled.resolve(taken);
    };
    this.#steers.add(settle);
    this.#inbox.push({ text, attachments, settle });
    return settled.promise;
  }

  /** Runs the lane to its end. Never throws: a lane that does is a failed turn. */
  async run(lane: Lane, turn: LaneTurn): Promise<TurnEnd> {
    this.#feed = this.#follow(lane, turn);
    // Codex takes no message while it compacts or reviews.
    this.#lane = turn.act === undefined ? lane : null;
    if (this.steers) this.#listener.onWaiting();
    const end = await this.#run(lane, turn, this.#feed);
    this.#closeInbox();
    await this.#feed?.end(this.#abort.signal.reason);
    return end;
  }

  /** A lane that changes nothing needs no record of what was. */
  #follow({ id, offersTools }: Lane, { cwd, sandbox, newWorktree, nativeThreadId }: LaneTurn): ChangeFeed | null {
    const { changes, clock } = this.#deps;
    const ownTools = id !== 'codex-native';
    if (changes === undefined || cwd === null || (ownTools && offersTools?.(cwd) !== true)) return null;
    const { turnId, stamp } = this.decided;
    const feed = new ChangeFeed({
      changes,
      clock,
      turnId,
      sandbox,
      ownTools,
      add: (body, itemId) => this.#log.add(body, { ...stamp, itemId }),
      saidUnseen: (gap) => this.#listener.saidNotice('disk_not_looked_at', gap),
      saidOverlooked: (count) => this.#listener.saidNotice('disk_overlooked', count),
    });
    // Where the worktree is that the runtime makes, its lane tells.
    this.#makesWorktree = newWorktree && nativeThreadId === null;
    if (!newWorktree) feed.follow(cwd, null);
    return feed;
  }

  async #run(lane: Lane, turn: LaneTurn, feed: ChangeFeed | null): Promise<TurnEnd> {
    try {
      return await lane.run(turn, {
        emit: (event) => this.#emit(event),
        approvals: {
          ask: (request, signal) => this.#approvals.ask(request, signal),
          fill: (request, signal) => this.#approvals.fill(request, signal),
        },
        inbox: this.#inbox,
        beforeChange: async (paths) => feed?.before(paths),
        // What was changed is in the lane's event. Nothing waits for its explanation but the end of the turn.
        afterChange: () => Promise.resolve(),
        mayPay: (payer) => this.#listener.mayPay(payer),
        progress: (progress) => {
          if (progress.steps.some(({ what }) => what === 'thread-started')) feed?.programIsUp();
          if (!this.#ended) this.#progress.take(progress);
        },
        onWait: (call) => {
          this.#onWait.add(call);
          return () => this.#onWait.delete(call);
        },
        signal: this.#abort.signal,
      });
    } catch (error) {
      this.#deps.log.error(`the ${lane.id} lane failed`, error);
      const facts = factsOfNone(lane);
      if (this.#abort.signal.aborted) return { outcome: 'interrupted', facts };
      return { outcome: 'failed', facts, error: internalError(error) };
    }
  }

  /** Writes the terminal event. What still comes afterwards is about the turn, not of it. */
  end(end: TurnEnd): void {
    this.#approvals.withdrawAll(this.#abort.signal.reason ?? new Error('the turn is over'));
    this.#closeInbox();
    this.#progress.end();
    this.#onWait.clear();
    const durationMs = Math.round(this.#deps.clock.monotonic() - this.#startedAt);
    this.#log.add(terminalOf(end, this.#abort.signal.reason, durationMs), this.decided.stamp);
    this.#ended = true;
  }

  receipt(end: TurnEnd): Omit<Receipt, 'seal'> {
    const { asked, resolved, trace, choices, sandbox, approvalPolicy, queuedAt } = this.decided;
    const { model, effort, cwd } = choices;
    const now = this.#deps.clock.monotonic();
    const since = (at: number | null): number | null => (at === null ? null : Math.round(at - this.#startedAt));
    return {
      ...end.facts,
      asked,
      resolved,
      trace,
      modelAsked: model,
      effort,
      sandbox,
      approvalPolicy,
      cwd,
      warnings: this.#warnings,
      durations: {
        queueMs: Math.round(this.#startedAt - queuedAt),
        firstEventMs: since(this.#firstEventAt),
        firstTextMs: since(this.#firstTextAt),
        totalMs: Math.round(now - this.#startedAt),
      },
    };
  }

  /** What the turn did not take is for the next one. */
  #closeInbox(): void {
    this.#lane = null;
    this.#inbox.close();
    for (const settle of [...this.#steers]) settle(false);
  }

  #emit(event: LaneEvent | LaneBody): void {
    if (this.#ended) {
      const { turnId, ...thread } = this.decided.stamp;
      const late: Stamp = turnId === undefined ? thread : { ...thread, aboutTurnId: turnId };
      const { body, stamp } = stampOf(event, late);
      this.#listener.onLate(body, stamp);
      return;
    }
    // That the turn has begun is no word on it yet.
    if (event.kind !== 'thread_status_changed') this.#firstEventAt ??= this.#deps.clock.monotonic();
    if (event.kind === 'assistant_text') this.#firstTextAt ??= this.#deps.clock.monotonic();
    if (event.kind === 'warning')
      this.#warnings = { ...this.#warnings, [event.source]: (this.#warnings[event.source] ?? 0) + 1 };
    const { body, stamp } = stampOf(event, this.decided.stamp);
    this.#log.add(body, stamp);
    if (event.kind === 'worktree_created') {
      const { path, base } = event.worktree;
      this.#feed?.follow(path, this.#makesWorktree ? base : null);
    }
    if ('itemId' in event) this.#feed?.take(event);
  }
}

function terminalOf(end: TurnEnd, reason: unknown, durationMs: number): TerminalBody {
  switch (end.outcome) {
    case 'completed':
      return { kind: 'turn_completed', durationMs };
    case 'failed':
      return { kind: 'turn_failed', durationMs, error: end.error };
    case 'interrupted':
      return {
        kind: 'turn_interrupted',
        durationMs,
        by: reason === 'shutdown' || reason === 'timeout' ? reason : 'user',
      };
  }
}

function internalError(error: unknown): TurnError {
  return {
    code: 'internal',
    message: 'The turn ended because of a defect in this extension.',
    retryable: true,
    hint: 'Send the prompt again. If it happens again, the log says more.',
    detail: messageOf(error),
  };
}
