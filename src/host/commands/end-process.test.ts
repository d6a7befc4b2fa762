import { beforeEach, expect, test, vi } from 'vitest';
import type { FakeEditor } from '../../../test/fakes/editor.ts';
import type { App } from '../../compose.ts';
import type { LiveProcess, Transport, TurnView } from '../../model/index.ts';
import { emptyThread, threadId, turnId } from '../../model/index.ts';
import type { HostContext } from '../context.ts';
import { createCore } from '../core/index.ts';
import { endProcess } from './end-process.ts';

const editor = vi.hoisted((): FakeEditor => ({ said: [], ran: [], lists: [], documents: [], answers: [] }));
vi.mock('vscode', async () => (await import('../../../test/fakes/editor.ts')).fakeEditor(editor));

const ended: number[] = [];
const pid = 4711;

type Turn = { readonly title: string; readonly transport: Transport };

function windowWith(kind: LiveProcess['kind'], turns: readonly Turn[]): HostContext {
  const ids = turns.map((_, index) => threadId(`t${index}`));
  const app = {
    runtime: {
      processes: () => [
        { pid, kind, label: 'codex app-server', startedAt: '2026-01-01T00:00:00.000Z', threadId: null },
      ],
      endProcess: async (which: number) => ended.push(which) > 0,
    },
    threads: {
      view: async (id: (typeof ids)[number]) => {
        const { title = '', transport = null } = turns[ids.indexOf(id)] ?? {};
        const past = { turnId: turnId('past'), transport: 'app-server', state: 'completed' } as unknown as TurnView;
        const now = { turnId: turnId('now'), transport, state: 'running' } as unknown as TurnView;
        return { ...emptyThread(id), title, turns: [past, now], activeTurnId: now.turnId };
      },
    },
  } as unknown as App;
  const running = { current: () => ids.map((id) => ({ threadId: id, title: '', cwd: null })) };
  return { core: createCore(async () => app), log: { info: () => {} }, running } as unknown as HostContext;
}

beforeEach(() => {
  for (const list of [editor.said, editor.answers, ended]) list.length = 0;
});

const many = Array.from({ length: 10 }, (_, index): Turn => ({ title: `T${index}`, transport: 'app-server' }));

test.each<[string, LiveProcess['kind'], readonly Turn[], string]>([
  ['a turn of exec', 'turn', [], 'Its turn ends as interrupted. What it changed on disk stays.'],
  ['a check', 'probe', [], 'What it was started for is given up.'],
  [
    'a server that nobody uses',
    'server',
    [],
    'No turn uses it now; a sign-in that is under way is given up. The next turn starts a new one.',
  ],
  [
    'a server with one turn, beside one that has a process of its own',
    'server',
    [
      { title: 'Fix\nit', transport: 'app-server' },
      { title: 'Another', transport: 'exec' },
    ],
    'The turn of “Fix it” uses it and ends as failed. What it changed on disk stays.',
  ],
  [
    'a server that is shared',
    'server',
    [
      { title: 'One', transport: 'app-server' },
      { title: '', transport: 'app-server' },
    ],
    'Threads share it. 2 turns use it and end as failed; what they changed on disk stays:\n• One\n• New thread',
  ],
  [
    'a server with more turns than have room',
    'server',
    many,
    [
      'Threads share it. 10 turns use it and end as failed; what they changed on disk stays:',
      ...many.slice(0, 8).map(({ title }) => `• ${title}`),
      'and 2 more',
    ].join('\n'),
  ],
])('what ends with it is said before: %s', async (_name, kind, turns, detail) => {
  await endProcess(windowWith(kind, turns), pid);
  expect(editor.said).toEqual([
    { how: 'warning', text: `End codex app-server (process ${pid})?`, detail, buttons: ['End Process'] },
  ]);
  // Nothing was clicked.
  expect(ended).toEqual([]);
});

test('it ends with the yes', async () => {
  editor.answers.push('End Process');
  await endProcess(windowWith('server', []), { pid });
  expect(ended).toEqual([pid]);
});
