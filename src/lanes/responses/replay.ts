import { readSse } from '../../base/index.ts';
import type { ThreadId } from '../../model/index.ts';
import { threadId, turnId } from '../../model/index.ts';
import type { ReplayedEnd, ReplayListener } from '../../ports/index.ts';
import { streamCut } from './failure.ts';
import type { Normalizer } from './normalize.ts';
import { createNormalizer } from './normalize.ts';
import type { RoundMark } from './round-mark.ts';
import { readMark } from './round-mark.ts';
import { isToldOfSummary } from './summary-request.ts';
import type { Read } from './wire.ts';
import { readWire } from './wire.ts';

/** A kept stream does not say which endpoint it came from. */
const host = '(kept stream)';
const thread: ThreadId = threadId('thread-1');

type Open = {
  readonly normalizer: Normalizer;
  /** How the answer that came last ended; null = it has not. */
  end: ReplayedEnd | null;
  /** The answer that comes sums the conversation up. */
  isSummary: boolean;
};

/**
 * Reads what a Responses endpoint once streamed, by the code that reads a live answer. `response.created` begins another
 * turn, all of one thread; behind the mark of another request, or where the answer before called tools, it goes on with the
 * turn. What stands between the end of a response and the next one is not read: the lane hangs up there.
 */
export async function replayResponses(body: AsyncIterable<Uint8Array>, listener: ReplayListener): Promise<void> {
  let turns = 0;
  let open: Open | null = null;
  let mark: RoundMark | null = null;

  const begin = (): Open => {
    turns += 1;
    const id = turnId(`turn-${turns}`);
    listener.begin({ threadId: thread, turnId: id });
    const normalizer = createNormalizer({ turnId: id, askedModel: null, host, isReplay: true });
    return { normalizer, end: null, isSummary: mark?.isSummary === true };
  };
  const close = ({ end }: Open): void => listener.end(end ?? { outcome: 'failed', error: streamCut(host) });
  const another = (turn: Open): Open | null => {
    const called = turn.end?.outcome === 'completed' && turn.normalizer.answer().calls.length > 0;
    if (mark === null && !called) {
      close(turn);
      return null;
    }
    turn.normalizer.begin();
    return { ...turn, end: null, isSummary: mark?.isSummary === true };
  };
  const take = (read: Read): void => {
    if (open !== null && isCreated(read)) open = another(open);
    open ??= begin();
    if (isCreated(read)) mark = null;
    if (open.end !== null) return;
    const { events, end } = open.normalizer.push(read);
    for (const event of events) if (!open.isSummary || isToldOfSummary(event)) listener.event(event);
    open.end = end;
  };

  try {
    for await (const message of readSse(body)) {
      const found = readMark(message.data);
      if (found === null) take(readWire(message.data));
      else mark = found;
    }
  } finally {
    close(open ?? begin());
  }
}

function isCreated(read: Read): boolean {
  return read.kind === 'event' && read.event.type === 'response.created';
}
