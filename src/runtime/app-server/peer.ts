import type { Writable } from 'node:stream';
import type { LongLine } from '../../base/index.ts';
import { Emitter, LfSplitter } from '../../base/index.ts';
import { messageOf } from '../../model/index.ts';
import type { Clock, Log } from '../../ports/index.ts';
import { safeLine, withoutConfigValues } from '../safe-output.ts';
import type { Incoming, RpcId } from './envelope.ts';
import { headOf, readMessage } from './envelope.ts';
import type { ClientRequests } from './generated/protocol.ts';
import { notificationMethods } from './generated/protocol.ts';
import { LineWriter } from './line-writer.ts';
import type { Answerer, ServerMethod } from './questions.ts';
import { Questions } from './questions.ts';
import { RpcError } from './rpc-error.ts';

export type ClientMethod = keyof ClientRequests;

/** Makes a checked value of what came; throws where it can't. Each schema of zod is one. */
export type Reader<T> = { readonly parse: (value: unknown) => T };

export type Notification = {
  readonly method: string;
  /** Not checked. */
  readonly params: unknown;
  /** When the server says it told it, in milliseconds since the epoch. */
  readonly emittedAtMs: number | null;
};

export type RequestOptions<T> = {
  /** Milliseconds. Default: 30,000 for `initialize`, 10,000 for `turn/interrupt`, else 60,000. */
  readonly timeoutMs?: number;
  /** Gives up waiting. The server is not told: it may still do what was asked. */
  readonly signal?: AbortSignal;
  /** Hears the answer in its place in the stream, before the messages behind it; a promise's continuation comes later. */
  readonly onAnswer?: (answer: T) => void;
};

export type WireListener = (direction: '<' | '>', line: string) => void;

export type PeerOptions = {
  readonly output: Writable;
  readonly clock: Clock;
  readonly log: Log;
  /** Longest line that is taken, in bytes. Default 64 MiB. */
  readonly maxLineBytes?: number;
};

const defaultTimeout = 60_000;
const timeouts: Partial<Readonly<Record<ClientMethod, number>>> = { initialize: 30_000, 'turn/interrupt': 10_000 };

/** The server has too much to do and did not take the request (`Server overloaded; retry later.`), so it may be sent again. */
const overloaded = -32001;
/** Waits before an overloaded server is asked again, in milliseconds. */
const overloadWaits = [100, 400, 1600] as const;

const invalidRequest = -32600;

/** Kinds of strange messages that are logged. */
const mostTold = 100;

/** What a request carries that must not be kept, whatever is kept of the stream. */
const secretMethods: ReadonlySet<string> = new Set<ClientMethod>(['account/login/start']);

type Pending = {
  readonly method: string;
  readonly answer: (result: unknown) => void;
  readonly refuse: (error: unknown) => void;
  /** True: it is asked again. */
  readonly again: () => boolean;
};

/**
 * One end of the app-server's protocol: requests with time limits, notifications in order, and every question of the
 * server answered. Bytes come in by `push`; what comes is not trusted.
 */
export class RpcPeer {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #writer: LineWriter;
  readonly #splitter: LfSplitter;
  readonly #maxLineBytes: number;
  /** Under its id, or under a symbol while it waits to be asked again. */
  readonly #pending = new Map<RpcId | symbol, Pending>();
  readonly #questions: Questions;
  readonly #notifications: Emitter<Notification>;
  readonly #wire: Emitter<readonly ['<' | '>', string]>;
  readonly #told = new Set<string>();
  #nextId = 1;
  #gone: Error | null = null;

  constructor({ output, clock, log, maxLineBytes = 64 * 1024 * 1024 }: PeerOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#writer = new LineWriter(output);
    this.#maxLineBytes = maxLineBytes;
    const failed = (error: unknown): void => log.error(`a listener of the app-server failed: ${messageOf(error)}`);
    this.#notifications = new Emitter(failed);
    this.#wire = new Emitter(failed);
    this.#questions = new Questions({
      log,
      send: (message) => this.#send(message),
      once: (words) => this.#once(words),
    });
    this.#splitter = new LfSplitter({
      maxBytes: maxLineBytes,
      onLine: (line) => this.#take(line),
      onLongLine: (line) => this.#takeLong(line),
    });
  }

  push(bytes: Uint8Array): void {
    if (this.#gone === null) this.#splitter.push(bytes);
  }

  /** The stream is over: whatever waits is refused with the cause, whatever is open is withdrawn. */
  end(cause: Error): void {
    if (this.#gone !== null) return;
    this.#splitter.end();
    this.#gone = cause;
    this.#questions.end();
    for (const pending of [...this.#pending.values()]) pending.refuse(cause);
    this.#pending.clear();
  }

  /** Closes our side once all is written; the server then ends by itself. */
  endOutput(): void {
    this.#writer.end();
  }

  /**
   * Asks the server. Throws {@link RpcError}, or the signal's reason. An overloaded server is asked again within the time.
   * @param read checks the answer
   */
  request<M extends ClientMethod, T>(
    method: M,
    params: ClientRequests[M]['params'],
    read: Reader<T>,
    options: RequestOptions<T> = {},
  ): Promise<T> {
    const { timeoutMs = timeouts[method] ?? defaultTimeout, signal, onAnswer } = options;
    if (this.#gone !== null) return Promise.reject(this.#gone);
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise<T>((resolve, reject) => {
      let key: RpcId | symbol = 0;
      let tries = 0;
      let cancelAgain: (() => void) | null = null;
      const settle = (): void => {
        this.#pending.delete(key);
        cancelTimeout();
        cancelAgain?.();
        signal?.removeEventListener('abort', onAbort);
      };
      const refuse = (error: unknown): void => {
        settle();
        reject(error);
      };
      const onAbort = (): void => refuse(signal?.reason);
      const cancelTimeout = this.#clock.after(timeoutMs, () => {
        const words = `Codex did not answer ${method} within ${timeoutMs / 1000} s.`;
        refuse(new RpcError({ kind: 'timeout', afterMs: timeoutMs }, words));
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      const pending: Pending = {
        method,
        refuse,
        answer: (result) => {
          settle();
          let answer: T;
          try {
            answer = read.parse(result);
          } catch (cause) {
            const words = `Codex answered ${method} with something that is not understood.`;
            reject(new RpcError({ kind: 'not-understood' }, words, { cause }));
            return;
          }
          try {
            onAnswer?.(answer);
          } catch (error) {
            this.#log.error(`the answer to ${method} could not be taken: ${messageOf(error)}`);
          }
          resolve(answer);
        },
        again: () => {
          const wait = overloadWaits[tries];
          if (wait === undefined) return false;
          tries += 1;
          const waits = Symbol(method);
          key = waits;
          this.#pending.set(waits, pending);
          cancelAgain = this.#clock.after(wait, () => {
            this.#pending.delete(waits);
            send();
          });
          return true;
        },
      };
      const send = (): void => {
        const id = this.#nextId++;
        key = id;
        this.#pending.set(id, pending);
        if (!this.#send({ id, method, ...(params === undefined ? {} : { params }) })) {
          refuse(
            new RpcError({ kind: 'gone' }, `Codex's app-server does not take ${method}: it does not read any more.`),
          );
        }
      };
      send();
    });
  }

  /** Tells the server something that needs no answer. */
  notify(method: 'initialized'): void {
    this.#send({ method });
  }

  /** Hears every notification, in the order of the stream. The returned function stops it. */
  onNotification(listener: (notification: Notification) => void): () => void {
    return this.#notifications.on(listener);
  }

  /** Hears every line, in both directions, for keeping; a key in one of ours is left out. The returned function stops it. */
  onWire(listener: WireListener): () => void {
    return this.#wire.on(([direction, line]) => listener(direction, line));
  }

  /** Answers questions of this method; who came last is asked first. The returned function stops it. */
  handle(method: ServerMethod, answerer: Answerer): () => void {
    return this.#questions.handle(method, answerer);
  }

  #take(line: string): void {
    if (line.trim() === '') return;
    this.#wire.fire(['<', line]);
    const message = readMessage(line);
    switch (message.kind) {
      case 'answer':
        this.#pendingOf(message.id)?.answer(message.result);
        return;
      case 'refusal':
        this.#refused(message);
        return;
      case 'request':
        this.#questions.asked(message);
        return;
      case 'notification':
        this.#heard(message);
        return;
      case 'strange': {
        this.#once(`the app-server sent ${message.why}`);
        const method = message.id === null ? undefined : this.#pending.get(message.id)?.method;
        const words = `Codex answered ${method} with something that is not understood.`;
        if (message.id !== null) this.#pending.get(message.id)?.refuse(new RpcError({ kind: 'not-understood' }, words));
        return;
      }
    }
  }

  /** What it was is told by its start: whoever waits for it must not wait for its time limit. */
  #takeLong({ start, bytes }: LongLine): void {
    const { id, method } = headOf(start);
    const limit = `${Math.floor(this.#maxLineBytes / 1024 / 1024)} MB`;
    const size = `${Math.ceil(bytes / 1024 / 1024)} MB`;
    this.#log.warn(`a line of the app-server was let go: ${method ?? 'an answer'}, ${size}, more than ${limit}`);
    if (id === null) return;
    if (method !== null) {
      this.#send({ id, error: { code: invalidRequest, message: `the request is longer than ${limit}` } });
      return;
    }
    const pending = this.#pending.get(id);
    const words = `Codex's answer to ${pending?.method} has ${size}, and no more than ${limit} are taken.`;
    pending?.refuse(new RpcError({ kind: 'not-understood' }, words));
  }

  #pendingOf(id: RpcId): Pending | undefined {
    const pending = this.#pending.get(id);
    // It came after its time limit, or nobody asked.
    if (pending === undefined) this.#log.debug('an answer of the app-server came that nobody waits for');
    return pending;
  }

  #refused({ id, code, message, data }: Extract<Incoming, { kind: 'refusal' }>): void {
    const pending = this.#pendingOf(id);
    if (pending === undefined) return;
    if (code === overloaded) {
      this.#pending.delete(id);
      if (pending.again()) return;
    }
    const words = `Codex refused ${pending.method}: ${safeLine(withoutConfigValues(message), 500)}`;
    pending.refuse(new RpcError({ kind: 'refused', code, data }, words));
  }

  #heard({ method, params, emittedAtMs }: Extract<Incoming, { kind: 'notification' }>): void {
    if (!known.has(method)) this.#once(`the app-server told something unknown: ${safeLine(method, 80)}`);
    if (method === 'serverRequest/resolved') this.#questions.resolved(params);
    this.#notifications.fire({ method, params, emittedAtMs });
  }

  #send(message: object): boolean {
    if (this.#gone !== null) return false;
    const line = JSON.stringify(message);
    if (!this.#writer.write(line)) return false;
    const secret = 'method' in message && typeof message.method === 'string' && secretMethods.has(message.method);
    this.#wire.fire(['>', secret ? JSON.stringify({ ...message, params: {} }) : line]);
    return true;
  }

  #once(words: string): void {
    // A server that makes up names for ever fills neither the log nor the memory.
    if (this.#told.has(words) || this.#told.size >= mostTold) return;
    this.#told.add(words);
    this.#log.warn(words);
  }
}

const known: ReadonlySet<string> = new Set(notificationMethods);
