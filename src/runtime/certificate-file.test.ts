import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCertificateFile } from './certificate-file.ts';

let root: string;
let warnings: string[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'certificates-'));
  warnings = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const file = (read: (() => readonly string[]) | null) =>
  createCertificateFile({
    home: async () => root,
    log: { debug: () => {}, info: () => {}, error: () => {}, warn: (line) => warnings.push(line) },
    read,
  });
const [first = '', second = ''] = rootCertificates;
const garbage = '-----BEGIN CERTIFICATE-----\nTUlJQg==\n-----END CERTIFICATE-----';

test('what can be read is written once each, for the owner alone; what is broken would void the whole file', async () => {
  const made = await file(() => [second, first, garbage, 'no PEM', first])();
  expect(made).toEqual({ path: join(root, 'system-certificates.pem'), source: 'http.systemCertificates' });
  const text = readFileSync(made?.path ?? '', 'utf8');
  expect(text.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(text).not.toContain('TUlJQg==');
  if (process.platform !== 'win32') expect(statSync(made?.path ?? '').mode & 0o777).toBe(0o600);
});

test('the system is asked once; the same certificates are not written again', async () => {
  let calls = 0;
  const read = (certificates: readonly string[]) => () => {
    calls += 1;
    return certificates;
  };
  const get = file(read([first, second]));
  const made = await get();
  await get();
  expect(calls).toBe(1);
  const before = statSync(made?.path ?? '', { bigint: true });
  await file(read([second, first]))();
  expect(statSync(made?.path ?? '', { bigint: true }).ino).toBe(before.ino);
  await file(read([first]))();
  expect(readFileSync(made?.path ?? '', 'utf8').match(/BEGIN/g)).toHaveLength(1);
});

test.each<[string, (() => readonly string[]) | null, number]>([
  ['a Node.js without the call', null, 1],
  ['an empty store', () => [], 0],
  [
    'a store that can’t be read',
    () => {
      throw new Error('denied');
    },
    1,
  ],
])('%s: no file, and it is said', async (_name, read, said) => {
  expect(await file(read)()).toBeNull();
  expect(warnings).toHaveLength(said);
});
