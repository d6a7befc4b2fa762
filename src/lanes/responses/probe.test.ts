import { expect, test } from 'vitest';
import type { SettingsSnapshot } from '../../ports/index.ts';
import { probeApi } from './probe.ts';

const secret = `s${'k-'}0123456789abcdefghij`;
const probe = (apiBaseUrl: string, apiHeaders: Record<string, string> = {}) =>
  probeApi({
    settings: { apiBaseUrl, apiHeaders } as unknown as SettingsSnapshot,
    key: null,
    fetch: () => Promise.reject(new Error('must not be called')),
  });

test.each([
  ['a key in place of the URL', secret, '[redacted:api-key]'],
  ['a password in a URL that is none', 'ftp://me:s3cret-word@host/v1', 'ftp://host/v1'],
  ['the same without a scheme', 'me:s3cret-word@host', 'host'],
  ['nothing', '', ''],
])('a base URL that is none is shown without its secrets: %s', async (_name, url, endpointLabel) => {
  const facts = await probe(url);
  expect(facts).toMatchObject({ endpointLabel, reach: 'refused', payer: null });
  expect(JSON.stringify(facts)).not.toMatch(/s3cret-word|0123456789abcdefghij/);
});

test.each([
  ['a line break in a value', { 'x-key': `${secret}\nx` }],
  ['a space in a name', { 'x key': secret }],
])('an extra header that is none is said without its value: %s', async (_name, headers) => {
  const facts = await probe('http://127.0.0.1:1/v1', headers);
  expect(facts).toMatchObject({ endpointLabel: '127.0.0.1:1', reach: 'refused' });
  expect(facts.detail).toBe('The extra headers hold a name or a value that no header can have.');
});
