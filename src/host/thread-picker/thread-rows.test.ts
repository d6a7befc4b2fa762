import { expect, test } from 'vitest';
import type { Activity } from '../../compose.ts';
import { threadId } from '../../model/index.ts';
import type { ThreadFacts } from './thread-rows.ts';
import { threadRows } from './thread-rows.ts';

const now = Date.parse('2026-03-01T12:00:00.000Z');
const thread = (id: string, cwd: string | null, updatedAt: string, title = `Title of ${id}`) => {
  const last = { turns: 1, state: 'completed', lane: 'codex-native', forkedFrom: null } as const;
  return { threadId: threadId(id), title, cwd, createdAt: updatedAt, updatedAt, ...last };
};
const idle: Activity = {
  running: false,
  stopping: false,
  queued: 0,
  awaitingApproval: false,
  steers: false,
  progress: null,
  problem: null,
};

function rows(given: Partial<ThreadFacts>, activities: Record<string, Partial<Activity>> = {}) {
  return threadRows({
    threads: [],
    activityOf: (id) => (id in activities ? { ...idle, ...activities[id] } : null),
    folders: [{ path: '/w/app', name: 'app' }],
    shownIn: () => null,
    now,
    language: 'en',
    t: (text, ...args) => text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)])),
    ...given,
  });
}

test('threads of the open folders come first, the others below a line, each newest first', () => {
  const threads = [
    thread('old', '/w/app', '2026-02-01T12:00:00.000Z'),
    thread('elsewhere', '/srv/other', '2026-03-01T11:59:00.000Z'),
    thread('new', '/w/app', '2026-03-01T11:55:00.000Z'),
    thread('no-folder', null, '2026-02-28T12:00:00.000Z'),
  ];
  const shownIn: ThreadFacts['shownIn'] = (id) => (id === 'new' ? 'here' : null);
  expect(
    rows({ threads, shownIn }).map((row) => (row.kind === 'group' ? row.label : [row.label, row.description])),
  ).toEqual([
    ['$(comment-discussion) Title of new', 'shown · app · 5 min. ago'],
    ['$(comment-discussion) Title of no-folder', 'yesterday'],
    ['$(comment-discussion) Title of old', 'app · 4 wk. ago'],
    'Folder not open here: to be read only',
    ['$(comment-discussion) Title of elsewhere', 'other · 1 min. ago'],
  ]);
});

test('no line where nothing is below it', () => {
  expect(rows({ threads: [thread('a', '/w/app', '2026-02-01T12:00:00.000Z')] }).map(({ kind }) => kind)).toEqual([
    'thread',
  ]);
  expect(rows({})).toEqual([]);
});

test.each([
  [{ running: true }, '$(loading~spin)', 'running · '],
  [{ running: true, queued: 2 }, '$(loading~spin)', 'running, 2 waiting · '],
  [{ running: true, awaitingApproval: true }, '$(question)', 'waits for your answer · '],
  [{}, '$(comment-discussion)', 'app'],
])('the state is told: %j', (activity, icon, words) => {
  const [row] = rows({ threads: [thread('a', '/w/app', '2026-03-01T11:00:00.000Z')] }, { a: activity });
  expect(row?.kind === 'thread' && [row.label.split(' ')[0], row.description.startsWith(words)]).toEqual([icon, true]);
});

test.each([
  ['completed', undefined, '$(comment-discussion)', 'app'],
  ['failed', undefined, '$(error)', 'failed · app'],
  ['interrupted', undefined, '$(circle-slash)', 'cut off · app'],
  ['running', undefined, '$(sync)', 'running elsewhere · app'],
  ['running', {}, '$(comment-discussion)', 'app'],
  ['interrupted', { running: true }, '$(loading~spin)', 'running · app'],
  [null, undefined, '$(comment-discussion)', 'app'],
] as const)('how its last turn ended is told: %s, %j', (state, activity, icon, words) => {
  const summary = { ...thread('a', '/w/app', '2026-03-01T11:00:00.000Z'), state };
  const [row] = rows({ threads: [summary] }, activity === undefined ? {} : { a: activity });
  expect(row?.kind === 'thread' && [row.label.split(' ')[0], row.description]).toEqual([icon, `${words} · 1 hr. ago`]);
});

test.each([
  ['side-bar', 'shown in the side bar · 1 hr. ago'],
  ['tab', 'shown in a tab · 1 hr. ago'],
] as const)('where else it is shown is told: %s', (place, description) => {
  const [row] = rows({ threads: [thread('a', null, '2026-03-01T11:00:00.000Z')], shownIn: () => place });
  expect(row).toMatchObject({ description });
});

test('a fork says so', () => {
  const [row] = rows({ threads: [{ ...thread('a', null, '2026-03-01T11:00:00.000Z'), forkedFrom: 'b' }] });
  expect(row).toMatchObject({ description: 'fork · 1 hr. ago' });
});

test('a title is text: on one line, and never an icon', () => {
  const [row] = rows({ threads: [thread('a', null, '2026-03-01T11:00:00.000Z', 'Delete\n$(trash) all')] });
  expect(row?.label).toBe('$(comment-discussion) Delete \\$(trash) all');
  const [nameless] = rows({ threads: [thread('a', null, 'no time', '')] });
  expect(nameless).toMatchObject({ label: '$(comment-discussion) New thread', description: '' });
});
