import { expect, test } from 'vitest';
import type { App } from '../../compose.ts';
import type { LogEvent } from '../../model/index.ts';
import { emptyThread, threadId } from '../../model/index.ts';
import { createCore } from '../core/index.ts';
import type { Session } from '../session/index.ts';
import { followTitle, tabTitle } from './tab-title.ts';

const idle = {
  steers: false,
  stopping: false,
  queued: 0,
  progress: null,
  problem: null,
  running: false,
  awaitingApproval: false,
};
const t = (text: string, ...args: readonly unknown[]) =>
  text.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));
const settled = () => new Promise((done) => setImmediate(done));

test.each([
  ['Fix it', {}, 'Fix it'],
  [' ', {}, 'New thread'],
  ['Fix it', { running: true }, 'Fix it (running)'],
  ['Fix it', { running: true, awaitingApproval: true }, 'Fix it (waits for your answer)'],
  ['x'.repeat(80), { running: true }, `${'x'.repeat(47)}… (running)`],
])('a tab is called by its thread and what goes on: %s, %j', (title, activity, expected) => {
  expect(tabTitle(title, { ...idle, ...activity }, t)).toBe(expected);
});

test('the title follows the thread that is shown and its names; what goes on is told without reading', async () => {
  const titles = new Map([
    ['a', 'First'],
    ['b', 'Other'],
  ]);
  let shown = 'a';
  let reads = 0;
  let changed: () => void = () => {};
  let events: (batch: readonly LogEvent[]) => void = () => {};
  const view = async (id: ReturnType<typeof threadId>) => {
    reads += 1;
    return { ...emptyThread(id), title: titles.get(id) ?? '' };
  };
  const core = createCore(async () => ({ threads: { view } }) as unknown as App);
  await core.get();
  const session = {
    thread: () => ({ threadId: threadId(shown), cwd: null, begun: true }),
    onChange: (call: () => void) => {
      changed = call;
      return () => {
        changed = () => {};
      };
    },
    onEvents: (call: typeof events) => {
      events = call;
      return () => {};
    },
  } as unknown as Session;
  const told: string[] = [];
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const end = followTitle({ core, session, log }, (title) => told.push(title));
  changed();
  await settled();
  changed();
  expect([told, reads]).toEqual([['First', 'First'], 1]);
  titles.set('a', 'Renamed');
  events([{ kind: 'assistant_text' } as LogEvent]);
  events([{ kind: 'thread_renamed' } as LogEvent]);
  await settled();
  shown = 'b';
  changed();
  await settled();
  expect([told.slice(2), reads]).toEqual([['Renamed', 'Other'], 3]);
  shown = 'a';
  changed();
  end();
  await settled();
  expect(told.at(-1)).toBe('Other');
});
