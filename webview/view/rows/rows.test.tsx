import { cleanup, render } from '@testing-library/preact';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { ApprovalId, EventBody, RowKind, ThreadView } from '../../../src/model/index.ts';
import { nativeThreadId } from '../../../src/model/index.ts';
import { Actions } from '../../actions/index.ts';
import type { HostLink, Outgoing } from '../../host-link.ts';
import { PageActionsProvider } from '../../markdown/index.ts';
import { Store } from '../../state/index.ts';
import { datesTurn, EventLog, everyRow, failedTurn, forkInWorktree, sampleWorktree } from '../../testing/event-log.ts';
import { AppProvider } from '../app-context.ts';
import { loadLaterViews } from '../later-views.tsx';
import { RowView } from './index.ts';

beforeAll(loadLaterViews);
afterEach(cleanup);

function setUp(thread: ThreadView) {
  const sent: Outgoing[] = [];
  const host: HostLink = { post: (message) => sent.push(message), listen: () => {}, saved: () => null, save: () => {} };
  const store = new Store(null);
  store.thread.value = thread;
  const actions = new Actions(store, host);
  const show = (kind: RowKind, nth = 0, rerouted = false) => {
    const row = thread.rows.filter((candidate) => candidate.kind === kind).at(nth);
    if (row === undefined) throw new Error(`The log has no ${kind} row ${nth}.`);
    const turn = thread.turns.find(({ turnId }) => turnId === row.turnId) ?? null;
    return render(
      <AppProvider value={{ store, actions, inTab: false }}>
        <PageActionsProvider value={actions}>
          <RowView row={row} turn={turn} promptNumber={1} folder={null} rerouted={rerouted} />
        </PageActionsProvider>
      </AppProvider>,
    );
  };
  return { sent, show };
}

function viewOf(...stories: readonly ((log: EventLog) => void)[]): ThreadView {
  const log = new EventLog();
  for (const story of stories) story(log);
  return log.view();
}

const all = viewOf(everyRow, failedTurn);

/** What each kind of row says in one line, before anything is opened. */
const lines: readonly (readonly [RowKind, number, string])[] = [
  ['user', 0, 'Fix the failing test in dates.ts, then run the suite.'],
  ['reasoning', 0, 'Thought  4 s'],
  ['text', 0, 'The month was read as zero-based'],
  ['command', 0, 'Failed Ran npm test -- dates exit 1 · 2.1 s'],
  ['command', 1, 'Done Ran npm test -- dates exit 0 · 2.0 s'],
  ['command', -1, 'Did not finish Ran sleep 60 did not finish'],
  ['file-change', 0, 'Done Changed src/dates.ts +11 line added −11 line removed'],
  ['file-change', 1, 'Done Changed 3 files'],
  ['mcp', 0, 'Done Called docs.search'],
  ['mcp', 1, 'Failed Called docs.search failed'],
  ['tool', 0, 'Done Read a.ts'],
  ['web-search', 0, 'Done Searched zero-based months'],
  ['subagent', 0, 'Done Delegated Look at the tests'],
  ['plan', 0, 'Plan  1 of 3'],
  ['approval', 0, 'Asked to run a command  Denied · by policy'],
  ['warning', 0, 'Process: codex wrote to its error output'],
  ['notice', 0, 'gpt-5.5-mini answered instead of gpt-5.5: overloaded'],
  ['notice', 1, 'Codex compacted the thread: 200k to 40k tokens'],
  ['raw', 0, 'Unknown event: item.new_thing'],
  ['interruption', 0, 'Stopped by you'],
  ['failure', 0, 'The endpoint refused the key.Set a key that this endpoint knows.'],
  ['receipt', 0, 'Native · exec · gpt-5.5 · 12.3k in, 1.2k out · 8.4 s · API key …abcd'],
];

test.each(lines)('a %s row (%i) says "%s"', (kind, nth, words) => {
  const { container } = setUp(all).show(kind, nth);
  expect(container.textContent).toContain(words);
});

test('every kind of row is in the table', () => {
  const kinds = new Set(all.rows.map((row) => row.kind));
  expect(new Set(lines.map(([kind]) => kind))).toEqual(kinds);
  expect(kinds.size).toBe(17);
});

/** What opens, by what the opened part holds. */
test.each([
  ['reasoning', 0, 'The month is read as zero-based.'],
  ['command', 1, '3 passed'],
  ['file-change', 0, '+    return names[month - 1];'],
  ['file-change', 1, 'src/old.ts'],
  ['mcp', 0, 'two results'],
  ['mcp', 1, 'server gone'],
  ['tool', 0, '"path": "a.ts"'],
  ['subagent', 0, 'agent-2'],
  ['approval', 0, 'npm publish --access public'],
  ['warning', 0, 'model metadata not found'],
  ['raw', 0, '"type": "item.new_thing"'],
  ['failure', 0, 'invalid_api_key'],
  ['receipt', 0, 'codex-cli 0.169.0 · /usr/local/bin/codex · found by system-path'],
] as const)('a %s row (%i) opens to "%s"', async (kind, nth, words) => {
  const { container } = setUp(all).show(kind, nth);
  const button = container.querySelector<HTMLElement>('[aria-expanded]');
  expect(button?.getAttribute('aria-expanded')).toBe('false');
  button?.click();
  await vi.waitFor(() => expect(button?.getAttribute('aria-expanded')).toBe('true'));
  expect(container.textContent).toContain(words);
});

const importedFrom = {
  nativeThreadId: nativeThreadId('native-1'),
  source: 'cli',
  cliVersion: '0.150.0',
  historyCompleteness: 'backfilled',
  turns: 2,
  shortened: false,
} as const;
const noticeWords: readonly (readonly [EventBody, string])[] = [
  [
    { kind: 'thread_forked', from: { threadId: 'thread-0', title: 'Fix the dates', nativeThreadId: null } },
    'Forked from Fix the dates',
  ],
  [
    { kind: 'thread_imported', from: importedFrom },
    'The history above was read from Codex. Who paid for it, with which settings, and what it used is not known here. What you send goes on with that thread.',
  ],
  [
    { kind: 'thread_imported', from: { ...importedFrom, shortened: true } },
    'The history above was read from Codex, without its older turns: Codex still knows them. Who paid for it, with which settings, and what it used is not known here. What you send goes on with that thread.',
  ],
  [
    { kind: 'worktree_created', worktree: sampleWorktree },
    `Runs in a new worktree from here on: ${sampleWorktree.path}`,
  ],
  [{ kind: 'worktree_closed', how: 'merged', kept: null }, 'The worktree was merged back and removed'],
  [{ kind: 'worktree_closed', how: 'discarded', kept: null }, 'The worktree was discarded'],
  [
    { kind: 'worktree_closed', how: 'discarded', kept: 'refs/codex-lanes/discarded/thread-1' },
    'The worktree was discarded; what changed there is kept as refs/codex-lanes/discarded/thread-1',
  ],
  ...(
    [
      ['process', 'Codex was starting'],
      ['thread', 'Codex was opening the thread'],
      ['turn', 'Codex was preparing the turn'],
      ['network', 'waiting for the network'],
      ['reply', 'waiting for the answer'],
      ['reconnecting', 'the provider was tried again'],
      ['command', 'a command ran'],
      ['tool', 'a tool was called'],
      ['exit', 'Codex was ending'],
      ['runtime', 'waiting for Codex'],
      ['provider', 'waiting for the provider'],
      ['a hop of a later release', 'a hop of a later release'],
    ] as const
  ).map(([hop, words]) => [{ kind: 'stalled', hop, since: 'noon' }, `Nothing came since noon: ${words}`] as const),
];

test.each(noticeWords)('%j says "%s"', (body, words) => {
  const thread = viewOf((log) => void log.add(body));
  expect(setUp(thread).show('notice').container.textContent).toBe(words);
});

test('a fork leads back to where it came from', () => {
  const { sent, show } = setUp(viewOf(forkInWorktree));
  show('notice').getByRole('button').click();
  expect(sent).toContainEqual({ type: 'thread.open', threadId: 'thread-0' });
});

test('a failed command is open at its output by itself', () => {
  const { container } = setUp(all).show('command', 0);
  expect(container.querySelector('.pane.short')?.textContent).toContain('got "February"');
});

test('a failure offers what helps, by the host’s ids', () => {
  const { sent, show } = setUp(all);
  show('failure').getByText('Set Key for Codex Native').click();
  expect(sent).toEqual([{ type: 'action.run', id: 'setNativeKey' }]);
});

test('a path opens its file', () => {
  const { sent, show } = setUp(all);
  show('file-change').getByText('src/dates.ts').click();
  expect(sent).toEqual([{ type: 'file.open', path: 'src/dates.ts', line: null }]);
});

/** A file change with what is known of before: `known` is kept, `lost` is not. */
function changedFiles(log: EventLog): void {
  log.begin('Change two files.');
  const changes = [
    { path: '/w/known.ts', kind: 'update', diff: '@@ -1 +1 @@\n-a\n+b\n' },
    { path: '/w/lost.ts', kind: 'update' },
    { path: '/w/deleted.ts', kind: 'delete' },
  ] as const;
  log.add({ kind: 'file_change', phase: 'completed', changes, status: 'completed', diffSource: 'pre-image' }, 'f1');
  log.add({ kind: 'snapshot_taken', path: '/w/known.ts', grade: 'git', blob: 'a'.repeat(64) }, 'f1');
  log.add({ kind: 'snapshot_taken', path: '/w/lost.ts', grade: 'unknown', blob: null, gap: 'ignored' }, 'f1');
  log.add({ kind: 'snapshot_taken', path: '/w/deleted.ts', grade: 'copied', blob: 'b'.repeat(64) }, 'f1');
  const unsaid = { kind: 'disk_change_detected', path: '/w/x.ts', change: 'update', by: null } as const;
  log.add({ ...unsaid, grade: 'unknown', blob: null, gap: 'changed-before' }, 'disk');
  log.complete();
}

test('a file of which it is known what stood before opens what changed; else it says why not, and opens alone', () => {
  const { sent, show } = setUp(viewOf(changedFiles));
  const row = show('file-change');
  row.getByRole('button', { name: /3 files/ }).click();
  return vi.waitFor(() => {
    row.getByText('/w/known.ts').click();
    row.getByText('/w/lost.ts').click();
    row.getByText('/w/deleted.ts').click();
    expect(row.getByTitle(/known\.ts/).title).toContain('Git’s record');
    expect(row.getAllByText(/^no baseline/).map((note) => note.textContent)).toEqual(['no baseline: ignored by Git']);
    const opens = { type: 'change.open', threadId: 'thread-1', itemId: 'f1' };
    expect(sent).toEqual([
      { ...opens, path: '/w/known.ts' },
      { type: 'file.open', path: '/w/lost.ts', line: null },
      { ...opens, path: '/w/deleted.ts' },
    ]);
  });
});

test('a change that nobody announced says so, and why it can’t be compared', () => {
  const { show } = setUp(viewOf(changedFiles));
  const { container } = show('file-change', 1);
  expect([...container.querySelectorAll('.note')].map((note) => note.textContent)).toEqual([
    'not announced by Codex: by a command, or by someone else; files that Git ignores are not looked for',
    'no baseline: changed before it could be kept',
  ]);
});

test('a long difference is cut in its row, and opened whole in the editor', () => {
  const { sent, show } = setUp(
    viewOf((log) => {
      const lines = Array.from({ length: 500 }, (_, at) => `+line ${at}`).join('\n');
      const change = { path: '/w/long.ts', kind: 'add', diff: `@@ -0,0 +1,500 @@\n${lines}\n` } as const;
      log.add({ kind: 'file_change', phase: 'completed', changes: [change], status: 'completed' }, 'f1');
      log.add({ kind: 'snapshot_taken', path: '/w/long.ts', grade: 'git', blob: null }, 'f1');
      log.complete();
    }),
  );
  const row = show('file-change');
  row.getByRole('button', { name: /long\.ts: Show changes/ }).click();
  return vi.waitFor(() => {
    expect(row.getByText('+500')).toBeTruthy();
    expect(row.container.querySelectorAll('.diff .added')).toHaveLength(400);
    row.getByRole('button', { name: 'Open the whole change' }).click();
    expect(sent.at(-1)).toEqual({ type: 'change.open', threadId: 'thread-1', itemId: 'f1', path: '/w/long.ts' });
  });
});

test('markup in an answer stays text', () => {
  const { container } = setUp(all).show('text', 1);
  expect(container.textContent).toContain('<b>raw</b>');
  expect(container.querySelector('b, img, script, [href^="javascript"]')).toBeNull();
});

test('nothing hides in what was run, changed or called', () => {
  const trick = 'a\u202eb\u200bc';
  const thread = viewOf((log) => {
    log.begin('Go.');
    log.command('c1', `cat ${trick}`, '', 0, 10);
    log.add({ kind: 'web_search', phase: 'completed', query: trick, status: 'completed' }, 'w1');
    const call = { kind: 'tool_call', phase: 'completed', name: trick, arguments: {}, status: 'completed' } as const;
    log.add(call, 'x1');
    const changes = [{ path: `src/${trick}`, kind: 'update' }] as const;
    log.add({ kind: 'file_change', phase: 'completed', changes, status: 'completed' }, 'f1');
  });
  for (const kind of ['command', 'web-search', 'tool', 'file-change'] as const)
    expect(setUp(thread).show(kind).container.textContent, kind).toContain('a\\u{202e}b\\u{200b}c');
});

test('a tool that gave nothing says so', async () => {
  const thread = viewOf((log) => {
    log.begin('Go.');
    const call = { kind: 'mcp_call', server: 'docs', tool: 'search', arguments: {}, status: 'completed' } as const;
    log.add({ ...call, phase: 'completed', result: { content: [] } }, 'm1');
  });
  const { container } = setUp(thread).show('mcp');
  container.querySelector('button')?.click();
  await vi.waitFor(() => expect(container.textContent).toContain('ResultNo output'));
});

test('what stands between backticks in a failure is code', () => {
  const thread = viewOf((log) => {
    log.begin('Go.');
    log.refuse({ code: 'authentication_required', message: 'No credential.', hint: 'Run `codex login` first.' });
  });
  const { container } = setUp(thread).show('failure');
  expect(container.querySelector('.hint')?.innerHTML).toBe('Run <code>codex login</code> first.');
});

test('a receipt is copied by the host, which is told of which turn and as what', async () => {
  const { sent, show } = setUp(viewOf(datesTurn));
  const { container } = show('receipt');
  container.querySelector('button')?.click();
  await vi.waitFor(() => expect(container.querySelectorAll('button').length).toBe(3));
  container.querySelectorAll('button')[2]?.click();
  expect(sent.at(-1)).toEqual({ type: 'receipt.copy', threadId: 'thread-1', turnId: 'turn-1', as: 'json' });
});

test('a patch that is asked about shows its difference unasked; a change that nobody is asked about stays folded', async () => {
  const changes = [{ path: 'src/a.ts', kind: 'update', diff: '@@ -1 +1 @@\n-old line\n+new line\n' }] as const;
  const started = { kind: 'file_change', phase: 'started', changes, status: 'in_progress' } as const;
  const asked = setUp(
    viewOf((log) => {
      log.begin('Change it.');
      log.add(started, 'f1');
      log.add(
        {
          ...{ kind: 'approval_requested', approvalId: 'a1' as ApprovalId, subject: 'file_change' },
          ...{ what: '/w/src/a.ts', why: null, decisions: [] },
        } as EventBody,
        'f1',
      );
    }),
  ).show('file-change');
  await asked.findByText(/new line/);
  const unasked = setUp(
    viewOf((log) => {
      log.begin('Change it.');
      log.add(started, 'f1');
    }),
  );
  cleanup();
  expect(unasked.show('file-change').queryByText(/new line/)).toBeNull();
});

test('an image of an answer opens its file; one that was not kept says why', () => {
  const call = { kind: 'tool_call', phase: 'completed', name: 'image_generation_call', arguments: null } as const;
  const { sent, show } = setUp(
    viewOf((log) => {
      log.begin('Draw it.');
      log.add({ ...call, result: { path: '/data/images/a.png', bytes: 10 }, status: 'completed' }, 'i1');
      log.add({ ...call, result: 'The image was not kept: it is larger than 20 MB.', status: 'failed' }, 'i2');
      log.complete();
    }),
  );
  const row = show('tool');
  expect(row.container.querySelector('.verb')?.textContent?.trim()).toBe('Made an image');
  row.getByText('Open the image').click();
  expect(sent).toEqual([{ type: 'file.open', path: '/data/images/a.png', line: null }]);
  cleanup();
  const lost = show('tool', 1);
  expect(lost.queryByText('Open the image')).toBeNull();
});

test('a conversation that was summed up opens to the summary that stands for it', () => {
  const { show } = setUp(
    viewOf((log) => {
      log.begin('Go on.');
      log.add({
        kind: 'context_compacted',
        ...{ before: 900, after: 90, how: 'lanes', summary: 'The dates were mended.' },
      });
    }),
  );
  const row = show('notice');
  row.getByRole('button').click();
  return row.findByText('The dates were mended.');
});

test('a call that did not run is not said to have been used', () => {
  const { show } = setUp(
    viewOf((log) => {
      log.begin('Go on.');
      const call = { kind: 'tool_call', phase: 'completed', name: 'shell', arguments: { command: 'ls' } } as const;
      log.add({ ...call, result: 'Not run: the limit of requests was reached.', status: 'failed' }, 's1');
    }),
  );
  expect(show('tool').container.querySelector('.verb')?.textContent?.trim()).toBe('Did not run');
});
