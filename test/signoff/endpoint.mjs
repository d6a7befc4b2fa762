// A loopback proxy before the practice endpoint, which keeps what matters of each request: who pays and what is asked for.
import { createServer } from 'node:http';
import { Readable } from 'node:stream';

/**
 * @typedef {{ method: string, path: string, credential: string | null, model?: string, effort?: string }} Asked
 *   `credential` is the Authorization header; only planted keys ever stand there
 * @param {string} url of the endpoint behind it, ending in `/v1`
 * @returns {Promise<{ url: string, requests: Asked[], close: () => Promise<void> }>}
 */
export async function recordRequests(url) {
  const { origin } = new URL(url);
  /** @type {Asked[]} */
  const requests = [];
  const server = createServer((request, response) => {
    pass(request, response).catch((error) => response.destroy(error));
  });
  server.on('upgrade', (request, socket) => {
    requests.push({ ...asked(request), method: 'UPGRADE' });
    socket.end('HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });

  async function pass(request, response) {
    const body = Buffer.concat(await request.toArray());
    requests.push({ ...asked(request), ...askedIn(body) });
    const headers = { ...request.headers };
    for (const name of ['host', 'connection', 'content-length', 'transfer-encoding', 'expect']) delete headers[name];
    const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
    const answer = await fetch(`${origin}${request.url}`, {
      method: request.method,
      headers,
      ...(hasBody && { body }),
    });
    const passed = [...answer.headers].filter(([name]) => !['connection', 'transfer-encoding'].includes(name));
    response.writeHead(answer.status, Object.fromEntries(passed));
    if (answer.body === null) return void response.end();
    const stream = Readable.fromWeb(answer.body);
    stream.on('error', () => response.destroy());
    stream.pipe(response);
  }

  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(undefined));
  });
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function asked({ method, url, headers }) {
  return { method, path: url.split('?', 1)[0], credential: headers.authorization ?? null };
}

function askedIn(body) {
  try {
    const { model, reasoning } = JSON.parse(body.toString('utf8'));
    return { model, ...(reasoning?.effort && { effort: reasoning.effort }) };
  } catch {
    return {};
  }
}
