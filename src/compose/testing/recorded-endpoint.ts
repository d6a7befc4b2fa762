import type { IncomingMessage } from 'node:http';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startPractice } from '../../practice/index.ts';

type AskedOnce = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  body: string;
};

export type RecordedEndpoint = {
  readonly url: string;
  /** What came, the oldest first. */
  readonly asked: AskedOnce[];
  /** Answers in place of the practice endpoint, while it is set. */
  instead: { readonly status: number; readonly headers?: Record<string, string>; readonly body: string } | null;
  readonly close: () => Promise<void>;
};

/** The practice endpoint behind a listener that writes down who asks with what. */
export async function recordedEndpoint(work: string): Promise<RecordedEndpoint> {
  const practice = await startPractice({ workspaces: [work], pace: 'instant' });
  const target = new URL(practice.url);
  const asked: RecordedEndpoint['asked'] = [];
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    const noted: AskedOnce = { method, path, headers: { ...headers }, body: '' };
    asked.push(noted);
    request.on('data', (data: Buffer) => {
      noted.body += data.toString('latin1');
    });
    if (headers.upgrade !== undefined) {
      // At this Codex asks over plain HTTP at once.
      response.writeHead(426, { connection: 'close' }).end();
      return;
    }
    if (endpoint.instead !== null) {
      const { status, headers: more, body } = endpoint.instead;
      request.resume();
      response.writeHead(status, { 'content-type': 'application/json', ...more }).end(body);
      return;
    }
    const own = httpRequest(
      { host: target.hostname, port: target.port, path, method, headers: { ...headers, host: target.host } },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
        answer.on('error', () => response.destroy());
        answer.on('close', () => {
          if (!answer.complete) response.destroy();
        });
      },
    );
    own.on('error', () => response.destroy());
    request.pipe(own);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint: RecordedEndpoint = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${target.pathname}`,
    asked,
    instead: null,
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await practice.close();
    },
  };
  return endpoint;
}
