import { LfSplitter, readSse } from '../../base/index.ts';
import type { EndpointLimit, TurnError } from '../../model/index.ts';
import { maskKey, messageOf, transportCapabilities } from '../../model/index.ts';
import type {
  Clock,
  Instructions,
  Lane,
  LaneTurn,
  Log,
  OpenRawStream,
  RawStream,
  SettingsSnapshot,
  Tools,
  TurnEnd,
  TurnIo,
} from '../../ports/index.ts';
import type { ApiKey } from './endpoint.ts';
import { endpointOf, extraHeaders, isUsableKey, payerOf, practiceLabel } from './endpoint.ts';
import { connectionFailed, noResponse, refusalOf, streamCut, turnError } from './failure.ts';
import type { Normalizer } from './normalize.ts';
import { createNormalizer } from './normalize.ts';
import { RequestProgress } from './progress.ts';
import { rateLimits } from './rate-headers.ts';
import { post, requestBody } from './request.ts';
import { isPassing, retryWait, wait } from './retry.ts';
import { readErrorBody, readWire } from './wire.ts';

export type ResponsesLaneDeps = {
  readonly settings: () => SettingsSnapshot;
  /** The key that belongs to an origin and goes nowhere else; null = there is none. */
  readonly keyFor: (origin: string) => Promise<ApiKey | null>;
  /** Default: the global one, which the editor routes through its proxy settings. */
  readonly fetch?: typeof globalThis.fetch;
  /** Begins to keep the raw stream of a turn, where the user wants that; left out: nothing is kept. */
  readonly rawStream?: OpenRawStream;
  /** Hears what each answer says of the endpoint's limits. */
  readonly onLimits?: (limits: readonly EndpointLimit[]) => void;
  /** What the model may do; left out: it only talks. */
  readonly tools?: Tools;
  /** What it is told before the conversation; left out: the folder alone. */
  readonly instructions?: Instructions;
  readonly clock: Clock;
  readonly log: Log;
};

/** Milliseconds without headers, and without a byte of the answer. A reasoning model may think for long, but pings meanwhile. */
const silenceLimit = 120_000;
/** Most that is read of a refused request's body, in characters. */
const maxErrorBody = 64 * 1024;

/** The lane that asks a Responses-compatible endpoint over HTTP. It offers the model no tools. */
export function createResponsesLane(deps: ResponsesLaneDeps): Lane {
  return {
    id: 'api',
    transport: 'responses',
    approvalPolicy: 'none',
    capabilities: transportCapabilities.responses,
    run: (turn, io) => new ResponsesRun(deps, turn, io).run(),
  };
}

type Outcome =
  | { readonly outcome: 'completed' | 'interrupted' }
  | { readonly outcome: 'failed'; readonly error: TurnError };
/** What one try came to: the turn's outcome, or a passing failure that may be tried again. */
type Attempt = { readonly end: Outcome; readonly again?: { readonly retryAfter: string | null } };

/** One turn. Never throws: whatever happens is its end. */
class ResponsesRun {
  readonly #deps: ResponsesLaneDeps;
  readonly #turn: LaneTurn;
  readonly #io: TurnIo;
  readonly #progress: RequestProgress;
  #raw: RawStream | null = null;
  #normalizer: Normalizer | null = null;
  #key: ApiKey | null = null;
  #label = '';
  /** Something of the answer has come: from here on nothing is tried again. */
  #started = false;

  constructor(deps: ResponsesLaneDeps, turn: LaneTurn, io: TurnIo) {
    this.#deps = deps;
    this.#turn = turn;
    this.#io = io;
    this.#progress = new RequestProgress(deps.clock, io.progress);
  }

  async run(): Promise<TurnEnd> {
    let end: Outcome;
    try {
      end = await this.#tries();
    } catch (error) {
      this.#deps.log.error(`the Responses lane failed: ${this.#masked(messageOf(error))}`);
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
        payer: this.#label === '' ? null : payerOf(this.#key, this.#label),
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

  async #tries(): Promise<Outcome> {
    const { deps, turn, io } = { deps: this.#deps, turn: this.#turn, io: this.#io };
    const settings = deps.settings();
    let endpoint: ReturnType<typeof endpointOf>;
    let headers: Headers;
    try {
      endpoint = endpointOf(settings.apiBaseUrl);
      headers = extraHeaders(settings.apiHeaders);
    } catch (error) {
      return failed(
        turnError('config_invalid', messageOf(error), {
          hint: 'Check the base URL and the extra headers in the settings.',
        }),
      );
    }
    this.#label = endpoint.host;
    this.#key = await deps.keyFor(endpoint.origin);
    if (this.#key !== null && !isUsableKey(this.#key)) {
      return failed(
        turnError('unauthorized', 'The API key holds characters that no key has, such as a space or a line break.', {
          hint: 'Add the API key again.',
        }),
      );
    }
    if (this.#key !== null) headers.set('authorization', `Bearer ${this.#key.value}`);
    else if (endpoint.needsKey) {
      return failed(
        turnError('authentication_required', `The endpoint ${endpoint.host} needs an API key.`, {
          hint: 'Add an API key.',
        }),
      );
    }
    const notPaid = io.mayPay(payerOf(this.#key, endpoint.host));
    if (notPaid !== null) return failed(notPaid);
    headers.set('content-type', 'application/json');
    headers.set('accept', 'text/event-stream');
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
      host: endpoint.host,
    });
    const init = { headers, body: requestBody(turn, settings) };
    for (let retry = 1; ; retry += 1) {
      if (io.signal.aborted) return { outcome: 'interrupted' };
      const { end, again } = await this.#attempt(endpoint, init, this.#normalizer);
      const ms = again === undefined ? null : retryWait(retry, again.retryAfter, deps.clock.now());
      if (end.outcome !== 'failed' || ms === null) return end;
      const text = `${end.error.message} Trying again in ${Math.round(ms / 100) / 10} s.`;
      io.emit({ kind: 'warning', source: 'process', text, code: 'retry' });
      this.#progress.reconnecting(text);
      await wait(deps.clock, ms, io.signal);
    }
  }

  async #attempt(
    endpoint: ReturnType<typeof endpointOf>,
    init: { readonly headers: Headers; readonly body: string },
    normalizer: Normalizer,
  ): Promise<Attempt> {
    const { clock, fetch = globalThis.fetch } = this.#deps;
    // Its own controller: the watchdog and the end of the turn close the connection too.
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    this.#io.signal.addEventListener('abort', stop, { once: true });
    let silent = false;
    let cancelWatch = (): void => {};
    const watch = (): void => {
      cancelWatch();
      cancelWatch = clock.after(silenceLimit, () => {
        silent = true;
        controller.abort();
      });
    };
    const heard = (): void => {
      watch();
      this.#progress.heard();
    };
    const forgetWait = this.#io.onWait(() => {
      watch();
      this.#progress.again();
    });
    try {
      if (this.#io.signal.aborted) return { end: { outcome: 'interrupted' } };
      watch();
      this.#progress.sent(endpoint.host, silenceLimit);
      const answer = await post(fetch, `${endpoint.base}/responses`, { ...init, signal: controller.signal });
      if ('error' in answer) return { end: failed(answer.error) };
      this.#label = practiceLabel(answer.response.headers) ?? endpoint.host;
      this.#deps.onLimits?.(rateLimits(answer.response.headers, clock.now()));
      watch();
      if (!answer.response.ok) return await this.#refused(endpoint.host, answer.response, watch);
      this.#progress.accepted(this.#label);
      const end = await this.#stream(endpoint.host, answer.response, normalizer, heard);
      if (end.outcome === 'failed' && end.error.code === 'stream_cut' && !this.#started)
        return { end, again: { retryAfter: null } };
      return { end };
    } catch (error) {
      if (this.#io.signal.aborted) return { end: { outcome: 'interrupted' } };
      if (silent) return { end: failed(noResponse(endpoint.host, silenceLimit / 1000)) };
      if (this.#started) return { end: failed(streamCut(endpoint.host)) };
      return { end: failed(connectionFailed(endpoint.host, error)), again: { retryAfter: null } };
    } finally {
      forgetWait();
      cancelWatch();
      this.#io.signal.removeEventListener('abort', stop);
      controller.abort();
    }
  }

  async #refused(host: string, response: Response, onBytes: () => void): Promise<Attempt> {
    const error = readErrorBody(await readStart(response, onBytes));
    const words = error === null ? null : { ...error, message: this.#masked(error.message ?? '') };
    const end = failed(refusalOf(host, response.status, words));
    // A used-up quota answers 429 like a rate limit, but does not pass.
    const passing = isPassing(response.status) && end.error.retryable && end.error.code !== 'usage_limit';
    return passing ? { end, again: { retryAfter: response.headers.get('retry-after') } } : { end };
  }

  async #stream(
    host: string,
    response: Response,
    normalizer: Normalizer,
    onBytes: () => void,
  ): Promise<Failed | { readonly outcome: 'completed' }> {
    const type = response.headers.get('content-type') ?? 'text/event-stream';
    if (!type.includes('text/event-stream') || response.body === null) {
      return failed(
        turnError(
          'protocol_error',
          `The endpoint ${host} answered with ${type.split(';')[0]} where a stream of events should come.`,
          {
            hint: 'Check the base URL; a proxy or a login page may stand in between.',
          },
        ),
      );
    }
    this.#raw ??= this.#deps.rawStream?.(this.#turn) ?? null;
    const body = this.#raw === null ? response.body : kept(response.body, this.#raw);
    for await (const message of readSse(touched(body, onBytes))) {
      this.#started = true;
      const { events, end } = normalizer.push(readWire(message.data));
      for (const event of events) this.#io.emit(event);
      if (end?.outcome === 'completed') return { outcome: 'completed' };
      if (end !== null) return failed({ ...end.error, ...this.#maskedDetail(end.error) });
    }
    return failed(streamCut(host));
  }

  #maskedDetail(error: TurnError): { readonly detail?: string } {
    return error.detail === undefined ? {} : { detail: this.#masked(error.detail) };
  }

  /** Some endpoints repeat the key in their answer. */
  #masked(text: string): string {
    return this.#key === null || this.#key.value === ''
      ? text
      : text.replaceAll(this.#key.value, maskKey(this.#key.value));
  }
}

type Failed = { readonly outcome: 'failed'; readonly error: TurnError };
const failed = (error: TurnError): Failed => ({ outcome: 'failed', error });

async function* touched(body: AsyncIterable<Uint8Array>, onBytes: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    onBytes();
    yield chunk;
  }
}

/** The same bytes, their lines kept as they come; what a stop cuts off is kept too. */
async function* kept(body: AsyncIterable<Uint8Array>, raw: RawStream): AsyncGenerator<Uint8Array> {
  const lines = new LfSplitter({ onLine: (line) => raw.line(line) });
  try {
    for await (const chunk of body) {
      lines.push(chunk);
      yield chunk;
    }
  } finally {
    lines.end();
  }
}

async function readStart(response: Response, onBytes: () => void): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of touched(response.body, onBytes)) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > maxErrorBody) break;
  }
  return text;
}
