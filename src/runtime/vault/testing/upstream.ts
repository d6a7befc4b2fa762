import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';

/** A provider on loopback that does what a test says. */
export class Upstream {
  readonly #server: Server;
  answer: (request: IncomingMessage, response: ServerResponse) => void = (request, response) => {
    request.resume();
    request.on('end', () => response.end('ok'));
  };
  /** What came, the oldest first. */
  readonly asked: {
    readonly method: string;
    readonly url: string;
    readonly headers: NodeJS.Dict<string | string[]>;
  }[] = [];

  private constructor() {
    this.#server = createServer({ maxHeaderSize: 128 * 1024 }, (request, response) => {
      this.asked.push({ method: request.method ?? '', url: request.url ?? '', headers: { ...request.headers } });
      this.answer(request, response);
    });
  }

  static async open(): Promise<Upstream> {
    const upstream = new Upstream();
    await new Promise<void>((resolve) => upstream.#server.listen(0, '127.0.0.1', resolve));
    return upstream;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

export type Answer = {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
};

export type Question = {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Uint8Array | string;
};

/** One request to a proxy as its child would make it, unless the question says otherwise. Rejects where it breaks off. */
export function ask(proxy: { readonly url: string; readonly token: string }, question: Question = {}): Promise<Answer> {
  const { hostname, port } = new URL(proxy.url);
  const { method = 'POST', path = '/v1/responses', headers = {}, body } = question;
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        ...{ hostname, port, method, path, agent: false },
        headers: { authorization: `Bearer ${proxy.token}`, ...(headers as Record<string, string>) },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0, headers: told } = response;
          if (response.complete) resolve({ status: statusCode, headers: told, body: Buffer.concat(chunks) });
        });
        response.on('close', () => {
          if (!response.complete) reject(new Error('broken off'));
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** What is answered to bytes as they stand, until the other side closes. */
export function askRaw(proxy: { readonly url: string }, bytes: string | Uint8Array): Promise<string> {
  const { hostname, port } = new URL(proxy.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let said = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      said += String(chunk);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(said));
    socket.write(bytes);
    socket.end();
  });
}
