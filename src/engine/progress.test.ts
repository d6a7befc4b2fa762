import { expect, test } from 'vitest';
import { engineOnFakes, untilStopped } from '../../test/fakes/engine.ts';
import type { ProgressWait, TurnProgress } from '../model/index.ts';

const waitingFor = (what: ProgressWait['on']): TurnProgress => ({
  steps: [],
  waiting: { on: what, what: null, since: '2026-01-01T00:00:00.000Z' },
  givesUpAt: null,
});

test('progress is shown at once, then four times a second with the latest, and is gone with its turn', async () => {
  let tell = (_: TurnProgress): void => {};
  const told: (string | null)[] = [];
  const t = engineOnFakes({
    scripts: [
      async (turn, io, end) => {
        tell = io.progress;
        return await untilStopped(turn, io, end);
      },
    ],
  });
  const id = t.engine.create('/w');
  await t.prompt(id, 'hi');
  await t.until(() => t.turns.length === 1);
  t.onActivity((activity) => told.push(activity.progress?.waiting.on ?? null));
  tell(waitingFor('process'));
  expect(told).toEqual(['process']);
  tell(waitingFor('thread'));
  tell(waitingFor('turn'));
  expect(told).toEqual(['process']);
  expect(t.engine.activity(id).progress).toEqual(waitingFor('turn'));
  t.clock.advance(250);
  expect(told).toEqual(['process', 'turn']);
  tell(waitingFor('network'));
  await t.engine.stop(id, 'user');
  expect(t.engine.activity(id).progress).toBeNull();
  tell(waitingFor('exit'));
  const count = told.length;
  t.clock.advance(1000);
  expect(told).toHaveLength(count);
  expect(told.at(-1)).toBeNull();
  // Never stored.
  expect(JSON.stringify(t.stored(id))).not.toContain('network');
});

test('the user’s word to go on waiting reaches all that wait, and nobody when nothing runs', async () => {
  let heard = 0;
  let leave = (): void => {};
  const t = engineOnFakes({
    scripts: [
      async (turn, io, end) => {
        leave = io.onWait(() => {
          heard += 1;
        });
        io.onWait(() => {
          heard += 10;
        });
        return await untilStopped(turn, io, end);
      },
    ],
  });
  const id = t.engine.create('/w');
  expect(t.engine.wait(id)).toBe(false);
  await t.prompt(id, 'hi');
  await t.until(() => t.turns.length === 1);
  expect(t.engine.wait(id)).toBe(true);
  leave();
  expect(t.engine.wait(id)).toBe(true);
  expect(heard).toBe(21);
  await t.engine.stop(id, 'user');
  expect(t.engine.wait(id)).toBe(false);
});

test('three threads run at once, each by itself', async () => {
  const t = engineOnFakes({ scripts: [untilStopped, untilStopped, untilStopped] });
  const ids = [1, 2, 3].map(() => t.engine.create('/w'));
  await Promise.all(ids.map((id, i) => t.prompt(id, `p${i}`)));
  await t.until(() => t.turns.length === 3);
  expect(ids.map((id) => t.engine.activity(id).running)).toEqual([true, true, true]);
  const [first, second, third] = ids;
  if (first === undefined || second === undefined || third === undefined) throw new Error('no threads');
  await t.engine.stop(second, 'user');
  expect(ids.map((id) => t.engine.activity(id).running)).toEqual([true, false, true]);
  expect(t.folded(second).turns.map((turn) => turn.state)).toEqual(['interrupted']);
  expect(t.folded(first).activeTurnId).not.toBeNull();
  await t.engine.close();
  for (const id of ids)
    expect(t.stored(id).map(({ seq, threadId }) => [seq, threadId])).toEqual(t.stored(id).map((_, i) => [i + 1, id]));
});
