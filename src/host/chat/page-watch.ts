type PageWatchParts = {
  /** Asks the page for a sign of life. */
  readonly ping: () => void;
  /** Gives the page again. `inVain`: how often that did not bring it back. */
  readonly reload: (inVain: number) => void;
  /** It was given again as often as makes sense. */
  readonly giveUp: () => void;
  /** Calls once after `ms`; the returned function takes it back. */
  readonly after: (ms: number, call: () => void) => () => void;
  /** Milliseconds, of any start. */
  readonly now: () => number;
};

/** How long a page may take to say hello: the first time; twice as long after each time in vain. In milliseconds. */
const helloMs = 5_000;
const most = 5;
/** How long an answer may take, twice in a row: a machine that slept is no dead page. */
const answerMs = 5_000;
/** A page that was heard so short a time ago is not asked. */
const trustMs = 2_000;

/**
 * Tells a living page from a dead one. The editor has no event for a page that crashed or was loaded again in vain, so it is
 * asked, but only where something was sent to it or it is looked at: a chat in which nothing happens has no timer.
 */
export class PageWatch {
  readonly #parts: PageWatchParts;
  /** `away`: hidden, nothing is expected. `loading`: hello is. `up`: it answered. `asked`, `asked-again`: an answer is. */
  #state: 'away' | 'loading' | 'up' | 'asked' | 'asked-again' = 'away';
  #heardAt = 0;
  #inVain = 0;
  #cancel: (() => void) | null = null;

  constructor(parts: PageWatchParts) {
    this.#parts = parts;
  }

  /** The page is being loaded, by us or by the editor. */
  loading(): void {
    this.#inVain = 0;
    this.#awaitHello();
  }

  /** The page is hidden, and with it gone. */
  away(): void {
    this.#wait(null);
    this.#state = 'away';
  }

  /** The page said something. */
  heard(what: 'hello' | 'answer' | 'anything'): void {
    if (this.#state === 'away' && what !== 'hello') return;
    // Its hello alone proves little: it may break at what it is shown.
    if (what === 'answer') this.#inVain = 0;
    if (this.#state === 'loading' && what !== 'hello') return;
    const wasLoading = this.#state === 'loading';
    this.#heardAt = this.#parts.now();
    this.#wait(null);
    this.#state = 'up';
    if (wasLoading && this.#inVain > 0) this.#ask('asked');
  }

  /** Something was sent to the page, or it came into sight: by now it must be able to answer. */
  expect(): void {
    if (this.#state === 'up' && this.#parts.now() - this.#heardAt >= trustMs) this.#ask('asked');
  }

  #ask(state: 'asked' | 'asked-again'): void {
    this.#state = state;
    this.#wait(answerMs, () => {
      if (state === 'asked') this.#ask('asked-again');
      else this.#lost();
    });
    this.#parts.ping();
  }

  #awaitHello(): void {
    this.#state = 'loading';
    this.#wait(helloMs * 2 ** this.#inVain, () => this.#lost());
  }

  #lost(): void {
    if (this.#inVain >= most) {
      this.away();
      this.#parts.giveUp();
      return;
    }
    this.#parts.reload(this.#inVain);
    this.#inVain += 1;
    this.#awaitHello();
  }

  #wait(ms: number | null, call: () => void = () => {}): void {
    this.#cancel?.();
    this.#cancel = ms === null ? null : this.#parts.after(ms, call);
  }
}
