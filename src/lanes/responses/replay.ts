import { readSse } from '../../base/index.ts';
import type { ThreadId } from '../../model/index.ts';
import { threadId, turnId } from '../../model/index.ts';
import type { ReplayListener } from '../../ports/index.ts';
import { streamCut } from './failure.ts';
import type { Normalizer } from './normalize.ts';
import { createNormalizer } from './normalize.ts';
import type { Read } from './wire.ts';
import { readWire } from './wire.ts';

/** A kept stream does not say which endpoint it came from. */
const host = '(kept stream)';
const thread: ThreadId = threadId('thread-1');

type Open = { readonly normalizer: Normalizer; ended: boolean };

/**
 * Reads what a Responses endpoint once streamed, by the code that reads a live answer. `response.created` begins another
 * turn, all of one thread. What stands between the end of a response and the next one is not read: the lane hangs up there.
 */
export async function replayResponses(body: AsyncIterable<Uint8Array>, listener: ReplayListener): Promise<void> {
  let turns = 0;
  let open: Open | null = null;

  const begin = (): Open => {
    turns += 1;
    const id = turnId(`turn-${turns}`);
    listener.begin({ threadId: thread, turnId: id });
    return { normalizer: createNormalizer({ turnId: id, askedModel: null, host }), ended: false };
  };
  const close = (turn: Open): void => {
    if (!turn.ended) listener.end({ outcome: 'failed', error: streamCut(host) });
  };
  const take = (read: Read): void => {
    if (open !== null && isCreated(read)) {
      close(open);
      open = null;
    }
    open ??= begin();
    if (open.ended) return;
    const { events, end } = open.normalizer.push(read);
    for (const event of events) listener.event(event);
    if (end === null) return;
    open.ended = true;
    listener.end(end);
  };

  try {
    for await (const message of readSse(body)) take(readWire(message.data));
  } finally {
    close(open ?? begin());
  }
}

function isCreated(read: Read): boolean {
  return read.kind === 'event' && read.event.type === 'response.created';
}
