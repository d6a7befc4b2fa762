import type { Row, RowOf, ThreadView, TurnId, TurnView } from '../../src/model/index.ts';

/** What one place of the list shows: a row, finished rows folded to one line, or what is going on now. */
export type Entry =
  | {
      readonly kind: 'row';
      readonly key: string;
      readonly row: Row;
      readonly turn: TurnView | null;
      /** Number of the prompt in its thread, on a user row. */
      readonly promptNumber: number | null;
      /** The folder, on the first prompt and wherever it changed. */
      readonly folder: string | null;
      /** On a receipt: another model answered than the one that was asked. */
      readonly rerouted: boolean;
    }
  | { readonly kind: 'group'; readonly key: string; readonly rows: readonly GroupedRow[] }
  | { readonly kind: 'running'; readonly key: string; readonly row: Row | null; readonly turn: TurnView | null };

export type GroupedRow = RowOf<'command'> | RowOf<'file-change'> | RowOf<'tool'>;

/** Fewest finished rows in a row that fold to one line. */
const groupFrom = 3;

/** The list of a thread. Rows that did not change give entries whose parts are the same objects. */
export function entriesOf(thread: ThreadView, running: boolean): readonly Entry[] {
  return new EntryList().update(thread, running).entries;
}

/** Where reading can be taken up again: before a row that no run of grouped rows reaches over. */
type Mark = {
  readonly row: number;
  readonly entries: number;
  readonly prompts: number;
  readonly folder: string | null;
};

/** Rows between two marks, at least. */
const markEvery = 64;

/** The entries of a thread that grows: only what comes after the last row that stayed the same is made anew. */
export class EntryList {
  #rows: readonly Row[] = [];
  #turnList: readonly TurnView[] = [];
  #cwd: string | null = null;
  readonly #turns = new Map<TurnId, TurnView>();
  readonly #entries: Entry[] = [];
  #marks: Mark[] = [];
  /** Turns in which the model was changed, with the row that said so first. */
  readonly #rerouted = new Map<TurnId | null, number>();
  #run: GroupedRow[] = [];

  /** `from`: entries before it are the same objects as at the last call. */
  update(thread: ThreadView, running: boolean): { readonly entries: readonly Entry[]; readonly from: number } {
    const start = this.#back(this.#firstChanged(thread));
    const from = this.#entries.length;
    this.#read(thread, start);
    this.#rows = thread.rows;
    this.#turnList = thread.turns;
    this.#cwd = thread.cwd;
    const queued = thread.queued.map((row) => this.#plain(row));
    return { entries: [...this.#entries, ...(running ? [runningEntry(thread)] : []), ...queued], from };
  }

  /** The first row whose entry may be another one now. */
  #firstChanged({ rows, turns, cwd }: ThreadView): number {
    const changed = new Set<TurnId>();
    const fewer = turns.length < this.#turnList.length;
    if (fewer) this.#turns.clear();
    for (const [index, turn] of turns.entries()) {
      if (!fewer && turn === this.#turnList[index]) continue;
      changed.add(turn.turnId);
      this.#turns.set(turn.turnId, turn);
    }
    if (fewer || cwd !== this.#cwd) return 0;
    let same = 0;
    while (same < rows.length && rows[same] === this.#rows[same]) same++;
    if (changed.size === 0) return same;
    const first = rows.findIndex(({ turnId }) => turnId !== null && changed.has(turnId));
    return first < 0 ? same : Math.min(same, first);
  }

  /** Goes back to the last mark at or before `row`. */
  #back(row: number): Mark {
    const last = this.#marks.findLastIndex((mark) => mark.row <= row);
    this.#marks.length = last + 1;
    const mark = this.#marks[last] ?? { row: 0, entries: 0, prompts: 0, folder: null };
    this.#entries.length = mark.entries;
    this.#run = [];
    for (const [turn, at] of this.#rerouted) if (at >= mark.row) this.#rerouted.delete(turn);
    return mark;
  }

  #read({ rows, cwd }: ThreadView, { row: start, prompts: before, folder: shownBefore }: Mark): void {
    let prompts = before;
    let folderBefore = shownBefore;
    for (let index = start; index < rows.length; index++) {
      const row = rows[index];
      if (row === undefined) continue;
      if (this.#run.length === 0 && index >= (this.#marks.at(-1)?.row ?? 0) + markEvery)
        this.#marks.push({ row: index, entries: this.#entries.length, prompts, folder: folderBefore });
      if (isGrouped(row)) {
        if (this.#run[0] !== undefined && this.#run[0].turnId !== row.turnId) this.#endRun();
        this.#run.push(row);
        continue;
      }
      this.#endRun();
      if (isEmpty(row)) continue;
      if (row.kind === 'notice' && row.code === 'model_rerouted' && !this.#rerouted.has(row.turnId))
        this.#rerouted.set(row.turnId, index);
      const entry = this.#plain(row);
      if (row.kind === 'receipt') {
        this.#entries.push({ ...entry, rerouted: this.#rerouted.has(row.turnId) });
      } else if (row.kind === 'user') {
        const folder = entry.turn?.cwd ?? cwd;
        this.#entries.push({ ...entry, promptNumber: ++prompts, folder: folder === folderBefore ? null : folder });
        folderBefore = folder;
      } else {
        this.#entries.push(entry);
      }
    }
    this.#endRun();
  }

  #endRun(): void {
    const run = this.#run;
    const [first] = run;
    if (first !== undefined && run.length >= groupFrom)
      this.#entries.push({ kind: 'group', key: `group:${first.key}`, rows: run });
    else for (const row of run) this.#entries.push(this.#plain(row));
    this.#run = [];
  }

  #plain(row: Row): Extract<Entry, { kind: 'row' }> {
    const turn = row.turnId === null ? null : (this.#turns.get(row.turnId) ?? null);
    return { kind: 'row', key: row.key, row, turn, promptNumber: null, folder: null, rerouted: false };
  }
}

function runningEntry(thread: ThreadView): Entry {
  const turn = thread.turns.findLast((candidate) => candidate.turnId === thread.activeTurnId) ?? null;
  const row = turn === null ? null : (thread.rows.findLast((r) => r.turnId === turn.turnId && r.open) ?? null);
  return { kind: 'running', key: 'running', row, turn };
}

function isGrouped(row: Row): row is GroupedRow {
  if (row.kind === 'command')
    return !row.open && !row.cutOff && row.status === 'completed' && (row.exitCode ?? 0) === 0;
  return (row.kind === 'file-change' || row.kind === 'tool') && !row.open && !row.cutOff && row.status === 'completed';
}

/** An item that has said nothing yet has no place of its own; what goes on stands in the last line. */
function isEmpty(row: Row): boolean {
  return (row.kind === 'text' || row.kind === 'reasoning') && !/\S/.test(row.text);
}

/** Whether two entries draw the same. */
export function sameEntry(a: Entry, b: Entry): boolean {
  if (a === b) return true;
  if (a.kind === 'row' && b.kind === 'row') {
    return (
      a.row === b.row &&
      a.turn === b.turn &&
      a.promptNumber === b.promptNumber &&
      a.folder === b.folder &&
      a.rerouted === b.rerouted
    );
  }
  if (a.kind === 'group' && b.kind === 'group') {
    return a.rows.length === b.rows.length && a.rows.every((row, index) => row === b.rows[index]);
  }
  // What goes on is told by which row is open, not by what it says so far.
  return a.kind === 'running' && b.kind === 'running' && a.row?.key === b.row?.key && a.turn === b.turn;
}
