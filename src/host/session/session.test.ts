import { expect, test, vi } from 'vitest';
import type { App } from '../../compose.ts';
import type { LogEvent, Prompt, ThreadId, ThreadOptions, ThreadView } from '../../model/index.ts';
import { defaultThreadOptions, emptyThread, requestId, threadId } from '../../model/index.ts';
import { createCore } from '../core/index.ts';
import { createChats } from './chats.ts';

vi.mock('vscode', () => ({ l10n: { t: (text: string) => text } }));

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** A window on a core with some threads; `kept` is what its workspace remembers. */
function open(written: readonly string[] = [], kept = new Map<string, unknown>()) {
  const views = new Map<string, ThreadView>(
    written.map((id, index) => [id, { ...emptyThread(threadId(id)), seq: index + 1, cwd: '/w' }]),
  );
  const options = new Map<string, ThreadOptions>();
  const submitted: (readonly [string, Prompt])[] = [];
  const stopped: string[] = [];
  const other: string[] = [];
  type Listener = (id: ThreadId, batch: readonly LogEvent[]) => void;
  const listeners = new Set<Listener>();
  let made = 0;
  const threads = {
    view: async (id: ThreadId) => {
      return { ...(views.get(id) ?? emptyThread(id)), options: options.get(id) ?? defaultThreadOptions };
    },
    setOptions: async (id: ThreadId, next: ThreadOptions) => {
      options.set(id, next);
      return { ok: true };
    },
    create: () => {
      made += 1;
      return threadId(`new-${made}`);
    },
    submit: async (id: string, prompt: Prompt) => {
      submitted.push([id, prompt]);
      return { ok: true };
    },
    steer: async (id: string, { text }: Prompt) => {
      other.push(`steer ${id} ${text}`);
      return { ok: true };
    },
    submitNow: async (id: string, { text }: Prompt) => {
      other.push(`now ${id} ${text}`);
      return { ok: true };
    },
    stop: async (id: string) => void stopped.push(id),
    activity: (id: string) => ({ running: id === 'a' }),
    onEvents: (call: Listener) => {
      listeners.add(call);
      return () => listeners.delete(call);
    },
    onActivity: () => () => {},
  };
  const revealed: string[] = [];
  const chats = createChats({
    sideBar: { id: 'side', reveal: async () => void revealed.push('side') },
    extension: {
      subscriptions: [],
      workspaceState: {
        get: (key: string) => kept.get(key),
        update: async (key: string, value: unknown) => void kept.set(key, value),
      },
    } as unknown as Parameters<typeof createChats>[0]['extension'],
    core: createCore(async () => ({ threads }) as unknown as App),
    workspace: {
      trusted: () => true,
      folders: () => ['/w', '/w2'].map((path) => ({ path, name: path })),
      onChange: () => () => {},
      preferredFolder: () => '/w',
    },
    log,
  });
  const tab = (id: string, first: string | null = null) =>
    chats.add(id, async () => void revealed.push(id), first === null ? null : { threadId: first, cwd: null });
  return {
    chats,
    session: chats.sideBar,
    tab,
    revealed,
    kept,
    options,
    submitted,
    other,
    stopped,
    /** The core says that something of the thread was stored. */
    stored: (id: string) => {
      for (const tell of listeners) tell(threadId(id), [{ kind: 'user_message' } as LogEvent]);
    },
    listening: () => listeners.size,
  };
}

const send = (session: ReturnType<typeof open>['session'], text: string) => session.submit(requestId(text), text);

test('another thread is shown, and prompts, Stop and activity are about it', async () => {
  const { session, submitted, stopped } = open(['a', 'b']);
  await session.show(threadId('a'));
  expect(session.activity().running).toBe(true);
  const shown = await session.show(threadId('b'));
  expect(shown).toEqual({ threadId: 'b', cwd: '/w', begun: true });
  expect(session.activity().running).toBe(false);
  await send(session, 'hello');
  await session.stop();
  expect([submitted.map(([id, { text }]) => [id, text]), stopped]).toEqual([[['b', 'hello']], ['b']]);
});

test('a prompt goes the way that was asked for; without a word it waits', async () => {
  const { session, submitted, other } = open(['a']);
  await session.show(threadId('a'));
  for (const as of [undefined, 'queue', 'steer', 'now'] as const) {
    expect(await session.submit(requestId('r'), `as ${as}`, [], [], as)).toEqual({ ok: true });
  }
  expect(submitted.map(([, { text }]) => text)).toEqual(['as undefined', 'as queue']);
  expect(other).toEqual(['steer a as steer', 'now a as now']);
});

test('the thread that was shown last is shown again after a reload', async () => {
  const first = open(['a', 'b']);
  await first.session.show(threadId('b'));
  const next = open(['a', 'b'], first.kept);
  expect((await next.session.open()).thread.threadId).toBe('b');
});

test('events are those of the shown thread alone', async () => {
  const { session, stored } = open(['a', 'b']);
  let batches = 0;
  session.onEvents(() => {
    batches += 1;
  });
  await session.show(threadId('a'));
  stored('b');
  expect(batches).toBe(0);
  stored('a');
  expect(batches).toBe(1);
});

test('the last of several that were asked for is shown', async () => {
  const { session } = open(['a', 'b']);
  await session.open();
  await Promise.all([session.show(threadId('a')), session.show(threadId('b'))]);
  expect(session.thread()?.threadId).toBe('b');
});

test('a thread that was never written is not shown', async () => {
  const { session } = open(['a']);
  await session.show(threadId('a'));
  await expect(session.show(threadId('elsewhere'))).rejects.toMatchObject({ kind: 'not-found' });
  expect(session.thread()?.threadId).toBe('a');
});

test('each thread keeps its draft', async () => {
  const { session } = open(['a', 'b']);
  await session.show(threadId('a'));
  await session.saveDraft('for a');
  await session.show(threadId('b'));
  expect(session.draft()).toBe('');
  // The page tells the last letters when it shows another thread already.
  await session.saveDraft('for a, all of it', threadId('a'));
  expect(session.draft()).toBe('');
  await session.show(threadId('a'));
  expect(session.draft()).toBe('for a, all of it');
});

test('the draft of a thread that has not begun survives a reload, and another new thread', async () => {
  const first = open(['a']);
  await first.session.startNew();
  await first.session.saveDraft('not sent yet');
  const next = open(['a'], first.kept);
  await next.session.open();
  expect(next.session.draft()).toBe('not sent yet');
  await next.session.startNew();
  expect(next.session.draft()).toBe('not sent yet');
  await next.session.show(threadId('a'));
  expect(next.session.draft()).toBe('');
});

test('a draft goes along when its thread begins, and nothing of it stands in the next new one', async () => {
  const { session, stored } = open();
  const { threadId: id } = await session.startNew();
  await session.saveDraft('the next one, typed ahead');
  stored(id);
  expect(session.draft()).toBe('the next one, typed ahead');
  await session.saveDraft('', id);
  await session.startNew();
  expect(session.draft()).toBe('');
});

test('what is typed in another new thread meanwhile is not taken along by the one that begins', async () => {
  const { session, stored } = open();
  const { threadId: id } = await session.startNew();
  const { threadId: next } = await session.startNew();
  await session.saveDraft('of the next one');
  stored(id);
  expect(session.draft()).toBe('of the next one');
  await session.show(next);
  expect(session.draft()).toBe('of the next one');
});

test('options that were chosen before the first prompt outlast a reload, and a new thread has none', async () => {
  const first = open();
  const { thread } = await first.session.open();
  const chosen = { ...defaultThreadOptions, model: 'gpt-x', worktree: true };
  await first.session.optionsChanged(thread.threadId, chosen);
  const second = open([], first.kept);
  const after = await second.session.open();
  expect(second.options.get(after.thread.threadId)).toEqual(chosen);
  const third = open([], second.kept);
  expect(third.options.get((await third.session.open()).thread.threadId)).toEqual(chosen);
  await third.session.startNew();
  const last = open([], third.kept);
  await last.session.open();
  expect([...last.options]).toEqual([]);
});

test('a new thread that has not begun is shown again, and may still change its folder', async () => {
  const { session } = open(['a']);
  const fresh = await session.startNew();
  await session.show(threadId('a'));
  expect(await session.show(fresh.threadId)).toEqual(fresh);
});

test('a thread that moves into another folder takes its options along, and views are told', async () => {
  const { session, options } = open();
  const fresh = await session.startNew();
  options.set(fresh.threadId, { ...defaultThreadOptions, model: 'gpt-x' });
  let told = 0;
  session.onRetell(() => {
    told += 1;
  });
  await session.chooseFolder('/w2');
  const moved = session.thread();
  expect([moved?.cwd, options.get(moved?.threadId ?? '')?.model, told]).toEqual(['/w2', 'gpt-x', 1]);
});

test('files go along with a prompt', async () => {
  const { session, submitted } = open(['a']);
  await session.show(threadId('a'));
  const image = { kind: 'image', path: '/w/a.png', label: 'a.png' } as const;
  await session.submit(requestId('r'), 'look', [], [image]);
  expect(submitted[0]?.[1].attachments).toEqual([image]);
});

test('each chat has its own thread, draft, prompts and events', async () => {
  const { session, tab, submitted, stored } = open(['a', 'b']);
  const other = tab('tab-1', 'b');
  await Promise.all([session.show(threadId('a')), other.open()]);
  const heard: string[] = [];
  session.onEvents(() => heard.push('side'));
  other.onEvents(() => heard.push('tab'));
  await session.saveDraft('for a');
  await other.saveDraft('for b');
  stored('b');
  await send(other, 'hello');
  expect([session.draft(), other.draft()]).toEqual(['for a', 'for b']);
  expect([heard, submitted.map(([id]) => id), session.thread()?.threadId]).toEqual([['tab'], ['b'], 'a']);
});

test('two new threads keep a draft each, also over a reload', async () => {
  const first = open();
  const other = first.tab('tab-1');
  await Promise.all([first.session.open(), other.open()]);
  await first.session.saveDraft('in the side bar');
  await other.saveDraft('in the tab');
  const next = open([], first.kept);
  const again = next.tab('tab-1');
  await Promise.all([next.session.open(), again.open()]);
  expect([next.session.draft(), again.draft()]).toEqual(['in the side bar', 'in the tab']);
});

test('each chat shows its thread again after a reload; a tab of which nothing is kept shows what the editor kept', async () => {
  const first = open(['a', 'b', 'c']);
  await first.session.show(threadId('a'));
  await first.tab('tab-1').show(threadId('b'));
  const next = open(['a', 'b', 'c'], first.kept);
  const chats = [next.session, next.tab('tab-1', 'c'), next.tab('tab-2', 'c'), next.tab('tab-3', 'gone')];
  const shown = await Promise.all(chats.map(async (chat) => (await chat.open()).thread));
  expect(shown.map(({ threadId: id }) => id)).toEqual(['a', 'b', 'c', 'new-1']);
});

test('commands follow the chat that was used last, and whoever listens is told', async () => {
  const { chats, session, tab, stored } = open(['a', 'b']);
  const other = tab('tab-1', 'b');
  await Promise.all([session.show(threadId('a')), other.open()]);
  const told: (string | undefined)[] = [];
  chats.following.onChange(() => told.push(chats.following.thread()?.threadId));
  let events = 0;
  chats.following.onEvents(() => {
    events += 1;
  });
  chats.use(other);
  chats.use(other);
  stored('a');
  stored('b');
  expect([told, events, chats.current().id]).toEqual([['b'], 1, 'tab-1']);
  chats.remove(other);
  expect([told, chats.current().id]).toEqual([['b', 'a'], 'side']);
});

test('a thread comes into sight in the chat that shows it, else in the one that asks', async () => {
  const { chats, session, tab, revealed } = open(['a', 'b', 'c']);
  const other = tab('tab-1', 'b');
  await Promise.all([session.show(threadId('a')), other.open()]);
  await chats.bring(threadId('b'), session);
  expect([revealed, session.thread()?.threadId, chats.current().id]).toEqual([['tab-1'], 'a', 'tab-1']);
  await chats.bring(threadId('c'), session);
  expect([revealed, session.thread()?.threadId, chats.current().id]).toEqual([['tab-1', 'side'], 'c', 'side']);
});

test('a chat whose tab was closed hears nothing more, and its thread goes on', async () => {
  const { chats, tab, stopped, listening } = open(['b']);
  const other = tab('tab-1', 'b');
  await other.open();
  const before = listening();
  chats.remove(other);
  expect([before - listening(), stopped, chats.showing(threadId('b')), chats.has('tab-1')]).toEqual([
    1,
    [],
    null,
    false,
  ]);
});

test('what was typed into a new thread whose tab was closed stands in the next new tab, once', async () => {
  const { chats, tab, kept } = open(['a']);
  const [begun, empty, other] = [tab('tab-1', 'a'), tab('tab-2'), tab('tab-3')];
  await Promise.all([begun.open(), empty.open(), other.open()]);
  await begun.saveDraft('of a thread, that keeps it');
  await other.saveDraft('half a prompt');
  for (const chat of [other, empty, begun]) chats.remove(chat);
  const shown = tab('tab-4', 'a');
  await shown.open();
  expect(shown.draft()).toBe('of a thread, that keeps it');
  const next = tab('tab-5');
  await next.open();
  expect(next.draft()).toBe('half a prompt');
  const another = tab('tab-6');
  await another.open();
  expect(another.draft()).toBe('');
  expect(JSON.stringify(kept.get('codexLanes.drafts'))).not.toContain('tab-3');
});

test('a chat whose page is not up yet shows its thread already, so that no second one is opened with it', async () => {
  const first = open(['a', 'b']);
  await first.session.show(threadId('a'));
  const { chats, tab, revealed } = open(['a', 'b'], first.kept);
  tab('tab-1', 'b');
  expect([chats.showing(threadId('a'))?.id, chats.showing(threadId('b'))?.id]).toEqual(['side', 'tab-1']);
  await chats.bring(threadId('b'));
  expect([revealed, chats.current().thread()?.threadId]).toEqual([['tab-1'], 'b']);
  await chats.current().show(threadId('a'));
  expect(chats.showing(threadId('b'))).toBeNull();
});
