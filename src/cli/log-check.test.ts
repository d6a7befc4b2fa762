import { expect, test } from 'vitest';
import type { LogEvent } from '../model/index.ts';
import { LogCheck } from './log-check.ts';

const at = '1970-01-01T00:00:00.001Z';
const envelope = { v: 1, at, provider: 'codex', laneId: 'codex-native', transport: 'exec', threadId: 'thread-1' };
const started = { kind: 'turn_started', model: null, effort: null, cwd: null, sandbox: null, approvalPolicy: null };
const completed = { kind: 'turn_completed', durationMs: 1 };
const begin = { ...started, turnId: 'turn-1' };
const end = { ...completed, turnId: 'turn-1' };
const text = (isDelta: boolean, more: object = { itemId: 'i' }) => ({
  ...{ kind: 'assistant_text', text: 't', isDelta, turnId: 'turn-1' },
  ...more,
});

/** Events with the numbers that they should have, unless they say one of their own. */
function breachesOf(events: readonly object[], store = JSON.stringify): readonly string[] {
  const breaches: string[] = [];
  const check = new LogCheck((why) => breaches.push(why));
  for (const [index, event] of events.entries()) {
    const whole = { ...envelope, seq: index + 1, ...event } as unknown as LogEvent;
    check.push(whole, store(whole));
  }
  check.end();
  return breaches;
}

test('a log that keeps every rule', () => {
  const whole = [begin, text(true), text(true), text(false), end, { ...started, turnId: 'turn-2' }];
  expect(breachesOf([...whole, { ...completed, turnId: 'turn-2' }])).toEqual([]);
});

test.each([
  ['a gap', [begin, { ...end, seq: 3 }], 'seq is 3 where 2 should be'],
  ['a turn without an end', [begin], 'turn-1 of thread-1 has no end'],
  ['a second end', [begin, end, end], 'turn_completed of turn-1, which is not running'],
  ['a turn that starts again', [begin, end, begin, end], 'turn-1 starts a second time'],
  [
    'a turn inside another',
    [begin, { ...started, turnId: 'turn-2' }, { ...completed, turnId: 'turn-2' }],
    'before turn-1 has ended',
  ],
  ['something of a turn after its end', [begin, end, text(false)], 'assistant_text of turn-1, which is not running'],
  ['a delta of a closed item', [begin, text(false), text(true), end], 'a delta of i, which is closed'],
  ['a delta of nothing', [begin, text(true, {}), end], 'a delta belongs to no item'],
  ['a body that does not fit', [begin, { ...end, durationMs: 'long' }, end], 'the body of turn_completed is not valid'],
  ['an envelope that does not fit', [begin, { ...text(false), at: 'now' }, end], 'the line is not valid'],
])('%s is told', (_name, events, why) => {
  expect(breachesOf(events).join('\n')).toContain(why);
});

test('what is stored and shows something else is told', () => {
  const lossy = (event: unknown): string => JSON.stringify(event).replace('"text":"t"', '"text":"T"');
  expect(breachesOf([begin, text(false), end], lossy)).toEqual([
    'seq 1 to 3 of thread-1 show something else when they are read back',
  ]);
});
