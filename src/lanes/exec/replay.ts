import type { LongLine } from '../../base/index.ts';
import type { LaneBody, NativeThreadId, ThreadId, Usage } from '../../model/index.ts';
import { nativeThreadId, noUsage, threadId, turnId } from '../../model/index.ts';
import type { ReplayListener } from '../../ports/index.ts';
import { StderrWarnings } from '../../runtime/index.ts';
import type { FinishInputs } from './finish.ts';
import { finish } from './finish.ts';
import type { ExecState, Step } from './normalize.ts';
import { endOfStream, longLine, normalize, startState } from './normalize.ts';
import type { WireLine } from './wire.ts';
import { readLine } from './wire.ts';

/** What a stream does not say of its last run: how the process ended, and which thread it was told to go on with. */
export type ExecRunEnd = Omit<FinishInputs, 'limitS'> & {
  /** The thread to resume; null = a new one. */
  readonly resumed: NativeThreadId | null;
  /** The run began with the usage of another thread (a fork), so its own can't be split off. */
  readonly forked: boolean;
};

type KnownThread = { readonly id: ThreadId; readonly total: Usage | null };

const unknownEnd: FinishInputs = { exitCode: null, signal: null, stderr: '', stopped: false, overdue: null };

/**
 * Reads what `codex exec --json` once wrote, by the code that reads a live run. `thread.started` begins another run (of
 * the thread that it names, if the input had it before), a second `turn.started` another turn of the same run. A turn is
 * closed as the lane would close it: by what the stream says, else by `last` where it is the last one; of the earlier
 * ones it is not known how their process ended.
 */
export class ExecReplay {
  readonly #listener: ReplayListener;
  readonly #last: ExecRunEnd | null;
  readonly #named = new Map<NativeThreadId, KnownThread>();
  #turnCount = 0;
  #threadCount = 0;
  #state: ExecState | null = null;
  /** Of the turn that runs. */
  #thread: KnownThread | null = null;

  constructor(listener: ReplayListener, last: ExecRunEnd | null) {
    this.#listener = listener;
    this.#last = last;
  }

  /** One line of stdout; `at` is its time (ISO). */
  push(line: string, at: string): void {
    const read = readLine(line);
    if (read.kind === 'empty') return;
    this.#take(normalize(this.#stateFor(read), read, at));
  }

  /** A line over what the splitter keeps. */
  pushLong(line: LongLine): void {
    this.#tell(this.#state ?? this.#beginRun(null), longLine(line));
  }

  /** The stream is over. One that said nothing is a turn too. */
  end(): void {
    const state = this.#state ?? this.#beginRun(null);
    const last = this.#last;
    this.#close(last === null ? state : { ...state, asked: last.resumed }, last ?? unknownEnd);
  }

  #stateFor(read: WireLine): ExecState {
    const type = read.kind === 'event' ? read.event.type : null;
    const started =
      read.kind === 'event' && read.event.type === 'thread.started' ? nativeThreadId(read.event.thread_id) : null;
    const state = this.#state;
    if (state === null) return this.#beginRun(started);
    const hadTurn = state.turnStarted || state.end !== null;
    if (started !== null && (state.thread !== null || hadTurn)) {
      this.#close(state, unknownEnd);
      return this.#beginRun(started);
    }
    if (type !== 'turn.started' || !hadTurn) return state;
    const thread = this.#close(state, unknownEnd);
    return { ...this.#begin(thread), thread: state.thread };
  }

  #beginRun(native: NativeThreadId | null): ExecState {
    const known = native === null ? undefined : this.#named.get(native);
    if (known !== undefined) return this.#begin(known);
    this.#threadCount += 1;
    return this.#begin({ id: threadId(`thread-${this.#threadCount}`), total: this.#usageOfStranger(native) });
  }

  /** Of a thread that was resumed or forked elsewhere the total before is not known. */
  #usageOfStranger(native: NativeThreadId | null): Usage | null {
    const last = this.#last;
    return last !== null && (last.forked || (last.resumed !== null && last.resumed === native)) ? null : noUsage;
  }

  #begin(thread: KnownThread): ExecState {
    this.#turnCount += 1;
    const id = turnId(`turn-${this.#turnCount}`);
    this.#listener.begin({ threadId: thread.id, turnId: id });
    this.#thread = thread;
    const state = startState({ turnId: id, nativeThreadId: null, usageBefore: thread.total });
    this.#state = { ...state, usageBefore: thread.total };
    return this.#state;
  }

  #take(step: Step): void {
    this.#state = step.state;
    for (const event of step.events) this.#listener.event(event);
  }

  #tell({ thread }: ExecState, bodies: readonly LaneBody[]): void {
    for (const body of bodies) {
      this.#listener.event(thread === null ? body : { ...body, nativeThreadId: thread });
    }
  }

  #close(before: ExecState, end: FinishInputs): KnownThread {
    this.#take(endOfStream(before));
    const state = this.#state ?? before;
    const warnings = new StderrWarnings();
    for (const line of end.stderr.split('\n')) this.#tell(state, warnings.push(line));
    this.#tell(state, state.end?.kind === 'completed' ? warnings.rest() : warnings.flush());
    this.#tell(state, warnings.untold());
    this.#listener.end(finish(state, end));
    const thread = { id: this.#thread?.id ?? threadId('thread-1'), total: state.total };
    if (state.thread !== null) this.#named.set(state.thread, thread);
    this.#state = null;
    return thread;
  }
}
