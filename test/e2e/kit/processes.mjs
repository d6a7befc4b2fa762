// What runs in a folder, read from /proc (Linux): the oracle for "stopped means gone", independent of our own registry.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { sep } from 'node:path';

/**
 * Processes whose working directory lies in a folder: a lane's Codex, and every command that Codex started there. VS
 * Code's own processes work elsewhere, except integrated terminals.
 * @param {string} folder
 * @returns {{ pid: number, command: string }[]}
 */
export function processesIn(folder) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      const cwd = attempt(() => readlinkSync(`/proc/${pid}/cwd`));
      return cwd === folder || cwd?.startsWith(folder + sep);
    })
    .map((pid) => ({
      pid: Number(pid),
      command: attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()) ?? '',
    }));
}

/** A process may end, or belong to somebody else, between two looks at it. */
function attempt(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
