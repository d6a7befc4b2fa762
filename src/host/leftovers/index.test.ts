import { beforeEach, expect, test, vi } from 'vitest';
import type { App } from '../../compose.ts';
import type { Leftover } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { createCore } from '../core/index.ts';
import { register } from './index.ts';

const editor = vi.hoisted(() => ({
  said: [] as { readonly how: string; readonly text: string; readonly buttons: readonly string[] }[],
  click: undefined as string | undefined,
  ran: [] as string[],
}));

vi.mock('vscode', () => {
  const show =
    (how: string) =>
    async (text: string, ...buttons: string[]) => {
      editor.said.push({ how, text, buttons });
      return editor.click;
    };
  return {
    env: { language: 'en' },
    l10n: {
      t: (text: string, ...args: unknown[]) => text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)])),
    },
    window: { showInformationMessage: show('information'), showErrorMessage: show('error') },
    commands: { executeCommand: async (command: string) => void editor.ran.push(command) },
  };
});

const left = (pid: number, outcome: Leftover['outcome'] = 'ended', threadId: string | null = 'a'): Leftover => ({
  pid,
  kind: 'turn',
  label: 'codex exec',
  startedAt: '2026-03-01T12:01:00.000Z',
  threadId,
  owner: 'a VS Code window',
  outcome,
  descendants: 1,
});

function windowWith(leftovers: readonly Leftover[], trusted = true) {
  const state = { trusted, reaps: 0, shown: [] as string[], logShown: 0 };
  let changed: () => void = () => {};
  const app = {
    runtime: {
      reap: async () => {
        state.reaps += 1;
        return leftovers;
      },
    },
    threads: { list: async () => ['a', 'b'].map((threadId) => ({ threadId, title: `Title of ${threadId}` })) },
  };
  const subscriptions: { dispose: () => void }[] = [];
  const ctx = {
    extension: { subscriptions },
    core: createCore(async () => app as unknown as App),
    workspace: {
      trusted: () => state.trusted,
      onChange: (call: () => void) => {
        changed = call;
        return () => {};
      },
    },
    chats: { bring: async (threadId: string) => void state.shown.push(threadId) },
    log: { error: () => {}, show: () => (state.logShown += 1) },
  };
  register(ctx as unknown as HostContext);
  return {
    state,
    trust: () => {
      state.trusted = true;
      changed();
    },
    changed: () => changed(),
    close: () => {
      for (const held of subscriptions) held.dispose();
    },
  };
}

beforeEach(() => {
  vi.useFakeTimers();
  editor.said.length = 0;
  editor.ran.length = 0;
  editor.click = undefined;
  return () => vi.useRealTimers();
});

test('what was left behind is ended once, after the window came up, and named', async () => {
  const { state, changed } = windowWith([left(123)]);
  expect(state.reaps).toBe(0);
  await vi.advanceTimersByTimeAsync(2_000);
  changed();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(state.reaps).toBe(1);
  expect(editor.said).toEqual([
    {
      how: 'information',
      text: expect.stringMatching(/ended 1 process .*codex exec \(process 123\), thread “Title of a”, started /),
      buttons: ['Show Thread', 'Show Log'],
    },
  ]);
});

test('nothing left behind, nothing said', async () => {
  const { state } = windowWith([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([state.reaps, editor.said]).toEqual([1, []]);
});

test('a workspace that is not trusted waits until it is', async () => {
  const { state, trust } = windowWith([left(1)], false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(state.reaps).toBe(0);
  trust();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(state.reaps).toBe(1);
});

test('a window that closes at once starts nothing', async () => {
  const { state, close } = windowWith([left(1)]);
  close();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(state.reaps).toBe(0);
});

test('one that could not be ended is an error', async () => {
  windowWith([left(1, 'survived'), left(2)]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(editor.said.map(({ how }) => how).toSorted()).toEqual(['error', 'information']);
});

test('Show Thread shows the thread; of several the user chooses', async () => {
  editor.click = 'Show Thread';
  const one = windowWith([left(1), left(2)]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([one.state.shown, editor.ran]).toEqual([['a'], []]);
  const two = windowWith([left(1), left(2, 'ended', 'b')]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([two.state.shown, editor.ran.at(-1)]).toEqual([[], 'codexLanes.openThread']);
});

test('a thread that is gone is not offered; the log is', async () => {
  editor.click = 'Show Log';
  const { state } = windowWith([left(1, 'ended', 'gone')]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([editor.said[0]?.buttons, state.logShown]).toEqual([['Show Log'], 1]);
});

test('of another day the day is told too', async () => {
  const at = new Date('2026-03-01T12:01:00.000Z');
  const day = at.toLocaleDateString(undefined, { dateStyle: 'short' });
  const textOn = async (now: string) => {
    vi.setSystemTime(new Date(now));
    windowWith([left(123)]);
    await vi.advanceTimersByTimeAsync(2_000);
    return editor.said.at(-1)?.text;
  };
  expect(await textOn('2026-03-01T12:30:00.000Z')).not.toContain(day);
  expect(await textOn('2026-03-03T12:30:00.000Z')).toContain(day);
});
