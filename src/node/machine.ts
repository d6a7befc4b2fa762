import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** Differs after a restart of the machine, where the system tells (Linux); else empty. */
export function thisBoot(): string {
  return orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim());
}

/** The machine and, on Linux, the process namespace: a container that shares our files has pids of its own. */
export function thisMachine(): string {
  return [hostname(), orEmpty(() => readlinkSync('/proc/self/ns/pid'))].join(' ').trim();
}

function orEmpty(read: () => string): string {
  if (process.platform !== 'linux') return '';
  try {
    return read();
  } catch {
    return '';
  }
}
