import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { headersBack, headersFor } from './headers.ts';
import type { Refusal } from './refusal.ts';
import { sendRefusal } from './refusal.ts';
import { WithoutKey } from './without-key.ts';

export type Forwarded = {
  /** Where it goes, its query with it. */
  readonly url: string;
  readonly key: string;
  /** Headers of the user's own provider, in small letters. */
  readonly headerNames: ReadonlySet<string>;
  readonly fetch: typeof globalThis.fetch;
  /** The proxy is closed. */
  readonly signal: AbortSignal;
};

/**
 * Passes one request on with the key, and the answer back as it comes: nothing is kept, the slower side sets the pace, and
 * either side that goes ends the other. Never rejects.
 */
export async function forward(request: IncomingMessage, response: ServerResponse, to: Forwarded): Promise<void> {
  const gone = new AbortController();
  const onClose = (): void => gone.abort();
  response.once('close', onClose);
  const signal = AbortSignal.any([gone.signal, to.signal]);
  try {
    const answer = await to.fetch(to.url, {
      method: request.method ?? 'GET',
      headers: headersFor(request.headersDistinct, to.headerNames, to.key),
      // A provider that sends elsewhere is not followed: the key is for this address alone.
      redirect: 'manual',
      signal,
      ...(request.method === 'POST' ? { body: bodyOf(request), duplex: 'half' } : {}),
    } as RequestInit);
    if (answer.type === 'opaqueredirect' || (answer.status >= 300 && answer.status < 400)) {
      await answer.body?.cancel();
      sendRefusal(response, redirected);
      return;
    }
    response.writeHead(answer.status, withoutKey(headersBack(answer.headers), to.key));
    response.flushHeaders();
    await pour(answer.body, response, to.key, signal);
  } catch (error) {
    if (signal.aborted || response.headersSent) response.destroy();
    else sendRefusal(response, unreachable(error));
  } finally {
    response.off('close', onClose);
  }
}

const redirected: Refusal = {
  status: 502,
  code: 'redirected',
  why: 'the provider sent the request elsewhere, which is not followed with the key',
};

/** Only the code of a failure: its words may quote what was sent. */
function unreachable(error: unknown): Refusal {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : '';
  const told = /^[A-Z][A-Z0-9_]+$/.test(code) ? ` (${code})` : '';
  return { status: 502, code: 'unreachable', why: `the provider can't be reached${told}` };
}

/** The request's bytes as they are wanted. Who stops reading them does not end the connection: an answer may still come. */
function bodyOf(request: IncomingMessage): ReadableStream<Uint8Array> {
  const chunks = request.iterator({ destroyOnReturn: false });
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value as Buffer));
      },
      cancel: async () => {
        await chunks.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

async function pour(
  body: ReadableStream<Uint8Array> | null,
  response: ServerResponse,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  const clean = new WithoutKey(key);
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (bytes.length > 0 && !response.write(bytes)) await once(response, 'drain', { signal });
  };
  if (body !== null) for await (const chunk of body) await write(clean.push(chunk));
  await write(clean.rest());
  response.end();
}

function withoutKey(headers: Record<string, string>, key: string): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replaceAll(key, '***')]));
}
