import { beforeEach, expect, test, vi } from 'vitest';
import type { Webview } from 'vscode';
import type { FakeEditor } from '../../../test/fakes/editor.ts';
import type { Attachment, LogEvent } from '../../model/index.ts';
import { emptyThread, itemId, noReadings, requestId, threadId, turnId } from '../../model/index.ts';
import type { FromWebview, Ping, Reply, ToWebview } from '../../protocol/index.ts';
import type { HostContext } from '../context.ts';
import { ChatView } from './chat-view.ts';

const editor = vi.hoisted((): FakeEditor => ({ said: [], ran: [], lists: [], documents: [], answers: [] }));
vi.mock('vscode', async () => {
  const fake = (await import('../../../test/fakes/editor.ts')).fakeEditor(editor);
  const uri = { joinPath: (_: unknown, ...parts: readonly string[]) => parts.join('/'), file: String };
  return { ...fake, env: { language: 'en' }, Uri: { ...(fake.Uri as object), ...uri } };
});
// What the composer shows has tests of its own.
vi.mock('./composer.ts', () => ({ composerState: () => ({}) }));
vi.mock('./page-words.ts', () => ({ readPageWords: async () => ({ tag: 'en', direction: 'ltr', strings: {} }) }));
vi.mock('./welcome-facts.ts', () => ({ welcomeFor: () => ({}) }));

const image: Attachment = { kind: 'image', path: '/home/me/a.png', label: 'a.png' };
const page = { viewId: 'codexLanes.chat' } as const;
const hello: FromWebview = { ...page, type: 'hello', threadId: null, lastSeq: 0 };

/** A view that shows the thread `shown`; `reply` is what the core says to a prompt. */
function view(reply: () => Promise<Reply> = async () => ({ ok: true })) {
  const state = {
    ...{ shown: 'a', seq: 0, warned: 0, loads: 0, recreated: 0, used: 0 },
    ...{ posted: [] as (ToWebview | Ping)[], waited: [] as string[], sent: [] as string[] },
  };
  const kept = new Map<string, unknown>();
  let take: (message: unknown) => void = () => {};
  let attach: (files: readonly Attachment[]) => void = () => {};
  let look: () => void = () => {};
  let events: (batch: readonly LogEvent[]) => void = () => {};
  const none = () => () => {};
  const thread = () => ({ threadId: threadId(state.shown), cwd: null, begun: true });
  const threads = {
    view: async () => ({ ...emptyThread(threadId(state.shown)), seq: state.seq }),
    wait: (id: string) => state.waited.push(id) > 0,
    answer: async (id: string) => {
      state.waited.push(`answer ${id}`);
      return { ok: false, why: 'not_offered' };
    },
    sendQueued: async (id: string, turn: string) => {
      state.waited.push(`send ${id} ${turn}`);
      return { ok: true };
    },
    dropQueued: async (id: string, turn: string) => {
      state.waited.push(`drop ${id} ${turn}`);
      return { ok: false, message: 'It does not wait.' };
    },
    worktree: { diff: async () => ({ ok: false, message: 'compared' }) },
    isKeptImage: async (path: string) => path === '/data/images/kept.png',
  };
  const core = { get: async () => ({ threads }), loaded: () => ({ threads }) };
  const webview = {
    onDidReceiveMessage: (call: typeof take) => (take = call),
    asWebviewUri: String,
    cspSource: 'source',
    postMessage: async (message: ToWebview | Ping) => void state.posted.push(message),
    set html(_: string) {
      state.loads += 1;
    },
  };
  let visible = true;
  const ctx = {
    extension: {
      workspaceState: {
        get: (key: string) => kept.get(key),
        update: async (key: string, to: unknown) => kept.set(key, to),
      },
    },
    core,
    chats: { use: () => (state.used += 1) },
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
      onEvents: (call: typeof events) => {
        events = call;
        return () => {};
      },
      ...{ onChange: none, onRetell: none },
    },
    ...{ status: { onChange: none, current: none }, settings: { onChange: none, get: none } },
    readings: { onChange: none, current: () => noReadings },
    workspace: { onChange: none, folders: () => [], trusted: () => true },
    realPath: async (path: string) => path,
    log: { warn: () => (state.warned += 1), error: () => {}, info: () => {} },
  } as unknown as HostContext;
  const chat = new ChatView(ctx, {
    id: page.viewId,
    place: 'side-bar',
    webview: webview as unknown as Webview,
    visible: () => visible,
    recreate: async () => {
      state.recreated += 1;
      return state.recreated === 1;
    },
    looks: (call) => {
      look = call;
      return [];
    },
  });
  const seen = (is: boolean) => {
    visible = is;
    look();
  };
  return {
    state,
    take: (message: FromWebview) => take(message),
    attach: (files: readonly Attachment[]) => attach(files),
    hide: () => seen(false),
    show: () => seen(true),
    /** The core stored events with these numbers. */
    stored: (...numbers: readonly number[]) =>
      events(numbers.map((seq) => ({ seq, kind: 'assistant_text', threadId: state.shown }) as unknown as LogEvent)),
    /** Numbers of the events that were posted, batch by batch. */
    batches: () => state.posted.flatMap((each) => (each.type === 'events' ? [each.events.map(({ seq }) => seq)] : [])),
    pings: () => state.posted.flatMap((each) => (each.type === 'ping' ? [each.n] : [])),
    types: () => state.posted.map(({ type }) => type).filter((type) => type !== 'ping'),
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
  open.take({ ...other, type: 'change.open', itemId: itemId('i'), path: '/w/a.ts' });
  open.take({ ...page, type: 'turn.wait', threadId: threadId('a') });
  await expect.poll(() => open.state.waited).toEqual(['a']);
  expect([open.state.warned, editor.said]).toEqual([4, []]);
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

test('files that the page did not confirm before it died come again, and confirmed ones do not', async () => {
  open = view();
  open.take(hello);
  await expect.poll(open.types).toEqual(['snapshot']);
  open.attach([image]);
  await expect.poll(open.types).toEqual(['snapshot', 'attached']);
  open.take(hello);
  await expect.poll(open.types).toEqual(['snapshot', 'attached', 'snapshot', 'attached']);
  open.take({ ...page, type: 'pong', n: open.pings().at(-1) ?? 0 });
  open.take(hello);
  await expect.poll(open.types).toEqual(['snapshot', 'attached', 'snapshot', 'attached', 'snapshot']);
});

test('a hidden page is sent nothing; back again it gets the events that it missed and no state', async () => {
  open = view();
  open.take(hello);
  await expect.poll(open.types).toEqual(['snapshot']);
  open.stored(1, 2);
  await expect.poll(open.batches).toEqual([[1, 2]]);
  open.hide();
  const before = open.state.posted.length;
  open.stored(3);
  open.stored(4);
  await new Promise((done) => setTimeout(done, 40));
  expect(open.state.posted.length).toBe(before);
  open.show();
  open.take({ ...hello, threadId: threadId('a'), lastSeq: 2 });
  await expect.poll(open.batches).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(open.types().filter((type) => type === 'snapshot').length).toBe(1);
});

test('a message of another view is dropped, and so is one that comes after the end', async () => {
  open = view();
  open.take({ ...hello, viewId: 'tab-1' });
  open.take({ ...page, type: 'turn.wait', threadId: threadId('a') });
  await expect.poll(() => open.state.waited).toEqual(['a']);
  expect([open.state.warned, open.types()]).toEqual([1, []]);
  open.close();
  open.take({ ...page, type: 'turn.wait', threadId: threadId('a') });
  await new Promise((done) => setTimeout(done, 10));
  expect(open.state.waited).toEqual(['a']);
});

test('the chat that the user is in is used; what a page says by itself uses none', async () => {
  open = view();
  open.take(hello);
  open.take({ ...page, type: 'view.failed', message: 'x' });
  open.take({ ...page, type: 'focused' });
  await expect.poll(() => open.state.used).toBe(1);
  open.take({ ...page, type: 'turn.wait', threadId: threadId('a') });
  await expect.poll(() => open.state.used).toBe(2);
});

test('a page that dies in the middle of a stream is given again and goes on from what it has', async () => {
  open = view();
  open.take(hello);
  await expect.poll(open.types).toEqual(['snapshot']);
  await vi.waitFor(() => expect(open.state.loads).toBe(1));
  vi.useFakeTimers();
  try {
    // Heard so long ago that it is asked with the next post.
    await vi.advanceTimersByTimeAsync(10_000);
    open.stored(1);
    await vi.advanceTimersByTimeAsync(16);
    expect([open.batches(), open.pings()]).toEqual([[[1]], [1]]);
    open.stored(2);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([open.state.loads, open.batches()]).toEqual([2, [[1], [2]]]);
    // Nobody is there: nothing is sent until it says hello.
    open.stored(3);
    await vi.advanceTimersByTimeAsync(100);
    open.take({ ...hello, threadId: threadId('a'), lastSeq: 1 });
    await vi.advanceTimersByTimeAsync(100);
    expect(open.batches()).toEqual([[1], [2], [2, 3]]);
  } finally {
    vi.useRealTimers();
  }
});

test('a page that another page does not bring back gets another frame, where there is one', async () => {
  vi.useFakeTimers();
  try {
    open = view();
    await vi.advanceTimersByTimeAsync(5_000);
    expect([open.state.loads, open.state.recreated]).toEqual([2, 0]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([open.state.loads, open.state.recreated]).toEqual([2, 1]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect([open.state.loads, open.state.recreated]).toEqual([3, 2]);
  } finally {
    vi.useRealTimers();
  }
});

test('an answer goes to the thread that is shown alone, and what the core says comes back as a reply', async () => {
  const open = view();
  open.take(hello);
  const answer: FromWebview = {
    ...{ ...page, type: 'approval.answer', requestId: requestId('r1'), threadId: threadId('b') },
    ...{ approvalId: 'q' as never, given: { decision: 'accept' } },
  };
  open.take(answer);
  const replies = () => open.state.posted.flatMap((message) => (message.type === 'reply' ? [message] : []));
  await expect.poll(replies).toHaveLength(1);
  expect(open.state.waited).toEqual([]);
  expect(replies()[0]?.reply).toEqual({ ok: false, message: 'The chat shows another thread by now.' });
  open.take({ ...answer, requestId: requestId('r2'), threadId: threadId('a') });
  await expect.poll(replies).toHaveLength(2);
  expect(open.state.waited).toEqual(['answer a']);
  expect(replies()[1]).toMatchObject({
    requestId: 'r2',
    reply: { ok: false, message: expect.stringMatching(/not offered/) },
  });
});

test('a prompt that waits is changed in the thread that is shown alone, and the page hears what came of it', async () => {
  const open = view();
  open.take(hello);
  const replies = () => open.state.posted.flatMap((message) => (message.type === 'reply' ? [message.reply] : []));
  const change = (type: 'queued.send' | 'queued.drop', thread: string) =>
    open.take({ ...page, type, requestId: requestId('r'), threadId: threadId(thread), turnId: turnId('u') });
  change('queued.drop', 'b');
  await expect.poll(replies).toHaveLength(1);
  change('queued.send', 'a');
  await expect.poll(replies).toHaveLength(2);
  change('queued.drop', 'a');
  await expect.poll(replies).toHaveLength(3);
  expect(open.state.waited).toEqual(['send a u', 'drop a u']);
  expect(replies()).toEqual([
    { ok: false, message: 'The chat shows another thread by now.' },
    { ok: true },
    { ok: false, message: 'It does not wait.' },
  ]);
  open.close();
});

test('an image of an answer opens although nobody attached it; another file outside the window does not', async () => {
  open = view();
  editor.ran.length = 0;
  open.take({ ...page, type: 'file.open', path: '/data/images/kept.png', line: null });
  await vi.waitFor(() => expect(editor.ran.map(String).join()).toContain('vscode.open'));
  editor.ran.length = 0;
  open.take({ ...page, type: 'file.open', path: '/data/images/other.png', line: null });
  await vi.waitFor(() => expect(open.state.warned).toBe(1));
  expect(editor.ran).toEqual([]);
});
