import fc from 'fast-check';
import { expect, test } from 'vitest';
import type * as z from 'zod';
import type { FromWebview } from '../index.ts';
import { maxImageBytes } from '../index.ts';
import type { fromWebviewSchema } from './from-webview.ts';
import { readFromWebview } from './from-webview.ts';

/** Brands aside, the schema and the protocol say the same, both ways: a message added to one alone does not compile. */
type Plain<T> = T extends string ? string : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
type Typed = FromWebview extends infer M
  ? M extends { type: infer T }
    ? Omit<Plain<M>, 'type'> & { type: T }
    : never
  : never;
type Parsed = z.infer<typeof fromWebviewSchema>;
const same: [Typed['type']] extends [Parsed['type']]
  ? [Parsed['type']] extends [Typed['type']]
    ? true
    : never
  : never = true;
const fits: Parsed extends { viewId: string; type: FromWebview['type'] } ? true : never = true;

test('a message of the protocol is taken', () => {
  expect([same, fits]).toEqual([true, true]);
  const message = { viewId: 'v', type: 'turn.submit', requestId: 'r', threadId: 't', text: 'hi' };
  expect(readFromWebview(message)).toEqual({ ok: true, message });
  const confirmed = { ...message, confirmed: ['payer-changed:a:b'] };
  expect(readFromWebview(confirmed)).toEqual({ ok: true, message: confirmed });
});

const image = {
  viewId: 'v',
  type: 'attach.paste',
  dataUrl: 'data:image/png;base64,iVBORw0K',
  mime: 'image/png',
  name: 'a.png',
};
const attachment = { kind: 'image', path: '/home/me/a.png', label: 'a.png' };
const submit = { viewId: 'v', type: 'turn.submit', requestId: 'r', threadId: 't', text: 'hi' };
const answer = { viewId: 'v', type: 'approval.answer', requestId: 'r', threadId: 't', approvalId: 'a' };

test.each<unknown>([
  { ...submit, attachments: [attachment] },
  { ...submit, as: 'steer' },
  { ...submit, as: 'now' },
  { viewId: 'v', type: 'queued.send', requestId: 'r', threadId: 't', turnId: 'u' },
  { viewId: 'v', type: 'queued.drop', requestId: 'r', threadId: 't', turnId: 'u' },
  { viewId: 'v', type: 'pong', n: 3 },
  { viewId: 'v', type: 'focused' },
  { viewId: 'v', type: 'turn.wait', threadId: 't' },
  { ...answer, given: { decision: 'accept' } },
  { ...answer, given: { decision: 'accept', grant: 'folder' } },
  { ...answer, given: { decision: 'answer', answers: { name: ['Ada'], tags: ['a', 'b'] } } },
  { viewId: 'v', type: 'thread.open' },
  { viewId: 'v', type: 'thread.open', threadId: 't' },
  { viewId: 'v', type: 'thread.fork', threadId: 't' },
  { viewId: 'v', type: 'options.pick', threadId: 't' },
  { viewId: 'v', type: 'attach.pick' },
  image,
  { ...image, mime: 'image/webp', dataUrl: 'data:image/webp;base64,AA==' },
  { viewId: 'v', type: 'file.open', path: 'a.ts', line: null },
  { viewId: 'v', type: 'file.open', path: 'a.ts', line: 3, column: 4 },
  { viewId: 'v', type: 'code.insert', text: 'x' },
  { viewId: 'v', type: 'text.open', kind: 'code', text: 'x', language: 'ts' },
  { viewId: 'v', type: 'text.open', kind: 'output', text: 'x', language: null },
  { viewId: 'v', type: 'change.open', threadId: 't', itemId: 't:item_1', path: '/w/a.ts' },
  { viewId: 'v', type: 'receipt.copy', threadId: 't', turnId: 'u', as: 'json' },
  { viewId: 'v', type: 'worktree.diff', threadId: 't' },
  { viewId: 'v', type: 'worktree.merge', threadId: 't' },
  { viewId: 'v', type: 'worktree.discard', threadId: 't' },
])('a message is taken as it is: %j', (message) => {
  expect(readFromWebview(message)).toEqual({ ok: true, message });
});

test('an image of the largest size is taken, one more byte is not', () => {
  const ofBytes = (bytes: number) => ({
    ...image,
    dataUrl: `data:image/png;base64,${'A'.repeat(Math.ceil(bytes / 3) * 4)}`,
  });
  expect(readFromWebview(ofBytes(maxImageBytes)).ok).toBe(true);
  expect(readFromWebview(ofBytes(maxImageBytes + 30)).ok).toBe(false);
});

function submitWith(confirmed: unknown): unknown {
  return { viewId: 'v', type: 'turn.submit', requestId: 'r', threadId: 't', text: 'hi', confirmed };
}

const answerWith = (answers: unknown) => ({ ...answer, given: { decision: 'answer', answers } });

test.each([
  ['another type', { viewId: 'v', type: 'shell.run', command: 'rm' }],
  ['a field too much', { viewId: 'v', type: 'thread.new', extra: 1 }],
  [
    'a prompt over the cap',
    { viewId: 'v', type: 'turn.submit', requestId: 'r', threadId: 't', text: 'x'.repeat(1_000_001) },
  ],
  ['a negative line', { viewId: 'v', type: 'file.open', path: 'a', line: -1 }],
  ['a way to send that there is not', { ...submit, as: 'later' }],
  ['a change of no prompt', { viewId: 'v', type: 'queued.drop', requestId: 'r', threadId: 't' }],
  ['a yes that is no list', submitWith('payer-changed')],
  ['a yes to nothing', submitWith([''])],
  ['a yes by a number', submitWith([1])],
  ['more yeses than there are questions', submitWith(Array.from({ length: 17 }, String))],
  ['a yes as long as a book', submitWith(['x'.repeat(9000)])],
  ['no yes where there is a place for one', submitWith(null)],
  ['more files than go with a prompt', { ...submit, attachments: Array.from({ length: 17 }, () => attachment) }],
  ['a file of another kind', { ...submit, attachments: [{ ...attachment, kind: 'folder' }] }],
  ['a path as long as a book', { ...submit, attachments: [{ ...attachment, path: '/'.repeat(4097) }] }],
  ['a file with a field too much', { ...submit, attachments: [{ ...attachment, content: 'x' }] }],
  ['an image of another type', { ...image, mime: 'image/svg+xml', dataUrl: 'data:image/svg+xml;base64,AAAA' }],
  ['an image that is not of the type it names', { ...image, dataUrl: 'data:image/gif;base64,AAAA' }],
  ['an image that is an address', { ...image, dataUrl: 'https://example.com/a.png' }],
  ['an image that is no base64', { ...image, dataUrl: 'data:image/png;base64,<svg>' }],
  ['an empty image', { ...image, dataUrl: 'data:image/png;base64,' }],
  ['an image without a name', { ...image, name: '' }],
  ['a fork of nothing', { viewId: 'v', type: 'thread.fork' }],
  ['a change of no item', { viewId: 'v', type: 'change.open', threadId: 't', path: '/w/a.ts' }],
  [
    'a change that brings what stood before',
    { viewId: 'v', type: 'change.open', threadId: 't', itemId: 'i', path: 'a', blob: 'b' },
  ],
  ['an answer to nothing', { ...answer, approvalId: '' }],
  ['an answer without a decision', { ...answer, given: {} }],
  ['a grant of another kind', { ...answer, given: { decision: 'accept', grant: 'everything' } }],
  ['an answer with a result of its own', { ...answer, given: { decision: 'accept', result: { decision: 'accept' } } }],
  ['answers that are no lists', { ...answer, given: { decision: 'answer', answers: { name: 'Ada' } } }],
  ['more fields than a form has', answerWith(Object.fromEntries(Array.from({ length: 65 }, (_, n) => [n, ['x']])))],
  ['an answer as long as a book', answerWith({ name: ['x'.repeat(100_001)] })],
  ['no view', { type: 'thread.new' }],
  ['null', null],
])('%s is refused with words', (_name, message) => {
  const read = readFromWebview(message);
  expect(read.ok).toBe(false);
  expect(read.ok ? '' : read.why).not.toBe('');
});

test('why an answer is refused does not tell what was typed', () => {
  const read = readFromWebview(answerWith({ name: ['hunter2'.repeat(20_000)], key: 'hunter2' }));
  expect(read.ok ? '' : read.why).toMatch(/answers/);
  expect(read.ok ? '' : read.why).not.toContain('hunter2');
});

test('nothing that a page can send throws', () => {
  fc.assert(
    fc.property(fc.anything(), (message) => {
      expect(typeof readFromWebview(message).ok).toBe('boolean');
    }),
    { seed: 11, numRuns: 500 },
  );
});
