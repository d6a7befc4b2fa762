import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NetworkSettings } from '../ports/index.ts';
import { networkOf } from './network.ts';

const off: NetworkSettings = { proxy: null, noProxy: [], strictSsl: true, systemCertificates: false };
const local = '127.0.0.1,localhost,::1';
const pem = { path: '/data/system-certificates.pem', source: 'http.systemCertificates' };

type Given = { readonly settings?: Partial<NetworkSettings>; readonly env?: Record<string, string> };
const look = (
  { settings, env = {} }: Given,
  platform: NodeJS.Platform = 'linux',
  certificates: typeof pem | null = null,
) => networkOf({ settings: { ...off, ...settings }, env, platform, certificates });

test('nothing is set: nothing is passed', () => {
  expect(look({})).toEqual({
    env: {},
    facts: { proxy: null, noProxy: null, certificates: null, strictSslOff: false },
    secrets: [],
  });
});

test('the editor’s proxy wins over the environment, in both spellings; loopback is exempt', () => {
  const { env, facts } = look({
    settings: { proxy: 'http://ann:s3cret@proxy.example:3128' },
    env: { HTTPS_PROXY: 'http://other:1', no_proxy: 'a.example' },
  });
  const url = 'http://ann:s3cret@proxy.example:3128';
  const exempt = `a.example,${local}`;
  expect(env).toEqual({
    ...{ HTTP_PROXY: url, http_proxy: url, HTTPS_PROXY: url, https_proxy: url },
    ...{ NO_PROXY: exempt, no_proxy: exempt },
  });
  expect(facts).toMatchObject({
    proxy: { value: 'http://proxy.example:3128', source: 'http.proxy' },
    noProxy: { value: exempt, source: 'no_proxy' },
  });
  expect(JSON.stringify(facts)).not.toContain('s3cret');
});

test('the environment’s proxy stays as it is, and is shown without its password; loopback is exempt all the same', () => {
  const { env, facts } = look({ env: { ALL_PROXY: 'socks5h://u:p@h:1080' } });
  expect(env).toEqual({ NO_PROXY: local, no_proxy: local });
  expect(facts).toMatchObject({
    proxy: { value: 'socks5h://h:1080', source: 'ALL_PROXY' },
    noProxy: { value: local, source: 'loopback' },
  });
});

test('the editor’s exceptions win over the environment’s', () => {
  const { env, facts } = look({
    settings: { proxy: 'http://p:1', noProxy: ['*.corp.example', 'localhost'] },
    env: { NO_PROXY: 'other' },
  });
  expect(env.NO_PROXY).toBe('*.corp.example,localhost,127.0.0.1,::1');
  expect(facts.noProxy?.source).toBe('http.noProxy');
});

test('`*` exempts everything already; without a proxy nothing is added', () => {
  expect(look({ settings: { proxy: 'http://p:1', noProxy: ['*'] } }).env.NO_PROXY).toBe('*');
  expect(look({ env: { NO_PROXY: 'a' } })).toMatchObject({ env: {}, facts: { noProxy: { value: 'a' } } });
});

test.each([
  ['http://ann:s3cret@h:1', ['s3cret']],
  ['ann:p%40ss@h:1', ['p%40ss', 'p@ss']],
  ['http://ann:100%@h', ['100%']],
  ['http://ann@h:1', []],
  ['http://h:1', []],
])('the password of %s is known for redaction', (proxy, secrets) => {
  expect(look({ settings: { proxy } }).secrets).toEqual(secrets);
  expect(look({ env: { all_proxy: proxy } }).secrets).toEqual(secrets);
});

test('on Windows a name has one spelling', () => {
  const { env } = look({ settings: { proxy: 'http://p:1' }, env: { https_proxy: 'x', No_Proxy: 'n' } }, 'win32');
  expect(env).toEqual({ HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://p:1', NO_PROXY: `n,${local}` });
});

test.each([
  [{}, { CODEX_CA_CERTIFICATE: pem.path }, { value: pem.path, source: pem.source }],
  [{ SSL_CERT_FILE: '/own.pem' }, {}, { value: '/own.pem', source: 'SSL_CERT_FILE' }],
  [
    { CODEX_CA_CERTIFICATE: '/c.pem', SSL_CERT_FILE: '/own.pem' },
    {},
    { value: '/c.pem', source: 'CODEX_CA_CERTIFICATE' },
  ],
])('certificates with %j', (env, set, shown) => {
  const network = look({ env }, 'linux', pem);
  expect(network.env).toEqual(set);
  expect(network.facts.certificates).toEqual(shown);
});

test('strict SSL off is shown, and changes nothing: Codex has no such switch', () => {
  expect(look({ settings: { strictSsl: false } })).toEqual({
    env: {},
    facts: { ...look({}).facts, strictSslOff: true },
    secrets: [],
  });
});

test('no proxy is ever shown with its user or password', () => {
  const word = fc.stringMatching(/^[a-z0-9.:@/-]{1,12}$/);
  fc.assert(
    fc.property(word, word, fc.constantFrom('http://', 'socks5://', ''), (user, password, scheme) => {
      const { facts } = look({ settings: { proxy: `${scheme}${user}:${password}@host:1` } });
      expect(facts.proxy?.value).toBe(`${scheme}host:1`);
    }),
    { seed: 7 },
  );
});
