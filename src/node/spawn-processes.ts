import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** One row of the machine's process table. `group` is the session on Linux, the process group on macOS. */
export type ProcessRow = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Differs between two processes that bore the same pid one after the other. */
  readonly startedAt: string;
};

/** The living processes (a zombie is dead: only its parent has not noticed). Empty on Windows, where taskkill walks the tree. */
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

/** Pids of the processes that carry `name=value` in the environment they were started with. Linux only; elsewhere none. */
export function processesMarked(name: string, value: string, table: readonly ProcessRow[]): readonly ProcessRow[] {
  if (process.platform !== 'linux') return [];
  const mark = `${name}=${value}`;
  return table.filter((row) => {
    try {
      return readFileSync(`/proc/${row.pid}/environ`, 'latin1').split('\0').includes(mark);
    } catch {
      return false; // another user's, or gone meanwhile
    }
  });
}

function linuxProcesses(): readonly ProcessRow[] {
  const rows: ProcessRow[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    } catch {
      continue;
    }
    // The program's name stands in parentheses and may hold spaces and parentheses itself (proc(5)).
    const [state, parent, , session, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') continue;
    rows.push({ pid, parent: Number(parent), group: Number(session), startedAt: rest[15] ?? '' });
  }
  return rows;
}

function unixProcesses(): readonly ProcessRow[] {
  const text = execFileSync('ps', ['-axo', 'pid=,ppid=,pgid=,stat=,lstart='], { encoding: 'utf8', timeout: 5000 });
  return text.split('\n').flatMap((line) => {
    const [pid, parent, group, state, ...started] = line.trim().split(/\s+/);
    if (pid === undefined || pid === '' || state?.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), startedAt: started.join(' ') }];
  });
}
