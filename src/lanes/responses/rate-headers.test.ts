import { expect, test } from 'vitest';
import { rateLimits } from './rate-headers.ts';

test('what an endpoint says of its limits', () => {
  const headers = new Headers({
    'x-ratelimit-limit-requests': '500',
    'x-ratelimit-remaining-requests': '12',
    'x-ratelimit-reset-requests': '6m0s',
    'x-ratelimit-remaining-tokens': '0',
    'x-ratelimit-reset-tokens': '8.64s',
  });
  expect(rateLimits(headers, 1000)).toEqual([
    { of: 'requests', limit: 500, remaining: 12, resetsAt: 361_000 },
    { of: 'tokens', limit: null, remaining: 0, resetsAt: 9640 },
  ]);
});

test.each<[string, Record<string, string>, unknown]>([
  ['nothing', {}, []],
  ['no remaining figure', { 'x-ratelimit-limit-requests': '5' }, []],
  ['a figure that is none', { 'x-ratelimit-remaining-requests': '-1' }, []],
  [
    'a time that is none',
    { 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': 'soon' },
    [{ of: 'requests', limit: null, remaining: 3, resetsAt: null }],
  ],
  [
    'milliseconds',
    { 'x-ratelimit-remaining-requests': '3', 'x-ratelimit-reset-requests': '1s120ms' },
    [{ of: 'requests', limit: null, remaining: 3, resetsAt: 1120 }],
  ],
])('%s', (_, headers, expected) => {
  expect(rateLimits(new Headers(headers), 0)).toEqual(expected);
});
