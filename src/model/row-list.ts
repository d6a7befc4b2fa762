import type { ItemId, TurnId } from './ids.ts';
import type { Row, RowKind } from './view.ts';

/**
 * Where the last row of each item stands, by the array it is of. One index goes from array to array as rows are added;
 * an array that is folded on a second time gets its own.
 */
const indexes = new WeakMap<readonly Row[], Map<string, number>>();

/** Fewest rows for which an index pays. */
const indexedFrom = 64;

/** A view's rows while events are folded in: copied once a batch, at the first change; the array given stays as it is. */
export class RowList {
  readonly #given: readonly Row[];
  #own: Row[] | null = null;
  #index: Map<string, number> | null = null;

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
    if (row.itemId !== null) this.#index?.set(nameOf(row.turnId, row.itemId, row.kind), rows.length - 1);
  }

  replace(index: number, row: Row): void {
    this.#writable()[index] = row;
  }

  /** Index of the last row of an item; -1 = it has none. */
  findItem(turn: TurnId | null, item: ItemId, kind: RowKind): number {
    if (this.#index === null && this.rows.length < indexedFrom)
      return this.rows.findLastIndex((row) => row.itemId === item && row.kind === kind && row.turnId === turn);
    this.#index ??= this.#takeIndex();
    return this.#index.get(nameOf(turn, item, kind)) ?? -1;
  }

  #takeIndex(): Map<string, number> {
    const known = indexes.get(this.#given);
    if (known !== undefined && this.#own === null) {
      indexes.delete(this.#given);
      return known;
    }
    const index = new Map<string, number>();
    for (const [at, row] of this.rows.entries())
      if (row.itemId !== null) index.set(nameOf(row.turnId, row.itemId, row.kind), at);
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

const nameOf = (turn: TurnId | null, item: ItemId, kind: RowKind): string => `${kind} ${turn ?? ''}\n${item}`;
