import { stripVTControlCharacters } from 'node:util';

/** Most that the log gets, in characters: the end of the output, as a native command's. */
const logged = 1024 * 1024;
/** What is kept of the beginning, for the model, in characters. */
const keptHead = 64 * 1024;
/** Most that the model gets, in characters: what a command says first and, more of it, last. */
const shownHead = 8000;
const shownTail = 16_000;

/** The output of one command: what the log, the page and the model get of it. Holds no more than a few MiB. */
export class CommandOutput {
  readonly #decoder = new TextDecoder();
  readonly #tell: (delta: string) => void;
  #head = '';
  #tail = '';
  #chars = 0;
  #bytes = 0;
  #hasNul = false;
  /** Decoded, not told yet. */
  #waiting = '';
  #told = 0;
  #heldBack = false;

  /** @param tell gets what is new, once in a while; not all of an output that is too long for the log */
  constructor(tell: (delta: string) => void) {
    this.#tell = tell;
  }

  push(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    this.#hasNul ||= bytes.includes(0);
    this.#take(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Nothing more comes. */
  end(): void {
    this.#take(this.#decoder.decode());
    this.#heldBack = true;
    this.flush();
  }

  /**
   * Tells what is new. A line without its end waits for one flush: a secret in it is only recognised in one piece.
   */
  flush(): void {
    const whole = this.#heldBack ? this.#waiting.length : this.#waiting.lastIndexOf('\n') + 1;
    const delta = this.#waiting.slice(0, whole);
    this.#waiting = this.#waiting.slice(whole);
    this.#heldBack = this.#waiting !== '';
    if (delta === '' || this.#told >= logged) return;
    this.#told += delta.length;
    this.#tell(delta);
  }

  /** As it came, from its last {@link logged} characters. */
  forLog(): string {
    return this.#tail.slice(-logged);
  }

  /** Without colours, rewritten lines as they stood last, and what was left out in the middle said. */
  forModel(): string {
    if (this.#hasNul) return `[the output is no text: ${this.#bytes} bytes]`;
    const lost = this.#chars - logged;
    if (lost > 0)
      return `${headOf(plain(this.#head))}${gap(this.#chars - shownHead - shownTail)}${tailOf(plain(this.forLog()))}`;
    const text = plain(this.forLog());
    if (text.length <= shownHead + shownTail) return text;
    const [head, tail] = [headOf(text), tailOf(text)];
    return `${head}${gap(text.length - head.length - tail.length)}${tail}`;
  }

  #take(text: string): void {
    if (text === '') return;
    this.#chars += text.length;
    if (this.#head.length < keptHead) this.#head += text.slice(0, keptHead - this.#head.length);
    this.#tail += text;
    // Cut only when twice as much has come: linear in the output.
    if (this.#tail.length > 2 * logged) this.#tail = this.#tail.slice(-logged);
    if (this.#told < logged) this.#waiting += text;
    if (this.#waiting.length > logged) this.flush();
  }
}

const gap = (chars: number): string => `\n[… ${chars} characters are left out here …]\n`;

/** Cut at the end of a line where one is near. */
function headOf(text: string): string {
  const cut = text.slice(0, shownHead);
  const end = cut.lastIndexOf('\n');
  return end > shownHead / 2 ? cut.slice(0, end) : whole(cut);
}

function tailOf(text: string): string {
  const cut = text.slice(-shownTail);
  const start = cut.indexOf('\n');
  return start !== -1 && start < shownTail / 2 ? cut.slice(start + 1) : whole(cut);
}

/** Without half of a character at its ends. */
const whole = (cut: string): string => cut.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');

/** What a terminal would show, near enough: a line that was written over counts as it stood last. */
function plain(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r+\n/g, '\n')
    .replace(/^.*\r(?=[^\r\n])/gm, '')
    .replace(controls, '');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
