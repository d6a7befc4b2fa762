// A stand-in for OpenAI's sign-in, which can't be had offline: the real Codex asks it for a device code, and whether
// somebody has entered that. Nobody ever has.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';

/**
 * @param {string} folder for its certificates
 * @returns {Promise<{ env: Record<string, string>, host: string, code: string, asked: () => readonly string[], close: () => Promise<void> }>}
 *   `env`: what Codex has to see; `asked`: the paths that were asked for so far
 */
export async function openSignInPage(folder) {
  const code = 'ABCD-1234';
  mkdirSync(folder, { recursive: true });
  const { key, cert, authority } = certificates(folder);
  const asked = [];
  const server = createServer({ key, cert }, (request, response) => {
    asked.push(request.url);
    request.resume().on('end', () => {
      if (!request.url.endsWith('/deviceauth/usercode')) return response.writeHead(403).end();
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ device_auth_id: 'one', user_code: code, interval: '1' }));
    });
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  const host = `127.0.0.1:${server.address().port}`;
  return {
    env: { CODEX_APP_SERVER_LOGIN_ISSUER: `https://${host}`, SSL_CERT_FILE: authority },
    host,
    code,
    asked: () => asked,
    close: () =>
      new Promise((closed) => {
        server.close(closed);
        server.closeAllConnections();
      }),
  };
}

/** Codex takes no certificate that vouches for itself: one of an authority, and that authority's. */
function certificates(folder) {
  const authority = join(folder, 'authority.pem');
  const [authorityKey, cert, key] = ['authority.key', 'page.pem', 'page.key'].map((name) => join(folder, name));
  const make = (keyFile, certFile, ...more) =>
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
        ...['-keyout', keyFile, '-out', certFile, ...more],
      ],
      { stdio: 'ignore' },
    );
  make(authorityKey, authority, '-subj', '/CN=stand-in');
  make(
    ...[key, cert, '-subj', '/CN=127.0.0.1', '-CA', authority, '-CAkey', authorityKey],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE'],
  );
  return { key: readFileSync(key), cert: readFileSync(cert), authority };
}
