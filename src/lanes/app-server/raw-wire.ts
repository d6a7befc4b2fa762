import type { Clock, RawStream, RawStreamEnd } from '../../ports/index.ts';
import type { TurnLease } from './turn-lease.ts';

type End = Pick<RawStreamEnd, 'stopped' | 'overdue' | 'version'>;

/**
 * Keeps what is said about one thread, in both directions, as `{ms, dir, msg}` a line: other threads' conversations are not
 * this turn's. The returned function ends it.
 */
export function keepWire(
  raw: RawStream | null,
  lease: TurnLease,
  clock: Clock,
  threadId: () => string | null,
): (end: End) => Promise<void> {
  if (raw === null) return async () => undefined;
  const begun = clock.monotonic();
  const stop = lease.onWire((dir, line) => {
    const thread = threadId();
    if (thread === null || !line.includes(`"${thread}"`)) return;
    raw.line(`{"ms":${Math.round(clock.monotonic() - begun)},"dir":"${dir}","msg":${line}}`);
  });
  return async (end) => {
    stop();
    await raw.end({ exitCode: null, signal: null, stderr: '', ...end });
  };
}
