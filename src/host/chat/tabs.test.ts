import { beforeEach, expect, test, vi } from 'vitest';
import type { WebviewPanel, WebviewPanelSerializer } from 'vscode';
import type { FakeEditor } from '../../../test/fakes/editor.ts';
import { threadId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { openShownInTab, openTab, registerTabs } from './tabs.ts';

const editor = vi.hoisted((): FakeEditor => ({ said: [], ran: [], lists: [], documents: [], answers: [] }));
const made = vi.hoisted(() => ({ columns: [] as unknown[], close: [] as (() => void)[], serializer: null as unknown }));
vi.mock('vscode', async () => {
  const fake = (await import('../../../test/fakes/editor.ts')).fakeEditor(editor);
  const none = { dispose: () => {} };
  const panel = () => ({
    webview: {},
    active: true,
    visible: true,
    title: '',
    reveal: () => editor.ran.push('reveal'),
    onDidChangeViewState: () => none,
    onDidDispose: (call: () => void) => made.close.push(call),
  });
  return {
    ...fake,
    ViewColumn: { Active: -1, Beside: -2 },
    Uri: { joinPath: (_: unknown, ...parts: readonly string[]) => parts.join('/') },
    TabInputWebview: class {},
    window: {
      ...(fake.window as object),
      onDidChangeWindowState: () => none,
      createWebviewPanel: (_type: string, _title: string, column: number) => {
        made.columns.push(column);
        return panel();
      },
      registerWebviewPanelSerializer: (_type: string, serializer: unknown) => {
        made.serializer = { ...(serializer as object), panel };
        return none;
      },
    },
  };
});
// A page of its own has tests of its own.
vi.mock('./chat-view.ts', () => ({
  ChatView: class {
    dispose(): void {}
  },
}));

/** A window whose side bar shows `a`, and a tab of which shows `b`. */
function opened(running = false) {
  const did: unknown[] = [];
  const chat = (id: string, shown: string, begun = true) => ({
    id,
    thread: () => ({ threadId: threadId(shown), cwd: null, begun }),
    open: async () => ({ thread: { threadId: threadId(shown), cwd: null, begun } }),
    startNew: async () => did.push(`${id} starts new`),
    reveal: async () => did.push(`${id} is revealed`),
    activity: () => ({ running }),
    onChange: () => () => {},
    onEvents: () => () => {},
  });
  const sideBar = chat('side', 'a');
  const tab = chat('tab-b', 'b');
  const chats = {
    sideBar,
    showing: (id: string) => [sideBar, tab].find((each) => each.thread().threadId === id) ?? null,
    has: (id: string) => id === tabOpen,
    use: () => {},
    add: (id: string, _: unknown, first: { readonly threadId: string } | null) => {
      did.push(['added', first?.threadId ?? null, id === tabOpen || id === tabGone ? id : 'new id']);
      return chat(id, first?.threadId ?? 'new');
    },
    remove: () => did.push('removed'),
    bring: async (id: string) => did.push(`${id} is brought`),
  };
  const ctx = {
    ...{ chats, session: sideBar, extension: { extensionUri: '' }, log: { error: () => {}, warn: () => {} } },
    core: { loaded: () => null },
  } as unknown as HostContext;
  return { ctx, did, sideBar, chat };
}

const tabOpen = `tab-${'0'.repeat(36)}`;
const tabGone = `tab-${'1'.repeat(36)}`;

beforeEach(() => {
  for (const list of [editor.said, editor.answers, editor.ran, made.columns, made.close]) list.length = 0;
});

test('a tab opens with a new thread, where it was asked for', async () => {
  const { ctx, did } = opened();
  await openTab(ctx, 'active', null);
  await openTab(ctx, 'beside', null);
  expect(made.columns).toEqual([-1, -2]);
  expect(did).toEqual([
    ['added', null, 'new id'],
    ['added', null, 'new id'],
  ]);
});

test('a thread is in one chat at a time: it moves out of the side bar, and a tab that has it comes into sight', async () => {
  const { ctx, did } = opened();
  await openTab(ctx, 'active', threadId('a'));
  await openTab(ctx, 'active', threadId('b'));
  await openTab(ctx, 'active', threadId('c'));
  expect(did).toEqual(['side starts new', ['added', 'a', 'new id'], 'tab-b is revealed', ['added', 'c', 'new id']]);
});

test('the shown thread moves; one that has not begun stays with its draft', async () => {
  const { ctx, did, chat } = opened();
  await openShownInTab(ctx);
  expect(did).toEqual(['side starts new', ['added', 'a', 'new id']]);
  did.length = 0;
  await openShownInTab({ ...ctx, session: chat('side', 'a', false) } as unknown as HostContext);
  expect(did).toEqual([['added', null, 'new id']]);
});

test('a tab that is closed while its turn runs says that the turn goes on, and the thread can be shown', async () => {
  const { ctx, did } = opened(true);
  editor.answers.push('Show Thread');
  await openTab(ctx, 'active', threadId('c'));
  made.close[0]?.();
  await vi.waitFor(() => expect(did.at(-1)).toBe('c is brought'));
  expect(did).toContain('removed');
  expect(editor.said).toMatchObject([{ how: 'information', buttons: ['Show Thread', 'Stop Turn'] }]);
});

test('a tab of which nothing runs is closed without a word', async () => {
  const { ctx, did } = opened();
  await openTab(ctx, 'active', null);
  made.close[0]?.();
  expect([did.at(-1), editor.said]).toEqual(['removed', []]);
});

test.each([
  ['as it was', { viewId: tabGone, threadId: 'c' }, ['added', 'c', tabGone]],
  ['a copy of one that is open, under a name of its own', { viewId: tabOpen, threadId: 'b' }, ['added', 'b', 'new id']],
  ['something else altogether', { viewId: '../x', threadId: '../y' }, ['added', null, 'new id']],
])('a tab comes back with the window: %s', async (_name, state, expected) => {
  const { ctx, did } = opened();
  registerTabs(ctx);
  const { panel, ...serializer } = made.serializer as WebviewPanelSerializer & { panel: () => WebviewPanel };
  await serializer.deserializeWebviewPanel(panel(), state);
  expect(did).toEqual([expected]);
});
