import type { EventSourceMessage } from 'eventsource-parser';
import { createParser } from 'eventsource-parser';

export type SseMessage = { readonly event: string | undefined; readonly data: string };

/** Longest single message that is taken, in characters; a longer one is an error, not a memory leak. */
const maxMessage = 64 * 1024 * 1024;

/**
 * Reads server-sent events from a body. A message that the end cuts off is not handed over (as the standard says).
 * Throws what the body throws, and an Error when one message is longer than 64 Mi characters.
 */
export async function* readSse(body: AsyncIterable<Uint8Array>): AsyncGenerator<SseMessage, void, void> {
  const ready: EventSourceMessage[] = [];
  let pending = 0;
  const parser = createParser({
    onEvent: (message) => {
      ready.push(message);
      pending = 0;
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    pending += chunk.length;
    if (pending > maxMessage) throw new Error(`a server-sent event is longer than ${maxMessage} characters`);
    parser.feed(decoder.decode(chunk, { stream: true }));
    for (const message of ready.splice(0)) yield { event: message.event, data: message.data };
  }
}
