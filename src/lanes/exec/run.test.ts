import { expect, test } from 'vitest';
import type { TurnProgress } from '../../model/index.ts';
import type { LaneTurn, TurnIo } from '../../ports/index.ts';
import { runExec } from './run.ts';

test('Stop does not wait for a key store or a shell that hangs before anything is started', async () => {
  const stop = new AbortController();
  const told: TurnProgress[] = [];
  const ended = runExec(
    {
      resolve: () => new Promise(() => undefined),
      settings: () => {
        throw new Error('must not be called');
      },
      clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    },
    { nativeThreadId: null, ephemeral: false } as LaneTurn,
    {
      signal: stop.signal,
      progress: (progress) => {
        told.push(progress);
      },
    } as TurnIo,
  );
  expect(told).toMatchObject([{ steps: [], waiting: { on: 'process', what: null }, givesUpAt: null }]);
  stop.abort('user');
  expect(await ended).toMatchObject({ outcome: 'interrupted', facts: { executable: null, payer: null } });
});
