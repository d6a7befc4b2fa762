import { expect, test } from 'vitest';
import { canContinue } from './can-continue.ts';
import { nativeThreadId, threadId, turnId } from './ids.ts';
import type { Row, ThreadView, TurnView } from './view.ts';
import { emptyThread } from './view.ts';

const turn = (state: TurnView['state'], resolved: TurnView['resolved'] = 'codex-native'): TurnView => ({
  turnId: turnId(state),
  state,
  resolved,
  startedAt: '2026-01-01T00:00:00.000Z',
  durationMs: null,
  asked: null,
  trace: [],
  transport: null,
  model: null,
  effort: null,
  cwd: '/w',
  sandbox: null,
  approvalPolicy: null,
  diff: null,
});
const view = (turns: readonly TurnView[], more: Partial<ThreadView> = {}): ThreadView => ({
  ...emptyThread(threadId('t')),
  nativeThreadId: nativeThreadId('native'),
  turns,
  ...more,
});

const reviewOf = (id: string): Row => ({
  ...{ key: id, turnId: turnId(id), itemId: null, startedAt: '', endedAt: null, open: false, cutOff: false },
  ...{ kind: 'user', text: 'Review', attachments: [], delivery: 'start' },
  act: { kind: 'review', target: { kind: 'uncommitted_changes' } },
});

test.each([
  ['the last turn was cut off', view([turn('completed'), turn('interrupted')]), true],
  ['it has run to its end since', view([turn('interrupted'), turn('completed')]), false],
  ['it failed', view([turn('failed')]), false],
  ['nothing ran yet', view([]), false],
  ['Codex keeps nothing of it', view([turn('interrupted')], { nativeThreadId: null }), false],
  ['another lane ran it', view([turn('interrupted', 'api')]), false],
  ['it was a review', view([turn('interrupted')], { rows: [reviewOf('interrupted')] }), false],
  ['it goes on already', view([turn('interrupted')], { activeTurnId: turnId('next') }), false],
])('%s', (_, thread, expected) => expect(canContinue(thread, 'codex-native')).toBe(expected));

test.each(['api', 'auto', null] as const)('another lane than native may answer: %s', (lane) =>
  expect(canContinue(view([turn('interrupted')]), lane)).toBe(false),
);
