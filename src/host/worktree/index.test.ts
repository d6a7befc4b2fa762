import { beforeEach, expect, test, vi } from 'vitest';
import type { FakeEditor } from '../../../test/fakes/editor.ts';
import type { App } from '../../compose.ts';
import { emptyThread, threadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { createCore } from '../core/index.ts';
import { discard, merge, showDiff } from './index.ts';

type Actions = App['threads']['worktree'];

const editor = vi.hoisted((): FakeEditor => ({ said: [], ran: [], lists: [], documents: [], answers: [] }));
vi.mock('vscode', async () => (await import('../../../test/fakes/editor.ts')).fakeEditor(editor));

const id = threadId('t');
const file = { path: 'src/a.ts', kind: 'update', added: 3, removed: 1 } as const;
const done: string[] = [];

function windowWith(answers: {
  readonly running?: boolean;
  readonly diff?: Awaited<ReturnType<Actions['diff']>>;
  readonly merge?: Awaited<ReturnType<Actions['merge']>>;
  readonly discard?: Awaited<ReturnType<Actions['discard']>>;
}): HostContext {
  const threads = {
    activity: () => ({ running: answers.running === true }),
    view: async () => ({
      ...emptyThread(id),
      title: 'Fix/it',
      cwd: '/w',
      worktree: { path: '/tree', origin: '/w', base: 'abc' },
    }),
    worktree: {
      diff: async () => answers.diff ?? { ok: true, diff: '--- a', files: [file] },
      merge: async () => {
        done.push('merge');
        return answers.merge ?? { ok: true, files: 1 };
      },
      discard: async () => {
        done.push('discard');
        return answers.discard ?? { ok: true, kept: 'refs/codex-lanes/discarded/t' };
      },
    },
  };
  const log = { info: () => {}, warn: () => {} };
  return { core: createCore(async () => ({ threads }) as unknown as App), log } as unknown as HostContext;
}

const texts = () => editor.said.map(({ how, text }) => `${how}: ${text}`);

beforeEach(() => {
  for (const list of [editor.said, editor.documents, editor.answers, done]) list.length = 0;
});

test('the difference is a document of its own, named after the thread', async () => {
  await showDiff(windowWith({}), id);
  expect(editor.documents).toEqual(['/Fix it.diff']);
});

test('no difference and no worktree are said', async () => {
  await showDiff(windowWith({ diff: { ok: true, diff: '', files: [] } }), id);
  await showDiff(windowWith({ diff: { ok: false, message: 'This thread has no worktree.' } }), id);
  expect(texts()).toEqual(['information: The worktree has no changes.', 'error: This thread has no worktree.']);
  expect(editor.documents).toEqual([]);
});

test('no difference yet: a turn that runs is named with it', async () => {
  await showDiff(windowWith({ running: true, diff: { ok: true, diff: '', files: [] } }), id);
  expect(texts()[0]).toMatch(/^information: The worktree has no changes\. The turn is still running: /);
});

test('nothing is merged or discarded without a yes', async () => {
  await merge(windowWith({}), id);
  await discard(windowWith({}), id);
  expect(done).toEqual([]);
  expect(editor.said.map(({ how, buttons }) => [how, buttons])).toEqual([
    ['warning', ['Merge']],
    ['warning', ['Discard Worktree']],
  ]);
  expect(editor.said.every(({ detail }) => detail.includes('src/a.ts +3 −1'))).toBe(true);
});

test('what was merged is told', async () => {
  editor.answers.push('Merge');
  await merge(windowWith({}), id);
  expect([done, texts().at(-1)]).toEqual([['merge'], 'information: 1 file changed in /w.']);
});

test('a merge of nothing says so', async () => {
  editor.answers.push('Merge');
  await merge(windowWith({ diff: { ok: true, diff: '', files: [] }, merge: { ok: true, files: 0 } }), id);
  expect(editor.said[0]?.detail).toContain('nothing in /w would change');
  expect(texts().at(-1)).toBe('information: The worktree was removed; it had no changes.');
});

test('a conflict names the files, and that nothing was merged', async () => {
  editor.answers.push('Merge');
  await merge(windowWith({ merge: { ok: false, message: 'Both changed them.', conflicts: ['src/a.ts'] } }), id);
  const { text, detail } = editor.said.at(-1) ?? { text: '', detail: '' };
  expect([text, detail]).toEqual(['Nothing was merged.', 'Both changed them.\n\nsrc/a.ts']);
});

test('what was discarded is kept, and where is told', async () => {
  editor.answers.push('Discard Worktree');
  await discard(windowWith({}), id);
  expect([done, texts().at(-1)]).toEqual([
    ['discard'],
    'information: The worktree was removed. What it held is kept as refs/codex-lanes/discarded/t.',
  ]);
});

test('one that can not be compared any more can be discarded all the same', async () => {
  editor.answers.push('Discard Worktree');
  await discard(
    windowWith({ diff: { ok: false, message: 'Its folder is gone.' }, discard: { ok: true, kept: null } }),
    id,
  );
  expect(editor.said[0]?.detail).toMatch(/^Its folder is gone\.\n\nThe worktree is removed afterwards/);
  expect(texts().at(-1)).toBe('information: The worktree was removed; nothing in it had to be kept.');
});
