import type { ItemId, TurnId } from './ids.ts';
import type { Row, RowKind } from './view.ts';

/** Where the last row of each item stands, and which rows are open. */
type Index = { readonly items: Map<string, number>; readonly open: Set<number> };

/**
 * Indexes by the array they are of. One goes from array to array as rows are added; an array that is folded on a second
 * time gets its own.
 */
const indexes = new WeakMap<readonly Row[], Index>();

/** Fewest rows for which an index pays. */
const indexedFrom = 64;

/** A view's rows while events are folded in: copied once a batch, at the first change; the array given stays as it is. */
export class RowList {
  readonly #given: readonly Row[];
  #own: Row[] | null = null;
  #index: Index | null = null;

  constructor(rows: readonly Row[]) {
    this.#given = rows;
  }

  get rows(): readonly Row[] {
    return this.#own ?? this.#given;
  }

  /** The rows as a view may keep them: the same array when nothing changed. Nothing is to be added afterwards. */
  done(): readonly Row[] {
    if (this.#index !== null) indexes.set(this.rows, this.#index);
    return this.rows;
  }

  append(row: Row): void {
    const rows = this.#writable();
    rows.push(row);
    if (this.#index !== null) note(this.#index, row, rows.length - 1);
  }

  replace(at: number, row: Row): void {
    this.#writable()[at] = row;
    if (row.open) this.#index?.open.add(at);
    else this.#index?.open.delete(at);
  }

  /** Where the rows stand that are open. */
  openRows(): readonly number[] {
    if (this.#isShort()) return this.rows.flatMap((row, at) => (row.open ? [at] : []));
    this.#index ??= this.#takeIndex();
    return [...this.#index.open];
  }

  /** Index of the last row of an item; -1 = it has none. */
  findItem(turn: TurnId | null, item: ItemId, kind: RowKind): number {
    if (this.#isShort())
      return this.rows.findLastIndex((row) => row.itemId === item && row.kind === kind && row.turnId === turn);
    this.#index ??= this.#takeIndex();
    return this.#index.items.get(nameOf(turn, item, kind)) ?? -1;
  }

  #isShort(): boolean {
    return this.#index === null && this.rows.length < indexedFrom;
  }

  #takeIndex(): Index {
    const known = indexes.get(this.#given);
    if (known !== undefined && this.#own === null) {
      indexes.delete(this.#given);
      return known;
    }
    const index: Index = { items: new Map(), open: new Set() };
    for (const [at, row] of this.rows.entries()) note(index, row, at);
    return index;
  }

  #writable(): Row[] {
    // Whoever folds on from the array given must not find rows in its index that it does not have.
    if (this.#own === null) {
      this.#index ??= indexes.has(this.#given) ? this.#takeIndex() : null;
      this.#own = this.#given.slice();
    }
    return this.#own;
  }
}

function note(index: Index, row: Row, at: number): void {
  if (row.itemId !== null) index.items.set(nameOf(row.turnId, row.itemId, row.kind), at);
  if (row.open) index.open.add(at);
}

const nameOf = (turn: TurnId | null, item: ItemId, kind: RowKind): string => `${kind} ${turn ?? ''}\n${item}`;
