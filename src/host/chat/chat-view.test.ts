import { beforeEach, expect, test, vi } from 'vitest';
import type { WebviewView } from 'vscode';
import type { FakeEditor } from '../../../test/fakes/editor.ts';
import type { Attachment } from '../../model/index.ts';
import { emptyThread, threadId } from '../../model/index.ts';
import type { FromWebview, Reply, ToWebview } from '../../protocol/index.ts';
import type { HostContext } from '../context.ts';
import { ChatView } from './chat-view.ts';

const editor = vi.hoisted((): FakeEditor => ({ said: [], ran: [], lists: [], documents: [], answers: [] }));
vi.mock('vscode', async () => {
  const fake = (await import('../../../test/fakes/editor.ts')).fakeEditor(editor);
  const uri = { joinPath: (_: unknown, ...parts: readonly string[]) => parts.join('/') };
  return { ...fake, env: { language: 'en' }, Uri: { ...(fake.Uri as object), ...uri } };
});
// What the composer shows has tests of its own.
vi.mock('./composer.ts', () => ({ composerState: () => ({}), welcomeOf: () => ({}) }));

const image: Attachment = { kind: 'image', path: '/home/me/a.png', label: 'a.png' };
const page = { viewId: 'codexLanes.chat' } as const;
const hello: FromWebview = { ...page, type: 'hello', threadId: null, lastSeq: 0 };

/** A view that shows the thread `shown`; `reply` is what the core says to a prompt. */
function view(reply: () => Promise<Reply> = async () => ({ ok: true })) {
  const state = { shown: 'a', posted: [] as ToWebview[], waited: [] as string[], sent: [] as string[], warned: 0 };
  const kept = new Map<string, unknown>();
  let take: (message: unknown) => void = () => {};
  let attach: (files: readonly Attachment[]) => void = () => {};
  let hide: () => void = () => {};
  const none = () => () => {};
  const thread = () => ({ threadId: threadId(state.shown), cwd: null, begun: true });
  const threads = {
    view: async () => emptyThread(threadId(state.shown)),
    wait: (id: string) => state.waited.push(id) > 0,
    worktree: { diff: async () => ({ ok: false, message: 'compared' }) },
  };
  const core = { get: async () => ({ threads }), loaded: () => ({ threads }) };
  const webview = {
    onDidReceiveMessage: (call: typeof take) => (take = call),
    asWebviewUri: String,
    cspSource: 'source',
    postMessage: async (message: ToWebview) => void state.posted.push(message),
  };
  const visible = { visible: true, onDidChangeVisibility: (call: () => void) => (hide = call), webview };
  const ctx = {
    extension: {
      workspaceState: {
        get: (key: string) => kept.get(key),
        update: async (key: string, to: unknown) => kept.set(key, to),
      },
    },
    core,
    session: {
      thread,
      open: async () => ({ app: { threads }, thread: thread() }),
      draft: () => '',
      refusal: () => null,
      activity: () => ({}),
      submit: async (_: string, text: string) => {
        state.sent.push(text);
        return reply();
      },
      onAttach: (call: typeof attach) => {
        attach = call;
        return () => {};
      },
      ...{ onEvents: none, onChange: none, onRetell: none },
    },
    ...{ status: { onChange: none, current: none }, settings: { onChange: none, get: none } },
    workspace: { onChange: none, folders: () => [], trusted: () => true },
    log: { warn: () => (state.warned += 1), error: () => {}, info: () => {} },
  } as unknown as HostContext;
  const chat = new ChatView(ctx, visible as unknown as WebviewView);
  return {
    state,
    take: (message: FromWebview) => take(message),
    attach: (files: readonly Attachment[]) => attach(files),
    hide: () => {
      visible.visible = false;
      hide();
    },
    types: () => state.posted.map(({ type }) => type),
    close: () => chat.dispose(),
  };
}

let open: ReturnType<typeof view>;
beforeEach(() => {
  for (const list of [editor.said, editor.answers]) list.length = 0;
  return () => open.close();
});

test('files that are chosen while no page is there are handed to the next one, behind its thread', async () => {
  open = view();
  open.attach([image]);
  open.take(hello);
  await expect.poll(open.types).toEqual(['snapshot', 'attached']);
  open.hide();
  open.attach([image]);
  open.take(hello);
  await expect.poll(open.types).toEqual(['snapshot', 'attached', 'snapshot', 'attached']);
});

test('the page acts on the thread that it shows alone', async () => {
  open = view();
  const other = { ...page, threadId: threadId('b') };
  open.take({ ...other, type: 'turn.wait' });
  open.take({ ...other, type: 'worktree.merge' });
  open.take({ ...other, type: 'options.pick' });
  open.take({ ...page, type: 'turn.wait', threadId: threadId('a') });
  await expect.poll(() => open.state.waited).toEqual(['a']);
  expect([open.state.warned, editor.said]).toEqual([3, []]);
});

test('a file that was not handed out here is not sent', async () => {
  open = view();
  const submit = { ...page, type: 'turn.submit', requestId: 'r', threadId: threadId('a'), text: 'look' } as FromWebview;
  open.take({ ...submit, attachments: [image] } as FromWebview);
  await expect.poll(open.types).toEqual(['reply']);
  expect([open.state.posted[0], open.state.sent]).toMatchObject([{ reply: { ok: false } }, []]);
  open.attach([image]);
  open.take({ ...submit, attachments: [image] } as FromWebview);
  await expect.poll(() => open.state.sent).toEqual(['look']);
});

test('a refusal in a thread that is not shown any more is told', async () => {
  open = view(async () => {
    open.state.shown = 'b';
    return { ok: false, message: 'No key.' };
  });
  open.take({ ...page, type: 'turn.submit', requestId: 'r', threadId: threadId('a'), text: 'go' } as FromWebview);
  await expect.poll(() => editor.said.map(({ text }) => text)).toEqual([expect.stringContaining('No key.')]);
});
