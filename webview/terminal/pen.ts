/** A colour of a terminal: one of its 256, or its red, green and blue. */
export type TerminalColour = number | readonly [red: number, green: number, blue: number];

/** How characters look. Equal pens are the same object, see {@link PenBox}. */
export type Pen = {
  readonly foreground: TerminalColour | null;
  readonly background: TerminalColour | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
  readonly inverse: boolean;
  readonly strike: boolean;
};

export const plainPen: Pen = {
  foreground: null,
  background: null,
  bold: false,
  dim: false,
  italic: false,
  underline: false,
  inverse: false,
  strike: false,
};

/** Pens by what they are, so that runs can be compared by identity. */
export class PenBox {
  readonly #pens = new Map<string, Pen>([[JSON.stringify(plainPen), plainPen]]);

  same(pen: Pen): Pen {
    const key = JSON.stringify(pen);
    const found = this.#pens.get(key);
    if (found === undefined) this.#pens.set(key, pen);
    return found ?? pen;
  }
}

/** The pen after a "select graphic rendition" sequence, e.g. `1;38;5;208`. What is not known changes nothing. */
export function afterRendition(pen: Pen, parameters: string): Pen {
  const codes = parameters.split(';');
  let next = pen;
  for (let at = 0; at < codes.length; at++) {
    const [code = '', ...parts] = (codes[at] ?? '').split(':');
    const number = code === '' ? 0 : Number(code);
    if (number !== 38 && number !== 48) {
      next = { ...next, ...simple(number, parts[0]) };
      continue;
    }
    // `38:5:n` and `38:2::r:g:b` are one parameter, `38;5;n` and `38;2;r;g;b` are several.
    const [mode, ...values] = parts.length > 0 ? withoutSpace(parts) : codes.slice(at + 1);
    const length = mode === '5' ? 1 : mode === '2' ? 3 : 0;
    if (parts.length === 0) at += 1 + length;
    const colour = length === 0 ? null : colourOf(values.slice(0, length));
    if (colour !== null) next = { ...next, [number === 38 ? 'foreground' : 'background']: colour };
  }
  return next;
}

/** The colon form of a true colour may name a colour space before it. */
const withoutSpace = ([mode = '', ...values]: readonly string[]): readonly string[] =>
  mode === '2' && values.length > 3 ? [mode, ...values.slice(1)] : [mode, ...values];

function colourOf(values: readonly string[]): TerminalColour | null {
  const numbers = values.map((value) => (value === '' ? 0 : Number(value)));
  if (!numbers.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)) return null;
  const [first, green, blue] = numbers;
  if (first === undefined) return null;
  if (values.length === 1) return first;
  return green === undefined || blue === undefined ? null : [first, green, blue];
}

function simple(code: number, detail: string | undefined): Partial<Pen> {
  if (code >= 30 && code <= 37) return { foreground: code - 30 };
  if (code >= 90 && code <= 97) return { foreground: code - 90 + 8 };
  if (code >= 40 && code <= 47) return { background: code - 40 };
  if (code >= 100 && code <= 107) return { background: code - 100 + 8 };
  switch (code) {
    case 0:
      return plainPen;
    case 1:
      return { bold: true };
    case 2:
      return { dim: true };
    case 3:
      return { italic: true };
    case 4:
    case 21:
      return { underline: detail !== '0' };
    case 7:
      return { inverse: true };
    case 9:
      return { strike: true };
    case 22:
      return { bold: false, dim: false };
    case 23:
      return { italic: false };
    case 24:
      return { underline: false };
    case 27:
      return { inverse: false };
    case 29:
      return { strike: false };
    case 39:
      return { foreground: null };
    case 49:
      return { background: null };
    default:
      return {};
  }
}
