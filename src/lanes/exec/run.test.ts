import { expect, test, vi } from 'vitest';
import type { TurnProgress } from '../../model/index.ts';
import type { LaneTurn, TurnIo } from '../../ports/index.ts';
import type { NativeRuntime } from '../../runtime/index.ts';
import { checkReady } from '../../runtime/index.ts';
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

const runtime = {
  binary: { kind: 'found', identity: { path: '/none/codex', source: 'setting', version: 'codex-cli 0.169.0' } },
  pin: null,
  config: { kind: 'ok' },
  credential: { fact: { kind: 'present', payer: null } },
  endpoint: null,
  vault: null,
} as unknown as NativeRuntime;

const turn = {
  ...{ nativeThreadId: null, forkOf: null, profile: null, outputSchema: null, newWorktree: false },
  ...{ ephemeral: false, addDirs: [], attachments: [], cwd: import.meta.dirname },
} as unknown as LaneTurn;

test('Stop in the last moment before the start starts nothing', async () => {
  const stop = new AbortController();
  const ended = await runExec(
    {
      resolve: async () => runtime,
      settings: () => {
        throw new Error('it was about to start');
      },
      clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    },
    turn,
    {
      signal: stop.signal,
      progress: () => undefined,
      mayPay: () => {
        stop.abort('user');
        return null;
      },
    } as unknown as TurnIo,
  );
  expect(ended).toMatchObject({ outcome: 'interrupted', facts: { exitCode: null } });
});

test('an image that Codex would leave out without a word, for a comma in its path, is refused', async () => {
  const turn = { nativeThreadId: null, forkOf: null, profile: null, outputSchema: null, addDirs: [] };
  const checked = (path: string) =>
    checkReady(
      runtime,
      {
        ...turn,
        cwd: import.meta.dirname,
        attachments: [{ kind: 'image', path, label: 'x' }],
      } as unknown as LaneTurn,
      'exec',
    );
  expect(await checked('/w/a,b.png')).toMatchObject({ error: { code: 'bad_request' } });
  expect(await checked('/w/ab.png')).toMatchObject({ cwd: import.meta.dirname });
});

test('Stop while the way to the provider opens: it is closed again, and nothing starts', async () => {
  const stop = new AbortController();
  const opening = Promise.withResolvers<void>();
  const steps: string[] = [];
  const open = async () => {
    steps.push('opens');
    stop.abort('user');
    await opening.promise;
    return { close: async () => void steps.push('closed') };
  };
  const ended = runExec(
    {
      resolve: async () => ({ ...runtime, vault: { id: '', open } }) as unknown as NativeRuntime,
      settings: () => {
        throw new Error('it was about to start');
      },
      clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    },
    turn,
    { signal: stop.signal, progress: () => undefined, mayPay: () => null } as unknown as TurnIo,
  );
  await vi.waitFor(() => expect(steps).toEqual(['opens']));
  opening.resolve();
  expect(await ended).toMatchObject({ outcome: 'interrupted' });
  expect(steps).toEqual(['opens', 'closed']);
});
