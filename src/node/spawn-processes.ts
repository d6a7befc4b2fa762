import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { codeOf } from './atomic-file.ts';

/** One row of the machine's process table. `group` is the session on Linux, the process group on macOS. */
export type ProcessRow = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Differs between two processes that bore the same pid one after the other. */
  readonly startedAt: string;
};

/**
 * The living processes (a zombie is dead: only its parent has not noticed). Empty on Windows, where taskkill walks the tree.
 * Throws where the table can't be read: no file can be opened any more, or `ps` is missing or too slow (macOS).
 */
export function listProcesses(platform: NodeJS.Platform = process.platform): readonly ProcessRow[] {
  switch (platform) {
    case 'linux':
      return linuxProcesses();
    case 'win32':
      return [];
    default:
      return unixProcesses();
  }
}

/** One process, where that can be had without starting another (Linux); null: it is dead, or this is not Linux. */
export function processRow(pid: number): ProcessRow | null {
  if (process.platform !== 'linux') return null;
  try {
    return linuxRow(pid);
  } catch {
    return null;
  }
}

/** Everything below `root`, without it, in the order found. */
export function descendantsOf(root: number, table: readonly ProcessRow[]): readonly ProcessRow[] {
  const children = Map.groupBy(table, (row) => row.parent);
  const found: ProcessRow[] = [];
  const seen = new Set([root]);
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    for (const row of children.get(pid) ?? []) {
      if (seen.has(row.pid)) continue;
      seen.add(row.pid);
      found.push(row);
      open.push(row.pid);
    }
  }
  return found;
}

/**
 * The processes by the value that `name` has in the environment they were started with. Linux only; elsewhere none.
 * Throws where no file can be opened any more.
 */
export function processesByMark(
  name: string,
  table: readonly ProcessRow[],
): ReadonlyMap<string, readonly ProcessRow[]> {
  const found = table.map((row) => ({ row, mark: valueIn(row.pid, name) }));
  const marked = Map.groupBy(found, ({ mark }) => mark);
  return new Map([...marked].flatMap(([mark, rows]) => (mark === null ? [] : [[mark, rows.map(({ row }) => row)]])));
}

/** The processes that carry `name=value` in the environment they were started with. Linux only; elsewhere none. */
export function processesMarked(name: string, value: string, table: readonly ProcessRow[]): readonly ProcessRow[] {
  return processesByMark(name, table).get(value) ?? [];
}

function valueIn(pid: number, name: string): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    return entries.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1) ?? null;
  } catch (error) {
    if (isShortage(error)) throw error;
    return null; // another user's, or gone meanwhile
  }
}

function linuxProcesses(): readonly ProcessRow[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    const row = Number.isInteger(pid) ? linuxRow(pid) : null;
    return row === null ? [] : [row];
  });
}

function linuxRow(pid: number): ProcessRow | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  } catch (error) {
    if (isShortage(error)) throw error;
    return null;
  }
  // The program's name stands in parentheses and may hold spaces and parentheses itself (proc(5)).
  const [state, parent, , session, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return null;
  return { pid, parent: Number(parent), group: Number(session), startedAt: rest[15] ?? '' };
}

/** It says nothing about the process. */
function isShortage(error: unknown): boolean {
  return ['EMFILE', 'ENFILE', 'ENOMEM'].includes(codeOf(error));
}

function unixProcesses(): readonly ProcessRow[] {
  // In fixed words: a start is compared with one that another process wrote down.
  const text = execFileSync('ps', ['-axo', 'pid=,ppid=,pgid=,stat=,lstart='], {
    encoding: 'utf8',
    timeout: 5000,
    env: { ...process.env, LC_ALL: 'C' },
  });
  return text.split('\n').flatMap((line) => {
    const [pid, parent, group, state, ...started] = line.trim().split(/\s+/);
    if (pid === undefined || pid === '' || state?.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), startedAt: started.join(' ') }];
  });
}
