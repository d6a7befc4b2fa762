import { request as httpRequest } from 'node:http';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PracticeServer } from './index.ts';
import { PRACTICE_HEADER, startPractice } from './index.ts';

const MAX = 4096;
let practice: PracticeServer;

beforeAll(async () => {
  practice = await startPractice({ pace: 'instant', maxBodyBytes: MAX });
});

afterAll(() => practice.close());

interface Answer {
  readonly status: number | undefined;
  readonly mark: unknown;
  readonly body: unknown;
}

/** By node:http, because fetch does not let a caller set Host. */
function send(method: string, path: string, headers: Record<string, string>, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port: practice.port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (data: string) => {
        text += data;
      });
      response.on('end', () => {
        resolve({ status: response.statusCode, mark: response.headers[PRACTICE_HEADER], body: JSON.parse(text) });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const SAY = JSON.stringify({ model: 'm', input: 'say: hi' });

test.each<[string, number, string, Parameters<typeof send>]>([
  ['a strange Host', 403, 'forbidden_host', ['GET', '/v1/models', { host: 'evil.example' }]],
  ['loopback with a strange port', 403, 'forbidden_host', ['GET', '/v1/models', { host: '127.0.0.1:1' }]],
  ['an Origin', 403, 'forbidden_origin', ['POST', '/v1/responses', { origin: 'https://evil.example' }, SAY]],
  ['the null Origin', 403, 'forbidden_origin', ['POST', '/v1/responses', { origin: 'null' }, SAY]],
  ['an unknown route', 404, 'not_found', ['GET', '/v1/nothing', {}]],
  ['a wrong method', 405, 'method_not_allowed', ['GET', '/v1/responses', {}]],
  ['a body over the limit', 413, 'request_too_large', ['POST', '/v1/responses', {}, ' '.repeat(MAX + 1)]],
  [
    'a small body that unpacks to more',
    413,
    'request_too_large',
    ['POST', '/v1/responses', { 'content-encoding': 'gzip' }, gzipSync(' '.repeat(MAX + 1))],
  ],
  ['an unknown encoding', 415, 'unsupported_encoding', ['POST', '/v1/responses', { 'content-encoding': 'br' }, SAY]],
  ['gzip that is none', 400, 'invalid_encoding', ['POST', '/v1/responses', { 'content-encoding': 'gzip' }, SAY]],
  ['broken JSON', 400, 'invalid_json', ['POST', '/v1/responses', {}, '{']],
  ['a list', 400, 'invalid_type', ['POST', '/v1/responses', {}, '[]']],
  ['no model', 400, 'missing_required_parameter', ['POST', '/v1/responses', {}, '{"input":"x"}']],
  ['no input', 400, 'missing_required_parameter', ['POST', '/v1/responses', {}, '{"model":"x"}']],
  [
    'a stored response',
    400,
    'previous_response_not_found',
    ['POST', '/v1/responses', {}, '{"model":"x","input":"x","previous_response_id":"resp_1"}'],
  ],
])('%s is refused', async (_what, status, code, args) => {
  expect(await send(...args)).toMatchObject({ status, mark: 'offline', body: { error: { code } } });
});

test.each([
  ['zstd', zstdCompressSync(SAY)],
  ['gzip', gzipSync(SAY)],
])('a body packed with %s is read', async (encoding, body) => {
  const answer = await send('POST', '/v1/responses', { 'content-encoding': encoding }, body);
  expect(answer).toMatchObject({ status: 200, mark: 'offline', body: { status: 'completed', model: 'm' } });
});

test('the models say who owns them', async () => {
  const answer = await send('GET', '/v1/models?limit=1', { host: `localhost:${practice.port}` });
  expect(answer).toMatchObject({ status: 200, body: { object: 'list' } });
  expect(answer.body).toMatchObject({ data: [{ id: 'gpt-5.5', owned_by: 'practice (offline)' }, { id: 'practice' }] });
});

test('it binds to loopback only', async () => {
  await expect(startPractice({ host: '0.0.0.0' })).rejects.toThrow(RangeError);
});

test.each([
  ['limits: 92 until 1795291393', '92', '1795291393', '8'],
  ['limits: 140', '140', null, '0'],
  ['say: limits: 92', null, null, null],
])('%s: the headers say how much is used, and nothing else does', async (input, used, until, left) => {
  const body = JSON.stringify({ model: 'm', input });
  const { headers } = await fetch(`${practice.url}/responses`, { method: 'POST', body });
  const names = ['x-codex-primary-used-percent', 'x-codex-primary-reset-at', 'x-ratelimit-remaining-requests'];
  expect(names.map((name) => headers.get(name))).toEqual([used, until, left]);
});
