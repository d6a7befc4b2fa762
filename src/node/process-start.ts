import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { codeOf } from './atomic-file.ts';

const run = promisify(execFile);

/**
 * When a process was started, as text that is only compared: with the pid it names one process, although pids are given
 * out again. Null: there is no such process (a zombie counts as gone), or this system does not tell.
 */
export async function processStart(pid: number): Promise<string | null> {
  switch (process.platform) {
    case 'linux':
      return linuxStart(pid);
    case 'win32':
      return null;
    default:
      return psStart(pid);
  }
}

/**
 * Whether a process that was seen with this start still runs. Without a start (null) only the pid is compared, so a pid that was
 * given out again counts as running: never the other way round.
 */
export async function isRunning(pid: number, start: string | null): Promise<boolean> {
  if (!pidExists(pid)) return false;
  const now = await processStart(pid);
  if (now === null) return process.platform === 'win32';
  return start === null || start === now;
}

/** Whether some process bears this pid: maybe another than was meant. */
export function pidExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: somebody else's process, but it is there.
    return codeOf(error) === 'EPERM';
  }
}

/** proc_pid_stat(5): field 3 is the state, field 22 the start in ticks since boot; field 2 may hold spaces and brackets. */
async function linuxStart(pid: number): Promise<string | null> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    ]);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, ticks] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X' || ticks === undefined) return null;
    return `${boot.trim()}/${ticks}`;
  } catch {
    return null;
  }
}

async function psStart(pid: number): Promise<string | null> {
  try {
    // A fixed locale: the answer is compared with one that another process wrote.
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C' },
      timeout: 5000,
    });
    const [, state = '', start = ''] = /^\s*(\S+)\s+(.*?)\s*$/.exec(stdout) ?? [];
    return start === '' || state.startsWith('Z') ? null : start;
  } catch {
    return null;
  }
}
