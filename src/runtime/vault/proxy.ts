import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forward } from './forward.ts';
import { basePath, judge, judgeStranger } from './guard.ts';
import type { Refusal } from './refusal.ts';
import { rawRefusal, sendRefusal } from './refusal.ts';
import { Spending } from './spending.ts';

export type VaultProxyOptions = {
  /** Base URL of the one provider that is asked, without a slash at its end. */
  readonly upstream: string;
  /** Headers of the user's own provider that pass, in small letters. */
  readonly headerNames: ReadonlySet<string>;
  /** Reads the key anew for each request; a sentence says why there is none (any more). */
  readonly key: () => Promise<{ readonly value: string } | { readonly why: string }>;
  /** Default: the global one, which the editor routes through its proxy settings and certificates. */
  readonly fetch?: typeof globalThis.fetch;
  /** How long a connection may take to say what it wants, in milliseconds. Default 60,000. */
  readonly headersMs?: number;
};

export type VaultProxy = {
  /** What the child takes for its provider. */
  readonly url: string;
  /** What the child takes for its key: good for nothing but this proxy, and for no longer than it lives. */
  readonly token: string;
  readonly spending: Spending;
  /** Cuts what runs; resolves when nothing listens any more. A second call does nothing more. */
  readonly close: () => Promise<void>;
};

/** Codex needs one for each answer at a time. Any program of the machine may connect, and files of this process are few. */
const mostConnections = 256;

const noTurn: Refusal = { status: 403, code: 'no_turn', why: 'no turn of Codex runs' };
/** Measured with 0.169: at this answer, and at no other, it asks over plain HTTP at once. */
const noWebSocket: Refusal = { status: 426, code: 'no_websocket', why: 'this proxy speaks plain HTTP alone' };

/**
 * A listener on loopback, for one child, that holds a key in the child's place. Throws where nothing can listen.
 */
export async function startVaultProxy(options: VaultProxyOptions): Promise<VaultProxy> {
  const { upstream, headerNames, key, fetch = globalThis.fetch, headersMs = 60_000 } = options;
  // Its shape is known to what keeps tokens out of transcripts (base/token-shapes.ts).
  const token = `lanes-turn-${randomBytes(32).toString('base64url')}`;
  const spending = new Spending();
  const closing = new AbortController();

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const verdict = judge(
      { method: request.method, target: request.url, headers: request.headersDistinct },
      { port, token },
    );
    if (verdict.kind === 'refused') return sendRefusal(response, verdict.refusal);
    if (verdict.kind === 'responses' && !spending.open) return sendRefusal(response, noTurn);
    const found = await key();
    if ('why' in found) return sendRefusal(response, { status: 401, code: 'no_key', why: found.why });
    // The turn may have ended while the key was looked up.
    if (verdict.kind === 'responses') {
      if (!spending.open) return sendRefusal(response, noTurn);
      spending.count(['thread-id', 'session-id'].flatMap((name) => request.headersDistinct[name] ?? []));
    }
    const url = `${upstream}/${verdict.kind}${verdict.query}`;
    await forward(request, response, { url, key: found.value, headerNames, fetch, signal: closing.signal });
  };

  // A turn's history may be many megabytes on a slow line: no limit of time for sending it.
  // The child's HTTP client keeps a connection for 90 s: it is to close it first, lest it asks over one that is closing.
  const limits = {
    ...{ requestTimeout: 0, keepAliveTimeout: 120_000, maxHeaderSize: 64 * 1024 },
    // Not said, it would be as little limited as the request.
    ...{ headersTimeout: headersMs, connectionsCheckingInterval: headersMs / 2 },
  };
  const server = createServer(limits, (request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.maxConnections = mostConnections;
  server.on('upgrade', (request, socket) => {
    const stranger = judgeStranger({ headers: request.headersDistinct }, { port, token });
    socket.on('error', () => socket.destroy());
    socket.end(rawRefusal(stranger ?? noWebSocket), () => socket.destroy());
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject);
  server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, listening.resolve);
  await listening.promise;
  const { port } = server.address() as AddressInfo;
  // An error of a listener that stands (no more files) costs that one connection.
  server.on('error', () => undefined);
  // It alone keeps no window and no command line alive.
  server.unref();

  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closed ??= new Promise((resolve) => {
      closing.abort();
      server.close(() => resolve());
      server.closeAllConnections();
    });
    return closed;
  };
  return { url: `http://127.0.0.1:${port}${basePath}`, token, spending, close };
}
