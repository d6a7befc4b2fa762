import { afterEach, beforeEach, expect, test } from 'vitest';
import { liveProcesses } from '../../node/index.ts';
import { LaneRoom, realCodex } from './testing/lane-room.ts';

let room: LaneRoom;

beforeEach(async () => {
  room = await LaneRoom.open();
});
afterEach(async () => {
  await room.close();
  expect(liveProcesses.list()).toEqual([]);
});

const real = test.skipIf(realCodex === null);

real('an answer streams, with usage, progress and facts; the thread is let go', async () => {
  const { run } = room.lane();
  const turn = run('say: one two three four');
  const end = await turn.end;
  expect(end).toMatchObject({
    outcome: 'completed',
    facts: {
      transport: 'app-server',
      executable: { version: 'codex-cli 0.169.0' },
      payer: { kind: 'provider' },
      modelServed: 'unknown',
      completionPolicy: 'persistent',
      usageAuthority: 'live-turn-completed',
      killStep: 'none',
    },
  });
  expect(turn.text()).toBe('one two three four');
  const deltas = turn.events.flatMap((event) => (event.kind === 'assistant_text' && event.isDelta ? [event.text] : []));
  expect(deltas.length).toBeGreaterThan(1);
  expect(deltas.join('')).toBe('one two three four');
  expect(end.facts.usage?.input).toBeGreaterThan(0);
  expect(end.facts.usage?.contextWindow).toBeGreaterThan(0);
  expect(new Set(turn.events.map(({ nativeThreadId }) => nativeThreadId))).toEqual(new Set([end.facts.nativeThreadId]));
  expect(turn.progress.at(-1)?.steps.map(({ what }) => what)).toEqual([
    'process-started',
    'thread-started',
    'turn-started',
  ]);
  expect(room.logged).toEqual([]);
});
