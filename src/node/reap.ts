import type { Stats } from 'node:fs';
import { lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Leftover } from '../model/index.ts';
import { isLanesError, messageOf } from '../model/index.ts';
import { codeOf } from './atomic-file.ts';
import { journalEnding, journalFolder } from './journal-file.ts';
import type { JournalOwner, JournalProcess, JournalRun } from './journal-text.ts';
import { readJournal } from './journal-text.ts';
import type { Lock } from './lock.ts';
import { acquireLock } from './lock.ts';
import { thisBoot, thisMachine } from './machine.ts';
import { isRunning, pidExists } from './process-start.ts';
import type { ProcessRow } from './spawn-processes.ts';
import { descendantsOf, listProcesses, processesByMark } from './spawn-processes.ts';
import { DescendantTracker, killPatience, readTable, runMarker, signalProcess } from './spawn-sweep.ts';

export type ReapOptions = {
  readonly dataHome: string;
  /** Hears what could not be read or removed. */
  readonly warn: (message: string) => void;
  /** Milliseconds between SIGINT and SIGKILL. Default 2,000. */
  readonly graceMs?: number;
};

/** The names of our journals, with what a rewrite leaves when it is cut off. */
const ourName = new RegExp(`^(\\d{1,10})-[0-9a-f]{12}\\${journalEnding}(\\.tmp)?$`);

/** A journal is written anew long before: a larger file is none. Bytes. */
const largestJournal = 16 * 1024 * 1024;

/** A journal of another machine, which shares our files, is its own affair; after this long that machine is gone. Milliseconds. */
const foreignLifetime = 30 * 24 * 3600 * 1000;

/**
 * Ends what windows and command lines of this data home left behind when they died, and says what became of each program.
 * A process is only touched when its pid and its start are those that were written down, or when it carries the mark of the
 * run, or when it descends from such a one or is in a session that such a one is in. What could not be ended stays on
 * record for the next time. Several may reap at once: a journal is taken by one of them. Never throws.
 */
export async function reap(options: ReapOptions): Promise<readonly Leftover[]> {
  try {
    const found = journalsIn(journalFolder(options.dataHome));
    if (found.length === 0) return [];
    const owners = listProcesses();
    // What one journal runs into does not hide what became of the others.
    const taken = found.map((file) => reapFile(options, owners, file).catch((error) => notLookedFor(options, error)));
    return (await Promise.all(taken)).flat();
  } catch (error) {
    return notLookedFor(options, error);
  }
}

function notLookedFor({ warn }: ReapOptions, error: unknown): readonly Leftover[] {
  warn(`what an earlier window left behind could not be looked for: ${messageOf(error)}`);
  return [];
}

type Found = { readonly path: string; readonly pid: number; readonly half: boolean; readonly stats: Stats };

/** Regular files of our naming alone; a link might lead anywhere. */
function journalsIn(folder: string): readonly Found[] {
  let names: readonly string[];
  try {
    if (!lstatSync(folder).isDirectory()) return [];
    names = readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
    throw error;
  }
  return names.flatMap((name) => {
    const [, pid, half] = ourName.exec(name) ?? [];
    const path = join(folder, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (pid === undefined || stats === undefined || !stats.isFile()) return [];
    return [{ path, pid: Number(pid), half: half !== undefined, stats }];
  });
}

async function reapFile(
  options: ReapOptions,
  table: readonly ProcessRow[],
  { path, pid, half, stats }: Found,
): Promise<readonly Leftover[]> {
  const remove = (): void => removeFile(path, options.warn);
  const text = stats.size > largestJournal || half ? '' : readText(path, options.warn);
  if (text === null) return [];
  const journal = readJournal(text);
  switch (journal.kind) {
    case 'newer':
      return [];
    case 'illegible':
      // Its name tells whose it was; that one may be writing it just now.
      if (!pidExists(pid)) remove();
      return [];
    case 'journal':
      break;
  }
  const { owner } = journal;
  if (owner.machine !== thisMachine()) {
    if (Date.now() - stats.mtimeMs > foreignLifetime) remove();
    return [];
  }
  if (isAlive(owner, table)) return [];
  const claim = await claimed(path, options.warn);
  if (claim === 'elsewhere') return [];
  try {
    // Somebody may have done it all between our look and the claim.
    const now = readText(path, options.warn);
    const again = now === null ? null : readJournal(now);
    if (again?.kind !== 'journal') return [];
    const ended = await endRuns(again.owner, again.runs, options.graceMs ?? 2000);
    if (!ended.some(({ keep }) => keep)) remove();
    return ended.map(({ leftover }) => leftover);
  } finally {
    claim?.release();
  }
}

function isAlive(owner: JournalOwner, table: readonly ProcessRow[]): boolean {
  if (owner.boot !== thisBoot()) return false;
  if (owner.start === null || table.length === 0) return pidExists(owner.pid);
  return table.some((row) => isProcess(row, owner));
}

const isProcess = (row: ProcessRow, one: Pick<JournalProcess, 'pid' | 'start'>): boolean =>
  row.pid === one.pid && row.startedAt === one.start;

/** Null: it can't be claimed (a full disk, a read-only home). Ending twice does no harm, leaving would. */
async function claimed(path: string, warn: ReapOptions['warn']): Promise<Lock | null | 'elsewhere'> {
  try {
    return await acquireLock(`${path}.lock`, { what: 'A journal of processes', label: 'a start' });
  } catch (error) {
    if (isLanesError(error) && error.kind === 'conflict') return 'elsewhere';
    warn(`a journal of processes could not be claimed: ${messageOf(error)}`);
    return null;
  }
}

type Ended = { readonly leftover: Leftover; readonly keep: boolean };

async function endRuns(owner: JournalOwner, runs: readonly JournalRun[], graceMs: number): Promise<readonly Ended[]> {
  // After a restart of the machine nothing of it lives, and the same pids and starts may be another's.
  const sameBoot = owner.boot === thisBoot();
  let left = sameBoot ? livingOf(runs) : new Map<string, Living>();
  if (runs.length > left.size) {
    // A process that was being started during the look is in the next one.
    await pause(10);
    left = sameBoot ? new Map([...livingOf(runs), ...left]) : left;
  }
  const ended = await Promise.all(
    runs.map(async (run): Promise<readonly Ended[]> => {
      const living = left.get(run.mark);
      const pid = run.process?.pid ?? living?.root?.pid;
      // Its owner died at the moment of the start, and nothing came of it.
      if (pid === undefined && living === undefined) return [];
      const fate = await (living === undefined ? unprovable(run, sameBoot) : climb(run, living, graceMs));
      const { label, kind, threadId, startedAt } = run;
      const leftover = { pid: pid ?? 0, kind, label, startedAt, threadId, owner: owner.label, ...fate };
      return [{ leftover, keep: living !== undefined && fate.outcome === 'survived' }];
    }),
  );
  return ended.flat();
}

type Fate = Pick<Leftover, 'outcome' | 'descendants'>;

/**
 * Without a start (Windows tells none) a living pid may be anybody's: it is named and left alone, and not named again.
 * Windows itself ends a child with the program that started it.
 */
async function unprovable({ process: one }: JournalRun, sameBoot: boolean): Promise<Fate> {
  // A zombie is gone: its pid lasts until its parent asks.
  const unknown = sameBoot && one !== null && one.start === null && (await isRunning(one.pid, null));
  return { outcome: unknown ? 'survived' : 'gone', descendants: 0 };
}

/** What lives of a run. */
type Living = {
  /** Null: the program itself is gone. */
  readonly root: ProcessRow | null;
  readonly known: readonly ProcessRow[];
  readonly sessions: readonly number[];
  readonly spared: ReadonlySet<number>;
};

function livingOf(runs: readonly JournalRun[]): Map<string, Living> {
  const table = listProcesses();
  const marked = processesByMark(runMarker, table);
  const spared = ourselves(table);
  const byPid = new Map(table.map((row) => [row.pid, row]));
  const living = new Map<string, Living>();
  for (const run of runs) {
    const mine = (marked.get(run.mark) ?? []).filter((row) => !spared.has(row.pid));
    const recorded = [...(run.process === null ? [] : [run.process]), ...run.seen];
    const here = recorded.flatMap((one) => {
      const row = byPid.get(one.pid);
      return row !== undefined && isProcess(row, one) && !spared.has(row.pid) ? [row] : [];
    });
    const known = [...new Map([...here, ...mine].map((row) => [row.pid, row])).values()];
    const root = rootOf(run, known);
    // A session is the run's as long as somebody who is known is in it: until then its number is not given out again.
    const led = new Set(recorded.filter((one) => one.group === one.pid).map((one) => one.group));
    const sessions = [...new Set(known.map((row) => row.group))].filter((group) => led.has(group));
    if (known.length > 0) living.set(run.mark, { root, known, sessions, spared });
  }
  return living;
}

function rootOf(run: JournalRun, known: readonly ProcessRow[]): ProcessRow | null {
  const { process: one } = run;
  if (one !== null) return known.find((row) => isProcess(row, one)) ?? null;
  // Its owner died before it could write the pid down: the one whose parent has no mark.
  return known.find((row) => !known.some((other) => other.pid === row.parent)) ?? null;
}

/** This process, those above it (we may have been started by what is to be ended) and its own children. */
function ourselves(table: readonly ProcessRow[]): ReadonlySet<number> {
  const parents = new Map(table.map((row) => [row.pid, row.parent]));
  const spared = new Set([process.pid, ...descendantsOf(process.pid, table).map((row) => row.pid)]);
  for (let pid = parents.get(process.pid); pid !== undefined && !spared.has(pid); pid = parents.get(pid))
    spared.add(pid);
  return spared;
}

/** SIGINT, after the grace SIGKILL, then whatever is left, until two looks find nothing. */
async function climb({ mark }: JournalRun, { root, ...traces }: Living, graceMs: number): Promise<Fate> {
  const below = traces.known.filter((row) => row.pid !== root?.pid);
  const tracker = new DescendantTracker({ ...traces, mark, known: below });
  let rootLives = false;
  if (root !== null) {
    tracker.alive(root.pid);
    signalProcess(root.pid, 'SIGINT');
    if (!(await isGone(root, graceMs))) {
      tracker.look(root.pid);
      signalProcess(root.pid, 'SIGKILL');
      rootLives = !(await isGone(root, killPatience));
    }
  }
  const { survivors, proven } = await tracker.sweep(rootLives && root !== null ? root.pid : null);
  return {
    outcome: rootLives || !proven || survivors.length > 0 ? 'survived' : 'ended',
    descendants: tracker.count - survivors.length,
  };
}

async function isGone(row: ProcessRow, ms: number): Promise<boolean> {
  const until = performance.now() + ms;
  for (;;) {
    if (readTable()?.some((one) => one.pid === row.pid && one.startedAt === row.startedAt) === false) return true;
    if (performance.now() >= until) return false;
    await pause(20);
  }
}

function readText(path: string, warn: ReapOptions['warn']): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') warn(`${path} could not be read: ${messageOf(error)}`);
    return null;
  }
}

function removeFile(path: string, warn: ReapOptions['warn']): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    warn(`${path} could not be removed: ${messageOf(error)}`);
  }
}
