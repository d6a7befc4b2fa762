import { expect, test } from 'vitest';
import type { ProgressStep, ProgressWait } from '../../src/model/index.ts';
import { waitingOf } from './waiting.ts';

const at = (seconds: number) => new Date(seconds * 1000).toISOString();
const step = (what: ProgressStep['what'], seconds: number, detail: string | null = null) => ({
  what,
  at: at(seconds),
  detail,
});
const wait = (on: ProgressWait['on'], seconds: number, what: string | null = null) => ({
  on,
  what,
  since: at(seconds),
});
const seen = (steps: readonly ProgressStep[], waiting: ProgressWait, heardAt = 0) => {
  const { hop, what, since, stalledAt } = waitingOf({ steps, waiting, givesUpAt: null }, heardAt * 1000);
  return [hop, what, since / 1000, stalledAt / 1000];
};

test('silence is explained after 10 s, a command or tool at work after a minute', () => {
  expect(seen([], wait('process', 5))).toEqual(['process', null, 5, 15]);
  expect(seen([], wait('command', 5, 'npm test'))).toEqual(['command', 'npm test', 5, 65]);
  expect(seen([], wait('tool', 5, 'docs.search'))).toEqual(['tool', 'docs.search', 5, 65]);
});

test('what is heard ends the silence, and no command began with it', () => {
  expect(seen([], wait('reply', 5), 30)).toEqual(['reply', null, 30, 40]);
  expect(seen([], wait('command', 5, 'npm test'), 30)).toEqual(['command', 'npm test', 5, 65]);
});

test('the network is named as far as it is seen: our own request, a lost connection, or just the network', () => {
  const began = [step('process-started', 1, '123'), step('turn-started', 2)];
  expect(seen(began, wait('network', 2))[0]).toBe('network');
  expect(seen([step('request-sent', 2, 'api.example.com')], wait('network', 2)).slice(0, 2)).toEqual([
    'request',
    'api.example.com',
  ]);
  const lost = [...began, step('reconnecting', 20, 'Reconnecting... 1/5')];
  expect(seen(lost, wait('network', 20), 10)[0]).toBe('reconnecting');
  expect(seen(lost, wait('network', 20), 25)[0]).toBe('network');
});
