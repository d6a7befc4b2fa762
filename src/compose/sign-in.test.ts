import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeClock } from '../../test/fakes/engine.ts';
import type { SignInMethod, SignInStep } from '../model/index.ts';
import type { SettingsSnapshot } from '../ports/index.ts';
import type { SignInDeps } from './sign-in.ts';
import { signInAction } from './sign-in.ts';
import type { TestAppOptions } from './testing/test-app.ts';
import { realCodex, TestRoom } from './testing/test-app.ts';

const open: Partial<SettingsSnapshot> = {
  nativeInteractive: { value: true, source: 'codexLanes.native.interactive' },
};
/** The built-in provider, which needs a login, behind a proxy that refuses: no network, wherever this runs. */
const offline: TestAppOptions = {
  settings: open,
  config: () => 'model = "gpt-5.5"\n',
  env: { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9' },
};
const unreachable = {
  kind: 'failed',
  message: 'OpenAI can’t be reached, so nobody can sign in with ChatGPT now.',
  hint: 'Check the network and the proxy, or use an API key.',
};

let room: TestRoom;
beforeEach(() => {
  room = new TestRoom();
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await room.close();
});

/** Signs in, and gives what came of it with the steps that were told. */
async function tryIt(method: SignInMethod, options: TestAppOptions, stop = new AbortController(), onStep = () => {}) {
  const app = await room.open(options);
  const steps: SignInStep[] = [];
  const told = (step: SignInStep): void => {
    steps.push(step);
    onStep();
  };
  return { end: await app.runtime.signIn(method, told, stop.signal), steps, app };
}

describe.skipIf(realCodex === '')('signing in with the real program', () => {
  test.each(['browser', 'device-code'] as const)('offline, %s fails at once and says so', async (method) => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('fetch failed')));
    const begun = Date.now();
    const { end, steps } = await tryIt(method, offline);
    expect(end).toEqual(unreachable);
    expect(steps).toEqual([]);
    expect(Date.now() - begun).toBeLessThan(20_000);
    expect(existsSync(join(room.codexHome, 'auth.json'))).toBe(false);
  });

  test('the browser flow begins with a page of OpenAI, and is cancelled', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response()));
    const stop = new AbortController();
    const { end, steps } = await tryIt('browser', offline, stop, () => stop.abort());
    expect(end).toEqual({ kind: 'cancelled' });
    expect(steps.map(({ kind, url }) => [kind, new URL(url).origin])).toEqual([['open', 'https://auth.openai.com']]);
  });

  test('with a key of ours the login still goes to the store that Codex keeps', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response()));
    const stop = new AbortController();
    const vault = new Map([['native-key', 'sk-test-0123456789abcdef']]);
    const { app, end } = await tryIt('browser', { ...offline, vault }, stop, () => stop.abort());
    expect(end).toEqual({ kind: 'cancelled' });
    const [server] = app.runtime.processes().filter(({ kind }) => kind === 'server');
    if (server === undefined) throw new Error('no server runs');
    if (process.platform !== 'linux') return;
    const words = readFileSync(`/proc/${server.pid}/cmdline`, 'latin1').split('\0');
    expect(words).toContain('app-server');
    expect(words.join(' ')).not.toContain('ephemeral');
  });

  test.each<[string, TestAppOptions, RegExp]>([
    ['an untrusted workspace', { ...offline, trusted: false }, /not trusted/],
    ['the shut gate', { ...offline, settings: {} }, /gate, which is shut/],
    ['turns that a key alone pays', { ...offline, settings: { ...open, nativeAuth: 'api-key' } }, /would not be used/],
    ['vault-only', { ...offline, settings: { ...open, nativeCredentials: 'vault-only' } }, /vault-only.*not be used/],
    ['a provider without a login', { settings: open }, /takes no ChatGPT login/],
  ])('%s: refused with the reason, and no server is started', async (_, options, says) => {
    const { end, steps, app } = await tryIt('browser', options);
    expect(end).toMatchObject({ kind: 'failed', message: expect.stringMatching(says) });
    expect(steps).toEqual([]);
    expect(app.runtime.processes()).toEqual([]);
  });

  test('practice says why not', async () => {
    const app = await room.open(offline);
    await app.practice.start([room.work]);
    const end = await app.runtime.signIn('browser', () => {}, new AbortController().signal);
    expect(end).toMatchObject({ kind: 'failed', message: 'Practice is on: its endpoint needs no login.' });
  });

  test('aborted before it began: nothing is started', async () => {
    const stop = new AbortController();
    stop.abort();
    const { end, app } = await tryIt('device-code', offline, stop);
    expect(end).toEqual({ kind: 'cancelled' });
    expect(app.runtime.processes().filter(({ kind }) => kind === 'server')).toEqual([]);
  });
});

test('signed in: the status is asked anew, and the server is given back', async () => {
  const done: string[] = [];
  let hear = (_: object): void => {};
  const lease = {
    ended: new Promise(() => {}),
    onNotification: (call: typeof hear) => {
      hear = call;
      return () => {};
    },
    request: async (
      _method: string,
      _params: object,
      read: { parse: (value: unknown) => unknown },
      options: { onAnswer: (value: unknown) => void },
    ) => {
      const answer = read.parse({
        type: 'chatgptDeviceCode',
        loginId: 'one',
        verificationUrl: 'https://a.b/',
        userCode: 'C',
      });
      options.onAnswer(answer);
      return answer;
    },
    release: () => done.push('released'),
  };
  const runtime = {
    ...{ binary: { kind: 'found', identity: { path: '/bin/codex' } }, pin: null, env: {}, ownKeys: [], secrets: [] },
    ...{ config: { kind: 'read', config: { provider: { needsLogin: true } } }, abilities: async () => null },
    credential: { apiKey: null, forcedLogin: null },
  };
  const act = signInAction({
    ...{ settings: () => ({ ...open, nativeAuth: 'auto' }), trusted: () => true, practising: () => false },
    ...{ resolve: async () => runtime, server: { lease: async () => lease } },
    onSignedIn: async () => void done.push('refreshed'),
    ...{ closing: new AbortController().signal, clock: new FakeClock(), log: {} },
  } as unknown as SignInDeps);
  const onStep = () => hear({ method: 'account/login/completed', params: { loginId: 'one', success: true } });
  expect(await act('device-code', onStep, new AbortController().signal)).toEqual({ kind: 'signed-in' });
  expect(done).toEqual(['released', 'refreshed']);
});
