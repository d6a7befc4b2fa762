import type { EventBody, LogEvent, ThreadId } from '../model/index.ts';
import type { HistoryEvent, NativeHistory } from '../ports/index.ts';
import type { EngineDeps } from './deps.ts';

/** How many events go to the disk at once. */
const batchSize = 500;

/** Makes `to` of what the runtime keeps of a thread of its own; its next native turn goes on with that. Throws LanesError. */
export async function importThread(
  deps: Pick<EngineDeps, 'transcript' | 'clock'>,
  history: NativeHistory,
  to: ThreadId,
  cwd: string,
): Promise<void> {
  await deps.transcript.make(to, batchesOf(deps.clock.now(), history, to, cwd));
}

function* batchesOf(
  now: number,
  history: NativeHistory,
  threadId: ThreadId,
  cwd: string,
): Generator<readonly LogEvent[]> {
  const { nativeThreadId, title, source, cliVersion, createdAt, turns, shortened } = history;
  let batch: LogEvent[] = [];
  let seq = 0;
  // Where the runtime says no time, the one before stands; time never goes back.
  let at = Math.min(createdAt, now);
  const add = (body: EventBody, event: Partial<HistoryEvent>): void => {
    seq += 1;
    at = Math.min(Math.max(at, event.at ?? at), now);
    const { turnId, itemId } = event;
    batch.push({
      ...{ v: 1, seq, at: new Date(at).toISOString(), provider: 'codex', laneId: 'codex-native', transport: 'import' },
      ...{ threadId, nativeThreadId },
      ...(turnId == null ? {} : { turnId }),
      ...(itemId === undefined ? {} : { itemId }),
      ...body,
    });
  };
  add({ kind: 'thread_started', cwd }, {});
  if (title !== null) add({ kind: 'thread_renamed', title }, {});
  for (const event of history.events) {
    add(event.body, event);
    if (batch.length >= batchSize) {
      yield batch;
      batch = [];
    }
  }
  const from = { nativeThreadId, source, cliVersion, historyCompleteness: 'backfilled', turns, shortened } as const;
  add({ kind: 'thread_imported', from }, { at: now });
  yield batch;
}
