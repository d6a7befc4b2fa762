import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tls from 'node:tls';
import { messageOf } from '../model/index.ts';
import { writeFileAtomic } from '../node/index.ts';
import type { Log } from '../ports/index.ts';
import type { CertificateFile } from './network.ts';

const fileName = 'system-certificates.pem';

export type CertificateFileDeps = {
  /** Makes the data home. */
  readonly home: () => Promise<string>;
  readonly log: Log;
  /** Reads PEM certificates; null = this Node.js has no such call (before 22.15). */
  readonly read?: (() => readonly string[]) | null;
};

/**
 * The certificates that the operating system trusts (and `NODE_EXTRA_CA_CERTS`), as a file for Codex. Read once for the
 * life of this process, since that takes up to a second on some systems. Null: there are none, or they can't be read.
 */
export function createCertificateFile({
  home,
  log,
  read = systemCertificates,
}: CertificateFileDeps): () => Promise<CertificateFile | null> {
  let made: Promise<CertificateFile | null> | null = null;
  const make = async (): Promise<CertificateFile | null> => {
    if (read === null) {
      log.warn('http.systemCertificates has no effect on Codex: this Node.js can not read the system’s certificates');
      return null;
    }
    try {
      const certificates = usable(read());
      if (certificates.length === 0) return null;
      const path = join(await home(), fileName);
      const text = `${certificates.join('\n')}\n`;
      const before = await readFile(path, 'utf8').catch(() => null);
      if (before !== text) await writeFileAtomic(path, text);
      return { path, source: 'http.systemCertificates' };
    } catch (error) {
      log.warn(`the system’s certificates could not be prepared for Codex: ${messageOf(error)}`);
      // A disk that is full now need not be full at the next check.
      made = null;
      return null;
    }
  };
  return () => {
    made ??= make();
    return made;
  };
}

const systemCertificates =
  'getCACertificates' in tls ? () => [...tls.getCACertificates('system'), ...tls.getCACertificates('extra')] : null;

/**
 * Codex ignores the whole file for one certificate that its TLS library can't read (measured with 0.169), so that what is
 * broken, or no authority, stays out. Sorted, so that the same set is the same text.
 */
function usable(certificates: readonly string[]): readonly string[] {
  const kept = new Map<string, string>();
  for (const pem of certificates) {
    try {
      const certificate = new X509Certificate(pem);
      if (!certificate.ca) continue;
      const key = createHash('sha256').update(certificate.raw).digest('hex');
      kept.set(key, certificate.toString().trim());
    } catch {
      // not a certificate that OpenSSL can read
    }
  }
  return [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, pem]) => pem);
}
