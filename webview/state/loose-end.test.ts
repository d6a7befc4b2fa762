import { expect, test } from 'vitest';
import type { ThreadView } from '../../src/model/index.ts';
import { cutOffTurn, datesTurn, EventLog, keptByCodex } from '../testing/event-log.ts';
import { looseEndOf } from './loose-end.ts';

function threadOf(...stories: readonly ((log: EventLog) => void)[]): EventLog {
  const log = new EventLog();
  for (const story of stories) story(log);
  return log;
}

const cutOff = threadOf(datesTurn, (log) => cutOffTurn(log));

test.each<[string, ThreadView, 'codex-native' | 'api' | 'auto', boolean]>([
  ['Codex has it', keptByCodex(cutOff), 'codex-native', true],
  ['Codex has nothing', cutOff.view(), 'codex-native', false],
  ['another lane would answer', keptByCodex(cutOff), 'api', false],
  ['another lane may answer', keptByCodex(cutOff), 'auto', false],
])('a turn that was cut off resumes or not: %s', (_name, thread, lane, resumes) => {
  expect(looseEndOf(thread, lane)).toMatchObject({
    turnId: 'turn-2',
    resumes,
    prompt: { text: 'Rename every test, one by one.' },
  });
});

test('what was asked for by a command is no prompt to send again', () => {
  const review = { kind: 'review', target: { kind: 'uncommitted_changes' } } as const;
  const rows = cutOff.view().rows.map((row) => (row.kind === 'user' ? { ...row, act: review } : row));
  expect(looseEndOf({ ...keptByCodex(cutOff), rows }, 'codex-native')).toMatchObject({
    turnId: 'turn-2',
    prompt: null,
  });
});

test('a turn that ended has no loose end, nor one with a turn or a prompt after it', () => {
  const log = threadOf((log) => cutOffTurn(log), datesTurn);
  expect(looseEndOf(keptByCodex(log), 'codex-native')).toBeNull();
  const { rows } = cutOff.view();
  const queued = rows.filter((row) => row.kind === 'user');
  expect(looseEndOf({ ...keptByCodex(cutOff), queued }, 'codex-native')).toBeNull();
  expect(looseEndOf(new EventLog().view(), 'codex-native')).toBeNull();
});
