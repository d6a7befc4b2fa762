// A loopback server before an endpoint that notes what it was asked: the oracle for "no request was sent" and "no key
// went there".
import { request as ask, createServer } from 'node:http';

/**
 * @typedef {object} Request
 * @property {string} method
 * @property {string} path
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {string} body
 */

/**
 * @param {string} target base URL of the endpoint that answers
 * @returns {Promise<{ url: string, requests: Request[], close: () => Promise<void> }>} `url` takes the place of `target`
 */
export async function recordBefore(target) {
  const { host, hostname, port, pathname } = new URL(target);
  /** @type {Request[]} */
  const requests = [];
  const server = createServer((incoming, outgoing) => {
    const { method = '', url: path = '', headers } = incoming;
    const noted = { method, path, headers, body: '' };
    requests.push(noted);
    const onward = ask({ hostname, port, path, method, headers: { ...headers, host } }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on('error', () => outgoing.destroy()).pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    // A client that stops listening is gone for the endpoint, too.
    outgoing.on('close', () => onward.destroy());
    incoming.on('data', (data) => {
      noted.body += data;
      onward.write(data);
    });
    incoming.on('end', () => onward.end());
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  return {
    url: `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}${pathname}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
