import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Asked } from './guard.ts';
import { judge } from './guard.ts';

const door = { port: 4711, token: 'lanes-turn-0123456789' };
const own: Asked = {
  method: 'POST',
  target: '/v1/responses',
  headers: { host: ['127.0.0.1:4711'], authorization: ['Bearer lanes-turn-0123456789'] },
};
const verdictOf = (change: Partial<Asked>, headers: Asked['headers'] = {}): string => {
  const verdict = judge({ ...own, ...change, headers: { ...own.headers, ...headers } }, door);
  return verdict.kind === 'refused' ? verdict.refusal.code : `${verdict.kind}${verdict.query}`;
};

test.each<[string, Partial<Asked>, string]>([
  ['the answer', {}, 'responses'],
  [
    'the answer, as the user’s provider wants it asked',
    { target: '/v1/responses?api-version=1&x=%2F' },
    'responses?api-version=1&x=%2F',
  ],
  ['the models', { method: 'GET', target: '/v1/models?client_version=1' }, 'models?client_version=1'],
  ...['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE', 'post', ''].map(
    (method): [string, Partial<Asked>, string] => [`${method} of the answer`, { method }, 'forbidden_request'],
  ),
  ['POST of the models', { target: '/v1/models' }, 'forbidden_request'],
  ['no target', { target: undefined }, 'forbidden_request'],
  ...[
    ...[
      '/',
      '/v1',
      '/v1/',
      '/v1/responses/',
      '/v1/responses/compact',
      '/v1/responses/resp_1',
      '/v1/responses/../files',
    ],
    ...['/v1/files', '/v1/chat/completions', '/v1/images/generations', '/v1/organization/admin_api_keys', '/responses'],
    ...[
      '/v1//responses',
      '//v1/responses',
      '/v1/%72esponses',
      '/v1/responses%3f',
      '/v1/responses;x',
      '/v1/responses#x',
    ],
    ...['http://127.0.0.1:4711/v1/responses', 'http://evil.test/v1/responses', '*', '/V1/responses', '/v1/Responses'],
    ...['/v1/responses\t', ' /v1/responses', '/v1/./responses', '/v1\\responses', '\\v1/responses'],
  ].map((target): [string, Partial<Asked>, string] => [target, { target }, 'forbidden_request']),
])('%s', (_name, change, expected) => {
  expect(verdictOf(change)).toBe(expected);
});

test.each<[string, Asked['headers'], string]>([
  ['a name of loopback', { host: ['localhost:4711'] }, 'forbidden_host'],
  ['a page’s own name', { host: ['evil.test:4711'] }, 'forbidden_host'],
  ['another port', { host: ['127.0.0.1:4712'] }, 'forbidden_host'],
  ['no port', { host: ['127.0.0.1'] }, 'forbidden_host'],
  ['the same written otherwise', { host: ['127.1:4711'] }, 'forbidden_host'],
  ['no host', { host: undefined }, 'forbidden_host'],
  ['two hosts', { host: ['127.0.0.1:4711', 'evil.test'] }, 'forbidden_host'],
  ['an origin', { origin: ['https://evil.test'] }, 'forbidden_origin'],
  ['its own origin', { origin: ['http://127.0.0.1:4711'] }, 'forbidden_origin'],
  ['an opaque origin', { origin: ['null'] }, 'forbidden_origin'],
  ['an empty origin', { origin: [''] }, 'forbidden_origin'],
  ['no token', { authorization: undefined }, 'forbidden_token'],
  ['another token', { authorization: ['Bearer lanes-turn-0123456788'] }, 'forbidden_token'],
  ['a beginning of the token', { authorization: ['Bearer lanes-turn-012345678'] }, 'forbidden_token'],
  ['more than the token', { authorization: ['Bearer lanes-turn-01234567890'] }, 'forbidden_token'],
  ['an empty token', { authorization: ['Bearer '] }, 'forbidden_token'],
  ['two tokens', { authorization: ['Bearer lanes-turn-0123456789', 'Bearer x'] }, 'forbidden_token'],
  ['two in one', { authorization: ['Bearer lanes-turn-0123456789, Bearer x'] }, 'forbidden_token'],
  ['another scheme', { authorization: ['Basic lanes-turn-0123456789'] }, 'forbidden_token'],
])('%s is refused', (_name, headers, expected) => {
  expect(verdictOf({}, headers)).toBe(expected);
});

test('whatever is asked: it passes only as one of the two, and only with host and token', () => {
  const piece = fc.constantFrom(
    ...[
      '/v1',
      '/responses',
      '/models',
      '/',
      '..',
      '.',
      '%2e',
      '%2F',
      '?',
      '#',
      ';',
      '\\',
      '@',
      ':',
      'http://',
      '127.0.0.1:4711',
    ],
    ...[' ', '\0', 'é', '/v1/responses', 'x'],
  );
  const target = fc.oneof(
    fc.array(piece, { maxLength: 6 }).map((parts) => parts.join('')),
    fc.string({ unit: 'binary' }),
  );
  const value = (right: string) => fc.option(fc.array(fc.oneof(fc.constant(right), fc.string()), { maxLength: 2 }));
  fc.assert(
    fc.property(
      fc.constantFrom('GET', 'POST', 'PUT', 'CONNECT'),
      target,
      value('127.0.0.1:4711'),
      value('Bearer lanes-turn-0123456789'),
      fc.option(fc.array(fc.string(), { maxLength: 1 })),
      (method, asked, host, authorization, origin) => {
        const headers = {
          ...(host === null ? {} : { host }),
          ...(authorization === null ? {} : { authorization }),
          ...(origin === null ? {} : { origin }),
        };
        const verdict = judge({ method, target: asked, headers }, door);
        if (verdict.kind === 'refused') return;
        expect(host).toEqual(['127.0.0.1:4711']);
        expect(authorization).toEqual(['Bearer lanes-turn-0123456789']);
        expect(origin).toBeNull();
        const path = verdict.kind === 'responses' ? '/v1/responses' : '/v1/models';
        expect(`${method} ${asked}`).toBe(`${verdict.kind === 'responses' ? 'POST' : 'GET'} ${path}${verdict.query}`);
        expect(verdict.query).toMatch(/^(\?|$)/);
      },
    ),
    { seed: 11, numRuns: 3000 },
  );
});
