import { expect, test } from 'vitest';
import type { CodexThread } from '../../compose.ts';
import { nativeThreadId } from '../../model/index.ts';
import type { CodexRowFacts } from './codex-rows.ts';
import { codexRows } from './codex-rows.ts';

const thread = (id: string, more: Partial<CodexThread> = {}): CodexThread => ({
  nativeThreadId: nativeThreadId(id),
  title: `Title of ${id}`,
  cwd: '/w/app',
  branch: null,
  source: 'cli',
  updatedAt: '2026-03-01T11:00:00.000Z',
  ...more,
});
const rows = (codex: CodexRowFacts['codex']) =>
  codexRows({
    codex,
    folders: [{ path: '/w/app', name: 'app' }],
    now: Date.parse('2026-03-01T12:00:00.000Z'),
    language: 'en',
    t: (text, ...args) => text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)])),
  }).map((row) => (row.kind === 'group' ? row.label : [row.label, row.description]));

test('a section of their own: with folder, branch, source and age; those of other folders below', () => {
  const threads = [
    thread('a', { branch: 'feat/x' }),
    thread('b', { cwd: '/srv/other', source: 'exec' }),
    thread('c', { title: '', source: null }),
  ];
  expect(rows({ kind: 'threads', threads })).toEqual([
    'Codex CLI',
    ['$(terminal) Title of a', 'cli · app · feat/x · 1 hr. ago'],
    ['$(terminal) New thread', 'app · 1 hr. ago'],
    'Codex CLI, folder not open here: open it to go on',
    ['$(terminal) Title of b', 'exec · other · 1 hr. ago'],
  ]);
});

test('nothing while they have not come, where there are none, and where the feature is off; else the reason', () => {
  for (const none of [null, { kind: 'threads', threads: [] }, { kind: 'none', why: '' }] as const) {
    expect(rows(none)).toEqual([]);
  }
  expect(rows({ kind: 'none', why: 'No $(x)\nanswer.' })).toEqual(['Codex CLI, not read: No \\$(x) answer.']);
});

test('what Codex says is text, on one line, and not without end', () => {
  const [, row] = rows({ kind: 'threads', threads: [thread('a', { title: `$(trash)\n${'x'.repeat(9000)}` })] });
  expect(row?.[0]).toMatch(/^\$\(terminal\) \\\$\(trash\) x+$/);
  expect(row?.[0]?.length).toBeLessThan(300);
});
