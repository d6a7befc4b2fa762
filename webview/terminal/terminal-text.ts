import type { Pen } from './pen.ts';
import { afterRendition, PenBox, plainPen } from './pen.ts';

export type TerminalRun = { readonly text: string; readonly pen: Pen };
/** One line without its line break. */
export type TerminalLine = readonly TerminalRun[];

/** Longest control sequence or title; what is longer is text after all. */
const maxSequence = 4096;
/** What begins a string, as one character: DCS, SOS, OSC, PM, APC. */
const strings = '\u0090\u0098\u009d\u009e\u009f';
/** Where the reading of a sequence is: `escape` = after ESC, `control` = CSI, `string` = OSC and its like. */
type Mode = 'text' | 'escape' | 'intermediate' | 'control' | 'string' | 'string-escape';

/**
 * What a program wrote to a terminal, as lines to read. Colours are kept; `\r` and backspace overwrite, erase-line
 * erases; moves of the cursor, titles and links are left out. Works in any pieces, in time linear in the text.
 */
export class TerminalText {
  readonly #lines: TerminalLine[] = [];
  readonly #pens = new PenBox();
  #pen = plainPen;
  #mode: Mode = 'text';
  #sequence = '';
  /** The open line, a character and its pen a place. */
  #cells: string[] = [];
  #cellPens: Pen[] = [];
  #column = 0;
  /** Places before this one are known to be blank. */
  #blankTo = 0;

  write(text: string): void {
    for (let index = 0; index < text.length; index++) this.#take(text[index] ?? '');
  }

  /** Finished lines and the open one. */
  lines(): readonly TerminalLine[] {
    return [...this.#lines, this.#openLine()];
  }

  #take(char: string): void {
    switch (this.#mode) {
      case 'text':
        this.#takeText(char);
        break;
      case 'escape':
        this.#takeEscape(char);
        break;
      case 'intermediate':
        // `ESC ( B` and its like: one more character, whatever it is; a line break is none of it.
        if (char < ' ' || char > '/') this.#mode = 'text';
        if (char < ' ') this.#takeText(char);
        break;
      case 'control':
        this.#takeControl(char);
        break;
      case 'string':
      case 'string-escape':
        this.#takeString(char);
        break;
    }
  }

  #takeText(char: string): void {
    if ((char >= ' ' && char < '\u007f') || char > '\u009f' || char === '\t') this.#put(char);
    else if (char === '\n') this.#endLine();
    else if (char === '\r') this.#column = 0;
    else if (char === '\b') this.#column = Math.max(0, this.#column - 1);
    else if (char === '\u001b') this.#mode = 'escape';
    else if (char === '\u009b') this.#begin('control');
    else if (strings.includes(char)) this.#begin('string');
  }

  #endLine(): void {
    this.#lines.push(this.#openLine());
    this.#cells = [];
    this.#cellPens = [];
    this.#column = 0;
    this.#blankTo = 0;
  }

  #begin(mode: Mode): void {
    this.#mode = mode;
    this.#sequence = '';
  }

  #takeEscape(char: string): void {
    if (char === '[') this.#begin('control');
    else if (']PX^_'.includes(char)) this.#begin('string');
    else if (char >= ' ' && char <= '/') this.#mode = 'intermediate';
    else {
      this.#mode = 'text';
      // Another escape begins anew, a line break stays one; any other character ends the sequence.
      if (char < ' ') this.#takeText(char);
    }
  }

  #takeControl(char: string): void {
    if (char >= '@' && char <= '~') {
      this.#mode = 'text';
      this.#control(char, this.#sequence);
    } else if (char < ' ' || char > '~' || this.#sequence.length >= maxSequence) {
      // No sequence after all: a terminal drops it too.
      this.#mode = 'text';
      this.#takeText(char);
    } else {
      this.#sequence += char;
    }
  }

  #takeString(char: string): void {
    if (char === '\u0007' || char === '\u009c') this.#mode = 'text';
    else if (this.#mode === 'string-escape') {
      this.#mode = 'text';
      if (char !== '\\') this.#takeEscape(char);
    } else if (char === '\u001b') this.#mode = 'string-escape';
    else if (char === '\n' || this.#sequence.length >= maxSequence) {
      // One that nobody ended must not swallow the rest.
      this.#mode = 'text';
      this.#takeText(char);
    } else this.#sequence += char;
  }

  #control(name: string, parameters: string): void {
    if (name === 'm' && /^[\d;:]*$/.test(parameters)) {
      this.#pen = this.#pens.same(afterRendition(this.#pen, parameters));
    } else if (name === 'K') {
      this.#erase(parameters);
    } else if (name === 'G' && (parameters === '' || parameters === '0' || parameters === '1')) {
      this.#column = 0;
    }
  }

  #erase(which: string): void {
    if (which === '' || which === '0') this.#cut(this.#column);
    else if (which === '2') {
      // A program goes back to the start of a line that it erased; what it writes before that is not put far right.
      this.#cut(0);
      this.#column = 0;
    } else if (which === '1') {
      for (let at = this.#blankTo; at < this.#column; at++) {
        this.#cells[at] = ' ';
        this.#cellPens[at] = plainPen;
      }
      this.#blankTo = Math.max(this.#blankTo, this.#column);
    }
  }

  #cut(length: number): void {
    this.#cells.length = Math.min(this.#cells.length, length);
    this.#cellPens.length = this.#cells.length;
    this.#blankTo = Math.min(this.#blankTo, length);
  }

  #put(char: string): void {
    const before = this.#cells[this.#column - 1];
    // Both halves of a character beyond the first plane share a place, so that overwriting never splits one.
    if (char >= '\udc00' && char <= '\udfff' && before !== undefined && /^[\ud800-\udbff]$/.test(before)) {
      this.#cells[this.#column - 1] = before + char;
    } else {
      this.#place(char);
    }
  }

  #place(char: string): void {
    this.#cells[this.#column] = char;
    this.#cellPens[this.#column] = this.#pen;
    this.#blankTo = Math.min(this.#blankTo, this.#column);
    this.#column++;
  }

  #openLine(): TerminalLine {
    const runs: TerminalRun[] = [];
    for (let start = 0; start < this.#cells.length; ) {
      const pen = this.#cellPens[start] ?? plainPen;
      let end = start + 1;
      while (end < this.#cells.length && this.#cellPens[end] === pen) end++;
      runs.push({ text: this.#cells.slice(start, end).join(''), pen });
      start = end;
    }
    return runs;
  }
}

/** The text alone. */
export function plainOutput(text: string): string {
  const terminal = new TerminalText();
  terminal.write(text);
  return terminal.lines().map(textOf).join('\n');
}

export const textOf = (line: TerminalLine): string => line.map((run) => run.text).join('');
