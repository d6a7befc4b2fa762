import type { LaneFacts, TurnError } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import type { LaneTurn, RawStream, SettingsSnapshot, ToolSession, TurnEnd, TurnIo } from '../../ports/index.ts';
import { Budget } from './budget.ts';
import { builtInCallsOf } from './built-in-tools.ts';
import { runCalls } from './calls.ts';
import type { Connection } from './connection.ts';
import { connect, masked } from './connection.ts';
import { ContextKeeper, usageSince } from './context-keeper.ts';
import { windowOf } from './context-size.ts';
import { historyItems, outputItems, userMessage } from './conversation.ts';
import { costOf } from './cost.ts';
import type { ResponsesLaneDeps } from './deps.ts';
import { payerOf } from './endpoint.ts';
import { turnError } from './failure.ts';
import { keptImage, notRun } from './items.ts';
import { KeptConversation } from './kept-conversation.ts';
import type { Negotiation } from './negotiation.ts';
import { openNegotiation } from './negotiation.ts';
import type { Normalizer } from './normalize.ts';
import { createNormalizer } from './normalize.ts';
import { RequestProgress } from './progress.ts';
import { imagesOf, schemaOf } from './prompt-files.ts';
import type { Asked, InputItem } from './request.ts';
import { folderAlone, requestBody } from './request.ts';
import type { RoundEnd } from './round.ts';
import { ask } from './round.ts';
import { writeMark } from './round-mark.ts';
import { Steers } from './steers.ts';
import { askForSummary } from './summary-request.ts';
import { toldLacks } from './told-lacks.ts';

type Outcome =
  | { readonly outcome: 'completed' | 'interrupted' }
  | { readonly outcome: 'failed'; readonly error: TurnError };

/** What stays the same over the requests of a turn. */
type Talk = {
  readonly connection: Connection;
  readonly session: ToolSession | null;
  readonly normalizer: Normalizer;
  readonly negotiation: Negotiation;
  readonly keeper: ContextKeeper;
  readonly asked: Omit<Asked, 'input' | 'previous' | 'features'>;
};

/** One turn: it asks, runs what the model calls, and asks again until an answer calls nothing. Never throws. */
export class ResponsesTurn {
  readonly #deps: ResponsesLaneDeps;
  readonly #turn: LaneTurn;
  readonly #io: TurnIo;
  readonly #settings: SettingsSnapshot;
  readonly #progress: RequestProgress;
  readonly #budget: Budget;
  readonly #steers: Steers;
  readonly #input: InputItem[] = [];
  readonly #kept = new KeptConversation();
  #raw: RawStream | null = null;
  #normalizer: Normalizer | null = null;
  #connection: Connection | null = null;
  #session: ToolSession | null = null;
  #label = '';
  #rounds = 0;

  constructor(deps: ResponsesLaneDeps, turn: LaneTurn, io: TurnIo) {
    this.#deps = deps;
    this.#turn = turn;
    this.#io = io;
    this.#settings = deps.settings();
    this.#progress = new RequestProgress(deps.clock, io.progress);
    this.#budget = new Budget(this.#settings, deps.clock);
    this.#steers = new Steers(io.inbox);
  }

  async run(): Promise<TurnEnd> {
    let end: Outcome;
    const stopTools = (): void => void this.#session?.end();
    this.#io.signal.addEventListener('abort', stopTools, { once: true });
    try {
      end = await this.#talk();
    } catch (error) {
      end = this.#io.signal.aborted ? { outcome: 'interrupted' } : this.#defect(error);
    }
    this.#io.signal.removeEventListener('abort', stopTools);
    await this.#session?.end();
    this.#progress.end();
    await this.#raw?.end({
      ...{ exitCode: null, signal: null, stderr: '', version: this.#label || null },
      stopped: this.#io.signal.aborted,
    });
    return { ...end, facts: this.#facts() };
  }

  #defect(error: unknown): Outcome {
    const why = messageOf(error);
    const shown = this.#connection === null ? why : masked(why, this.#connection);
    this.#deps.log.error(`the Responses lane failed: ${shown}`);
    return failed(
      turnError('internal', 'The turn failed because of a defect in this extension.', { hint: 'The log says more.' }),
    );
  }

  #facts(): LaneFacts {
    const usage = this.#normalizer?.usage() ?? null;
    const served = this.#normalizer?.modelServed() ?? null;
    const { apiPrices = {}, apiModel } = this.#settings;
    const isWhole = this.#normalizer?.isUsageWhole() === true;
    const cost = isWhole ? costOf(usage, [served, this.#turn.model ?? apiModel], apiPrices) : null;
    return {
      transport: 'responses',
      executable: null,
      endpoint: this.#label || null,
      payer: this.#label === '' ? null : payerOf(this.#connection?.key ?? null, this.#label),
      modelServed: served ?? 'unknown',
      nativeThreadId: null,
      completionPolicy: null,
      historyCompleteness: null,
      usage,
      usageAuthority: usage === null ? null : 'responses-completed',
      exitCode: null,
      killStep: 'none',
      ...(this.#rounds === 0 ? {} : { rounds: this.#rounds }),
      ...(this.#session === null ? {} : { commands: this.#session.commands() }),
      ...(cost === null ? {} : { cost }),
    };
  }

  /** Settles all that a request needs, then asks. What is wrong ends the turn before anything is sent. */
  async #talk(): Promise<Outcome> {
    const { deps, turn, io } = { deps: this.#deps, turn: this.#turn, io: this.#io };
    const settings = this.#settings;
    const connection = await connect(settings, deps.keyFor);
    if ('code' in connection) return failed(connection);
    this.#connection = connection;
    this.#label = connection.host;
    const notPaid = io.mayPay(payerOf(connection.key, connection.host));
    if (notPaid !== null) return failed(notPaid);
    const images = await imagesOf(turn.attachments);
    if ('error' in images) return failed(images.error);
    const schema = await schemaOf(turn.outputSchema);
    if ('error' in schema) return failed(schema.error);
    const compacts = turn.act?.kind === 'compact';
    const session = compacts ? null : ((await deps.tools?.open(turn)) ?? null);
    this.#session = session;
    if (io.signal.aborted) return { outcome: 'interrupted' };
    const normalizer = createNormalizer({
      turnId: turn.turnId,
      askedModel: turn.model ?? settings.apiModel,
      host: connection.host,
      ...(session === null ? {} : { offered: new Set(session.specs.map(({ name }) => name)) }),
      ...(session === null || !settings.apiBuiltinTools ? {} : { builtIn: builtInCallsOf(session.specs) }),
    });
    this.#normalizer = normalizer;
    const asked = {
      turn,
      settings,
      instructions: compacts ? '' : await this.#instructions(session),
      tools: session?.specs ?? null,
      schema: schema.value,
    };
    this.#input.push(...historyItems(turn.history));
    if (!compacts) this.#input.push(userMessage(turn.text, turn.attachments, images.value));
    const { base, host } = connection;
    const model = turn.model ?? settings.apiModel;
    const { endpoints: memory, clock } = deps;
    const facts = deps.modelFacts?.(model) ?? null;
    const lacks = toldLacks(facts, turn, settings);
    for (const { says } of lacks) io.emit({ kind: 'system_notice', code: 'model_lacks', text: says });
    const about = { memory, endpoint: base, host, model, lacks: lacks.map(({ feature }) => feature) };
    const negotiation = await openNegotiation({ ...about, emit: io.emit, clock });
    const keeper = new ContextKeeper({
      window: windowOf(facts?.contextWindow ?? null, settings.apiContextWindow),
      ask: (instructions, input) => this.#summary(talk, instructions, input),
      emit: io.emit,
    });
    const talk: Talk = { connection, session, normalizer, negotiation, keeper, asked };
    if (!compacts) return this.#ask(talk);
    if (this.#input.length === 0) return failed(turnError('bad_request', 'There is nothing to compact yet.'));
    return (await keeper.compact(this.#input, true)) ?? { outcome: 'completed' };
  }

  /** The conversation in few words, by a request of its own that counts like any other. */
  #summary({ connection, normalizer, negotiation, asked }: Talk, instructions: string, input: readonly InputItem[]) {
    const settings = { ...this.#settings, apiWebSearch: false };
    return askForSummary(this.#io.emit, (emit) => {
      normalizer.begin();
      this.#rounds += 1;
      return this.#send((signal) => {
        const round = { ...this.#round(connection, { ...this.#io, emit, signal }), rawStream: () => this.#keep(true) };
        return negotiation.send(
          (features) =>
            requestBody({
              ...asked,
              settings,
              instructions,
              tools: null,
              schema: null,
              features,
              input,
              previous: null,
            }),
          (body) => ask(round, body, normalizer),
        );
      });
    });
  }

  /** Null = there is room, and the turn goes on. */
  async #makeRoom({ keeper, normalizer }: Talk): Promise<Outcome | null> {
    const spent = (): Outcome | null => {
      const why = this.#budget.spent(this.#rounds, normalizer.usage());
      return why === null ? null : failed(why);
    };
    const over = spent() ?? (await keeper.compact(this.#input));
    if (over !== null) return over;
    this.#kept.forget();
    return spent();
  }

  /** One request, within the time that the turn has left. */
  async #send(send: (signal: AbortSignal) => Promise<RoundEnd>): Promise<RoundEnd> {
    const limit = this.#budget.timer();
    try {
      const end = await send(AbortSignal.any([this.#io.signal, limit.signal]));
      const isLate = end.outcome === 'interrupted' && !this.#io.signal.aborted;
      const spent = isLate ? this.#budget.outOfTime() : null;
      return spent === null ? end : failed(spent);
    } finally {
      limit.end();
    }
  }

  async #instructions(session: ToolSession | null): Promise<string> {
    const composed = await this.#deps.instructions?.compose(this.#turn, session);
    if (composed === undefined) return folderAlone(this.#turn.cwd);
    for (const event of this.#deps.instructions?.news(this.#turn.threadId, composed) ?? []) this.#io.emit(event);
    return composed.text;
  }

  /** The loop: one request after another. */
  async #ask(talk: Talk): Promise<Outcome> {
    const { session, normalizer, keeper } = talk;
    for (;;) {
      if (this.#io.signal.aborted) return { outcome: 'interrupted' };
      const full = keeper.isTooFull(this.#input) ? await this.#makeRoom(talk) : null;
      if (full !== null) return full;
      const before = normalizer.usage();
      normalizer.begin();
      this.#rounds += 1;
      const end = await this.#send((signal) =>
        talk.negotiation.send(
          (features) => requestBody({ ...talk.asked, features, ...this.#kept.rest(features, this.#input) }),
          (body) => ask(this.#round(talk.connection, { ...this.#io, signal }), body, normalizer),
        ),
      );
      const { calls, carried, images, id } = normalizer.answer();
      for (const image of images) this.#io.emit(await keptImage(image, this.#deps.keepImage));
      const own = session === null ? [] : calls;
      if (end.outcome !== 'completed') {
        this.#leave(own, 'the answer did not come whole');
        if (end.outcome === 'failed' && keeper.canHelp(end.error, this.#input)) {
          const none = await this.#makeRoom(talk);
          if (none === null) continue;
          return none;
        }
        return end.outcome === 'failed' ? failed(end.error) : end;
      }
      this.#input.push(...carried);
      this.#kept.answered(id, this.#input.length);
      keeper.answered(usageSince(before, normalizer.usage()), this.#input.length);
      const spent = this.#budget.spent(this.#rounds, normalizer.usage());
      if (session === null || own.length === 0) {
        // A message that is not taken now goes on as a prompt of its own.
        if (spent === null && (await this.#takeSteers())) continue;
        return { outcome: this.#io.signal.aborted ? 'interrupted' : 'completed' };
      }
      if (spent !== null) {
        this.#leave(own, 'the turn had spent its budget');
        return failed(spent);
      }
      const over = await this.#runCalls(session, own);
      if (over !== null) return over;
      await this.#takeSteers();
    }
  }

  /** Null = the turn goes on. */
  async #runCalls(session: ToolSession, calls: Parameters<typeof runCalls>[1]): Promise<Outcome | null> {
    const { io } = this;
    const names = calls.map(({ name }) => name);
    this.#progress.running(names.includes('shell') ? 'command' : 'tool', names.join(', ').slice(0, 200));
    const { answered, left } = await runCalls(session, calls, io, () => this.#budget.outOfTime() === null);
    this.#input.push(...outputItems(answered));
    if (answered.some(({ outcome }) => outcome.endsTurn === true)) {
      this.#leave(left, 'you ended the turn');
      return { outcome: 'interrupted' };
    }
    const spent = this.#budget.outOfTime();
    if (spent === null) return null;
    this.#leave(left, 'the turn had spent its budget');
    return failed(spent);
  }

  /** What tools get of the turn's ways out. */
  get io(): Parameters<ToolSession['call']>[1] {
    const { approvals, beforeChange, signal, emit } = this.#io;
    return { approvals: this.#budget.approvals(approvals), beforeChange, signal, emit };
  }

  /** Calls that are not run are shown as such. */
  #leave(calls: Parameters<typeof runCalls>[1], why: string): void {
    for (const call of calls) {
      if (this.#session?.specs.some(({ name }) => name === call.name)) this.#io.emit(notRun(call, why));
    }
  }

  /** Puts what the user said meanwhile into the conversation; false = nothing was said. */
  async #takeSteers(): Promise<boolean> {
    let took = false;
    for (let steers = this.#steers.take(); steers.length > 0; steers = this.#steers.take()) {
      for (const { text, attachments, settle } of steers) {
        const images = await imagesOf(attachments);
        // Not taken when the turn ends: then it goes on as a prompt of its own, which says what is wrong with it.
        if (this.#io.signal.aborted) return false;
        if ('error' in images) {
          settle(false);
          continue;
        }
        this.#input.push(userMessage(text, attachments, images.value));
        took = true;
        settle(true);
      }
    }
    return took;
  }

  /** One file for the turn: each further answer begins with a mark. */
  #keep(isSummary: boolean): RawStream | null {
    const isFirst = this.#raw === null;
    this.#raw ??= this.#deps.rawStream?.(this.#turn) ?? null;
    if (this.#raw !== null && (isSummary || !isFirst)) writeMark(this.#raw, { isSummary });
    return this.#raw;
  }

  #round(connection: Connection, io: TurnIo): Parameters<typeof ask>[0] {
    const { fetch = globalThis.fetch, random = Math.random, clock, onLimits = () => undefined } = this.#deps;
    return {
      fetch,
      clock,
      random,
      connection,
      io,
      progress: this.#progress,
      rawStream: () => this.#keep(false),
      onLabel: (label) => {
        this.#label = label;
      },
      onLimits,
    };
  }
}

const failed = (error: TurnError): Outcome => ({ outcome: 'failed', error });
