import type { ServerResponse } from 'node:http';

/** What the proxy itself says in place of the provider. Its words begin alike, so that a failure that quotes them is known. */
export type Refusal = {
  readonly status: 401 | 403 | 426 | 502;
  readonly code:
    | 'forbidden_host'
    | 'forbidden_origin'
    | 'forbidden_token'
    | 'forbidden_request'
    | 'no_turn'
    | 'no_websocket'
    | 'no_key'
    | 'redirected'
    | 'unreachable';
  /** For the child and for people; it never holds a credential. */
  readonly why: string;
};

/** With these words each refusal of the proxy begins; the rules of `failure-words.ts` look for them. */
export const proxyWords = 'Lanes for Codex:';

/** As an error of the Responses API, which Codex passes on in words. The connection ends with it: the rest was not read. */
export function sendRefusal(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.writeHead(refusal.status, { 'content-type': 'application/json', connection: 'close' });
  response.end(bodyOf(refusal));
}

/** The same for a connection that asked for another protocol. */
export function rawRefusal(refusal: Refusal): string {
  const body = bodyOf(refusal);
  const head = [
    `HTTP/1.1 ${refusal.status} ${refusal.status === 426 ? 'Upgrade Required' : 'Forbidden'}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function bodyOf({ why, code }: Refusal): string {
  return JSON.stringify({ error: { message: `${proxyWords} ${why}`, type: 'codex_lanes_vault', code } });
}
