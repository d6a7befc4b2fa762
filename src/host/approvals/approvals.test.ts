import { beforeEach, expect, test, vi } from 'vitest';
import type { FakeEditor } from '../../../test/fakes/editor.ts';
import type { ApprovalId, ApprovalResult, GrantEntry } from '../../model/index.ts';
import { threadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { grantRows } from './grant-rows.ts';
import { answerApproval, register } from './index.ts';
import { watchQuestions } from './watch-questions.ts';

const editor = vi.hoisted((): FakeEditor => ({ said: [], ran: [], lists: [], documents: [], answers: [] }));
const state = vi.hoisted(() => ({ focused: false }));
vi.mock('vscode', async () => {
  const fake = (await import('../../../test/fakes/editor.ts')).fakeEditor(editor);
  return { ...fake, window: { ...(fake.window as object), state } };
});
beforeEach(() => {
  editor.said.length = 0;
  editor.answers.length = 0;
  state.focused = false;
});

const a = threadId('a');
const b = threadId('b');

/** The threads of a window, each running; `waits` says which of them wait. */
function threads() {
  let waits: readonly string[] = [];
  let look: () => void = () => {};
  const running = {
    current: () => [a, b].map((id) => ({ threadId: id, title: `Thread ${id}`, cwd: null })),
    activityOf: (id: string) => ({ awaitingApproval: waits.includes(id) }) as never,
    onChange: (call: () => void) => {
      look = call;
      return () => {
        look = () => {};
      };
    },
  };
  const set = (...ids: readonly string[]): void => {
    waits = ids;
    look();
  };
  return { running, set };
}

test('each question that begins to wait is told once, and only while the window has no focus', () => {
  const { running, set } = threads();
  const told: string[] = [];
  let focused = false;
  const stop = watchQuestions({ running, isFocused: () => focused, tell: (id, title) => told.push(`${id}: ${title}`) });
  set('a');
  set('a');
  set('a', 'b');
  expect(told).toEqual(['a: Thread a', 'b: Thread b']);
  set();
  focused = true;
  set('a');
  // Looking away later is no new question.
  focused = false;
  set('a');
  expect(told).toHaveLength(2);
  set();
  set('a');
  expect(told).toHaveLength(3);
  stop();
  set('b');
  expect(told).toHaveLength(3);
});

function host(result: ApprovalResult | null) {
  const { running, set } = threads();
  const logged: string[] = [];
  const brought: string[] = [];
  const log = { warn: (text: string) => logged.push(text), error: (text: string) => logged.push(text) };
  const ctx = {
    ...{ running, log, extension: { subscriptions: [] } },
    chats: { bring: async (id: string) => void brought.push(id) },
    core: { loaded: () => (result === null ? null : { threads: { answer: async () => result } }) },
  } as unknown as HostContext;
  return { ctx, set, logged, brought };
}

test('the note names the thread alone, and Show brings it', async () => {
  const { ctx, set, brought } = host(null);
  register(ctx);
  editor.answers.push('Show');
  set('b');
  await expect.poll(() => brought).toEqual(['b']);
  expect(editor.said).toEqual([
    { how: 'information', text: '“Thread b” waits for your answer.', detail: '', buttons: ['Show'] },
  ]);
});

const given = { decision: 'answer', answers: { key: ['hunter2'] } };
const answer = (ctx: HostContext) => answerApproval(ctx, a, 'q' as ApprovalId, given);

test.each([
  [{ ok: false, why: 'closed' }, /decided or withdrawn already/],
  [{ ok: false, why: 'not_offered' }, /not offered/],
  [{ ok: false, why: 'incomplete' }, /not filled in/],
  [null, /decided or withdrawn already/],
] as const)('an answer that does not count is refused with words: %j', async (result, says) => {
  const { ctx, logged } = host(result);
  expect(await answer(ctx)).toMatchObject({ ok: false, message: expect.stringMatching(says) });
  // What was typed may be a secret.
  expect(logged.join()).not.toContain('hunter2');
});

test('an answer that counts says so; a grant that was not kept is told', async () => {
  expect(await answer(host({ ok: true, notKept: null }).ctx)).toEqual({ ok: true });
  expect(editor.said).toEqual([]);
  expect(await answer(host({ ok: true, notKept: 'The disk is full.' }).ctx)).toEqual({ ok: true });
  expect(editor.said.map(({ text }) => text)).toEqual([
    'It was allowed this once. The grant was not kept: The disk is full.',
  ]);
});

test('grants are listed with where they hold and what they were used for', () => {
  const grant = (more: Partial<GrantEntry>): GrantEntry => ({
    ...{ id: 'g', kind: 'folder', command: 'npm\ntest $(x)', folder: '/w', threadId: a },
    ...{ givenAt: '2026-01-01T00:00:00.000Z', lapsesAt: '2026-03-01T00:00:00.000Z', uses: 0, last: null, ...more },
  });
  const last = { at: '2026-01-31T00:00:00.000Z', threadId: b };
  const rows = grantRows({
    grants: [
      grant({}),
      grant({ kind: 'thread', uses: 1, last, lapsesAt: '2026-01-31T00:00:00.000Z' }),
      grant({ threadId: threadId('gone'), kind: 'thread', uses: 3, last }),
      grant({
        sandbox: 'workspace-write',
        scripts: [
          { name: 'package.json: test', digest: 'a' },
          { name: './build.sh', digest: 'b' },
        ],
      }),
      grant({ sandbox: 'danger-full-access' }),
    ],
    titleOf: (id) => (id === 'gone' ? null : `Thread ${id}`),
    now: Date.parse('2026-02-01T00:00:00.000Z'),
    language: 'en',
    dayOf: (at) => at.slice(0, 10),
    t: (text, ...args) => text.replace(/\{(\d)\}/g, (_, index: string) => String(args[Number(index)])),
  });
  expect(rows.map(({ label, description, detail }) => [label, description, detail])).toEqual([
    ['npm test \\$(x)', 'always in /w', 'not used yet · lapses on 2026-03-01 unless it is used'],
    ['npm test \\$(x)', 'in /w, thread “Thread a”', 'used once, yesterday in “Thread b” · lapsed on 2026-01-31'],
    [
      'npm test \\$(x)',
      'in /w, thread “a thread that is gone”',
      'used 3 times, last yesterday in “Thread b” · lapses on 2026-03-01 unless it is used',
    ],
    [
      'npm test \\$(x)',
      'always in /w · in Codex’s sandbox',
      'not used yet · lapses on 2026-03-01 unless it is used · lapses when this changes: package.json: test, ./build.sh',
    ],
    ['npm test \\$(x)', 'always in /w · without a sandbox', 'not used yet · lapses on 2026-03-01 unless it is used'],
  ]);
});
