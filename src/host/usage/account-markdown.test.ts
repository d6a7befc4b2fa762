import { expect, test } from 'vitest';
import type { Readings } from '../../model/index.ts';
import { noReadings, withLimits } from '../../model/index.ts';
import type { Copy } from '../../routing/index.ts';
import type { Translate } from '../translate.ts';
import { accountMarkdown } from './account-markdown.ts';

const t: Translate = (text, ...args) => text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));
const words = ({ english }: Copy) => english;
const at = '2026-01-02T10:00:00.000Z';
const now = Date.parse(at) + 60_000;
const timeOf = (time: number) => new Date(time).toISOString().slice(11, 16);
const page = (readings: Partial<Readings>) =>
  accountMarkdown({ readings: { ...noReadings, ...readings }, now, timeOf }, words, t).split('\n\n');

test('nothing was read: it says so', () => {
  expect(page({})).toEqual(['## Account and limits', 'Account: not read yet', 'Limits: not read yet']);
});

test('the account, each window as a bar with its reset, and when it was read', () => {
  const value = withLimits(
    {},
    {
      ...{ id: 'codex', name: null, credits: null, reached: null },
      primary: { usedPercent: 92.9, minutes: 300, resetsAt: now + 3_600_000 },
      secondary: { usedPercent: 50, minutes: 10_080, resetsAt: now - 1000 },
    },
    Date.parse(at),
  );
  const fact = { kind: 'chatgpt', name: 'me_@example.org', workspace: null, plan: 'plus', needsLogin: true } as const;
  const [, account, table, endpoint] = page({
    account: { kind: 'told', at, value: fact },
    limits: { kind: 'told', at, value },
    endpoint: { kind: 'told', at, value: [{ of: 'tokens', limit: 100, remaining: 8, resetsAt: null }] },
  });
  expect(account).toBe('Account: ChatGPT\\: me\\_\\@example\\.org · plus (read at 10:00)');
  expect(table?.split('\n').slice(2)).toEqual([
    '| 5\\-hour limit | ██████████████▉ | 92% used, resets 11\\:01 | 10:00 |',
    '| Weekly limit |  | Reset 10\\:00, nothing told since | 10:00 |',
  ]);
  expect(endpoint).toBe('Tokens of the endpoint\\: 8 of 100 left (read at 10:00)');
});

test('why there is none', () => {
  const none = (why: 'shut' | 'failed' | 'not-applicable', detail: string | null) =>
    ({ kind: 'none', why, detail }) as const;
  expect(page({ account: none('failed', 'offline'), limits: none('not-applicable', 'x') }).slice(1)).toEqual([
    'Account: no answer\\: offline',
    'Limits: none. Codex tells them of a ChatGPT login only.',
  ]);
  expect(page({ limits: { kind: 'told', at, value: {} } })[2]).toBe('Limits: none are known.');
});
