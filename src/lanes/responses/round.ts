import { LfSplitter, readSse } from '../../base/index.ts';
import type { EndpointLimit, TurnError } from '../../model/index.ts';
import type { Clock, RawStream, TurnIo } from '../../ports/index.ts';
import type { Connection } from './connection.ts';
import { masked } from './connection.ts';
import { practiceLabel } from './endpoint.ts';
import { connectionFailed, noResponse, refusalOf, streamCut, turnError } from './failure.ts';
import type { Normalizer } from './normalize.ts';
import type { RequestProgress } from './progress.ts';
import { rateLimits } from './rate-headers.ts';
import type { RefusedRequest } from './refused-request.ts';
import { readRefusedRequest } from './refused-request.ts';
import { post } from './request.ts';
import { askedWait, isPassing, retryWait, wait } from './retry.ts';
import { readErrorBody, readWire } from './wire.ts';

/** Milliseconds without headers, and without a byte of the answer. A reasoning model may think for long, but pings meanwhile. */
const silenceLimit = 120_000;
/** Most that is read of a refused request's body, in characters. */
const maxErrorBody = 64 * 1024;

export type RoundDeps = {
  readonly fetch: typeof globalThis.fetch;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly connection: Connection;
  readonly io: TurnIo;
  readonly progress: RequestProgress;
  /** Called once an answer comes; null = nothing is kept. */
  readonly rawStream: () => RawStream | null;
  /** Hears the endpoint's name, as its answer tells it. */
  readonly onLabel: (label: string) => void;
  readonly onLimits: (limits: readonly EndpointLimit[]) => void;
};

/** How one request ended. */
export type RoundEnd =
  | { readonly outcome: 'completed' | 'interrupted' }
  | {
      readonly outcome: 'failed';
      readonly error: TurnError;
      /** The endpoint refused the request before its answer began; the key is masked in its words. */
      readonly refusal?: RefusedRequest;
    };

/** What one try came to: the end of the request, or a passing failure that may be tried again. */
type Attempt = { readonly end: RoundEnd; readonly again?: { readonly asked: number | null } };

/**
 * Sends one request to its end: tried again with back-off while nothing of its answer has come, given up after too long a
 * silence. What comes goes through `normalizer` to the turn. Never rejects but for a defect.
 */
export async function ask(deps: RoundDeps, body: string, normalizer: Normalizer): Promise<RoundEnd> {
  const { io, clock, progress } = deps;
  for (let retry = 1; ; retry += 1) {
    if (io.signal.aborted) return { outcome: 'interrupted' };
    const { end, again } = await new Try(deps, normalizer).run(body);
    const ms = again === undefined ? null : retryWait(retry, again.asked, deps.random());
    if (end.outcome !== 'failed' || ms === null) return end;
    const text = `${end.error.message} Trying again in ${Math.round(ms / 100) / 10} s.`;
    io.emit({ kind: 'warning', source: 'process', text, code: 'retry' });
    progress.reconnecting(text);
    await wait(clock, ms, io.signal);
  }
}

/** One try of a request. */
class Try {
  readonly #deps: RoundDeps;
  readonly #normalizer: Normalizer;
  /** Something of the answer has come: from here on nothing is tried again. */
  #started = false;

  constructor(deps: RoundDeps, normalizer: Normalizer) {
    this.#deps = deps;
    this.#normalizer = normalizer;
  }

  async run(body: string): Promise<Attempt> {
    const { clock, connection, io, progress, fetch } = this.#deps;
    const { base, host, headers } = connection;
    // Its own controller: the watchdog and the end of the try close the connection too.
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    io.signal.addEventListener('abort', stop, { once: true });
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
      progress.heard();
    };
    const forgetWait = io.onWait(() => {
      watch();
      progress.again();
    });
    try {
      if (io.signal.aborted) return { end: { outcome: 'interrupted' } };
      watch();
      progress.sent(host, silenceLimit);
      const answer = await post(fetch, `${base}/responses`, { headers, body, signal: controller.signal });
      if ('error' in answer) return { end: failed(answer.error) };
      const { response } = answer;
      const label = practiceLabel(response.headers) ?? host;
      this.#deps.onLabel(label);
      this.#deps.onLimits(rateLimits(response.headers, clock.now()));
      watch();
      if (!response.ok) return await this.#refused(response, watch);
      progress.accepted(label);
      const end = await this.#stream(response, heard);
      if (end.outcome === 'failed' && end.error.code === 'stream_cut' && !this.#started)
        return { end, again: { asked: null } };
      return { end };
    } catch (error) {
      if (io.signal.aborted) return { end: { outcome: 'interrupted' } };
      if (silent) return { end: failed(noResponse(host, silenceLimit / 1000)) };
      if (this.#started) return { end: failed(streamCut(host)) };
      return { end: failed(connectionFailed(host, error)), again: { asked: null } };
    } finally {
      forgetWait();
      cancelWatch();
      io.signal.removeEventListener('abort', stop);
      controller.abort();
    }
  }

  async #refused(response: Response, onBytes: () => void): Promise<Attempt> {
    const { connection } = this.#deps;
    const { status } = response;
    const answer = await readStart(response, onBytes);
    const [read, refused] = [readErrorBody(answer), readRefusedRequest(status, answer)];
    const error = read === null ? null : { ...read, message: masked(read.message ?? '', connection) };
    const refusal = { ...refused, message: masked(refused.message, connection) };
    const end = { ...failed(refusalOf(connection.host, status, error)), refusal };
    // A used-up quota answers 429 like a rate limit, but does not pass.
    const passing = isPassing(status) && end.error.retryable && end.error.code !== 'usage_limit';
    if (!passing || response.headers.get('x-should-retry') === 'false') return { end };
    const now = this.#deps.clock.now();
    return { end, again: { asked: askedWait(response.headers, rateLimits(response.headers, now), now) } };
  }

  async #stream(response: Response, onBytes: () => void): Promise<Failed | { readonly outcome: 'completed' }> {
    const { connection, io, rawStream } = this.#deps;
    const { host } = connection;
    const type = response.headers.get('content-type') ?? 'text/event-stream';
    if (!type.includes('text/event-stream') || response.body === null) {
      return failed(
        turnError(
          'protocol_error',
          `The endpoint ${host} answered with ${type.split(';')[0]} where a stream of events should come.`,
          { hint: 'Check the base URL; a proxy or a login page may stand in between.' },
        ),
      );
    }
    const raw = rawStream();
    const body = raw === null ? response.body : kept(response.body, raw);
    for await (const message of readSse(touched(body, onBytes))) {
      this.#started = true;
      const { events, end } = this.#normalizer.push(readWire(message.data));
      for (const event of events) io.emit(event);
      if (end?.outcome === 'completed') return { outcome: 'completed' };
      if (end !== null) return failed(maskedDetail(end.error, connection));
    }
    return failed(streamCut(host));
  }
}

type Failed = { readonly outcome: 'failed'; readonly error: TurnError };
const failed = (error: TurnError): Failed => ({ outcome: 'failed', error });

function maskedDetail(error: TurnError, connection: Connection): TurnError {
  return error.detail === undefined ? error : { ...error, detail: masked(error.detail, connection) };
}

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
