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
  return pids()
    .filter((pid) => {
      const cwd = attempt(() => readlinkSync(`/proc/${pid}/cwd`));
      return cwd === folder || cwd?.startsWith(folder + sep);
    })
    .map((pid) => ({ pid: Number(pid), command: commandOf(pid) }));
}

/** Processes of this machine with exactly this command line. */
export function processesNamed(command) {
  return pids().filter((pid) => commandOf(pid) === command);
}

/**
 * The extension hosts that a VS Code server started, one for each window.
 * @param {number} server its pid
 * @returns {number[]}
 */
export function extensionHostsOf(server) {
  return pids()
    .filter((pid) => commandOf(pid).includes('--type=extensionHost') && parentOf(pid) === server)
    .map(Number);
}

/** Whether a process is there and at work. A zombie is dead: only its parent has not noticed. */
export function isAlive(pid) {
  const state = statOf(pid)?.[0];
  return state !== undefined && !'ZX'.includes(state);
}

/**
 * The environment and the command line of every process of this machine that may be read.
 * @returns {{ pid: number, command: string, environment: string }[]}
 */
export function everyProcess() {
  return pids().map((pid) => ({
    pid: Number(pid),
    command: commandOf(pid),
    environment: attempt(() => readFileSync(`/proc/${pid}/environ`, 'utf8')) ?? '',
  }));
}

function pids() {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
}

function commandOf(pid) {
  return attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()) ?? '';
}

function parentOf(pid) {
  return Number(statOf(pid)?.[1]);
}

/** State, parent and what follows. The name before them is in brackets and may hold anything, brackets too. */
function statOf(pid) {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** A process may end, or belong to somebody else, between two looks at it. */
function attempt(read) {
  try {
    return read();
  } catch {
    return undefined;
  }
}
