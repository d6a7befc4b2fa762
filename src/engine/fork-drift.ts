import type { LogEvent, NativeThread, NativeThreadId } from '../model/index.ts';
import { messageOf } from '../model/index.ts';
import type { EngineDeps } from './deps.ts';

/** What became of the runtime's thread since it was forked; `unknown`: the log that would tell can't be read. */
export type Drift = 'none' | 'went-on' | 'unknown';

/**
 * Codex branches off what its thread holds at the first turn of the fork, not what it held when the user forked. So the
 * turns are looked for that the thread had in between, in the log of the thread of ours that it belongs to.
 */
export async function driftOf({ forkOf, forkedAt }: NativeThread, deps: EngineDeps): Promise<Drift> {
  if (forkOf === null || forkedAt === null) return 'none';
  try {
    const later = (await deps.transcript.read(forkedAt.threadId)).filter(({ seq }) => seq > forkedAt.seq);
    return later.some((event) => hasReached(event, forkOf, later)) ? 'went-on' : 'none';
  } catch (error) {
    deps.log.warn(`the thread that was forked can't be read: ${messageOf(error)}`);
    return 'unknown';
  }
}

/** Whether a turn that is kept began in which a process of Codex ran, or may still: one without a receipt runs or was killed. */
function hasReached(start: LogEvent, forkOf: NativeThreadId, events: readonly LogEvent[]): boolean {
  if (start.kind !== 'turn_started' || start.laneId !== 'codex-native' || start.ephemeral === true) return false;
  const own = events.filter((event) => (event.turnId ?? event.aboutTurnId) === start.turnId);
  const [receipt] = own.flatMap((event) => (event.kind === 'receipt' ? [event.receipt] : []));
  const ran = receipt === undefined || receipt.exitCode !== null || receipt.killStep !== 'none';
  return ran || own.some((event) => event.nativeThreadId === forkOf);
}
