import { expect, test } from 'vitest';
import type { Receipt, RowOf } from '../../model/index.ts';
import { emptyThread, threadId, turnId } from '../../model/index.ts';
import { receiptText } from './receipt-text.ts';

const receipt = {
  asked: 'api',
  resolved: 'api',
  transport: 'responses',
  executable: null,
  endpoint: 'api.example.org',
  payer: null,
  modelAsked: null,
  modelServed: 'gpt-5.5',
  effort: null,
  sandbox: null,
  approvalPolicy: null,
  cwd: null,
  nativeThreadId: null,
  completionPolicy: null,
  historyCompleteness: null,
  usage: null,
  usageAuthority: null,
  exitCode: null,
  killStep: 'none',
  trace: [],
  warnings: {},
  durations: { queueMs: 1, firstEventMs: null, firstTextMs: null, totalMs: 9 },
  seal: 'f'.repeat(64),
} satisfies Receipt;

const row: RowOf<'receipt'> = {
  key: 'e9',
  kind: 'receipt',
  turnId: turnId('turn-1'),
  itemId: null,
  startedAt: '2026-01-02T03:04:05.000Z',
  endedAt: null,
  open: false,
  cutOff: false,
  receipt,
};
const thread = { ...emptyThread(threadId('thread-1')), rows: [row] };

test('a receipt is given whole, as JSON and as Markdown', () => {
  expect(JSON.parse(receiptText(thread, turnId('turn-1'), 'json') ?? '')).toEqual(receipt);
  const markdown = receiptText(thread, turnId('turn-1'), 'markdown');
  expect(markdown).toContain('### Turn receipt turn-1');
  expect(markdown).toContain('| Endpoint | api.example.org |');
});

test('a turn that has no receipt has no text', () => {
  expect(receiptText(thread, turnId('turn-2'), 'json')).toBeNull();
});
