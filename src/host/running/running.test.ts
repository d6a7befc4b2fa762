import { expect, test } from 'vitest';
import type { Activity, App } from '../../compose.ts';
import { emptyThread, threadId } from '../../model/index.ts';
import { createCore } from '../core/index.ts';
import { createRunning } from './running.ts';

const idle: Activity = {
  running: false,
  stopping: false,
  queued: 0,
  awaitingApproval: false,
  steers: false,
  progress: null,
  problem: null,
};

async function started() {
  let tell: (id: ReturnType<typeof threadId>, activity: Activity) => void = () => {};
  const titles = new Map([['a', 'Fix the test']]);
  const threads = {
    view: async (id: ReturnType<typeof threadId>) => ({ ...emptyThread(id), title: titles.get(id) ?? '', cwd: '/w' }),
    onActivity: (listener: typeof tell) => {
      tell = listener;
      return () => {
        tell = () => {};
      };
    },
  };
  const core = createCore(async () => ({ threads }) as unknown as App);
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const running = createRunning(core, log);
  let changes = 0;
  running.onChange(() => {
    changes += 1;
  });
  await core.get();
  return {
    running,
    titles,
    changes: () => changes,
    tell: async (id: string, more: Partial<Activity>) => {
      tell(threadId(id), { ...idle, ...more });
      await new Promise((done) => setImmediate(done));
    },
  };
}

test('several threads run at once, and each leaves when it ends', async () => {
  const { running, tell } = await started();
  await tell('a', { running: true });
  await tell('b', { running: true });
  expect(running.current()).toEqual([
    { threadId: 'a', title: 'Fix the test', cwd: '/w' },
    { threadId: 'b', title: '', cwd: '/w' },
  ]);
  await tell('a', {});
  expect(running.current().map(({ threadId: id }) => id)).toEqual(['b']);
  expect([running.titleOf('a'), running.titleOf('b'), running.titleOf('c')]).toEqual(['Fix the test', null, null]);
  expect([running.activityOf('a')?.running, running.activityOf('b')?.running]).toEqual([false, true]);
});

test('a title is learnt anew with each turn', async () => {
  const { running, titles, tell } = await started();
  await tell('a', { running: true });
  await tell('a', {});
  titles.set('a', 'Another name');
  await tell('a', { running: true });
  expect(running.titleOf('a')).toBe('Another name');
});

test('progress alone tells nobody', async () => {
  const { tell, changes } = await started();
  await tell('a', { running: true });
  const before = changes();
  const waiting = { on: 'network', what: null, since: '2026-01-01T00:00:00.000Z' } as const;
  await tell('a', { running: true, progress: { steps: [], waiting, givesUpAt: null } });
  expect(changes()).toBe(before);
  await tell('a', { running: true, awaitingApproval: true });
  expect(changes()).toBe(before + 1);
});
