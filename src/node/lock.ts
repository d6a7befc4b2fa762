import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { LanesError } from '../model/index.ts';
import { codeOf } from './atomic-file.ts';
import { newId } from './id.ts';
import { isRunning, processStart } from './process-start.ts';

/** Who holds a lock. */
export type LockHolder = {
  readonly pid: number;
  /** See {@link processStart}. */
  readonly start: string | null;
  /** ISO time it was taken. */
  readonly since: string;
  /** What the process is, in words for the user: `a VS Code window`, `the command line`. */
  readonly label: string;
  /** Tells two locks of one process apart. */
  readonly token: string;
};

export type Lock = {
  readonly path: string;
  /** Frees the lock; does nothing when it was released or lost. */
  readonly release: () => void;
};

export type LockOptions = {
  /** What is locked, in words for the user: the subject of the conflict message. */
  readonly what: string;
  readonly label: string;
};

/** A guard of a takeover is held for a few system calls; an older one was left by a crash. Milliseconds. */
const guardLifetime = 10_000;
/** A lock whose text makes no sense is left alone this long: it may be half written where hard links do not exist. Milliseconds. */
const garbageLifetime = 10_000;

/**
 * Takes the lock file `path` for this process. A lock whose process is gone is taken over. Throws LanesError `conflict`
 * that names the holder, and what the file system throws. Valid on one machine: the pid of another says nothing here.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<Lock> {
  const own: LockHolder = {
    pid: process.pid,
    start: await processStart(process.pid),
    since: new Date().toISOString(),
    label: options.label,
    token: newId(),
  };
  const text = `${JSON.stringify(own)}\n`;
  // Each round either takes the lock, throws, or found it changed under its eyes; three changes in a row is a contest.
  for (let round = 0; round < 3; round += 1) {
    if (createWhole(path, text)) return lockOf(path, text);
    const found = readText(path);
    if (found === null) continue;
    if (!(await isStale(path, found))) throw conflict(path, found, options.what);
    takeAway(path, found);
  }
  if (createWhole(path, text)) return lockOf(path, text);
  throw conflict(path, readText(path) ?? '', options.what);
}

/** Whether a living process holds the lock file `path`, as of now. Throws what the file system throws. */
export async function isLocked(path: string): Promise<boolean> {
  const found = readText(path);
  return found !== null && !(await isStale(path, found));
}

function lockOf(path: string, text: string): Lock {
  return {
    path,
    release: () => {
      if (readText(path) === text) rmSync(path, { force: true });
    },
  };
}

/** Creates the file with its content in one step, so that nobody reads half a lock. False: there is one already. */
function createWhole(path: string, text: string): boolean {
  const temporary = `${path}.${process.pid}-${newId()}.tmp`;
  writeFileSync(temporary, text, { flag: 'wx', mode: 0o600 });
  try {
    linkSync(temporary, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    return createExclusive(path, text);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** For file systems without hard links (exFAT, some network shares). */
function createExclusive(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function isStale(path: string, text: string): Promise<boolean> {
  const holder = parseHolder(text);
  if (holder === null) return isOlderThan(path, garbageLifetime);
  return !(await isRunning(holder.pid, holder.start));
}

function isOlderThan(path: string, ms: number): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs > ms;
  } catch {
    return false;
  }
}

/**
 * Removes a stale lock, once: of two that found it stale, the second must not remove the new lock of the first. The guard
 * lets one in at a time, and under it the file is removed only if it still is what was judged (a dead process stays dead).
 */
function takeAway(path: string, judged: string): void {
  const guard = `${path}.takeover`;
  if (isOlderThan(guard, guardLifetime)) rmSync(guard, { force: true });
  if (!createExclusive(guard, String(process.pid))) return;
  try {
    if (readText(path) === judged) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function parseHolder(text: string): LockHolder | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return null;
    const field = (name: string): string | null => {
      const found: unknown = Reflect.get(value, name);
      return typeof found === 'string' ? found : null;
    };
    return {
      pid: value.pid,
      start: field('start'),
      since: field('since') ?? '',
      label: field('label') ?? 'another program',
      token: field('token') ?? '',
    };
  } catch {
    return null;
  }
}

function conflict(path: string, text: string, what: string): LanesError {
  const holder = parseHolder(text);
  if (holder === null) return new LanesError('conflict', `${what} is being opened by another program; try again.`);
  const who =
    holder.pid === process.pid ? `${holder.label}, in this process` : `${holder.label} (process ${holder.pid})`;
  const since = holder.since === '' ? '' : ` since ${holder.since}`;
  return new LanesError(
    'conflict',
    `${what} is in use by ${who}${since}. Close it there, or remove ${path} if that is long gone.`,
  );
}
