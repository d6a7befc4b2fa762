import { modelWords } from './model-words.ts';

/** A cell as the file of a notebook has it: what we read of it, and all else as it stands. */
export type Cell = {
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly id?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly outputs?: readonly unknown[];
  readonly execution_count?: number | null;
};

export type Notebook = {
  readonly cells: readonly Cell[];
  readonly metadata?: { readonly language_info?: { readonly name?: string } };
};

export type CellEdit =
  | { readonly kind: 'source'; readonly index: number; readonly cell: Cell }
  /** The cells `from` up to but not with `to` become these. */
  | { readonly kind: 'cells'; readonly from: number; readonly to: number; readonly cells: readonly Cell[] };

/** Null = it is no notebook's JSON. */
export function readNotebook(text: string): Notebook | null {
  try {
    const given: unknown = JSON.parse(text);
    return isNotebook(given) ? given : null;
  } catch {
    return null;
  }
}

export function sourceOf({ source }: Cell): string {
  return typeof source === 'string' ? source : source.join('');
}

/** What turns one notebook into the other; a sentence = it can't be done in an open one. */
export function cellEdits(old: Notebook, next: Notebook): readonly CellEdit[] | string {
  if (!same({ ...old, cells: [] }, { ...next, cells: [] })) {
    return modelWords.besideCells;
  }
  const made = outputsMade(old.cells, next.cells);
  if (made) return modelWords.outputs;
  if (old.cells.length === next.cells.length) {
    return next.cells.flatMap((cell, index): readonly CellEdit[] => {
      const before = old.cells[index];
      if (before === undefined || same(before, cell)) return [];
      const { source: _old, ...restBefore } = before;
      const { source: _new, ...rest } = cell;
      return same(restBefore, rest)
        ? [{ kind: 'source', index, cell }]
        : [{ kind: 'cells', from: index, to: index + 1, cells: [cell] }];
    });
  }
  let head = 0;
  while (head < old.cells.length && head < next.cells.length && same(old.cells[head], next.cells[head])) head += 1;
  let tail = 0;
  const most = Math.min(old.cells.length, next.cells.length) - head;
  while (tail < most && same(old.cells.at(-1 - tail), next.cells.at(-1 - tail))) tail += 1;
  const cells = next.cells.slice(head, next.cells.length - tail);
  return [{ kind: 'cells', from: head, to: old.cells.length - tail, cells }];
}

/** What a cell of the window is in the file: as the file has it, with the text that it has now. */
export function cellJson(
  { id, type, source }: { readonly id: string | null; readonly type: string; readonly source: string },
  stored: readonly Cell[],
  index: number,
): Cell {
  const lines = source.split(/(?<=\n)/).filter((line) => line !== '');
  const found =
    (id === null ? undefined : stored.find((cell) => cell.id === id)) ?? (id === null ? stored[index] : undefined);
  if (found?.cell_type === type) {
    return sourceOf(found) === source ? found : { ...found, source: typeof found.source === 'string' ? source : lines };
  }
  const own = { cell_type: type, ...(id === null ? {} : { id }), metadata: {} };
  return type === 'code' ? { ...own, execution_count: null, outputs: [], source: lines } : { ...own, source: lines };
}

/** Whether a cell has outputs that no cell had before. */
function outputsMade(old: readonly Cell[], next: readonly Cell[]): boolean {
  const known = new Set(old.map(({ outputs = [] }) => JSON.stringify(outputs)));
  return next.some(({ outputs = [] }) => outputs.length > 0 && !known.has(JSON.stringify(outputs)));
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function isNotebook(given: unknown): given is Notebook {
  return isRecord(given) && Array.isArray(given.cells) && given.cells.every(isCell);
}

function isCell(given: unknown): given is Cell {
  if (!isRecord(given) || typeof given.cell_type !== 'string') return false;
  const { source } = given;
  const isText =
    typeof source === 'string' || (Array.isArray(source) && source.every((line) => typeof line === 'string'));
  return isText && (given.outputs === undefined || Array.isArray(given.outputs));
}

function isRecord(given: unknown): given is Record<string, unknown> {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
