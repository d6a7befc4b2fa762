import { expect, test } from 'vitest';
import { normaliser } from './normalise.mjs';

test('what differs from run to run gets a name', () => {
  const { normal, learn } = normaliser([
    ['/home/x', '<home>'],
    ['/home/x/work', '<workspace>'],
    ['', '<never>'],
  ]);
  learn('t1234', '<thread>');
  const [one, two] = ['01a1fce4-3abc-7810-8043-25bd82fc3468', '01a1fce4-3b8d-7fb1-bb4a-bebf714c97fc'];
  expect(
    normal({
      path: '/home/x/work/a and /home/x/b',
      ids: [two, one, two],
      file: `2026/11/21/rollout-2026-11-21T06-56-18-${one}.jsonl`,
      at: '2026-11-21T06:56:18.103181Z',
      url: 'http://127.0.0.1:4711/v1',
      thread: 't1234',
      usage: { input_tokens: 6954, cached_input_tokens: 0, input: 6954 },
      exitCode: 1,
      nothing: null,
    }),
  ).toEqual({
    path: '<workspace>/a and <home>/b',
    ids: ['<id-1>', '<id-2>', '<id-1>'],
    file: '<day>/rollout-<time>-<id-2>.jsonl',
    at: '<time>',
    url: 'http://127.0.0.1:<port>/v1',
    thread: '<thread>',
    usage: { input_tokens: '<count>', cached_input_tokens: 0, input: '<count>' },
    exitCode: 1,
    nothing: null,
  });
});
