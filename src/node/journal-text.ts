import type { LiveProcess } from '../model/index.ts';
import type { ProcessRow } from './spawn-processes.ts';

/** The operating system process that a journal belongs to. */
export type JournalOwner = {
  readonly pid: number;
  /** Null: not known yet, or this system does not tell. */
  readonly start: string | null;
  /** Of this boot and this machine (with its process namespace): elsewhere pids mean nothing. */
  readonly boot: string;
  readonly machine: string;
  /** What it is, in words for the user: `a VS Code window`, `the command line`. */
  readonly label: string;
  /** ISO time. */
  readonly since: string;
};

export type JournalProcess = Pick<ProcessRow, 'pid' | 'group'> & {
  /** {@link ProcessRow.startedAt}; null: not known. */
  readonly start: string | null;
};

/** A program that was started, and not seen to end. */
export type JournalRun = Pick<LiveProcess, 'label' | 'kind' | 'threadId' | 'startedAt'> & {
  /** Stands in its environment: {@link runMarker}. */
  readonly mark: string;
  /** Null: its owner died while it was being started. */
  readonly process: JournalProcess | null;
  /** What it was seen to have started. */
  readonly seen: readonly JournalProcess[];
};

export type Journal =
  | { readonly kind: 'journal'; readonly owner: JournalOwner; readonly runs: readonly JournalRun[] }
  /** Written by a newer release: left to that. */
  | { readonly kind: 'newer' }
  /** Its first line can't be read. */
  | { readonly kind: 'illegible' };

const version = 1;

/*
 * One JSON object a line. The first names the owner; each further one says something about one run, which its mark names:
 * a pid can be given out twice while a journal is written.
 */

export function ownerLine(owner: JournalOwner): string {
  return line({ processes: version, owner });
}

export function ownerStartLine(start: string): string {
  return line({ ownerStart: start });
}

export function runLine({ mark, label, kind, threadId, startedAt }: Omit<JournalRun, 'process' | 'seen'>): string {
  return line({ run: mark, label, kind, threadId, startedAt });
}

export function processLine(mark: string, { pid, start, group }: JournalProcess): string {
  return line({ run: mark, process: [pid, start, group] });
}

export function seenLine(mark: string, rows: readonly JournalProcess[]): string {
  return line({ run: mark, seen: rows.map(({ pid, start, group }) => [pid, start, group]) });
}

export function endLine(mark: string): string {
  return line({ run: mark, ended: true });
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** A line that makes no sense (torn, or not of a journal) costs that line alone. Never throws. */
export function readJournal(text: string): Journal {
  const [first, ...rest] = text.split('\n');
  const head = objectIn(first ?? '');
  if (typeof head?.processes === 'number' && head.processes > version) return { kind: 'newer' };
  let owner = head?.processes === version ? ownerIn(head.owner) : null;
  if (owner === null) return { kind: 'illegible' };
  const runs = new Map<string, JournalRun>();
  for (const text of rest) {
    const said = objectIn(text);
    if (said === null) continue;
    if (typeof said.ownerStart === 'string') owner = { ...owner, start: said.ownerStart };
    if (typeof said.run !== 'string' || said.run === '') continue;
    if (said.ended === true) runs.delete(said.run);
    else runs.set(said.run, told(runs.get(said.run) ?? { ...unnamed, mark: said.run }, said));
  }
  return { kind: 'journal', owner, runs: [...runs.values()] };
}

/** A run whose first line was lost. */
const unnamed = {
  label: 'a program',
  kind: 'probe',
  threadId: null,
  startedAt: '',
  process: null,
  seen: [],
} as const;

const kinds: readonly string[] = [
  'turn',
  'server',
  'probe',
  'doctor',
  'install',
] satisfies readonly LiveProcess['kind'][];

function told(run: JournalRun, said: Readonly<Record<string, unknown>>): JournalRun {
  const { label, kind, threadId, startedAt } = said;
  const process = processIn(said.process);
  const seen = Array.isArray(said.seen) ? said.seen.map(processIn).filter((one) => one !== null) : [];
  return {
    ...run,
    ...(typeof label === 'string' ? { label } : {}),
    ...(typeof kind === 'string' && kinds.includes(kind) ? { kind: kind as LiveProcess['kind'] } : {}),
    ...(typeof threadId === 'string' ? { threadId } : {}),
    ...(typeof startedAt === 'string' ? { startedAt } : {}),
    ...(process === null ? {} : { process }),
    ...(seen.length === 0 ? {} : { seen: [...run.seen, ...seen] }),
  };
}

function processIn(value: unknown): JournalProcess | null {
  if (!Array.isArray(value)) return null;
  const [pid, start, group]: readonly unknown[] = value;
  // 0 and 1 are the kernel and init: no child of ours.
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 1) return null;
  return {
    pid,
    start: typeof start === 'string' && start !== '' ? start : null,
    group: typeof group === 'number' && Number.isSafeInteger(group) ? group : 0,
  };
}

function ownerIn(value: unknown): JournalOwner | null {
  if (typeof value !== 'object' || value === null) return null;
  const { pid, start, boot, machine, label, since } = value as Readonly<Record<string, unknown>>;
  if (typeof pid !== 'number' || !Number.isSafeInteger(pid) || pid <= 0) return null;
  if (typeof boot !== 'string' || typeof machine !== 'string') return null;
  return {
    pid,
    start: typeof start === 'string' ? start : null,
    boot,
    machine,
    label: typeof label === 'string' ? label : 'another program',
    since: typeof since === 'string' ? since : '',
  };
}

function objectIn(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}
