import { isDeepStrictEqual } from 'node:util';
import type { LogEvent, ThreadId, ThreadView, TurnId } from '../model/index.ts';
import { emptyThread, foldAll } from '../model/index.ts';
import { parseLogLine } from '../model/schema/index.ts';

type OpenTurn = { readonly id: TurnId; readonly closed: Set<string> };
type CheckedThread = { seq: number; turn: OpenTurn | null; lastTurn: number };

/** Views are compared after this many events, or characters of their lines: folding a whole gigabyte would keep it. */
const windowEvents = 256;
const windowChars = 4 * 1024 * 1024;
/** Closed items that are remembered of a turn. */
const rememberedItems = 10_000;

/**
 * Holds each line of a log against what every log must keep: it is valid, `seq` has no gaps, a turn starts once and ends
 * exactly once, nothing of it comes after its end, deltas belong to an open item, and folding what is stored shows what
 * folding what was made shows. Its memory does not grow with the log, beside a few words a thread: turn ids end in a number
 * that grows, so that one seen before is known by it.
 */
export class LogCheck {
  readonly #onBreach: (why: string) => void;
  readonly #threads = new Map<ThreadId, CheckedThread>();
  #made: LogEvent[] = [];
  #stored: LogEvent[] = [];
  #chars = 0;

  constructor(onBreach: (why: string) => void) {
    this.#onBreach = onBreach;
  }

  /** @param made the event as it was made, `line` as it is stored */
  push(made: LogEvent, line: string): void {
    const read = parseLogLine(line);
    if (!read.ok) {
      this.#onBreach(`the line is not valid: ${read.why}`);
      return;
    }
    const { event } = read;
    if (event.kind !== made.kind) this.#onBreach(`the body of ${made.kind} is not valid`);
    const thread = this.#threads.get(event.threadId) ?? { seq: 0, turn: null, lastTurn: 0 };
    this.#threads.set(event.threadId, thread);
    if (event.seq !== thread.seq + 1) this.#onBreach(`seq is ${event.seq} where ${thread.seq + 1} should be`);
    thread.seq = event.seq;
    this.#turnOf(thread, event);
    this.#fold(made, event, line.length);
  }

  /** The log is over: no turn may be open. */
  end(): void {
    this.#compare();
    for (const [id, { turn }] of this.#threads) {
      if (turn !== null) this.#onBreach(`${turn.id} of ${id} has no end`);
    }
  }

  #turnOf(thread: CheckedThread, event: LogEvent): void {
    const { turnId } = event;
    if (event.kind === 'turn_started') {
      const number = Number(/\d+$/.exec(turnId ?? '')?.[0] ?? Number.NaN);
      if (turnId === undefined) {
        this.#onBreach('a turn starts without an id');
        return;
      }
      if (thread.turn !== null) this.#onBreach(`${turnId} starts before ${thread.turn.id} has ended`);
      if (!(number > thread.lastTurn)) this.#onBreach(`${turnId} starts a second time`);
      thread.lastTurn = number;
      thread.turn = { id: turnId, closed: new Set() };
      return;
    }
    if (turnId === undefined) return;
    if (thread.turn?.id !== turnId) {
      this.#onBreach(`${event.kind} of ${turnId}, which is not running`);
      return;
    }
    switch (event.kind) {
      case 'turn_completed':
      case 'turn_failed':
      case 'turn_interrupted':
        thread.turn = null;
        return;
      default:
        this.#item(thread.turn, event);
    }
  }

  #item({ closed }: OpenTurn, event: LogEvent): void {
    const { itemId } = event;
    if (isDelta(event)) {
      if (itemId === undefined) this.#onBreach('a delta belongs to no item');
      else if (closed.has(itemId)) this.#onBreach(`a delta of ${itemId}, which is closed`);
    } else if (itemId !== undefined && closes(event)) {
      closed.add(itemId);
      for (const oldest of closed) {
        if (closed.size <= rememberedItems) break;
        closed.delete(oldest);
      }
    }
  }

  #fold(made: LogEvent, stored: LogEvent, chars: number): void {
    const threadId = this.#made[0]?.threadId;
    if (threadId !== undefined && threadId !== made.threadId) this.#compare();
    this.#made.push(made);
    this.#stored.push(stored);
    this.#chars += chars;
    if (this.#made.length >= windowEvents || this.#chars >= windowChars) this.#compare();
  }

  #compare(): void {
    const [first] = this.#made;
    if (first !== undefined && !isSame(shown(first, this.#made), shown(first, this.#stored))) {
      const last = this.#made.at(-1)?.seq;
      this.#onBreach(`seq ${first.seq} to ${last} of ${first.threadId} show something else when they are read back`);
    }
    this.#made = [];
    this.#stored = [];
    this.#chars = 0;
  }
}

/** As text: a field that is missing and one that is undefined show the same. */
function shown(first: LogEvent, events: readonly LogEvent[]): string {
  const view: ThreadView = foldAll(emptyThread(first.threadId), events);
  return JSON.stringify(view);
}

/** The order of fields shows nothing. */
function isSame(one: string, other: string): boolean {
  return one === other || isDeepStrictEqual(JSON.parse(one), JSON.parse(other));
}

function isDelta(event: LogEvent): boolean {
  switch (event.kind) {
    case 'assistant_text':
    case 'reasoning':
      return event.isDelta;
    case 'command_execution':
      return event.outputDelta !== undefined && event.output === undefined;
    default:
      return false;
  }
}

function closes(event: LogEvent): boolean {
  switch (event.kind) {
    case 'assistant_text':
    case 'reasoning':
      return !event.isDelta;
    case 'command_execution':
    case 'file_change':
    case 'mcp_call':
    case 'tool_call':
    case 'web_search':
    case 'subagent':
      return event.phase === 'completed' || event.status !== 'in_progress';
    default:
      return false;
  }
}
