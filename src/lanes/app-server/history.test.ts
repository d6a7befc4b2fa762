import { expect, test } from 'vitest';
import type { LogEvent } from '../../model/index.ts';
import { emptyThread, foldAll, nativeThreadId, threadId } from '../../model/index.ts';
import { parseLogLine } from '../../model/schema/index.ts';
import type { KeptConversation, KeptTurn } from '../../runtime/index.ts';
import { historyOf } from './history.ts';

const thread: KeptConversation['thread'] = {
  id: nativeThreadId('n'),
  title: 'Named',
  isNamed: true,
  cwd: '/w',
  branch: null,
  source: 'cli',
  cliVersion: '0.150.0',
  createdAt: 1_700_000_000_000,
  updatedAt: 1_700_000_900_000,
};
const user = (text: string) => ({ type: 'userMessage', id: 'u', content: [{ type: 'text', text, text_elements: [] }] });
const answer = (text: string, id = 'm') => ({ type: 'agentMessage', id, text });
const turn = (items: readonly unknown[], more: Partial<KeptTurn> = {}): KeptTurn => ({
  id: 't',
  status: 'completed',
  items: [...items],
  ...more,
});

/** As the engine writes it, without its times. */
function eventsOf(turns: readonly KeptTurn[]): readonly LogEvent[] {
  const history = historyOf({ thread, turns, shortened: false });
  return [...history.events].map(({ turnId, itemId, body }, i): LogEvent => {
    const envelope = { v: 1, seq: i + 1, at: '2026-01-01T00:00:00.000Z', threadId: threadId('x') } as const;
    const where = { provider: 'codex', laneId: 'codex-native', transport: 'import' } as const;
    return {
      ...{ ...envelope, ...where },
      ...(turnId === null ? {} : { turnId }),
      ...(itemId === undefined ? {} : { itemId }),
      ...body,
    };
  });
}
const viewOf = (turns: readonly KeptTurn[]) => foldAll(emptyThread(threadId('x')), eventsOf(turns));

test('times are those that Codex recorded, and unknown where it recorded none', () => {
  const items = [{ ...user('hi'), completedAtMs: 1_700_000_001_000 }, answer('hello')];
  const turns = [
    turn(items, { startedAt: 1_700_000_000_500, completedAt: 1_700_000_009_000 }),
    turn([user('two')], { id: 'u' }),
  ];
  const { events } = historyOf({ thread, turns, shortened: false });
  expect([...events].map(({ at, body }) => [body.kind, at])).toEqual([
    ['turn_started', 1_700_000_000_500],
    ['user_message', 1_700_000_001_000],
    ['assistant_text', 1_700_000_000_500],
    ['turn_completed', 1_700_000_009_000],
    ['turn_started', null],
    ['user_message', null],
    ['turn_completed', null],
  ]);
});

test('every kind of end, and a second message of the user’s within a turn', () => {
  const failure = { message: 'no more', codexErrorInfo: 'usageLimitExceeded' };
  const command = { type: 'commandExecution', id: 'c', command: 'sleep 9', cwd: '/w', status: 'inProgress' };
  const view = viewOf([
    turn([user('one'), answer('1'), { ...user('and'), id: 'u2' }]),
    turn([user('two')], { id: 'b', status: 'failed', error: failure }),
    turn([user('three'), command], { id: 'c', status: 'interrupted' }),
    turn([user('four')], { id: 'd', status: 'inProgress' }),
    turn([user('five')], { id: 'e', status: 'failed', error: 7 }),
  ]);
  expect(view.turns.map(({ state }) => state)).toEqual(['completed', 'failed', 'interrupted', 'interrupted', 'failed']);
  expect(view.rows.flatMap((row) => (row.kind === 'user' ? [row.delivery] : []))).toEqual([
    ...['start', 'steer', 'start', 'start', 'start', 'start'],
  ]);
  expect(view.rows.flatMap((row) => (row.kind === 'failure' ? [row.error.code] : []))[0]).toBe('usage_limit');
  expect(view.rows.filter(({ open }) => open)).toEqual([]);
  expect(view.rows.find(({ kind }) => kind === 'command')).toMatchObject({ cutOff: true });
});

test('what nobody understands is kept, and hides nothing', () => {
  const view = viewOf([
    turn([
      user('one'),
      { type: 'ofTomorrow', id: 'x', n: 1 },
      'no item',
      null,
      { type: 'agentMessage', id: 3 },
      answer('1'),
    ]),
  ]);
  expect(view.rows.map(({ kind }) => kind)).toEqual(['user', 'raw', 'raw', 'raw', 'raw', 'text']);
  expect(view.turns).toMatchObject([{ state: 'completed' }]);
});

test('ten thousand items: every line is one that a log may hold, and items of two turns with one id are two', () => {
  const items = Array.from({ length: 10_000 }, (_, i) => answer(`text ${i}`, `m${i}`));
  const events = eventsOf([turn([user('one'), ...items]), turn([user('two'), ...items.slice(0, 2)], { id: 'b' })]);
  for (const event of events) expect(parseLogLine(JSON.stringify(event)).ok).toBe(true);
  const rows = foldAll(emptyThread(threadId('x')), events).rows;
  expect(rows.filter(({ kind }) => kind === 'text')).toHaveLength(10_002);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
});
