import { expect, test } from 'vitest';
import type { Script } from '../../test/fakes/engine.ts';
import { engineOnFakes, readyInputs, untilStopped } from '../../test/fakes/engine.ts';
import type { FileChange, LogEvent } from '../model/index.ts';
import { itemId } from '../model/index.ts';
import type { Changes, DiskChanges } from '../ports/index.ts';

const changed: readonly FileChange[] = [{ path: '/w/a', kind: 'update' }];
const patches: Script = async (_turn, io, end) => {
  io.emit({ kind: 'file_change', phase: 'started', changes: changed, status: 'in_progress', itemId: itemId('i') });
  await io.beforeChange(['/w/a']);
  io.emit({ kind: 'file_change', phase: 'completed', changes: changed, status: 'completed', itemId: itemId('i') });
  return end();
};
const runs: Script = async (turn, io, end) => {
  io.emit({
    kind: 'command_execution',
    phase: 'completed',
    command: 'make',
    exitCode: 0,
    status: 'completed',
    itemId: itemId('c'),
  });
  return turn.text === 'wait' ? untilStopped(turn, io, end) : end();
};
const native = { ...readyInputs, selected: 'codex-native' } as const;
const unsaid = { path: '/w/b', change: 'add', grade: 'git', blob: null, diff: '@@ b', by: null } as const;

function keeper(rest: (signal: AbortSignal) => Promise<DiskChanges>) {
  const begun: unknown[] = [];
  const changes: Changes = {
    begin: (turn) => {
      begun.push(turn);
      return {
        look: async () => void begun.push('look'),
        before: async (paths) => void begun.push(paths),
        after: async (all) => ({
          baselines: all.map(({ path }) => ({ path, grade: 'git', blob: 'abc' })),
          changes: all.map((change) => ({ ...change, diff: '@@ a' })),
        }),
        end: rest,
      };
    },
  };
  return { changes, begun };
}

const kindsOf = (events: readonly LogEvent[]) => events.map(({ kind }) => kind);

test('a change is explained before its turn ends, and what nobody said is said', async () => {
  const { changes, begun } = keeper(async () => ({ changes: [unsaid], more: 3, unseen: null, overlooked: 0 }));
  const t = engineOnFakes({ scripts: [patches], changes });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(begun).toEqual([{ cwd: '/w', sandbox: 'workspace-write', madeFrom: null }, 'look', ['/w/a']]);
  expect(kindsOf(t.stored(id)).slice(-8)).toEqual([
    'file_change',
    'file_change',
    'snapshot_taken',
    'file_change',
    'disk_change_detected',
    'system_notice',
    'turn_completed',
    'receipt',
  ]);
  const rows = t.folded(id).rows.filter((row) => row.kind === 'file-change');
  expect(rows).toMatchObject([
    {
      changes: [{ path: '/w/a', kind: 'update', diff: '@@ a' }],
      diffSource: 'pre-image',
      baselines: [{ path: '/w/a', grade: 'git', blob: 'abc' }],
      announced: true,
      open: false,
    },
    { changes: [{ path: '/w/b', kind: 'add', diff: '@@ b' }], announced: false, open: false, cutOff: false },
  ]);
});

test('Stop waits two seconds for it and no longer, and nothing is said after the end', async () => {
  let cut = false;
  let late = (_rest: DiskChanges): void => {};
  let ask = (): void => {};
  const asked = new Promise<void>((resolve) => {
    ask = resolve;
  });
  const { changes } = keeper(
    (signal) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          cut = true;
        });
        late = resolve;
        ask();
      }),
  );
  const t = engineOnFakes({ scripts: [runs], changes });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  await t.prompt(id, 'wait');
  const stopped = t.engine.stop(id, 'user');
  await asked;
  t.clock.advance(2000);
  await stopped;
  late({ changes: [unsaid], more: 0, unseen: null, overlooked: 0 });
  await Promise.resolve();
  expect(cut).toBe(true);
  expect(kindsOf(t.stored(id)).slice(-2)).toEqual(['turn_interrupted', 'receipt']);
});

test.each([
  ['the other lane', { ...readyInputs, selected: 'api' } as const, '/w'],
  ['no folder', native, null],
])('nothing is kept: %s', async (_name, inputs, cwd) => {
  const { changes, begun } = keeper(async () => ({ changes: [], more: 0, unseen: null, overlooked: 0 }));
  const t = engineOnFakes({ changes });
  t.state.inputs = inputs;
  const id = t.engine.create(cwd);
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(begun).toEqual([]);
});

test('the look at the folder waits for the turn’s program', async () => {
  const { changes, begun } = keeper(async () => ({ changes: [], more: 0, unseen: null, overlooked: 0 }));
  const seen: unknown[] = [];
  const starts: Script = async (_turn, io, end) => {
    const progress = (...steps: readonly ('process-started' | 'thread-started')[]) =>
      io.progress({
        steps: steps.map((what) => ({ what, at: '', detail: null })),
        waiting: { on: 'thread', what: null, since: '' },
        givesUpAt: null,
      });
    progress('process-started');
    seen.push([...begun]);
    progress('process-started', 'thread-started');
    progress('process-started', 'thread-started');
    seen.push([...begun]);
    return end();
  };
  const t = engineOnFakes({ scripts: [starts], changes });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  const turn = { cwd: '/w', sandbox: 'workspace-write', madeFrom: null };
  expect(seen).toEqual([[turn], [turn, 'look']]);
});

test('the first turn of a worktree is followed from when it is known where that is', async () => {
  const { changes, begun } = keeper(async () => ({ changes: [], more: 0, unseen: null, overlooked: 0 }));
  const worktree = { path: '/trees/1', origin: '/w', base: 'abc' };
  const makesOne: Script = async (turn, io, end) => {
    await patches(turn, { ...io, beforeChange: async () => {} }, end);
    io.emit({ kind: 'worktree_created', worktree });
    return end();
  };
  const t = engineOnFakes({ scripts: [makesOne], changes });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  await t.engine.setOptions(id, { ...t.folded(id).options, worktree: true });
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(begun).toEqual([{ cwd: '/trees/1', sandbox: 'workspace-write', madeFrom: 'abc' }, 'look']);
  expect(t.stored(id).find(({ kind }) => kind === 'snapshot_taken')).toMatchObject({
    path: '/w/a',
    grade: 'unknown',
    gap: 'not-kept',
  });
});

test('a turn whose worktree was never found says that nothing was looked for', async () => {
  const { changes, begun } = keeper(async () => ({ changes: [unsaid], more: 0, unseen: null, overlooked: 0 }));
  const t = engineOnFakes({ scripts: [runs], changes });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  await t.engine.setOptions(id, { ...t.folded(id).options, worktree: true });
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(begun).toEqual([]);
  expect(t.stored(id).filter(({ kind }) => kind === 'system_notice')).toMatchObject([
    { code: 'disk_not_looked_at', text: 'not-kept' },
  ]);
});

test('a turn that has only talked is laid nothing to', async () => {
  const asked: boolean[] = [];
  const { changes } = keeper(async ({ aborted }) => {
    asked.push(aborted);
    return { changes: [unsaid], more: 0, unseen: null, overlooked: 0 };
  });
  const t = engineOnFakes({ changes });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(asked).toEqual([true]);
  expect(kindsOf(t.stored(id))).not.toContain('disk_change_detected');
});

test('files that were overlooked are counted, once in a thread as long as they are as many', async () => {
  let overlooked = 1200;
  const { changes } = keeper(async () => ({ changes: [], more: 0, unseen: null, overlooked }));
  const t = engineOnFakes({ scripts: [runs, runs, runs], changes });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  for (const text of ['hi', 'again', 'more']) {
    if (text === 'more') overlooked = 7;
    await t.prompt(id, text);
    await t.until(t.idle(id));
  }
  expect(t.stored(id).filter(({ kind }) => kind === 'system_notice')).toMatchObject([
    { code: 'disk_overlooked', text: '1200' },
    { code: 'disk_overlooked', text: '7' },
  ]);
});

test('that nothing could be looked for is said once in a thread', async () => {
  const { changes } = keeper(async () => ({ changes: [], more: 0, unseen: 'no-repository', overlooked: 0 }));
  const t = engineOnFakes({ scripts: [runs, runs], changes });
  t.state.inputs = native;
  const id = t.engine.create('/w');
  for (const text of ['hi', 'again']) {
    await t.prompt(id, text);
    await t.until(t.idle(id));
  }
  expect(kindsOf(t.stored(id)).filter((kind) => kind === 'receipt')).toHaveLength(2);
  expect(t.stored(id).filter(({ kind }) => kind === 'system_notice')).toMatchObject([
    { code: 'disk_not_looked_at', text: 'no-repository' },
  ]);
});

test('a turn of the API lane is followed where it has tools, by its own policy; one that only talks is not', async () => {
  const { changes, begun } = keeper(async () => ({ changes: [unsaid], more: 0, unseen: null, overlooked: 0 }));
  const t = engineOnFakes({ scripts: [patches, runs, patches, patches], changes });
  t.state.apiTools = true;
  const id = t.engine.create('/w');
  await t.prompt(id, 'patch');
  await t.until(t.idle(id));
  expect(begun).toEqual([{ cwd: '/w', sandbox: 'workspace-write', madeFrom: null, waits: true }, 'look', ['/w/a']]);
  const started = () => t.stored(id).findLast((event) => event.kind === 'turn_started');
  expect(started()).toMatchObject({ sandbox: 'workspace-write', approvalPolicy: 'ask' });
  expect(kindsOf(t.stored(id))).toContain('snapshot_taken');
  await t.prompt(id, 'run');
  await t.until(t.idle(id));
  expect(kindsOf(t.stored(id)).slice(-3)).toEqual(['disk_change_detected', 'turn_completed', 'receipt']);
  // Without Codex's program no command is sandboxed.
  t.state.settings = { ...t.state.settings, apiPolicy: 'full' };
  t.state.inputs = { ...readyInputs, native: { ...readyInputs.native, binary: { kind: 'unchecked' } } };
  await t.prompt(id, 'again');
  await t.until(t.idle(id));
  expect(started()).toMatchObject({ sandbox: null, approvalPolicy: 'full' });
  t.state.apiTools = false;
  const before = begun.length;
  await t.prompt(id, 'talk');
  await t.until(t.idle(id));
  expect(begun).toHaveLength(before);
  expect(started()).toMatchObject({ sandbox: null, approvalPolicy: 'none' });
});
