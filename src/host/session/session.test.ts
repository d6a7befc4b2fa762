import { expect, test, vi } from 'vitest';
import type { App } from '../../compose.ts';
import type { LogEvent, Prompt, ThreadId, ThreadOptions, ThreadView } from '../../model/index.ts';
import { defaultThreadOptions, emptyThread, requestId, threadId } from '../../model/index.ts';
import { createCore } from '../core/index.ts';
import { createSession } from './session.ts';

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
  let tell: (id: ThreadId, batch: readonly LogEvent[]) => void = () => {};
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
    stop: async (id: string) => void stopped.push(id),
    activity: (id: string) => ({ running: id === 'a' }),
    onEvents: (call: typeof tell) => {
      tell = call;
      return () => {};
    },
    onActivity: () => () => {},
  };
  const session = createSession({
    extension: {
      subscriptions: [],
      workspaceState: {
        get: (key: string) => kept.get(key),
        update: async (key: string, value: unknown) => void kept.set(key, value),
      },
    } as unknown as Parameters<typeof createSession>[0]['extension'],
    core: createCore(async () => ({ threads }) as unknown as App),
    workspace: {
      trusted: () => true,
      folders: () => ['/w', '/w2'].map((path) => ({ path, name: path })),
      onChange: () => () => {},
      preferredFolder: () => '/w',
    },
    log,
  });
  return {
    session,
    kept,
    options,
    submitted,
    stopped,
    /** The core says that something of the thread was stored. */
    stored: (id: string) => tell(threadId(id), [{ kind: 'user_message' } as LogEvent]),
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
