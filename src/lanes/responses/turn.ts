import type { TurnError } from '../../model/index.ts';
import { messageOf } from '../../model/index.ts';
import type { LaneTurn, RawStream, TurnEnd, TurnIo } from '../../ports/index.ts';
import type { Connection } from './connection.ts';
import { connect, masked } from './connection.ts';
import type { ResponsesLaneDeps } from './deps.ts';
import { payerOf } from './endpoint.ts';
import { turnError } from './failure.ts';
import { openNegotiation } from './negotiation.ts';
import type { Normalizer } from './normalize.ts';
import { createNormalizer } from './normalize.ts';
import { RequestProgress } from './progress.ts';
import { conversationOf, folderAlone, requestBody } from './request.ts';
import { ask } from './round.ts';

type Outcome =
  | { readonly outcome: 'completed' | 'interrupted' }
  | { readonly outcome: 'failed'; readonly error: TurnError };

/** One turn: its requests, one after another. Never throws: whatever happens is its end. */
export class ResponsesTurn {
  readonly #deps: ResponsesLaneDeps;
  readonly #turn: LaneTurn;
  readonly #io: TurnIo;
  readonly #progress: RequestProgress;
  #raw: RawStream | null = null;
  #normalizer: Normalizer | null = null;
  #connection: Connection | null = null;
  #label = '';

  constructor(deps: ResponsesLaneDeps, turn: LaneTurn, io: TurnIo) {
    this.#deps = deps;
    this.#turn = turn;
    this.#io = io;
    this.#progress = new RequestProgress(deps.clock, io.progress);
  }

  async run(): Promise<TurnEnd> {
    let end: Outcome;
    try {
      end = await this.#requests();
    } catch (error) {
      const why = messageOf(error);
      this.#deps.log.error(
        `the Responses lane failed: ${this.#connection === null ? why : masked(why, this.#connection)}`,
      );
      end = failed(
        turnError('internal', 'The turn failed because of a defect in this extension.', { hint: 'The log says more.' }),
      );
    }
    this.#progress.end();
    await this.#raw?.end({
      ...{ exitCode: null, signal: null, stderr: '', version: this.#label || null },
      stopped: this.#io.signal.aborted,
    });
    const usage = this.#normalizer?.usage() ?? null;
    return {
      ...end,
      facts: {
        transport: 'responses',
        executable: null,
        endpoint: this.#label || null,
        payer: this.#label === '' ? null : payerOf(this.#connection?.key ?? null, this.#label),
        modelServed: this.#normalizer?.modelServed() ?? 'unknown',
        nativeThreadId: null,
        completionPolicy: null,
        historyCompleteness: null,
        usage,
        usageAuthority: usage === null ? null : 'responses-completed',
        exitCode: null,
        killStep: 'none',
      },
    };
  }

  async #requests(): Promise<Outcome> {
    const { deps, turn, io } = { deps: this.#deps, turn: this.#turn, io: this.#io };
    const settings = deps.settings();
    const connection = await connect(settings, deps.keyFor);
    if ('code' in connection) return failed(connection);
    this.#connection = connection;
    this.#label = connection.host;
    const notPaid = io.mayPay(payerOf(connection.key, connection.host));
    if (notPaid !== null) return failed(notPaid);
    if (turn.attachments.length > 0) {
      io.emit({
        kind: 'warning',
        source: 'thread',
        text: 'Attachments are not sent on this lane.',
        code: 'attachments_not_sent',
      });
    }
    this.#normalizer = createNormalizer({
      turnId: turn.turnId,
      askedModel: turn.model ?? settings.apiModel,
      host: connection.host,
    });
    const normalizer = this.#normalizer;
    const { base, host } = connection;
    const model = turn.model ?? settings.apiModel;
    const { endpoints: memory, clock } = deps;
    const negotiation = await openNegotiation({ memory, endpoint: base, host, model, emit: io.emit, clock });
    const asked = { turn, settings, instructions: folderAlone(turn.cwd), input: conversationOf(turn) };
    return negotiation.send(
      (features) => requestBody({ ...asked, features }),
      (body) => ask(this.#round(connection), body, normalizer),
    );
  }

  #round(connection: Connection): Parameters<typeof ask>[0] {
    const { fetch = globalThis.fetch, random = Math.random, clock, rawStream, onLimits = () => undefined } = this.#deps;
    return {
      fetch,
      clock,
      random,
      connection,
      io: this.#io,
      progress: this.#progress,
      rawStream: () => {
        this.#raw ??= rawStream?.(this.#turn) ?? null;
        return this.#raw;
      },
      onLabel: (label) => {
        this.#label = label;
      },
      onLimits,
    };
  }
}

const failed = (error: TurnError): Outcome => ({ outcome: 'failed', error });
