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

export type GroupedRow = RowOf<'command'> | RowOf<'file-change'>;

/** Fewest finished rows in a row that fold to one line. */
const groupFrom = 3;

/** The list of a thread. Rows that did not change give entries whose parts are the same objects. */
export function entriesOf(thread: ThreadView, running: boolean): readonly Entry[] {
  const turns = new Map(thread.turns.map((turn) => [turn.turnId, turn]));
  const entries: Entry[] = [];
  let run: GroupedRow[] = [];
  let prompts = 0;
  let folderBefore: string | null = null;
  const rerouted = new Set<TurnId | null>();
  const turnOf = (row: Row) => (row.turnId === null ? null : (turns.get(row.turnId) ?? null));
  const plain = (row: Row): Entry => ({
    kind: 'row',
    key: row.key,
    row,
    turn: turnOf(row),
    promptNumber: null,
    folder: null,
    rerouted: false,
  });
  const endRun = () => {
    const [first] = run;
    if (first !== undefined && run.length >= groupFrom)
      entries.push({ kind: 'group', key: `group:${first.key}`, rows: run });
    else entries.push(...run.map(plain));
    run = [];
  };
  for (const row of thread.rows) {
    if (isGrouped(row)) {
      if (run[0] !== undefined && run[0].turnId !== row.turnId) endRun();
      run.push(row);
      continue;
    }
    endRun();
    if (isEmpty(row)) continue;
    if (row.kind === 'notice' && row.code === 'model_rerouted') rerouted.add(row.turnId);
    if (row.kind === 'receipt') {
      entries.push({ ...plain(row), rerouted: rerouted.has(row.turnId) } as Entry);
    } else if (row.kind === 'user') {
      const folder = turnOf(row)?.cwd ?? thread.cwd;
      const shown = folder === folderBefore ? null : folder;
      folderBefore = folder;
      entries.push({ ...plain(row), promptNumber: ++prompts, folder: shown } as Entry);
    } else {
      entries.push(plain(row));
    }
  }
  endRun();
  if (running) entries.push(runningEntry(thread));
  entries.push(...thread.queued.map(plain));
  return entries;
}

function runningEntry(thread: ThreadView): Entry {
  const turn = thread.turns.findLast((candidate) => candidate.turnId === thread.activeTurnId) ?? null;
  const row = turn === null ? null : (thread.rows.findLast((r) => r.turnId === turn.turnId && r.open) ?? null);
  return { kind: 'running', key: 'running', row, turn };
}

function isGrouped(row: Row): row is GroupedRow {
  if (row.kind === 'command')
    return !row.open && !row.cutOff && row.status === 'completed' && (row.exitCode ?? 0) === 0;
  return row.kind === 'file-change' && !row.open && !row.cutOff && row.status === 'completed';
}

/** An item that has said nothing yet has no place of its own; what goes on stands in the last line. */
function isEmpty(row: Row): boolean {
  return (row.kind === 'text' || row.kind === 'reasoning') && row.text.trim() === '';
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
  return a.kind === 'running' && b.kind === 'running' && a.row === b.row && a.turn === b.turn;
}
