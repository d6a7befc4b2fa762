import type { IncomingMessage, ServerResponse } from 'node:http';
import { request as ask, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { zstdDecompressSync } from 'node:zlib';

type Fields = Readonly<Record<string, unknown>>;

/** One item of an answer that stands in for the endpoint's: a call of a tool. */
export type Call = { readonly name: string; readonly namespace?: string; readonly arguments: unknown };

export type FrontOptions = {
  /** Answers in the place of the endpoint; null = the endpoint does. A number: an HTTP status. */
  readonly answer?: (body: Fields, index: number) => Call | number | null;
  /** Goes along with each answer of the endpoint. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** Stands before the practice endpoint, and keeps what it is asked. */
export class FrontEndpoint {
  readonly bodies: Fields[] = [];
  readonly #options: FrontOptions;
  readonly #server = createServer((request, response) => void this.#take(request, response));
  #behind = '';

  private constructor(options: FrontOptions) {
    this.#options = options;
  }

  static async start(options: FrontOptions = {}): Promise<FrontEndpoint> {
    const front = new FrontEndpoint(options);
    await new Promise<void>((resolve) => front.#server.listen(0, '127.0.0.1', resolve));
    return front;
  }

  /** Its address, once it is known what stands behind it. */
  before(url: string): string {
    this.#behind = url;
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const sent = Buffer.concat(chunks);
    const isPacked = request.headers['content-encoding'] === 'zstd';
    const body = JSON.parse((isPacked ? zstdDecompressSync(sent) : sent).toString('utf8')) as Fields;
    const answer = this.#options.answer?.(body, this.bodies.length) ?? null;
    this.bodies.push(body);
    if (typeof answer === 'number') {
      response.writeHead(answer, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"not now"}}');
      return;
    }
    if (answer !== null) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of calling(answer, this.bodies.length)) {
        response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      }
      response.end();
      return;
    }
    const { host, port } = new URL(this.#behind);
    const { method, headers, url: path } = request;
    const up = ask({ host: '127.0.0.1', port, method, path, headers: { ...headers, host } }, (reply) => {
      response.writeHead(reply.statusCode ?? 502, { ...reply.headers, ...this.#options.headers });
      reply.pipe(response);
    });
    up.on('error', () => response.destroy());
    response.on('close', () => up.destroy());
    up.end(sent);
  }
}

function calling({ name, namespace, arguments: args }: Call, index: number) {
  const id = `fc_${index}`;
  const item = { id, type: 'function_call', status: 'completed', call_id: `call_front_${index}`, name, namespace };
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  return [
    { type: 'response.created', response: { id: `r_${index}` } },
    { type: 'response.output_item.done', output_index: 0, item: { ...item, arguments: JSON.stringify(args) } },
    { type: 'response.completed', response: { id: `r_${index}`, usage } },
  ];
}
