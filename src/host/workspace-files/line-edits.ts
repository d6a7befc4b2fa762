/** A part of a text that is replaced; lines and characters count from 0. */
export type LineEdit = {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
  readonly text: string;
};

/** Most cells of the table below: 4 million take about 10 ms. What is larger is replaced as one part. */
const mostCells = 4_000_000;

/**
 * The smallest edits by which one text becomes the other, in order and apart from each other: a cursor outside them stays
 * where it is. Line ends count as one character; the texts have `\n` alone.
 */
export function lineEdits(before: string, after: string): readonly LineEdit[] {
  const [old, next] = [before.split('\n'), after.split('\n')];
  return hunksOf(old, next).map(([from, to, newFrom, newTo]) => {
    // A hunk is whole lines with the end of the last one, or of the one before where the text ends with it.
    const atEnd = to === old.length || newTo === next.length;
    const lead = atEnd && from > 0 && newFrom > 0 ? 1 : 0;
    const start = { line: from - lead, character: lead === 0 ? 0 : (old[from - 1] ?? '').length };
    const end = atEnd ? { line: old.length - 1, character: (old.at(-1) ?? '').length } : { line: to, character: 0 };
    const tail = atEnd ? '' : '\n';
    const body = next.slice(newFrom, newTo);
    const gone = old.slice(from, to);
    const text = (lines: readonly string[]) =>
      lines.length === 0 ? '' : `${lead === 1 ? '\n' : ''}${lines.join('\n')}${tail}`;
    return trimmed(start, end, text(gone), text(body));
  });
}

type Hunk = readonly [from: number, to: number, newFrom: number, newTo: number];

function hunksOf(old: readonly string[], next: readonly string[]): readonly Hunk[] {
  let head = 0;
  while (head < old.length && head < next.length && old[head] === next[head]) head += 1;
  let [oldEnd, newEnd] = [old.length, next.length];
  while (oldEnd > head && newEnd > head && old[oldEnd - 1] === next[newEnd - 1]) {
    oldEnd -= 1;
    newEnd -= 1;
  }
  if (head === oldEnd && head === newEnd) return [];
  const [rows, columns] = [oldEnd - head, newEnd - head];
  if (rows * columns > mostCells || rows === 0 || columns === 0) return [[head, oldEnd, head, newEnd]];
  const width = columns + 1;
  // Longest common part of the lines from here on.
  const longest = new Uint32Array((rows + 1) * width);
  const at = (row: number, column: number): number => longest[row * width + column] ?? 0;
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      longest[row * width + column] =
        old[head + row] === next[head + column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const hunks: Hunk[] = [];
  for (let [row, column] = [0, 0]; row < rows || column < columns; ) {
    const [from, newFrom] = [row, column];
    while (row < rows || column < columns) {
      if (row < rows && column < columns && old[head + row] === next[head + column]) break;
      if (column === columns || (row < rows && at(row + 1, column) >= at(row, column + 1))) row += 1;
      else column += 1;
    }
    if (row > from || column > newFrom) hunks.push([head + from, head + row, head + newFrom, head + column]);
    while (row < rows && column < columns && old[head + row] === next[head + column]) {
      row += 1;
      column += 1;
    }
  }
  return hunks;
}

/** Without what both begin and end with; never between the halves of a character. */
function trimmed(start: LineEdit['start'], end: LineEdit['end'], gone: string, text: string): LineEdit {
  const shorter = Math.min(gone.length, text.length);
  let head = 0;
  while (head < shorter && gone[head] === text[head]) head += 1;
  if (isHigh(gone, head - 1)) head -= 1;
  let tail = 0;
  while (tail < shorter - head && gone[gone.length - 1 - tail] === text[text.length - 1 - tail]) tail += 1;
  if (tail > 0 && (isHigh(gone, gone.length - 1 - tail) || isHigh(text, text.length - 1 - tail))) tail -= 1;
  return {
    start: moved(start, gone.slice(0, head)),
    end: tail === 0 ? end : moved(start, gone.slice(0, gone.length - tail)),
    text: text.slice(head, text.length - tail),
  };
}

function isHigh(text: string, index: number): boolean {
  return /[\ud800-\udbff]/.test(text[index] ?? '');
}

function moved({ line, character }: LineEdit['start'], over: string): LineEdit['start'] {
  const lines = over.split('\n');
  const last = lines.at(-1) ?? '';
  return lines.length === 1
    ? { line, character: character + last.length }
    : { line: line + lines.length - 1, character: last.length };
}
