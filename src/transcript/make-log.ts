import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogEvent } from '../model/index.ts';
import { syncFolder } from '../node/index.ts';
import { redactEvent } from './redact.ts';
import { storageError } from './storage-error.ts';

/**
 * Writes the log of a new thread piece by piece, so that a long one is never in memory as a whole; its name comes last.
 * Throws LanesError `storage`; then nothing is left.
 */
export async function makeLog(
  folder: string,
  events: Iterable<readonly LogEvent[]>,
  secrets: readonly string[],
): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
    const part = join(folder, 'events.part');
    try {
      const file = await open(part, 'wx', 0o600);
      try {
        for (const batch of events) {
          await file.appendFile(batch.map((event) => `${JSON.stringify(redactEvent(event, secrets))}\n`).join(''));
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(part, join(folder, 'events.jsonl'));
      await syncFolder(folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    throw storageError(error, 'Making the thread');
  }
}
