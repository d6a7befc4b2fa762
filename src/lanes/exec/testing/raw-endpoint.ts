import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What an endpoint answers to every request; `nothing`: it takes the request and never says a word. */
export type RawAnswer =
  | 'nothing'
  | { readonly status: number; readonly body: unknown }
  /** Server-sent events; the connection is cut after the last. */
  | { readonly events: readonly (Readonly<Record<string, unknown>> & { readonly type: string })[] };

/** An endpoint on loopback that gives the same answer to all. */
export async function startRawEndpoint(
  answer: RawAnswer,
): Promise<{ readonly url: string; readonly asked: () => number; readonly close: () => Promise<void> }> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    request.resume();
    request.on('end', () => {
      if (answer === 'nothing') return;
      if ('status' in answer) {
        response.writeHead(answer.status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer.body));
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of answer.events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked: () => asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The events of an answer that says `text` in many small pieces, whole. */
export function saying(text: string): Extract<RawAnswer, { readonly events: unknown }> {
  const item = (status: string, words: string) => ({
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    status,
    content: words === '' ? [] : [{ type: 'output_text', text: words, annotations: [] }],
  });
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  const deltas = (text.match(/[\s\S]{1,5}/g) ?? []).map((delta) => ({
    type: 'response.output_text.delta',
    item_id: 'msg_1',
    output_index: 0,
    content_index: 0,
    delta,
  }));
  return {
    events: [
      { type: 'response.created', response: { id: 'r' } },
      { type: 'response.output_item.added', output_index: 0, item: item('in_progress', '') },
      ...deltas,
      { type: 'response.output_item.done', output_index: 0, item: item('completed', text) },
      { type: 'response.completed', response: { id: 'r', usage } },
    ],
  };
}
