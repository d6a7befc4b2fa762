import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const probe = fileURLToPath(new URL('./probe.ts', import.meta.url));
/** A host that no name server knows: only a proxy can answer for it. */
const endpoint = 'http://endpoint.invalid/v1';
const script = `
  const { probeApi } = await import(process.argv[1]);
  const settings = { apiBaseUrl: '${endpoint}', apiHeaders: {}, apiMaxRounds: 9, apiMaxTokens: 1e9, apiMaxMinutes: 60 };
  const facts = await probeApi({ settings, key: { value: 'k-1', source: 'test' } });
  console.log(JSON.stringify({ reach: facts.reach, models: facts.models.map(({ id }) => id) }));
`;

/**
 * The lane asks through the global `fetch`, looked up for each request: whoever replaces or configures that one decides the
 * way. The editor replaces it in its extension host; outside of it Node.js goes through the proxy of the environment where
 * NODE_USE_ENV_PROXY says so.
 */
test('requests go the way of the global fetch: through the proxy of the environment where Node.js is told to use it', async () => {
  const seen: (string | undefined)[] = [];
  const proxy = createServer((request, response) => {
    seen.push(request.url);
    response.end('{"data":[{"id":"behind-the-proxy"}]}');
  });
  // Node.js asks for a tunnel, also to http: what comes through it is answered here.
  const tunnels: (string | undefined)[] = [];
  proxy.on('connect', (request, socket) => {
    tunnels.push(request.url);
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    proxy.emit('connection', socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  try {
    const way = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const run = async (env: Readonly<Record<string, string>>): Promise<unknown> => {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--no-warnings', '--input-type=module', '-e', script, probe],
        { env: { PATH: process.env.PATH ?? '', HTTP_PROXY: way, ...env }, timeout: 30_000 },
      );
      return JSON.parse(stdout) as unknown;
    };
    expect(await run({ NODE_USE_ENV_PROXY: '1' })).toEqual({ reach: 'reachable', models: ['behind-the-proxy'] });
    expect([tunnels, seen]).toEqual([['endpoint.invalid:80'], ['/v1/models']]);
    expect(await run({})).toMatchObject({ reach: 'offline' });
    expect(seen).toHaveLength(1);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
}, 120_000);
