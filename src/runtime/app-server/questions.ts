import type { Log } from '../../ports/index.ts';
import { safeLine } from '../safe-output.ts';
import type { Incoming, RpcId } from './envelope.ts';
import type { ServerRequests } from './generated/protocol.ts';

export type ServerMethod = keyof ServerRequests;

/** A request of the server, for whoever answers it. */
export type Question = {
  readonly id: RpcId;
  /** Not checked. */
  readonly params: unknown;
  /** Aborted when the answer is not wanted any more; its reason is a {@link Withdrawal}. */
  readonly signal: AbortSignal;
};

/** Why a question needs no answer: the server says it is settled, or the server is gone. */
export type Withdrawal = 'resolved' | 'gone';

/** Answers a question of the server, or says at once that it is not for it (undefined), as one about another thread. */
export type Answerer = (question: Question) => Promise<unknown> | undefined;

const methodNotFound = -32601;
const internalError = -32603;

export type QuestionsOptions = {
  readonly log: Log;
  /** False: it could not be sent. */
  readonly send: (message: object) => boolean;
  /** Logs words that were not logged yet. */
  readonly once: (words: string) => void;
};

/** The server's requests: each one is answered once, by an answerer or with an error, unless it is withdrawn. */
export class Questions {
  readonly #options: QuestionsOptions;
  readonly #answerers = new Map<string, readonly Answerer[]>();
  readonly #open = new Map<RpcId, AbortController>();

  constructor(options: QuestionsOptions) {
    this.#options = options;
  }

  /** Answers questions of this method; who came last is asked first. The returned function stops it. */
  handle(method: ServerMethod, answerer: Answerer): () => void {
    const own: Answerer = (question) => answerer(question);
    const others = (): readonly Answerer[] => (this.#answerers.get(method) ?? []).filter((one) => one !== own);
    this.#answerers.set(method, [own, ...others()]);
    return () => void this.#answerers.set(method, others());
  }

  asked({ id, method, params }: Extract<Incoming, { kind: 'request' }>): void {
    // Asked once more while it is open (0.169 may repeat what is not answered): one answer settles both.
    if (this.#open.has(id)) return;
    const name = safeLine(method, 80);
    const controller = new AbortController();
    this.#open.set(id, controller);
    const reply = (message: object): void => {
      // It was withdrawn meanwhile: nobody waits for the answer.
      if (this.#open.get(id) !== controller) return;
      // Throws on what is no JSON: it is open still, and answered with an error.
      const sent = this.#options.send({ id, ...message });
      this.#open.delete(id);
      if (!sent) this.#options.log.warn(`the answer to ${name} could not be sent`);
    };
    const fail = (error: unknown): void => {
      if (controller.signal.aborted) return;
      this.#options.log.error(`a question of the app-server could not be answered: ${name}`, error);
      reply({ error: { code: internalError, message: 'the client could not answer' } });
    };
    let answer: Promise<unknown> | undefined;
    try {
      answer = this.#ask(method, { id, params, signal: controller.signal });
    } catch (error) {
      fail(error);
      return;
    }
    if (answer === undefined) {
      this.#options.once(`the app-server asked what nobody here answers: ${name}`);
      reply({ error: { code: methodNotFound, message: 'this client does not answer that' } });
      return;
    }
    answer.then((result) => reply({ result: result ?? null })).catch(fail);
  }

  /** Takes the parameters of `serverRequest/resolved`: settled without us, or by the answer that we gave. */
  resolved(params: unknown): void {
    const id: unknown =
      typeof params === 'object' && params !== null && 'requestId' in params ? params.requestId : null;
    if (typeof id !== 'string' && typeof id !== 'number') return;
    const controller = this.#open.get(id);
    this.#open.delete(id);
    controller?.abort('resolved' satisfies Withdrawal);
  }

  /** The server is gone. */
  end(): void {
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const controller of open) controller.abort('gone' satisfies Withdrawal);
  }

  #ask(method: string, question: Question): Promise<unknown> | undefined {
    for (const answerer of this.#answerers.get(method) ?? []) {
      const answer = answerer(question);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
}
