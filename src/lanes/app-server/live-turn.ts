import * as z from 'zod';
import type { LaneBody, LaneEvent, TurnAct, Usage } from '../../model/index.ts';
import { messageOf, noUsage } from '../../model/index.ts';
import type { Clock, LaneTurn, Log, Steer, TurnIo } from '../../ports/index.ts';
import type { AppServer, Notification as Told } from '../../runtime/index.ts';
import { Family } from './family.ts';
import { inputOf, reviewOf } from './inputs.ts';
import { normalize, rawOf } from './normalize.ts';
import { noticesOf } from './notices.ts';
import { resolveWithEnd } from './server-gone.ts';
import { Sight } from './sight.ts';
import { SteerBox } from './steer-box.ts';
import type { OpenThread } from './thread.ts';
import { endOfStream } from './turn-end.ts';
import type { TurnLease } from './turn-lease.ts';
import type { Step, TurnState } from './turn-state.ts';
import { told as eventsOf, own, startState } from './turn-state.ts';
import { contextOf, totalOf } from './usage-steps.ts';
import type { WireMessage } from './wire.ts';
import { field, placeOf, readMessage } from './wire.ts';

const started = z.looseObject({ turn: z.looseObject({ id: z.string() }) });
const steered = z.looseObject({ turnId: z.string() });

export type LiveTurnOptions = {
  readonly lease: TurnLease;
  readonly turn: LaneTurn;
  readonly io: TurnIo;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  /** Called when something was heard of this turn. */
  readonly onHeard: () => void;
  /** A command begins. */
  readonly onCommand: () => void;
};

/**
 * One turn on a shared server, from what the server tells: everything of its thread and its turn, and nothing of the others.
 * What is heard is normalized in its order; a sub-agent's own thread is told by its parent's item alone.
 */
export class LiveTurn {
  readonly sight = new Sight();
  readonly #options: LiveTurnOptions;
  readonly #steers: SteerBox;
  readonly #ended = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #begun = Promise.withResolvers<string>();
  readonly #family = new Family();
  /** The server's ids of this turn: a review has one more within it. */
  readonly #ids = new Set<string>();
  #thread: OpenThread | null = null;
  #asked = false;
  #id: string | null = null;
  #total: Usage | null = null;
  #context: number | null = null;
  /** The server's id of what can be interrupted. */
  #active = Promise.withResolvers<void>();
  #served: string | null = null;
  #state: TurnState | null = null;
  readonly #changes: Promise<void>[] = [];

  constructor(options: LiveTurnOptions) {
    this.#options = options;
    this.#steers = new SteerBox(options.newId);
    options.lease.onNotification((told) => this.#hear(told));
    resolveWithEnd(options.lease.ended, this.#ended.resolve);
  }

  /** Null before the turn has begun. */
  get state(): TurnState | null {
    return this.#state;
  }

  /** What can be interrupted: the turn, or the one within it that a review began. Null before it has an id. */
  get activeId(): string | null {
    return [...this.#ids].at(-1) ?? null;
  }

  /** Resolves when something else than now is to be interrupted. */
  get activeChanged(): Promise<void> {
    return this.#active.promise;
  }

  get thread(): OpenThread | null {
    return this.#thread;
  }

  /** The model that answered, where the server said that it is another one. */
  get served(): string | null {
    return this.#served;
  }

  /** Resolves when Codex said how the turn ended, or the server is gone. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  /** Resolves when the server has let the thread go. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Whether a question of this thread or of one that works for it is this turn's to answer. */
  owns(threadId: string | null): boolean {
    return (
      threadId !== null && this.#state?.end === null && (threadId === this.#thread?.id || this.#family.has(threadId))
    );
  }

  /** The threads that work for this turn. */
  get family(): readonly string[] {
    return this.#family.threads;
  }

  opened(thread: OpenThread): void {
    this.#thread = thread;
    this.sight.thread = thread.id;
    this.sight.step('thread-started', this.#at(), thread.id);
  }

  /** Asks the server to begin. Throws RpcError. */
  async begin(params: AppServer.TurnStartParams): Promise<void> {
    this.#asked = true;
    await this.#options.lease.request('turn/start', params, started, { onAnswer: ({ turn }) => this.#begin(turn.id) });
  }

  /** Asks the server to compact the thread, or to review in it. Throws RpcError. */
  async act(act: TurnAct, threadId: string): Promise<void> {
    const { lease } = this.#options;
    const onAnswer = ({ turn }: z.infer<typeof started>): void => this.#begin(turn.id);
    switch (act.kind) {
      case 'review':
        await lease.request('review/start', reviewOf(act.target, threadId), started, { onAnswer });
        return;
      case 'compact':
        this.#asked = true;
        await lease.request('thread/compact/start', { threadId }, z.unknown());
        // The answer names no turn (measured): until it has begun, nothing could be stopped.
        await Promise.race([this.#begun.promise, this.ended]);
    }
  }

  /** Hands a message of the user's to the running turn, or says that the turn did not take it. Never rejects. */
  async steer(steer: Steer): Promise<void> {
    const { lease, log } = this.#options;
    const id = await Promise.race([this.#begun.promise, this.ended.then(() => null)]);
    const thread = this.#thread;
    if (id === null || thread === null || this.#isOver()) {
      steer.settle(false);
      return;
    }
    const clientId = this.#steers.put(steer);
    const params = { threadId: thread.id, expectedTurnId: id, clientUserMessageId: clientId, input: inputOf(steer) };
    try {
      await lease.request('turn/steer', params, steered);
    } catch (error) {
      // The turn ended first; whoever sent it keeps it.
      log.debug(`a message came too late for its turn: ${messageOf(error)}`);
      this.#steers.refuse(clientId);
    }
  }

  /** Nothing more comes: what is open is closed, and what was not taken goes back. */
  async close(): Promise<void> {
    this.#ended.resolve();
    this.#steers.refuseAll();
    if (this.#state !== null) this.#take(endOfStream(this.#state));
    await Promise.all(this.#changes);
  }

  tell(bodies: readonly LaneBody[]): void {
    for (const body of bodies) {
      this.#emit(this.#thread === null ? body : { ...body, nativeThreadId: this.#thread.id });
    }
  }

  #isOver(): boolean {
    return this.#state !== null && this.#state.end !== null;
  }

  #begin(id: string): void {
    const { turn } = this.#options;
    if (this.#id !== null || this.#thread === null) return;
    this.#id = id;
    this.#ids.add(id);
    const isNew = this.#thread.how === 'new' || this.#thread.how === 'lost';
    const usageBefore = isNew ? noUsage : (this.#total ?? turn.usageBefore);
    this.#state = startState({ turnId: turn.turnId, thread: this.#thread.id, usageBefore, context: this.#context });
    this.sight.turnStarted = true;
    this.sight.step('turn-started', this.#at(), null);
    this.#begun.resolve(id);
  }

  #hear({ method, params }: Told): void {
    const message = readMessage({ method, params }, 'server');
    if (message.kind === 'control') return;
    const place = placeOf(message);
    if (place.threadId === null) {
      if (this.#state !== null && !this.#isOver()) this.tell(bodiesOf(message));
      return;
    }
    if (this.#thread === null) return;
    if (place.threadId !== this.#thread.id) {
      this.#ofOther(place.threadId, message);
      return;
    }
    if (message.kind === 'notification' && message.method === 'thread/closed') this.#closed.resolve();
    this.#ofThread(message, place.turnId);
  }

  /** Another turn's, or of one that works for this one: that is told by the row of its run. */
  #ofOther(threadId: string, message: WireMessage): void {
    if (this.#state === null || this.#isOver()) return;
    const told = message.kind === 'notification' ? message : null;
    if (told?.method === 'turn/started') this.#family.lookAtTurn(threadId, told.params.turn, this.#ids);
    if (!this.#family.has(threadId)) return;
    const step = this.#family.step(threadId, message);
    if (step !== null) {
      const run = own(this.#state.agentRuns, threadId) ?? 1;
      this.#take(eventsOf(this.#state, [step.body], `agent-${threadId}${run === 1 ? '' : `:${run}`}`));
      if (step.paths.length > 0) this.#keep(this.#options.io.beforeChange(step.paths));
    }
    this.#options.onHeard();
  }

  #ofThread(message: WireMessage, wireTurn: string | null): void {
    const told = message.kind === 'notification' ? message : null;
    if (this.#id === null && this.#asked && told?.method === 'turn/started') this.#begin(told.params.turn.id);
    if (this.#state === null) {
      // What stood before, told when a thread is taken up again.
      if (told?.method === 'thread/tokenUsage/updated') {
        this.#total = totalOf(told);
        this.#context = contextOf(told.params.tokenUsage);
      }
      return;
    }
    if (told?.method === 'turn/started') {
      const { id, rootTurnId } = told.params.turn;
      // 0.138 does not say whose it is; in a review's thread there is no other.
      const isWithin = rootTurnId == null ? this.#options.turn.act?.kind === 'review' : this.#ids.has(rootTurnId);
      if (isWithin && !this.#ids.has(id)) {
        this.#ids.add(id);
        this.#active.resolve();
        this.#active = Promise.withResolvers();
      }
    }
    // After its end only the thread is let go.
    if (this.#isOver() || (wireTurn !== null && !this.#ids.has(wireTurn))) return;
    if (told?.method === 'turn/completed' && told.params.turn.id !== this.#id) return;
    if (told?.method === 'model/rerouted') this.#served = told.params.toModel;
    if (told?.method === 'item/started' || told?.method === 'item/completed') {
      this.#userWrote(told.params.item);
      this.#family.look(told.params.item);
    }
    this.#take(normalize(this.#state, message, this.#at()));
    this.sight.reconnecting = this.#state.retrying ? 'reconnecting' : null;
    this.sight.end = this.#state.end;
    if (this.#isOver()) {
      // At once: a message that comes now is for the next turn.
      this.#steers.refuseAll();
      this.#ended.resolve();
    }
    this.#options.onHeard();
  }

  #userWrote(item: { readonly type: string }): void {
    if (item.type !== 'userMessage') return;
    const parts = field(item, 'content');
    const text = Array.isArray(parts)
      ? parts.map((part) => field(part, 'text')).find((said) => typeof said === 'string')
      : '';
    this.#steers.taken(field(item, 'clientId'), String(text ?? ''));
  }

  #take(step: Step): void {
    this.#state = step.state;
    for (const event of step.events) this.#emit(event);
  }

  #emit(event: LaneEvent): void {
    const { io, onCommand } = this.#options;
    this.sight.take(event, this.#at());
    io.emit(event);
    if (event.kind === 'command_execution' && event.phase === 'started') onCommand();
    if (event.kind !== 'file_change') return;
    const paths = event.changes.map(({ path }) => path);
    this.#keep(event.phase === 'completed' ? io.afterChange(paths) : io.beforeChange(paths));
  }

  #keep(call: Promise<void>): void {
    const { log } = this.#options;
    this.#changes.push(call.catch((error) => log.warn(`change tracking failed: ${messageOf(error)}`)));
  }

  #at(): string {
    return new Date(this.#options.clock.now()).toISOString();
  }
}

/** What a message says that belongs to no thread. */
export function bodiesOf(message: WireMessage): readonly LaneBody[] {
  if (message.kind === 'unknown') return [rawOf(message)];
  return message.kind === 'notification' ? (noticesOf(message) ?? []) : [];
}
