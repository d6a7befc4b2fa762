import type { LongLine } from '../../base/index.ts';
import type { Attachment, LaneBody, ThreadId, ThreadStatus, TurnError, TurnId, Usage } from '../../model/index.ts';
import { nativeThreadId, noUsage, threadId, turnId } from '../../model/index.ts';
import type { ReplayedEvent, ReplayedPlace, ReplayedSettings, ThreadsReplayListener } from '../../ports/index.ts';
import { normalize, notJson, rawOf } from './normalize.ts';
import { noticesOf, statusOf } from './notices.ts';
import { answered, withdrawn } from './question-steps.ts';
import { noSettings, settingsFrom } from './settings.ts';
import { endOfStream, finish } from './turn-end.ts';
import type { Step, TurnState } from './turn-state.ts';
import { startState } from './turn-state.ts';
import { contextOf, totalOf } from './usage-steps.ts';
import type { Notification, RequestId, WireMessage } from './wire.ts';
import { field, nameOf, placeOf, readLine } from './wire.ts';
import type { WireInput } from './wire-item.ts';
import { wireInput } from './wire-item.ts';

type KnownTurn = { readonly turnId: TurnId; state: TurnState; hasPrompt: boolean; stopped: boolean; isOver: boolean };
type KnownThread = {
  readonly native: string;
  readonly threadId: ThreadId;
  /** By the server's id. */
  readonly turns: Map<string, KnownTurn>;
  /** The turn that runs, by the server's id. */
  active: string | null;
  total: Usage | null;
  context: number | null;
  settings: ReplayedSettings;
  status: ThreadStatus | null;
  /** It was told of. */
  isTold: boolean;
  /** What the client sent for a turn that has not begun. */
  prompt: UserWords | null;
};

type UserWords = { readonly text: string; readonly attachments: readonly Attachment[] };
type Call = { readonly method: string; readonly params: unknown };

const streamEnded: TurnError = {
  code: 'runtime_crashed',
  message: 'Codex stopped in the middle of the turn.',
  retryable: true,
  hint: 'Send the prompt again.',
};

/**
 * Reads what was said between a client and `codex app-server`, by the code that reads a live turn. Lines are messages as
 * they went over the wire (the server's alone, or both sides'), or `{ms, dir, msg}`. What the client says is context: prompts,
 * answers to questions, stops. Each thread is told apart from all others, a sub-agent's from its parent's; what belongs to
 * no thread is told in the first one.
 */
export class AppServerReplay {
  readonly #listener: ThreadsReplayListener;
  readonly #threads = new Map<string, KnownThread>();
  /** What the client asked and the server has not answered. */
  readonly #calls = new Map<RequestId, Call>();
  /** What the server asked and nobody has answered. */
  readonly #questions = new Map<RequestId, { readonly thread: KnownThread; readonly turn: KnownTurn }>();
  /** The thread that was told of first. */
  #first: KnownThread | null = null;
  /** Said before any thread. */
  #early: LaneBody[] = [];
  #turnCount = 0;
  /** The client's lines are there, too: a question that it did not answer was withdrawn. */
  #hearsClient = false;

  constructor(listener: ThreadsReplayListener) {
    this.#listener = listener;
  }

  /** One line; `at` is its time (ISO). */
  push(line: string, at: string): void {
    const message = readLine(line);
    switch (message.kind) {
      case 'empty':
      case 'control':
        return;
      case 'call':
        this.#called(message);
        return;
      case 'answer':
        if (message.from === 'client' || (message.from === null && this.#isClients(message.id, message.result))) {
          this.#clientAnswers(message.id, message.result, message.failed);
        } else {
          this.#serverAnswers(message.id, message.result, message.failed);
        }
        return;
      case 'not-json':
        this.#say(notJson(message.raw));
        return;
      case 'notification':
      case 'request':
      case 'unknown':
        this.#heard(message, at);
    }
  }

  /** A line over what the splitter keeps. */
  pushLong({ start, bytes }: LongLine): void {
    this.#say([
      { kind: 'warning', source: 'process', text: `Codex wrote a line of ${bytes} bytes, which was not kept.` },
      { kind: 'unsupported_raw_event', rawType: 'long-line', payload: start },
    ]);
  }

  /** The stream is over: a turn that runs has ended with it. */
  end(): void {
    this.#closeAll();
    if (this.#early.length === 0) return;
    const thread = this.#newThread('');
    this.#introduce(thread);
  }

  // What the client says

  #called({ id, method, params }: WireMessage & { readonly kind: 'call' }): void {
    this.#hearsClient = true;
    if (method === 'initialize') this.#newProcess();
    this.#calls.set(id, { method, params });
    const thread = this.#threads.get(nameOf(field(params, 'threadId')) ?? '');
    if (thread === undefined) return;
    if (method === 'turn/start') {
      thread.settings = settingsFrom(thread.settings, params);
      // Else it is for the turn that runs, whose item tells it.
      if (thread.active === null) thread.prompt = wordsIn(field(params, 'input'));
    } else if (method === 'turn/interrupt') {
      const turn = thread.turns.get(nameOf(field(params, 'turnId')) ?? '');
      if (turn !== undefined) turn.stopped = true;
    }
  }

  /** Both sides count from a small number, so that an id alone does not tell who answers. */
  #isClients(id: RequestId, result: unknown): boolean {
    if (!this.#questions.has(id)) return false;
    const answers = ['decision', 'action', 'answers', 'permissions', 'contentItems'];
    return !this.#calls.has(id) || answers.some((key) => field(result, key) !== undefined);
  }

  #clientAnswers(id: RequestId, result: unknown, isError: boolean): void {
    this.#hearsClient = true;
    const question = this.#questions.get(id);
    if (question === undefined) return;
    this.#questions.delete(id);
    this.#take(question.thread, question.turn, answered(question.turn.state, id, result, isError));
  }

  // What the server says

  #serverAnswers(id: RequestId, result: unknown, isError: boolean): void {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    if (isError) {
      const refused =
        call?.method === 'turn/start' ? this.#threads.get(nameOf(field(call.params, 'threadId')) ?? '') : undefined;
      if (refused !== undefined && refused.active === null) refused.prompt = null;
      return;
    }
    if (call === undefined && nameOf(field(result, 'codexHome')) !== null) this.#newProcess();
    const named = field(result, 'thread');
    const native = nameOf(field(named, 'id'));
    // Others have a thread in their answer, too: a list, a look at one.
    const runs =
      call === undefined
        ? field(result, 'approvalPolicy') !== undefined
        : /^thread\/(start|resume|fork)$/.test(call.method);
    if (native !== null && runs) {
      const thread = this.#threadOf(native);
      thread.settings = settingsFrom(thread.settings, result);
      this.#startsAtNothing(thread, named, call?.method === 'thread/resume');
    }
    const turn = nameOf(field(field(result, 'turn'), 'id'));
    if (turn === null || call === undefined) return;
    const where = nameOf(field(result, 'reviewThreadId')) ?? nameOf(field(call.params, 'threadId'));
    if (where !== null) this.#turnOf(this.#threadOf(where), turn);
  }

  #heard(message: WireMessage & { readonly kind: 'notification' | 'request' | 'unknown' }, at: string): void {
    const place = placeOf(message);
    if (place.threadId === null) {
      this.#say(
        message.kind === 'notification'
          ? (noticesOf(message) ?? [])
          : message.kind === 'unknown'
            ? [rawOf(message)]
            : [],
      );
      return;
    }
    const thread = this.#threadOf(place.threadId);
    if (message.kind === 'notification' && this.#ofThread(thread, message)) return;
    if (message.kind === 'notification' && message.method === 'serverRequest/resolved') {
      this.#resolved(message.params.requestId);
      return;
    }
    if (message.kind === 'notification' && message.method === 'turn/started') innerTurn(thread, message.params.turn);
    const turn = this.#turnFor(thread, message, place.turnId);
    if (turn === null) {
      const bodies =
        message.kind === 'notification'
          ? (noticesOf(message) ?? [])
          : message.kind === 'unknown'
            ? [rawOf(message)]
            : [];
      for (const body of bodies) this.#tell(thread, null, { ...body, nativeThreadId: nativeThreadId(thread.native) });
      return;
    }
    if (message.kind === 'request') this.#questions.set(message.id, { thread, turn });
    if (message.kind === 'notification') this.#userWrote(thread, turn, message);
    this.#take(thread, turn, normalize(turn.state, message, at));
    if (turn.state.end !== null) this.#close(thread, turn);
  }

  /** True: that was all of it. */
  #ofThread(thread: KnownThread, message: Notification): boolean {
    switch (message.method) {
      case 'thread/started': {
        const { thread: named } = message.params;
        thread.settings = settingsFrom(thread.settings, named);
        if (named.status != null) thread.status = statusOf(named.status);
        this.#startsAtNothing(thread, named, false);
        return true;
      }
      case 'thread/settings/updated':
        thread.settings = settingsFrom(thread.settings, message.params.threadSettings);
        return true;
      case 'thread/name/updated': {
        const { threadName } = message.params;
        const native = nativeThreadId(thread.native);
        if (threadName != null)
          this.#tell(thread, null, { kind: 'thread_renamed', title: threadName, nativeThreadId: native });
        return true;
      }
      case 'thread/tokenUsage/updated': {
        const runs = thread.active !== null && thread.active === message.params.turnId;
        thread.total = totalOf(message);
        thread.context = contextOf(message.params.tokenUsage) ?? thread.context;
        if (runs) return false;
        // What stood before: told when a thread is taken up again.
        const body = {
          kind: 'usage_updated',
          usage: null,
          threadTotal: thread.total,
          authority: 'live-turn-completed',
        } as const;
        this.#tell(thread, null, { ...body, nativeThreadId: nativeThreadId(thread.native) });
        return true;
      }
      default:
        return false;
    }
  }

  #resolved(id: RequestId): void {
    const question = this.#questions.get(id);
    if (question === undefined) return;
    this.#questions.delete(id);
    const decision = this.#hearsClient ? 'withdrawn' : 'unknown';
    this.#take(question.thread, question.turn, withdrawn(question.turn.state, id, decision));
  }

  /** A turn that a message names, or the one that runs; some messages begin one whose beginning was not heard. */
  #turnFor(thread: KnownThread, message: WireMessage, wireTurn: string | null): KnownTurn | null {
    const known = wireTurn ?? thread.active;
    if (known === null) return null;
    const turn = thread.turns.get(known);
    if (turn !== undefined) return turn;
    const isOfTurn = message.kind === 'request' || (message.kind === 'notification' && beginsTurn(message));
    return isOfTurn ? this.#turnOf(thread, known) : null;
  }

  /** A prompt is told once: as the client sent it, or as the item that the server makes of it. */
  #userWrote(thread: KnownThread, turn: KnownTurn, message: Notification): void {
    if (message.method !== 'item/completed' || message.params.item.type !== 'userMessage') return;
    const words = wordsOf(message.params.item.content);
    const isPrompt = !turn.hasPrompt;
    turn.hasPrompt = true;
    if (!isPrompt || thread.prompt === null || !isSame(words, thread.prompt)) {
      this.#write(thread, turn, words, isPrompt ? 'start' : 'steer');
    }
    if (isPrompt) thread.prompt = null;
  }

  #write(thread: KnownThread, turn: KnownTurn, words: UserWords, delivery: 'start' | 'steer'): void {
    this.#tell(thread, turn, {
      kind: 'user_message',
      ...words,
      delivery,
      nativeThreadId: nativeThreadId(thread.native),
    });
  }

  // Threads and turns

  #threadOf(native: string): KnownThread {
    return this.#threads.get(native) ?? this.#newThread(native);
  }

  #newThread(native: string): KnownThread {
    const thread: KnownThread = {
      native,
      threadId: threadId(`thread-${this.#threads.size + 1}`),
      turns: new Map(),
      active: null,
      total: null,
      context: null,
      settings: noSettings,
      status: null,
      isTold: false,
      prompt: null,
    };
    this.#threads.set(native, thread);
    return thread;
  }

  /** A thread that branches off goes on counting from a total that is told apart. */
  #startsAtNothing(thread: KnownThread, named: unknown, isResumed: boolean): void {
    const isNew = !isResumed && nameOf(field(named, 'forkedFromId')) === null;
    if (isNew && thread.total === null && thread.turns.size === 0) thread.total = noUsage;
  }

  #introduce(thread: KnownThread): void {
    if (thread.isTold) return;
    thread.isTold = true;
    this.#first ??= thread;
    const native = thread.native === '' ? null : nativeThreadId(thread.native);
    const { cwd } = thread.settings;
    this.#listener.thread({ threadId: thread.threadId, nativeThreadId: native, cwd, status: thread.status });
    const early = this.#early;
    this.#early = [];
    for (const body of early) this.#listener.event({ threadId: thread.threadId, turnId: null }, body);
  }

  #turnOf(thread: KnownThread, wireTurn: string): KnownTurn {
    const known = thread.turns.get(wireTurn);
    if (known !== undefined) return known;
    this.#closeActive(thread);
    this.#introduce(thread);
    this.#turnCount += 1;
    const id = turnId(`turn-${this.#turnCount}`);
    const { total: usageBefore, context } = thread;
    const state = startState({ turnId: id, thread: nativeThreadId(thread.native), usageBefore, context });
    const turn: KnownTurn = { turnId: id, state, hasPrompt: false, stopped: false, isOver: false };
    thread.turns.set(wireTurn, turn);
    thread.active = wireTurn;
    const prompt = thread.prompt;
    this.#listener.begin({ threadId: thread.threadId, turnId: id }, thread.settings);
    if (prompt !== null) this.#write(thread, turn, prompt, 'start');
    return turn;
  }

  /** What comes after a turn's end is told of the thread, with the turn that it is about. */
  #tell(thread: KnownThread, turn: KnownTurn | null, event: ReplayedEvent): void {
    this.#introduce(thread);
    const running = turn ?? this.#running(thread);
    const place: ReplayedPlace = { threadId: thread.threadId, turnId: null };
    if (running === null) this.#listener.event(place, event);
    else if (running.isOver) this.#listener.event({ ...place, aboutTurnId: running.turnId }, event);
    else this.#listener.event({ ...place, turnId: running.turnId }, event);
  }

  #running(thread: KnownThread): KnownTurn | null {
    return thread.active === null ? null : (thread.turns.get(thread.active) ?? null);
  }

  /** What belongs to no thread. */
  #say(bodies: readonly LaneBody[]): void {
    if (this.#first === null) this.#early.push(...bodies);
    else for (const body of bodies) this.#tell(this.#first, null, body);
  }

  #take(thread: KnownThread, turn: KnownTurn, step: Step): void {
    turn.state = step.state;
    for (const event of step.events) this.#tell(thread, turn, event);
  }

  #close(thread: KnownThread, turn: KnownTurn): void {
    if (turn.isOver) return;
    this.#take(thread, turn, endOfStream(turn.state));
    const place = { threadId: thread.threadId, turnId: turn.turnId };
    this.#listener.end(place, finish(turn.state, turn.stopped, streamEnded), turn.state.end?.durationMs ?? null);
    turn.isOver = true;
    thread.prompt = null;
    if (this.#running(thread) === turn) thread.active = null;
  }

  #closeActive(thread: KnownThread): void {
    const turn = this.#running(thread);
    if (turn !== null) this.#close(thread, turn);
  }

  #closeAll(): void {
    for (const thread of this.#threads.values()) this.#closeActive(thread);
    this.#questions.clear();
    this.#calls.clear();
  }

  /** Another process of the server, which counts its questions anew. */
  #newProcess(): void {
    this.#closeAll();
  }
}

/** A review begins a turn within its own, of which nothing else is told (measured with 0.169): it is the same turn. */
function innerTurn(
  thread: KnownThread,
  { id, rootTurnId }: { readonly id: string; readonly rootTurnId?: string | null | undefined },
): void {
  if (thread.active === null || rootTurnId === id || thread.turns.has(id)) return;
  const active = thread.turns.get(thread.active);
  // 0.138 does not say whose it is.
  const isWithin = rootTurnId == null ? active?.state.reviewing === true : rootTurnId === thread.active;
  if (isWithin && active !== undefined) thread.turns.set(id, active);
}

/** Messages that can't be but of a turn that runs. A total of a turn before is told when its thread is taken up again. */
function beginsTurn({ method }: Notification): boolean {
  return /^(?:item|turn|model)\//.test(method) || method === 'error';
}

function wordsIn(input: unknown): UserWords {
  const parts = Array.isArray(input) ? input.map((part) => wireInput.safeParse(part)) : [];
  return wordsOf(parts.flatMap((part) => (part.success ? [part.data] : [])));
}

/** What a user gave to a turn: its texts, and the names of what was added. */
function wordsOf(input: readonly WireInput[]): UserWords {
  const text = input.flatMap((part) => (part.type === 'text' && part.text != null ? [part.text] : [])).join('\n');
  const attachments = input.flatMap((part): readonly Attachment[] => {
    if (part.type === 'text') return [];
    const kind = /image/i.test(part.type) ? 'image' : 'file';
    const path = part.path ?? (part.url?.startsWith('data:') === true ? '' : (part.url ?? ''));
    return [{ kind, path, label: part.name ?? (path === '' ? part.type : (path.split(/[\\/]/).at(-1) ?? path)) }];
  });
  return { text, attachments };
}

function isSame(one: UserWords, other: UserWords): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
