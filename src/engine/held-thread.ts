import type { LogEvent, Receipt, ThreadId, ThreadOptions, ThreadView, TurnId } from '../model/index.ts';
import { emptyThread, foldAll, isLanesError, messageOf, Seal } from '../model/index.ts';
import type { ThreadWriter } from '../ports/index.ts';
import type { EngineDeps } from './deps.ts';
import { EventLog } from './event-log.ts';
import type { Memory } from './memory.ts';
import { emptyMemory, remember } from './memory.ts';

export type HeldThreadListener = {
  /** Stored events, already folded in. */
  readonly onStored: (events: readonly LogEvent[]) => void;
  /** The log was taken, and nothing was added yet. */
  readonly onTaken: (log: EventLog) => void;
  /** The log can't be written any more; `problem` says why. */
  readonly onBroken: () => void;
};

/** What is known of one thread (the fold of its log), and the log itself while this process is its only writer. */
export class HeldThread {
  readonly threadId: ThreadId;
  readonly #deps: EngineDeps;
  readonly #on: HeldThreadListener;
  #view: ThreadView;
  #memory: Memory = emptyMemory;
  #cwd: string | null;
  #loaded: Promise<void> | null = null;
  #taking: Promise<void> | null = null;
  #releasing: Promise<void> | null = null;
  #mending: Promise<void> | null = null;
  #log: EventLog | null = null;
  #writer: ThreadWriter | null = null;
  #opening = false;
  #problem: string | null = null;
  #seal: Seal | null = null;
  /** Stored events of turns that have not begun: part of their seal. */
  #early = new Map<TurnId, LogEvent[]>();
  #optionsAhead: ThreadOptions | null = null;

  constructor(deps: EngineDeps, threadId: ThreadId, cwd: string | null, on: HeldThreadListener) {
    this.#deps = deps;
    this.#on = on;
    this.threadId = threadId;
    this.#cwd = cwd;
    this.#view = emptyThread(threadId);
  }

  get view(): ThreadView {
    return this.#optionsAhead === null ? this.#view : { ...this.#view, options: this.#optionsAhead };
  }

  /** Options of a thread that has no event yet: written behind its first one. */
  get optionsAhead(): ThreadOptions | null {
    return this.#optionsAhead;
  }

  setOptionsAhead(options: ThreadOptions): void {
    this.#optionsAhead = options;
  }

  get memory(): Memory {
    return this.#memory;
  }

  /** The folder that the thread keeps. */
  get cwd(): string | null {
    return this.#cwd;
  }

  /** Null while the log is not held. */
  get log(): EventLog | null {
    return this.#log;
  }

  /** Why the thread can't be written; null = it can. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Reads the log once. Throws LanesError when it can't be read; the next call tries again. */
  load(): Promise<void> {
    this.#loaded ??= this.#read();
    return this.#loaded;
  }

  /** Becomes the writer, up to date with what others wrote. Throws LanesError `conflict` where another process is it. */
  take(): Promise<void> {
    this.#taking ??= this.#openOnce();
    return this.#taking;
  }

  /** Lets every other window write it. While it is being taken, or something is unwritten, it stays so: whoever does that lets it go. */
  release(): void {
    const writer = this.#writer;
    if (writer === null || this.#opening || this.#log?.isFlushed === false) return;
    this.#writer = null;
    this.#log = null;
    this.#taking = null;
    this.#releasing = writer.close().catch((error: unknown) => {
      this.#deps.log.error('closing a thread failed', error);
    });
  }

  /** Forgets that it could not be written: the next taking reads it anew and tries again. Only called while nothing runs. */
  mend(): Promise<void> {
    this.#mending ??= this.#tryAnew().finally(() => {
      this.#mending = null;
    });
    return this.#mending;
  }

  async #tryAnew(): Promise<void> {
    this.release();
    await this.#releasing;
    this.#problem = null;
    this.#seal = null;
    this.#early.clear();
    this.#forget();
  }

  /** Resolves when the last release is done. */
  async released(): Promise<void> {
    await this.#releasing;
  }

  /** From here on the stored events of `turnId` are sealed, with those from before it began. Call the answer with its receipt. */
  openSeal(turnId: TurnId): (receipt: Omit<Receipt, 'seal'>) => Receipt {
    const seal = new Seal(this.#deps.newDigest(), turnId, this.#memory.seal);
    seal.take(this.#early.get(turnId) ?? []);
    this.#early.delete(turnId);
    this.#seal = seal;
    return (receipt) => {
      this.#seal = null;
      return seal.close(receipt);
    };
  }

  async #read(): Promise<void> {
    try {
      this.#foldIn(await this.#deps.transcript.read(this.threadId));
    } catch (error) {
      // A thread that was never written is an empty one.
      if (isLanesError(error, 'not-found')) return;
      this.#forget();
      throw error;
    }
    if (this.#view.seq > 0) this.#cwd = this.#view.cwd;
  }

  #forget(): void {
    this.#view = emptyThread(this.threadId);
    this.#memory = emptyMemory;
    this.#loaded = null;
  }

  async #openOnce(): Promise<void> {
    this.#opening = true;
    try {
      await this.#open();
    } catch (error) {
      this.#taking = null;
      throw error;
    } finally {
      this.#opening = false;
    }
  }

  async #open(): Promise<void> {
    await this.#releasing;
    const writer = await this.#deps.transcript.open(this.threadId);
    if (writer.lastSeq !== this.#view.seq) {
      // Another process has written since our reading.
      this.#forget();
      try {
        await this.load();
      } catch (error) {
        await writer.close();
        throw error;
      }
    }
    this.#writer = writer;
    const log = new EventLog(
      {
        threadId: this.threadId,
        clock: this.#deps.clock,
        writer,
        onStored: (events) => this.#stored(events),
        onBroken: (error) => this.#break(error),
      },
      this.#view.seq,
    );
    this.#log = log;
    this.#on.onTaken(log);
    await log.flushed();
  }

  #stored(events: readonly LogEvent[]): void {
    this.#seal?.take(events);
    for (const event of events) {
      if (event.kind === 'user_message' && event.delivery === 'queued' && event.turnId !== undefined) {
        this.#early.set(event.turnId, [event]);
      }
    }
    this.#foldIn(events);
    this.#on.onStored(events);
  }

  #foldIn(events: readonly LogEvent[]): void {
    this.#view = foldAll(this.#view, events);
    if (events.some(({ kind }) => kind === 'thread_options_changed')) this.#optionsAhead = null;
    this.#memory = events.reduce(remember, this.#memory);
  }

  #break(error: unknown): void {
    this.#problem = `This thread can't be stored: ${messageOf(error)}`;
    this.#deps.log.error('storing a thread failed', error);
    this.#on.onBroken();
  }
}
