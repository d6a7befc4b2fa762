import { expect, test } from 'vitest';
import type { Reply } from '../index.ts';
import { readReply } from './reply.ts';

const payer = { id: 'p', kind: 'payer-changed', from: 'ChatGPT (a@example.org)', to: 'API key …abcd' } as const;
const trust = { id: 't', kind: 'folder-trust', folder: '/home/me/project' } as const;

test.each<Reply>([
  { ok: true },
  { ok: false, message: 'No.' },
  { ok: false, message: 'Asked.', ask: payer },
  { ok: false, message: 'Asked.', ask: trust },
  { ok: false, message: 'Asked.', ask: { ...trust, kind: 'no-git' } },
])('a reply is taken: %j', (reply) => {
  expect(readReply(reply)).toEqual({ ok: true, reply });
});

test.each([
  ['another kind of question', { ...payer, kind: 'buy-tokens' }],
  ['a payer without the one before', { id: 'p', kind: 'payer-changed', to: 'API key …abcd' }],
  ['a payer without the next one', { id: 'p', kind: 'payer-changed', from: 'ChatGPT' }],
  ['a payer without a name', { ...payer, to: '' }],
  ['trust in no folder', { id: 't', kind: 'folder-trust' }],
  ['Git missing in no folder', { id: 't', kind: 'no-git' }],
  ['a folder that is no text', { ...trust, folder: 3 }],
  ['a question without an id', { kind: 'folder-trust', folder: '/a' }],
  ['an id without end', { ...trust, id: 'x'.repeat(9000) }],
  ['null', null],
])('%s is refused with words', (_name, ask) => {
  const read = readReply({ ok: false, message: 'Asked.', ask });
  expect(read.ok).toBe(false);
  expect(read.ok ? '' : read.why).not.toBe('');
});

test('a prompt that was taken asks nothing', () => {
  expect(readReply({ ok: true, ask: payer }).ok).toBe(false);
});
