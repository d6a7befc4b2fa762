import { expect, test } from 'vitest';
import type { LogEvent } from '../model/index.ts';
import { emptyThread, foldAll, itemId, threadId, turnId } from '../model/index.ts';
import { historyOf } from './history.ts';

const id = threadId('th');
let seq = 0;
const event = (body: object): LogEvent =>
  ({
    v: 1,
    seq: ++seq,
    at: '2026-01-01T00:00:00.000Z',
    provider: 'codex',
    laneId: 'codex-native',
    transport: 'exec',
    threadId: id,
    turnId: turnId('u1'),
    ...body,
  }) as LogEvent;
const said = (text: string) => event({ kind: 'user_message', text, attachments: [], delivery: 'start' });
const history = (...events: readonly LogEvent[]) => historyOf(foldAll(emptyThread(id), events), turnId('now'));
const command = (output: string) =>
  event({
    kind: 'command_execution',
    phase: 'completed',
    command: 'npm test',
    cwd: '/w',
    output,
    exitCode: 1,
    status: 'failed',
    itemId: itemId(`c${seq}`),
  });

test('what an earlier turn did is told in order, also where the runtime ran it', () => {
  const changes = [{ path: '/w/a', kind: 'move', movedFrom: '/w/b', diff: '@@ a' }] as const;
  const told = history(
    said('fix it'),
    event({ kind: 'reasoning', text: 'hm', isDelta: false, itemId: itemId('r') }),
    command('red'),
    event({ kind: 'file_change', phase: 'completed', changes, status: 'completed', itemId: itemId('f') }),
    event({
      kind: 'tool_call',
      phase: 'completed',
      name: 'a b',
      arguments: { x: 1 },
      result: 'r',
      status: 'completed',
      itemId: itemId('t'),
    }),
    event({
      kind: 'disk_change_detected',
      path: '/w/z',
      change: 'add',
      grade: 'git',
      blob: null,
      by: null,
      itemId: itemId('d'),
    }),
    event({ kind: 'assistant_text', text: 'Fixed.', isDelta: false, itemId: itemId('m') }),
  );
  expect(told).toEqual([
    { role: 'user', text: 'fix it' },
    {
      role: 'tool',
      act: { kind: 'command', command: 'npm test', cwd: '/w', output: 'red', exitCode: 1, status: 'failed' },
    },
    { role: 'tool', act: { kind: 'change', files: ['move /w/b -> /w/a'], patch: '@@ a', status: 'completed' } },
    { role: 'tool', act: { kind: 'call', name: 'a_b', arguments: { x: 1 }, result: 'r', status: 'completed' } },
    { role: 'assistant', text: 'Fixed.' },
  ]);
});

test('of a file that was deleted, or was not to be, only the name is told', () => {
  const changes = [
    { path: '/w/.env', kind: 'delete', diff: '-TOKEN=hidden' },
    { path: '/w/a', kind: 'update', diff: '+a' },
  ] as const;
  const told = history(
    event({ kind: 'file_change', phase: 'completed', changes, status: 'declined', itemId: itemId('gone') }),
  );
  expect(told).toEqual([
    {
      role: 'tool',
      act: { kind: 'change', files: ['delete /w/.env', 'update /w/a'], patch: '+a', status: 'declined' },
    },
  ]);
});

test('an old output is cut in its middle, with the figure', () => {
  const [told] = history(command(`${'a'.repeat(10_000)}${'z'.repeat(10_000)}`));
  const output = told?.role === 'tool' && told.act.kind === 'command' ? told.act.output : '';
  expect(output.length).toBeLessThan(8400);
  expect(output).toMatch(/^a{4096}\n\[… 11808 characters left out: .*\]\nz{4096}$/);
});

test('a summary stands for all before it; a compaction of the runtime’s own for nothing', () => {
  const compacted = (more: object) => event({ kind: 'context_compacted', before: 9, after: 1, how: 'x', ...more });
  expect(history(said('one'), compacted({}), said('two'))).toHaveLength(2);
  expect(history(said('one'), compacted({ summary: 'They said one.' }), said('two'))).toEqual([
    { role: 'user', text: expect.stringMatching(/They said one\.$/) },
    { role: 'user', text: 'two' },
  ]);
});

test('what its turn left in the middle is told as stopped, never as going on', () => {
  const running = { phase: 'started', status: 'in_progress' } as const;
  const changes = [{ path: '/w/a', kind: 'update', diff: '@@ a' }] as const;
  const told = history(
    said('go'),
    event({ kind: 'turn_started', model: null, effort: null, cwd: '/w', sandbox: null, approvalPolicy: null }),
    event({ kind: 'command_execution', ...running, command: 'sleep 9', cwd: '/w', itemId: itemId('c1') }),
    event({ kind: 'file_change', ...running, changes, itemId: itemId('f1') }),
    event({ kind: 'tool_call', ...running, name: 'look', arguments: {}, itemId: itemId('t1') }),
    event({ kind: 'turn_interrupted', durationMs: 1, by: 'user' }),
  );
  const acts = told.flatMap((entry) => (entry.role === 'tool' ? [entry.act] : []));
  expect(acts.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
  const stopped = expect.stringContaining('stopped before');
  expect(acts).toMatchObject([{ output: stopped }, { kind: 'change' }, { result: stopped }]);
});
