import { beforeEach, expect, test, vi } from 'vitest';
import type { FakeEditor } from '../../../test/fakes/editor.ts';
import type { CodexThreads } from '../../compose.ts';
import { nativeThreadId, threadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { openThread } from './index.ts';

type Item = { readonly label: string };
type Picker = {
  items: readonly Item[];
  selectedItems: readonly Item[];
  activeItems: readonly Item[];
  busy: boolean;
  enabled: boolean;
  placeholder: string;
  accept: () => void;
  hide: () => void;
};

const editor = vi.hoisted((): FakeEditor => ({ said: [], ran: [], lists: [], documents: [], answers: [] }));
const shown = vi.hoisted(() => ({ picker: null as unknown }));
vi.mock('vscode', async () => {
  const fake = (await import('../../../test/fakes/editor.ts')).fakeEditor(editor);
  const createQuickPick = () => {
    const heard = { accept: () => {}, hide: () => {} };
    const picker = {
      ...{ items: [], selectedItems: [], activeItems: [], busy: false, enabled: true, placeholder: '' },
      onDidAccept: (call: () => void) => {
        heard.accept = call;
      },
      onDidHide: (call: () => void) => {
        heard.hide = call;
      },
      onDidTriggerItemButton: () => {},
      ...{ show: () => {}, dispose: () => {}, hide: () => heard.hide(), accept: () => heard.accept() },
    };
    shown.picker = picker;
    return picker;
  };
  return {
    ...fake,
    env: { language: 'en' },
    ThemeIcon: class {},
    window: { ...(fake.window as object), createQuickPick },
  };
});
beforeEach(() => {
  for (const list of [editor.said, editor.ran]) list.length = 0;
});

const ours = {
  threadId: threadId('ours'),
  title: 'Ours',
  cwd: '/w',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  turns: 1,
  state: 'completed',
  lane: 'api',
  forkedFrom: null,
};
const theirs: CodexThreads = {
  kind: 'threads',
  threads: [
    {
      nativeThreadId: nativeThreadId('native'),
      title: 'Theirs',
      cwd: '/w',
      branch: null,
      source: 'cli',
      updatedAt: '2026-01-01T00:00:00.000Z',
    },
  ],
};

function host() {
  const listed = Promise.withResolvers<CodexThreads>();
  const opened = Promise.withResolvers<unknown>();
  const brought: string[] = [];
  const signals: AbortSignal[] = [];
  const codex = {
    list: (signal: AbortSignal) => {
      signals.push(signal);
      return listed.promise;
    },
    open: (_id: string, signal: AbortSignal) => {
      signals.push(signal);
      return opened.promise;
    },
  };
  const app = { threads: { list: async () => [ours], codex } };
  const ctx = {
    session: { id: 'a', open: async () => ({ app }) },
    chats: { showing: () => null, bring: async (id: string) => void brought.push(id) },
    workspace: { folders: () => [{ path: '/w', name: 'w' }] },
    running: { activityOf: () => null, onChange: () => () => {} },
    log: { error: () => {} },
  } as unknown as HostContext;
  const done = openThread(ctx);
  return { done, listed, opened, brought, signals };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));
const picker = () => shown.picker as Picker;
const labels = () => picker().items.map(({ label }) => label);

function choose(label: string): void {
  picker().selectedItems = picker().items.filter((item) => item.label.endsWith(label));
  picker().accept();
}

test('our threads are there at once, Codex’s own when they come; one is opened with its history', async () => {
  const { done, listed, opened, brought } = host();
  await settle();
  expect(labels()).toEqual(['$(comment-discussion) Ours']);
  expect(picker().busy).toBe(true);
  picker().activeItems = picker().items.slice(0, 1);
  listed.resolve(theirs);
  await settle();
  expect(labels()).toEqual(['$(comment-discussion) Ours', 'Codex CLI', '$(terminal) Theirs']);
  expect(picker().activeItems.map(({ label }) => label)).toEqual(['$(comment-discussion) Ours']);
  expect(picker().busy).toBe(false);
  choose('Theirs');
  expect([picker().busy, picker().enabled, brought]).toEqual([true, false, []]);
  opened.resolve({ ok: true, threadId: threadId('made') });
  await done;
  expect(brought).toEqual(['made']);
});

test('ours are chosen while Codex still thinks, which is told to stop', async () => {
  const { done, brought, signals } = host();
  await settle();
  choose('Ours');
  await done;
  expect(brought).toEqual(['ours']);
  expect(signals[0]?.aborted).toBe(true);
});

test('one that is refused says why, and nothing is shown', async () => {
  const { done, listed, opened, brought } = host();
  listed.resolve(theirs);
  await settle();
  choose('Theirs');
  opened.resolve({ ok: false, message: 'Another Codex process is using this thread.' });
  await done;
  expect(brought).toEqual([]);
  expect(editor.said.map(({ how, text }) => [how, text])).toEqual([
    ['warning', 'Another Codex process is using this thread.'],
  ]);
});

test('Escape while it is read leaves it: nothing is shown afterwards, and nothing is said', async () => {
  const { done, listed, opened, brought, signals } = host();
  listed.resolve(theirs);
  await settle();
  choose('Theirs');
  picker().hide();
  await done;
  expect(signals.at(-1)?.aborted).toBe(true);
  opened.resolve({ ok: false, message: 'stopped' });
  await settle();
  expect([brought, editor.said]).toEqual([[], []]);
});
