import type { LogEvent, ThreadId } from '../../model/index.ts';

/** How long events are gathered before they are posted, in milliseconds: one batch a frame. */
const frameMs = 16;
/** How many events are kept for a view that comes back. */
const recentLimit = 2000;

export type FeedParts = {
  readonly post: (events: readonly LogEvent[]) => void;
  /** Calls once after `ms`; the returned function takes it back. */
  readonly after: (ms: number, call: () => void) => () => void;
  /** The view can't be brought up to date by events: it needs a snapshot. */
  readonly onGap: () => void;
};

/** Brings stored events to one view: gapless, each once, one batch a frame. */
export class EventFeed {
  readonly #parts: FeedParts;
  /** `closed`: no view, or it shows nothing yet. `opening`: a snapshot is on its way. `live`: events follow `#sent`. */
  #state: 'closed' | 'opening' | 'live' = 'closed';
  #sent = 0;
  #pending: LogEvent[] = [];
  #recent: LogEvent[] = [];
  #cancel: (() => void) | null = null;

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  /** Forgets the view, and with `thread` also what the last thread said. */
  close(what: 'view' | 'thread' = 'view'): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#state = 'closed';
    this.#pending = [];
    if (what === 'thread') this.#recent = [];
  }

  /** From now on events are kept for the view, until {@link begin} says what it has. */
  opening(): void {
    this.close();
    this.#state = 'opening';
  }

  /** The view has everything up to `seq`. */
  begin(seq: number): void {
    this.#state = 'live';
    this.#sent = seq;
    this.#pending = this.#pending.filter((event) => event.seq > seq);
    if (this.#pending.length > 0) this.#schedule();
  }

  push(events: readonly LogEvent[]): void {
    this.#keep(events);
    if (this.#state === 'closed') return;
    this.#pending.push(...events);
    if (this.#state === 'live') this.#schedule();
  }

  /** The events of a thread after `seq` as far as they are still here; null = a snapshot is needed. */
  since(threadId: ThreadId, seq: number): readonly LogEvent[] | null {
    const first = this.#recent[0];
    const last = this.#recent.at(-1);
    if (first === undefined || last === undefined || last.threadId !== threadId) return null;
    if (seq + 1 < first.seq || seq > last.seq) return null;
    return this.#recent.filter((event) => event.seq > seq);
  }

  #keep(events: readonly LogEvent[]): void {
    const last = this.#recent.at(-1);
    const next = events[0];
    const goesOn = next?.seq === (last?.seq ?? 0) + 1 && next.threadId === last?.threadId;
    if (next !== undefined && !goesOn) this.#recent = [];
    this.#recent.push(...events);
    if (this.#recent.length > recentLimit) this.#recent = this.#recent.slice(-recentLimit);
  }

  #schedule(): void {
    this.#cancel ??= this.#parts.after(frameMs, () => this.#flush());
  }

  #flush(): void {
    this.#cancel = null;
    const batch = this.#pending.filter((event) => event.seq > this.#sent);
    this.#pending = [];
    const first = batch[0];
    const last = batch.at(-1);
    if (this.#state !== 'live' || first === undefined || last === undefined) return;
    if (first.seq !== this.#sent + 1) {
      this.#state = 'closed';
      this.#parts.onGap();
      return;
    }
    this.#sent = last.seq;
    this.#parts.post(batch);
  }
}
