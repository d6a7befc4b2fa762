import { beforeEach, expect, test, vi } from 'vitest';
import type { ActRefusals, ReviewTarget, SendQuestion, TurnAct } from '../../model/index.ts';
import { threadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { compactThread, reviewChanges } from './index.ts';

/** What the user chooses in each list, by a word of its row, and types; and what was said. */
const user = vi.hoisted(() => ({ picks: [] as string[], typed: '', said: [] as string[], yes: false }));
vi.mock('vscode', () => {
  const say = async (text: string) => void user.said.push(text);
  return {
    env: { language: 'en' },
    l10n: {
      t: (text: string, ...args: unknown[]) => text.replace(/\{(\d)\}/g, (_, n: string) => String(args[Number(n)])),
    },
    window: {
      showQuickPick: async (items: readonly { readonly label: string }[]) => {
        const word = user.picks.shift();
        return word === undefined ? undefined : items.find(({ label }) => label.includes(word));
      },
      showInputBox: async () => user.typed,
      showErrorMessage: say,
      showInformationMessage: say,
      showWarningMessage: async (text: string, ...buttons: readonly unknown[]) => {
        user.said.push(text);
        return user.yes ? buttons.at(-1) : undefined;
      },
    },
  };
});

const can: ActRefusals = { compact: null, review: null };
const git = {
  ok: true,
  branch: 'topic',
  branches: ['main', 'origin/main'],
  commits: [{ sha: 'a'.repeat(40), title: 'fix $(it)', at: '2026-01-01T00:00:00Z' }],
};

beforeEach(() => {
  Object.assign(user, { picks: [], typed: '', said: [], yes: false });
});

function chat({ acts = can, choices = git as unknown, ask = null as SendQuestion | null } = {}) {
  const sent: { readonly text: string; readonly act: TurnAct | undefined; readonly confirmed: readonly string[] }[] =
    [];
  const asked: unknown[] = [];
  const session = {
    reveal: async () => {},
    thread: () => ({ threadId: threadId('a'), cwd: '/w', begun: false }),
    submit: async (
      _id: string,
      text: string,
      confirmed: readonly string[],
      _files: unknown,
      as: string,
      act?: TurnAct,
    ) => {
      expect(as).toBe('queue');
      sent.push({ text, act, confirmed });
      return ask === null || confirmed.includes(ask.id) ? { ok: true } : { ok: false, message: 'Really?', ask };
    },
  };
  const threads = {
    view: async () => ({}),
    acts: () => acts,
    reviewChoices: async (...args: unknown[]) => {
      asked.push(args);
      return choices;
    },
  };
  const ctx = { session, core: { get: async () => ({ threads }) } } as unknown as HostContext;
  return { ctx, sent, asked };
}

test('a compaction is asked for in words, as a turn of the shown thread', async () => {
  const { ctx, sent } = chat();
  await compactThread(ctx, threadId('a'));
  expect(sent).toEqual([{ text: 'Compact this thread', act: { kind: 'compact' }, confirmed: [] }]);
});

test.each<readonly [readonly string[], ReviewTarget, string]>([
  [['Uncommitted'], { kind: 'uncommitted_changes' }, 'Review the uncommitted changes'],
  [
    ['Branch', 'origin/'],
    { kind: 'base_branch', branch: 'origin/main' },
    'Review what the branch has and origin/main has not',
  ],
  [
    ['Commit…', 'fix'],
    { kind: 'commit', sha: 'a'.repeat(40), title: 'fix $(it)' },
    'Review the commit aaaaaaa: fix $(it)',
  ],
  [['Instructions'], { kind: 'custom', instructions: 'look at the locks' }, 'Review: look at the locks'],
])('a review of what is chosen: %s', async (picks, target, text) => {
  user.picks = [...picks];
  user.typed = ' look at the locks ';
  const { ctx, sent, asked } = chat();
  await reviewChanges(ctx, threadId('a'));
  expect(sent).toEqual([{ text, act: { kind: 'review', target }, confirmed: [] }]);
  expect(asked).toEqual(picks.length === 2 ? [['a', '/w']] : []);
});

test('nothing is sent where a list is left, nothing is typed, or git has nothing', async () => {
  const left = chat();
  for (const picks of [[], ['Branch'], ['Commit…'], ['Instructions']]) {
    user.picks = picks;
    await reviewChanges(left.ctx, threadId('a'));
  }
  expect([left.sent, user.said]).toEqual([[], []]);
  const without = chat({ choices: { ok: false, message: 'not a git repository' } });
  user.picks = ['Branch'];
  await reviewChanges(without.ctx, threadId('a'));
  const empty = chat({ choices: { ok: true, branch: null, branches: [], commits: [] } });
  for (const pick of ['Branch', 'Commit…']) {
    user.picks = [pick];
    await reviewChanges(empty.ctx, threadId('a'));
  }
  expect(user.said).toEqual([
    'Git could not be asked: not a git repository',
    'There is no other branch to review against.',
    'There is no commit to review.',
  ]);
  expect([without.sent, empty.sent]).toEqual([[], []]);
});

test('where it can’t be done, the reason is said and nothing is sent', async () => {
  const { ctx, sent } = chat({ acts: { compact: 'Nothing to compact.', review: 'The gate is shut.' } });
  user.picks = ['Uncommitted'];
  await compactThread(ctx, threadId('a'));
  await reviewChanges(ctx, threadId('a'));
  expect([sent, user.said]).toEqual([[], ['Nothing to compact.', 'The gate is shut.']]);
});

test('a question before the send is asked, and the same is sent again with the yes', async () => {
  const ask: SendQuestion = { id: 'q', kind: 'no-git', folder: '/w' };
  user.yes = true;
  const { ctx, sent } = chat({ ask });
  await compactThread(ctx, threadId('a'));
  expect(sent.map(({ act, confirmed }) => [act?.kind, confirmed])).toEqual([
    ['compact', []],
    ['compact', ['q']],
  ]);
});
