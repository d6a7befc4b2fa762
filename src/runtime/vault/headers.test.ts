import fc from 'fast-check';
import { expect, test } from 'vitest';
import { headersBack, headersFor, isCredentialHeader } from './headers.ts';

const key = 'sk-key-0001';

/** As 0.169 sends them, and what does not belong there. */
const sent = {
  host: ['127.0.0.1:1'],
  authorization: ['Bearer lanes-turn-x'],
  cookie: ['a=b'],
  'x-api-key': ['stolen'],
  'accept-encoding': ['gzip'],
  'x-forwarded-for': ['1.2.3.4'],
  'transfer-encoding': ['chunked'],
  connection: ['keep-alive'],
  accept: ['text/event-stream'],
  'content-type': ['application/json'],
  'content-length': ['12'],
  'user-agent': ['codex_exec/0.150.0'],
  originator: ['codex_exec'],
  version: ['0.150.0'],
  'session-id': ['s'],
  'thread-id': ['t'],
  'x-codex-turn-metadata': ['{}'],
  'x-codex-turn-state': ['sticky'],
  'x-client-request-id': ['r'],
  'openai-organization': ['org'],
  'x-mine': ['yes'],
  'x-other': ['no'],
};

test('to the provider goes what is on the list, with the key alone', () => {
  const headers = headersFor(sent, new Set(['x-mine', 'cookie', 'authorization', 'x-api-key']), key);
  expect([...headers.keys()]).toEqual([
    ...[
      'accept',
      'accept-encoding',
      'authorization',
      'content-length',
      'content-type',
      'openai-organization',
      'originator',
    ],
    ...['session-id', 'thread-id', 'user-agent', 'version', 'x-client-request-id', 'x-codex-turn-metadata'],
    ...['x-codex-turn-state', 'x-mine'],
  ]);
  expect(headers.get('authorization')).toBe(`Bearer ${key}`);
  expect(headers.get('accept-encoding')).toBe('identity');
});

test('back comes what Codex needs of an answer', () => {
  const answer = new Headers({
    'content-type': 'text/event-stream',
    'retry-after': '7',
    'x-request-id': 'req_1',
    'x-codex-turn-state': 'sticky',
    'x-codex-primary-used-percent': '12',
    'x-ratelimit-remaining-requests': '3',
    'openai-model': 'gpt-5.5',
    'content-encoding': 'gzip',
    'content-length': '5',
    location: 'https://evil.test',
    'set-cookie': 'a=b',
    'www-authenticate': 'Basic',
    'strict-transport-security': 'max-age=1',
    'access-control-allow-origin': '*',
  });
  expect(Object.keys(headersBack(answer)).toSorted()).toEqual([
    ...['content-type', 'openai-model', 'retry-after', 'x-codex-primary-used-percent', 'x-codex-turn-state'],
    ...['x-ratelimit-remaining-requests', 'x-request-id'],
  ]);
});

test('whatever is sent and named: the key is the only credential', () => {
  const name = fc.oneof(
    fc.constantFrom(...Object.keys(sent), 'proxy-authorization', 'api-key', 'te', 'upgrade', 'origin'),
    fc.stringMatching(/^[a-z][a-z-]{0,12}$/),
  );
  const values = fc.array(fc.stringMatching(/^[a-z0-9]{0,6}$/), { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(fc.dictionary(name, values), fc.array(name), (given, named) => {
      const headers = headersFor(given, new Set(named), key);
      expect(headers.get('authorization')).toBe(`Bearer ${key}`);
      for (const bad of [
        'cookie',
        'api-key',
        'x-api-key',
        'host',
        'connection',
        'proxy-authorization',
        'origin',
        'te',
      ]) {
        expect(headers.has(bad), bad).toBe(false);
      }
    }),
    { seed: 13, numRuns: 1000 },
  );
});

test.each([
  ...[
    'Authorization',
    'api-key',
    'X-API-Key',
    'X-Auth-Token',
    'Cookie',
    'x_api_key',
    'My-Secret',
    'Proxy-Authorization',
  ],
])('%s holds a credential', (name) => expect(isCredentialHeader(name)).toBe(true));
test.each(['OpenAI-Organization', 'X-Team', 'OpenAI-Beta', 'x-tokens-wanted'])('%s holds none', (name) =>
  expect(isCredentialHeader(name)).toBe(false),
);
