import type { CodeLine } from './code-line.ts';

type Colour = (code: string, language: string) => readonly CodeLine[] | null;

/** Longer code stays in one colour: it would hold a frame for too long. */
const maxLength = 50_000;
/** Patterns run slowly on such lines, and nobody reads them. */
const maxLine = 2000;
/** Coloured code that is kept, in characters of its text. */
const maxKept = 500_000;
/** Longest that coloured code is waited for while the page is busy, in milliseconds. */
const patience = 500;

/** Colours code when the page has nothing else to do, one block at a time, and keeps what it coloured. */
export class ColourQueue {
  readonly #load: () => Promise<Colour>;
  readonly #whenIdle: (call: () => void) => void;
  readonly #kept = new Map<string, readonly CodeLine[] | null>();
  #size = 0;
  #chain: Promise<unknown> = Promise.resolve();
  #loaded: Promise<Colour> | null = null;

  /** `load` brings the grammars; what fails to load is asked for again with the next block. */
  constructor(load: () => Promise<Colour>, whenIdle: (call: () => void) => void = idle) {
    this.#load = load;
    this.#whenIdle = whenIdle;
  }

  static takes(code: string): boolean {
    if (code.length > maxLength || code.trim() === '') return false;
    return !code.split('\n').some((line) => line.length > maxLine);
  }

  /** What was coloured before; undefined = not asked for yet, null = nothing to colour. */
  known(code: string, language: string): readonly CodeLine[] | null | undefined {
    return this.#kept.get(keyOf(code, language));
  }

  /** Calls `done` once the code is coloured, unless the returned function was called before. */
  ask(code: string, language: string, done: () => void): () => void {
    let wanted = true;
    this.#chain = this.#chain.then(async () => {
      if (!wanted) return;
      try {
        this.#loaded ??= this.#load();
        const colour = await this.#loaded;
        await new Promise<void>((resolve) => this.#whenIdle(resolve));
        if (!wanted) return;
        if (this.known(code, language) === undefined) this.#keep(code, language, colour(code, language));
        done();
      } catch {
        // Without its colours the code is as readable as it was.
        this.#loaded = null;
      }
    });
    return () => {
      wanted = false;
    };
  }

  #keep(code: string, language: string, lines: readonly CodeLine[] | null): void {
    this.#kept.set(keyOf(code, language), lines);
    this.#size += code.length;
    for (const key of this.#kept.keys()) {
      if (this.#size <= maxKept) return;
      this.#kept.delete(key);
      this.#size -= key.length - key.indexOf('\n') - 1;
    }
  }
}

const keyOf = (code: string, language: string): string => `${language}\n${code}`;

function idle(call: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(call, { timeout: patience });
  else setTimeout(call);
}
