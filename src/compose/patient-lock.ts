import { setTimeout as pause } from 'node:timers/promises';
import { isLanesError } from '../model/index.ts';
import { acquireLock } from '../node/index.ts';

/** How often and how long, in milliseconds, another window's lock is waited for: it is held for one write. */
const lockTries = 40;
const lockPause = 25;

/** Takes the lock of a file that several windows write, waiting for another's write. Throws as {@link acquireLock} does. */
export async function lockPatiently(
  path: string,
  options: Parameters<typeof acquireLock>[1],
): ReturnType<typeof acquireLock> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await acquireLock(path, options);
    } catch (error) {
      if (!isLanesError(error) || error.kind !== 'conflict' || tried === lockTries) throw error;
      await pause(lockPause);
    }
  }
}
