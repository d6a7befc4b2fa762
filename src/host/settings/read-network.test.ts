import { expect, test } from 'vitest';
import type { NetworkName } from './read-network.ts';
import { networkNames, readNetwork } from './read-network.ts';

type Given = Partial<Record<NetworkName, unknown>>;

/** What the editor says where nobody chose anything. */
const editorDefaults: Readonly<Record<NetworkName, unknown>> = {
  proxy: '',
  noProxy: [],
  proxyStrictSSL: true,
  systemCertificates: true,
};
const untouched = { proxy: null, noProxy: [], strictSsl: true, systemCertificates: false };

const t = (text: string, ...args: readonly unknown[]) =>
  text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));

function read(given: Given) {
  return readNetwork(
    (name) => ({ value: name in given ? given[name] : editorDefaults[name], isSet: name in given }),
    t,
  );
}

test('a default of the editor is nobody’s choice', () => {
  expect(read({})).toEqual({ network: untouched, problems: [] });
});

test.each<[Given, Partial<typeof untouched> | { proxy: string }]>([
  [{ proxy: 'http://proxy.example:8080' }, { proxy: 'http://proxy.example:8080' }],
  [{ proxy: ' http://user:pw@proxy.example/ ' }, { proxy: 'http://user:pw@proxy.example/' }],
  [{ proxy: 'socks5h://127.0.0.1:1080' }, { proxy: 'socks5h://127.0.0.1:1080' }],
  [{ proxy: 'http://[::1]:3128' }, { proxy: 'http://[::1]:3128' }],
  [{ proxy: '' }, {}],
  [{ noProxy: ['localhost', ' .example.com ', ''] }, { noProxy: ['localhost', '.example.com'] as never }],
  [{ proxyStrictSSL: false }, { strictSsl: false }],
  [{ systemCertificates: true }, { systemCertificates: true }],
  [{ systemCertificates: false }, {}],
])('%o is taken as it was chosen', (given, expected) => {
  expect(read(given)).toEqual({ network: { ...untouched, ...expected }, problems: [] });
});

test.each<[NetworkName, unknown]>([
  ['proxy', 'proxy.example:8080'],
  ['proxy', 'ftp://proxy.example'],
  ['proxy', 'file:///etc/proxy'],
  ['proxy', 'http://'],
  ['proxy', 'http://user:s3cret@proxy.example/\nX=1'],
  ['proxy', 8080],
  ['proxy', null],
  ['noProxy', 'localhost'],
  ['noProxy', ['localhost', 1]],
  ['noProxy', ['a,b']],
  ['noProxy', ['a\0b']],
  ['proxyStrictSSL', 'no'],
  ['systemCertificates', 1],
])('http.%s = %j counts as not chosen and is named', (name, value) => {
  const { network, problems } = read({ [name]: value });
  expect(network).toEqual(untouched);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`http.${name} must be`);
  expect(problems[0]).not.toContain('s3cret');
});

test('the table of bad values leaves none out', () => {
  expect([...networkNames].toSorted()).toEqual(Object.keys(editorDefaults).toSorted());
});
