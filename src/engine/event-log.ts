import type {
  EventBody,
  ItemId,
  LaneEvent,
  LaneId,
  LogEvent,
  NativeThreadId,
  RequestId,
  ThreadId,
  Transport,
  TurnId,
} from '../model/index.ts';
import { providerOf } from '../model/index.ts';
import type { Clock, ThreadWriter } from '../ports/index.ts';

/** How long deltas of one item are merged before they become one event, in milliseconds (contract normalized-events, section 1). */
const mergeMs = 33;

/** What an event is about, beside its body. */
export type Stamp = {
  readonly laneId: LaneId;
  readonly transport: Transport;
  readonly turnId?: TurnId;
  readonly aboutTurnId?: TurnId;
  readonly itemId?: ItemId;
  readonly requestId?: RequestId;
  readonly nativeThreadId?: NativeThreadId;
};

type Draft = { body: EventBody; readonly stamp: Stamp };

export type EventLogDeps = {
  readonly threadId: ThreadId;
  readonly clock: Clock;
  readonly writer: ThreadWriter;
  /** Called with what was stored, in order, without gaps. */
  readonly onStored: (events: readonly LogEvent[]) => void;
  /** Storing failed: nothing after this is stored or sent. */
  readonly onBroken: (error: unknown) => void;
};

/**
 * The one way into a thread's log: merges deltas, gives `seq`, stores, then tells (stored = sent). Synchronous for the
 * caller; `flushed` waits for the disk.
 */
export class EventLog {
  readonly #deps: EventLogDeps;
  #seq: number;
  #pending: Draft | null = null;
  /** The item whose deltas are merged: its first one has been given. */
  #begun: ItemId | null = null;
  #cancelTimer: (() => void) | null = null;
  #waiting: LogEvent[] = [];
  #pump: Promise<void> | null = null;
  #broken = false;
  #told: number;
  #waiters: { readonly seq: number; readonly done: (stored: boolean) => void }[] = [];

  constructor(deps: EventLogDeps, lastSeq: number) {
    this.#deps = deps;
    this.#seq = lastSeq;
    this.#told = lastSeq;
  }

  add(body: EventBody, stamp: Stamp): void {
    const draft: Draft = { body, stamp };
    if (this.#pending !== null) {
      const merged = mergeDeltas(this.#pending, draft);
      if (merged !== null) {
        this.#pending.body = merged;
        return;
      }
      this.#release();
    }
    const item = stamp.itemId ?? null;
    // The first delta of an item is what the user waits for: only those after it are worth merging.
    if (!isDelta(body) || item !== this.#begun) {
      if (isDelta(body)) this.#begun = item;
      this.#give(draft);
      return;
    }
    this.#pending = draft;
    this.#cancelTimer = this.#deps.clock.after(mergeMs, () => this.#release());
  }

  /** Nothing that was added is unwritten. */
  get isFlushed(): boolean {
    return this.#broken || (this.#pending === null && this.#pump === null);
  }

  /** Resolves when all that was added is stored and told, also what is added meanwhile, or storing has failed. */
  async flushed(): Promise<void> {
    this.#release();
    while (this.#pump !== null) await this.#pump;
  }

  /** Resolves when all that was added before is stored and told: true; or storing has failed before it was: false. */
  stored(): Promise<boolean> {
    this.#release();
    const seq = this.#seq;
    if (this.#told >= seq || this.#broken) return Promise.resolve(this.#told >= seq);
    return new Promise((done) => this.#waiters.push({ seq, done }));
  }

  #release(): void {
    const draft = this.#pending;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#pending = null;
    if (draft !== null) this.#give(draft);
  }

  #give({ body, stamp }: Draft): void {
    if (this.#broken) return;
    this.#seq += 1;
    const at = new Date(this.#deps.clock.now()).toISOString();
    const envelope = {
      v: 1 as const,
      seq: this.#seq,
      at,
      provider: providerOf(stamp.laneId),
      threadId: this.#deps.threadId,
    };
    this.#waiting.push({ ...envelope, ...stamp, ...body });
    this.#pump ??= this.#run();
  }

  #tellWaiters(): void {
    const due = this.#waiters.filter(({ seq }) => seq <= this.#told || this.#broken);
    this.#waiters = this.#waiters.filter((waiter) => !due.includes(waiter));
    for (const { seq, done } of due) done(seq <= this.#told);
  }

  async #run(): Promise<void> {
    // A microtask later, so that what one call emits is one write.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      let stored: readonly LogEvent[];
      try {
        stored = await this.#deps.writer.append(batch);
      } catch (error) {
        this.#broken = true;
        this.#waiting = [];
        this.#pump = null;
        this.#deps.onBroken(error);
        this.#tellWaiters();
        return;
      }
      this.#deps.onStored(stored);
      this.#told = batch.at(-1)?.seq ?? this.#told;
      this.#tellWaiters();
    }
    this.#pump = null;
  }
}

/** Splits what a lane emits into body and stamp. */
export function stampOf(event: LaneEvent, turn: Stamp): { readonly body: EventBody; readonly stamp: Stamp } {
  const { itemId, nativeThreadId, ...body } = event;
  return {
    body: body as EventBody,
    stamp: {
      ...turn,
      ...(itemId === undefined ? {} : { itemId }),
      ...(nativeThreadId === undefined ? {} : { nativeThreadId }),
    },
  };
}

function isDelta(body: EventBody): boolean {
  switch (body.kind) {
    case 'assistant_text':
    case 'reasoning':
      return body.isDelta;
    case 'command_execution':
      return body.phase === 'output' && body.outputDelta !== undefined && body.output === undefined;
    default:
      return false;
  }
}

/** One body for two deltas of the same item; null when they must stay two. */
function mergeDeltas(first: Draft, second: Draft): EventBody | null {
  const a = first.body;
  const b = second.body;
  if (first.stamp.itemId === undefined || first.stamp.itemId !== second.stamp.itemId) return null;
  if (first.stamp.turnId !== second.stamp.turnId || !isDelta(b)) return null;
  if ((a.kind === 'assistant_text' || a.kind === 'reasoning') && b.kind === a.kind) {
    return { ...a, text: a.text + b.text };
  }
  if (a.kind === 'command_execution' && b.kind === 'command_execution') {
    return { ...b, outputDelta: (a.outputDelta ?? '') + (b.outputDelta ?? '') };
  }
  return null;
}
