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
const unsaid = { path: '/w/b', change: 'add', grade: 'git', blob: null, diff: '@@ b', by: null } as const;

function keeper(rest: (signal: AbortSignal) => Promise<DiskChanges>) {
  const begun: unknown[] = [];
  const changes: Changes = {
    begin: (turn) => {
      begun.push(turn);
      return {
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
  const { changes, begun } = keeper(async () => ({ changes: [unsaid], more: 3 }));
  const t = engineOnFakes({ scripts: [patches], changes });
  t.state.inputs = { ...readyInputs, selected: 'codex-native' };
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(begun).toEqual([{ cwd: '/w', sandbox: 'workspace-write' }, ['/w/a']]);
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
  const t = engineOnFakes({ scripts: [untilStopped], changes });
  t.state.inputs = { ...readyInputs, selected: 'codex-native' };
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  const stopped = t.engine.stop(id, 'user');
  await asked;
  t.clock.advance(2000);
  await stopped;
  late({ changes: [unsaid], more: 0 });
  await Promise.resolve();
  expect(cut).toBe(true);
  expect(kindsOf(t.stored(id)).slice(-2)).toEqual(['turn_interrupted', 'receipt']);
});

test.each([
  ['the other lane', { ...readyInputs, selected: 'api' } as const, '/w'],
  ['no folder', { ...readyInputs, selected: 'codex-native' } as const, null],
])('nothing is kept: %s', async (_name, inputs, cwd) => {
  const { changes, begun } = keeper(async () => ({ changes: [], more: 0 }));
  const t = engineOnFakes({ changes });
  t.state.inputs = inputs;
  const id = t.engine.create(cwd);
  await t.prompt(id, 'hi');
  await t.until(t.idle(id));
  expect(begun).toEqual([]);
});
