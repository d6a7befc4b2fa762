import { beforeEach, expect, test, vi } from 'vitest';
import type { FakeEditor } from '../../../test/fakes/editor.ts';
import type { App } from '../../compose.ts';
import type { HostContext } from '../context.ts';
import { createCore } from '../core/index.ts';
import type { RunningThread } from '../running/index.ts';
import { register } from './index.ts';

const editor = vi.hoisted((): FakeEditor => ({ said: [], ran: [], lists: [], documents: [], answers: [] }));
const item = vi.hoisted(() => ({ text: '', tooltip: '', command: {}, shown: false }));
vi.mock('vscode', async () => {
  const { window, ...rest } = (await import('../../../test/fakes/editor.ts')).fakeEditor(editor);
  const bar = { show: () => (item.shown = true), hide: () => (item.shown = false), dispose: () => {} };
  return {
    ...rest,
    StatusBarAlignment: { Right: 2 },
    MarkdownString: class {
      appendText(text: string): string {
        return text;
      }
    },
    window: { ...(window as object), createStatusBarItem: () => Object.assign(item, bar) },
  };
});

const thread = (id: string, cwd = '/w') => ({ threadId: id, title: `Title of ${id}`, cwd }) as RunningThread;

function windowWith(first: readonly RunningThread[]) {
  let threads = first;
  let folders = ['/w'];
  let ran: () => void = () => {};
  let moved: () => void = () => {};
  const stopped: string[] = [];
  const shown: string[] = [];
  const app = { threads: { stop: async (id: string) => void stopped.push(id) } };
  register({
    extension: { subscriptions: [] },
    core: createCore(async () => app as unknown as App),
    running: {
      current: () => threads,
      onChange: (call: () => void) => {
        ran = call;
      },
    },
    workspace: {
      folders: () => folders.map((path) => ({ path, name: path })),
      onChange: (call: () => void) => {
        moved = call;
      },
    },
    chats: { bring: async (id: string) => void shown.push(id) },
    log: { error: () => {} },
  } as unknown as HostContext);
  return {
    stopped,
    shown,
    run: (...next: readonly RunningThread[]) => {
      threads = next;
      ran();
    },
    folders: (...next: readonly string[]) => {
      folders = [...next];
      moved();
    },
  };
}

const settled = () => new Promise((done) => setImmediate(done));

beforeEach(() => {
  for (const list of [editor.said, editor.answers, editor.ran]) list.length = 0;
  item.shown = false;
});

test('while a turn runs the status bar says so, with what closing the window does', () => {
  const { run } = windowWith([]);
  expect(item.shown).toBe(false);
  run(thread('a'));
  expect([item.shown, item.text, item.command]).toEqual([
    true,
    '$(loading~spin) Codex is working',
    { command: 'codexLanes.openThread', title: 'Codex is working', arguments: ['a'] },
  ]);
  expect(item.tooltip).toContain('Title of a');
  expect(item.tooltip).toContain('Closing or reloading this window ends it');
  run(thread('a'), thread('b'));
  const two = 'Codex is working in 2 threads';
  expect([item.text, item.command]).toEqual([
    `$(loading~spin) ${two}`,
    { command: 'codexLanes.openThread', title: two },
  ]);
  run();
  expect(item.shown).toBe(false);
});

test('a folder that is taken out of the window under a running turn is told once', async () => {
  const { folders } = windowWith([thread('a'), thread('b', '/other')]);
  folders('/other');
  folders('/other', '/third');
  await settled();
  expect(editor.said.map(({ how, text }) => [how, text.includes('/w'), text.includes('Title of a')])).toEqual([
    ['warning', true, true],
  ]);
});

test('it can be stopped or shown', async () => {
  editor.answers.push('Stop Turn', 'Show Thread');
  const { folders, stopped, shown } = windowWith([thread('a'), thread('b')]);
  folders();
  await settled();
  await settled();
  expect([stopped, shown]).toEqual([['a'], ['b']]);
});
