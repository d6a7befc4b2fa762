import type { LogEvent, ThreadId } from '../model/index.ts';
import { LanesError } from '../model/index.ts';
import { parseLogLine } from '../model/schema/index.ts';

const lf = 0x0a;

/** How many bytes of a log are whole lines: what follows the last LF was torn by a crash. */
export function wholeLength(bytes: Uint8Array): number {
  return bytes.lastIndexOf(lf) + 1;
}

/**
 * The events of a log's whole lines, in order. Throws LanesError `storage` that names the first line which can't be read or
 * whose `seq` does not follow.
 */
export function readLog(bytes: Uint8Array, path: string): LogEvent[] {
  const text = new TextDecoder().decode(bytes.subarray(0, wholeLength(bytes)));
  const events: LogEvent[] = [];
  for (const [i, line] of text.split('\n').slice(0, -1).entries()) {
    const read = parseLogLine(line);
    if (!read.ok) throw new LanesError('storage', `${path}, line ${i + 1}, can't be read: ${read.why}`);
    if (read.event.seq !== i + 1) {
      throw new LanesError('storage', `${path}, line ${i + 1}, has seq ${read.event.seq}; ${i + 1} should follow.`);
    }
    events.push(read.event);
  }
  return events;
}

/** What can be read of a damaged log, for a list that must still show the thread. */
export function readLegible(bytes: Uint8Array): LogEvent[] {
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .flatMap((line) => {
      const read = parseLogLine(line);
      return read.ok ? [read.event] : [];
    });
}

/**
 * The whole lines of a log as those of the thread `to`: each as it was stored but for the id in its envelope, so that what
 * was sealed can be checked by putting the old id back.
 */
export function renamedLines(bytes: Uint8Array, to: ThreadId): string {
  const text = new TextDecoder().decode(bytes.subarray(0, wholeLength(bytes)));
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => `${JSON.stringify({ ...(JSON.parse(line) as object), threadId: to })}\n`)
    .join('');
}
