import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { spawnChild } from '../node/index.ts';
import { practiceCodexConfig } from '../practice/index.ts';
import { createCertificateFile } from './certificate-file.ts';
import { childEnvironment } from './child-environment.ts';
import { networkOf } from './network.ts';
import { binaryOfPackage } from './platform-binary.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const binary = await binaryOfPackage(
  join(import.meta.dirname, '../../node_modules/@openai/codex'),
  process.platform,
  process.arch,
);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'real-certificates-'));
  for (const folder of ['home', 'work']) mkdirSync(join(root, folder));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const at = (name: string): string => join(root, name);
const openssl = (...args: readonly string[]): void => {
  execFileSync('openssl', args, { cwd: root, stdio: 'ignore' });
};

/** An authority of our own and a server that it vouches for. */
function makeCertificates(): void {
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Test', '-days', '2');
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  writeFileSync(at('names'), 'subjectAltName=DNS:localhost\n');
  const issued = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', ...issued, '-out', 'server.pem');
}

async function runCodex(network: Readonly<Record<string, string>>): Promise<void> {
  const env = { PATH: process.env.PATH, HOME: at('home'), CODEX_HOME: at('home'), TMPDIR: root };
  await spawnChild({
    file: binary ?? '',
    args: ['exec', '--json', '-s', 'read-only', '-C', at('work'), '--skip-git-repo-check', '--ephemeral', '-'],
    cwd: at('work'),
    env: childEnvironment({ env, platform: process.platform, network }),
    stdin: 'say: x',
    onStdout: () => undefined,
  }).ended;
}

test.skipIf(!hasOpenssl || process.platform === 'win32')(
  'the real program trusts an authority of the file, though a neighbour of it was broken',
  async () => {
    makeCertificates();
    const answered: string[] = [];
    const key = { key: readFileSync(at('server.key')), cert: readFileSync(at('server.pem')) };
    const server = createServer(key, (request, response) => {
      answered.push(request.url ?? '');
      request.resume();
      response.writeHead(404).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `https://localhost:${(server.address() as AddressInfo).port}/v1`;
    writeFileSync(at('home/config.toml'), practiceCodexConfig(url));
    const broken = '-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----';
    const authority = readFileSync(at('ca.pem'), 'utf8');
    const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
    try {
      writeFileSync(at('mixed.pem'), `${broken}\n${authority}`);
      // What would happen without the sieve.
      await runCodex({ CODEX_CA_CERTIFICATE: at('mixed.pem') });
      expect(answered).toEqual([]);
      const certificates = await createCertificateFile({
        home: async () => root,
        log,
        read: () => [broken, authority],
      })();
      const settings = { proxy: null, noProxy: [], strictSsl: true, systemCertificates: true };
      await runCodex(networkOf({ settings, env: {}, platform: process.platform, certificates }).env);
      expect(answered).toContain('/v1/responses');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },
  60_000,
);
