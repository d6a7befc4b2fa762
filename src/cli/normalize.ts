import type { LongLine } from '../base/index.ts';
import { LfSplitter } from '../base/index.ts';
import { AppServerReplay } from '../lanes/app-server/index.ts';
import type { ExecRunEnd } from '../lanes/exec/index.ts';
import { ExecReplay } from '../lanes/exec/index.ts';
import { replayResponses } from '../lanes/responses/index.ts';
import type { EventBody, LogEvent, ThreadId, TurnId } from '../model/index.ts';
import { providerOf } from '../model/index.ts';
import type { ReplayedEnd, ReplayedEvent, ReplayListener, ThreadsReplayListener } from '../ports/index.ts';
import { LogCheck } from './log-check.ts';

/** What a kept stream was written by. */
export type StreamSource = 'exec' | 'app-server' | 'responses';

const lanes = {
  exec: { laneId: 'codex-native', transport: 'exec', approvalPolicy: 'never' },
  // What is not told of a turn is not known.
  'app-server': { laneId: 'codex-native', transport: 'app-server', approvalPolicy: null },
  responses: { laneId: 'api', transport: 'responses', approvalPolicy: 'none' },
} as const;

export type NormalizeOptions = {
  readonly from: StreamSource;
  readonly input: AsyncIterable<Uint8Array>;
  /** How the last run ended, where that was kept. */
  readonly runEnd: ExecRunEnd | null;
  /** Takes lines of output, each with its LF; resolves when there is room for more. */
  readonly write: (text: string) => Promise<void>;
  /** Hears of each breach of what a log must keep. */
  readonly complain: (breach: string) => void;
};

/**
 * Writes a kept stream as the events that its lane makes of it, one JSON document a line, and checks them. Ids count turns
 * and threads from the start of the input; the time of an event is as many milliseconds after 1970 as its line of the
 * input has lines before it and itself, so that the same input gives the same output. False: something did not hold.
 */
export async function normalizeStream({ from, input, runEnd, write, complain }: NormalizeOptions): Promise<boolean> {
  const log = new ReplayedLog(from, complain);
  const flush = async (): Promise<void> => {
    const text = log.taken();
    if (text !== '') await write(text);
  };
  switch (from) {
    case 'exec':
      await readLines(input, new ExecReplay(new TurnsOfOne(log, from), runEnd), log, flush);
      break;
    case 'app-server':
      await readLines(input, new AppServerReplay(new TurnsOfMany(log)), log, flush);
      break;
    case 'responses':
      await replayResponses(linesOf(input, log, flush), new TurnsOfOne(log, from));
      break;
  }
  log.close();
  await flush();
  return log.holds;
}

/** Reads a stream whose lines are its messages. */
type LineReplay = {
  readonly push: (line: string, at: string) => void;
  readonly pushLong: (line: LongLine) => void;
  readonly end: () => void;
};

async function readLines(
  input: AsyncIterable<Uint8Array>,
  replay: LineReplay,
  log: ReplayedLog,
  flush: () => Promise<void>,
): Promise<void> {
  const splitter = new LfSplitter({
    onLine: (line) => {
      log.line += 1;
      replay.push(line, log.at);
    },
    onLongLine: (line) => {
      log.line += 1;
      replay.pushLong(line);
    },
  });
  for await (const chunk of input) {
    splitter.push(chunk);
    await flush();
  }
  splitter.end();
  replay.end();
}

const lf = 0x0a;

/** The same bytes, a piece ending with each LF, and the log told which line that is. */
async function* linesOf(
  input: AsyncIterable<Uint8Array>,
  log: ReplayedLog,
  flush: () => Promise<void>,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of input) {
    let from = 0;
    for (;;) {
      const to = chunk.indexOf(lf, from) + 1;
      if (to === 0) break;
      log.line += 1;
      yield chunk.subarray(from, to);
      from = to;
    }
    if (from < chunk.length) yield chunk.subarray(from);
    await flush();
  }
}

/** Where an event stands beside its thread. */
type Where = Partial<Pick<LogEvent, 'turnId' | 'aboutTurnId' | 'nativeThreadId'>>;

/** Gives what a replay says its place in a log, and has it checked. */
class ReplayedLog {
  /** The line of the input that was read last; 1 is the first. */
  line = 0;
  holds = true;
  readonly #from: StreamSource;
  readonly #check: LogCheck;
  readonly #seq = new Map<ThreadId, number>();
  #written = 0;
  #lines: string[] = [];

  constructor(from: StreamSource, complain: (breach: string) => void) {
    this.#from = from;
    this.#check = new LogCheck((why) => {
      this.holds = false;
      complain(`line ${this.line} of the input, line ${this.#written} of the output: ${why}`);
    });
  }

  get at(): string {
    return new Date(this.line).toISOString();
  }

  has(threadId: ThreadId): boolean {
    return this.#seq.has(threadId);
  }

  add(threadId: ThreadId, body: EventBody | ReplayedEvent, where: Where = {}): void {
    const seq = (this.#seq.get(threadId) ?? 0) + 1;
    this.#seq.set(threadId, seq);
    const { laneId, transport } = lanes[this.#from];
    const envelope = { v: 1, seq, at: this.at, provider: providerOf(laneId), laneId, transport, threadId } as const;
    const event: LogEvent = { ...envelope, ...where, ...body };
    const line = JSON.stringify(event);
    this.#written += 1;
    this.#lines.push(`${line}\n`);
    this.#check.push(event, line);
  }

  /** The input is over. */
  close(): void {
    this.#check.end();
  }

  /** What was written since the last call. */
  taken(): string {
    return this.#lines.splice(0).join('');
  }
}

type RunningTurn = { readonly threadId: ThreadId; readonly turnId: TurnId; readonly firstLine: number };

/** Writes what a lane says that runs one turn after the other. */
class TurnsOfOne implements ReplayListener {
  readonly #log: ReplayedLog;
  readonly #from: 'exec' | 'responses';
  #turn: RunningTurn | null = null;

  constructor(log: ReplayedLog, from: 'exec' | 'responses') {
    this.#log = log;
    this.#from = from;
  }

  begin({ threadId, turnId }: { readonly threadId: ThreadId; readonly turnId: TurnId }): void {
    if (!this.#log.has(threadId)) this.#log.add(threadId, { kind: 'thread_started', cwd: null });
    this.#turn = { threadId, turnId, firstLine: this.#log.line };
    const { approvalPolicy } = lanes[this.#from];
    this.event({ kind: 'turn_started', model: null, effort: null, cwd: null, sandbox: null, approvalPolicy });
  }

  event(body: EventBody | ReplayedEvent): void {
    if (this.#turn === null) throw new Error('a replay says something before its first turn');
    const { threadId, turnId } = this.#turn;
    this.#log.add(threadId, body, { turnId });
  }

  end(end: ReplayedEnd): void {
    this.event(terminalOf(end, this.#log.line - (this.#turn?.firstLine ?? 0)));
  }
}

/** Writes what several threads say at once. */
class TurnsOfMany implements ThreadsReplayListener {
  readonly #log: ReplayedLog;
  readonly #firstLines = new Map<TurnId, number>();

  constructor(log: ReplayedLog) {
    this.#log = log;
  }

  thread({ threadId, nativeThreadId, cwd, status }: Parameters<ThreadsReplayListener['thread']>[0]): void {
    const started: EventBody = { kind: 'thread_started', cwd, ...(status === null ? {} : { status }) };
    this.#log.add(threadId, started, nativeThreadId === null ? {} : { nativeThreadId });
  }

  begin(...[{ threadId, turnId }, settings]: Parameters<ThreadsReplayListener['begin']>): void {
    this.#firstLines.set(turnId, this.#log.line);
    this.#log.add(threadId, { kind: 'turn_started', ...settings }, { turnId });
  }

  event(...[{ threadId, turnId, aboutTurnId }, event]: Parameters<ThreadsReplayListener['event']>): void {
    const about = aboutTurnId === undefined ? {} : { aboutTurnId };
    this.#log.add(threadId, event, turnId === null ? about : { turnId });
  }

  end(...[{ threadId, turnId }, end, durationMs]: Parameters<ThreadsReplayListener['end']>): void {
    const lines = this.#log.line - (this.#firstLines.get(turnId) ?? 0);
    this.#firstLines.delete(turnId);
    this.#log.add(threadId, terminalOf(end, durationMs ?? lines), { turnId });
  }
}

function terminalOf(end: ReplayedEnd, durationMs: number): EventBody {
  switch (end.outcome) {
    case 'completed':
      return { kind: 'turn_completed', durationMs };
    case 'failed':
      return { kind: 'turn_failed', durationMs, error: end.error };
    case 'interrupted':
      return { kind: 'turn_interrupted', durationMs, by: 'user' };
  }
}
