import { expect, test } from 'vitest';
import type { SignInEnd, SignInStep } from '../../model/index.ts';
import type { SignInOptions } from './sign-in.ts';
import { signIn } from './sign-in.ts';
import { FakeServer } from './testing/fake-server.ts';

/** A sign-in on a fake server that has answered nothing yet. */
function begin(options: Partial<SignInOptions> = {}) {
  const server = new FakeServer();
  const { lease, end } = server.lease();
  const steps: SignInStep[] = [];
  const stop = new AbortController();
  const result = signIn(lease, {
    method: 'browser',
    onStep: (step) => steps.push(step),
    canReach: async () => true,
    clock: server.clock,
    log: server.log,
    signal: stop.signal,
    ...options,
  });
  const answer = (answered: Record<string, unknown>) =>
    server.say({ id: server.asked('account/login/start').id, ...answered });
  const complete = (loginId: string | null, success: boolean, error: string | null = null) =>
    server.say({ method: 'account/login/completed', params: { loginId, success, error } });
  const cancelled = () =>
    server.sent.filter(({ method }) => method === 'account/login/cancel').map((one) => one.params);
  return { server, end, steps, stop, result, answer, complete, cancelled };
}

const browser = { result: { type: 'chatgpt', loginId: 'one', authUrl: 'https://auth.example/authorize?x=1' } };
const device = {
  result: {
    type: 'chatgptDeviceCode',
    loginId: 'one',
    verificationUrl: 'https://auth.example/code',
    userCode: 'AB-12',
  },
};
const unreachable = expect.objectContaining({ kind: 'failed', message: expect.stringContaining('can’t be reached') });

test('browser: the address is shown, and the end is that of this sign-in', async () => {
  const { server, steps, result, answer, complete } = begin();
  await server.settle();
  expect(server.asked('account/login/start').params).toEqual({ type: 'chatgpt' });
  answer(browser);
  await server.settle();
  expect(steps).toEqual([{ kind: 'open', url: 'https://auth.example/authorize?x=1' }]);
  complete(null, true);
  complete('another', false, 'not this one');
  server.say({ method: 'account/login/completed', params: 7 });
  complete('one', true);
  expect(await result).toEqual({ kind: 'signed-in' });
});

test('device code: the code is shown', async () => {
  const { server, steps, result, answer, complete } = begin({ method: 'device-code' });
  await server.settle();
  expect(server.asked('account/login/start').params).toEqual({ type: 'chatgptDeviceCode' });
  answer(device);
  await server.settle();
  expect(steps).toEqual([{ kind: 'enter-code', url: 'https://auth.example/code', code: 'AB-12' }]);
  complete('one', true);
  expect(await result).toEqual({ kind: 'signed-in' });
});

test('an end that comes right behind the answer counts', async () => {
  const { server, result } = begin();
  await server.settle();
  const { id } = server.asked('account/login/start');
  server.say({ id, ...browser }, { method: 'account/login/completed', params: { loginId: 'one', success: true } });
  expect(await result).toEqual({ kind: 'signed-in' });
});

test.each<[string, SignInEnd]>([
  ['Login server error: Login was not completed', { kind: 'cancelled' }],
  ['Login server error: Login cancelled', { kind: 'cancelled' }],
  [
    'Login server error: Token exchange failed: error sending request for url (https://auth.example/token)',
    unreachable,
  ],
  ['Login server error: no workspace', { kind: 'failed', message: 'The sign-in failed: no workspace', hint: null }],
  ['', { kind: 'failed', message: 'Codex did not say why the sign-in failed.', hint: null }],
])('it ends with %j', async (error, expected) => {
  const { server, result, answer, complete } = begin();
  await server.settle();
  answer(browser);
  await server.settle();
  complete('one', false, error);
  expect(await result).toEqual(expected);
});

test('offline: no code can be had, no page is shown', async () => {
  const code = begin({ method: 'device-code' });
  await code.server.settle();
  code.answer({ error: { code: -32603, message: 'failed to request device code: error sending request for url (x)' } });
  expect(await code.result).toEqual(unreachable);
  const page = begin({ canReach: async () => false });
  await page.server.settle();
  page.answer(browser);
  await page.server.settle();
  expect(page.cancelled()).toEqual([{ loginId: 'one' }]);
  page.server.say({ id: page.server.asked('account/login/cancel').id, result: { status: 'canceled' } });
  expect(await page.result).toEqual(unreachable);
  expect(page.steps).toEqual([]);
});

test.each(['http://auth.example/', 'javascript:alert(1)', 'nothing'])('%s is never opened', async (authUrl) => {
  const { server, steps, result, answer } = begin();
  await server.settle();
  answer({ result: { ...browser.result, authUrl } });
  expect(await result).toMatchObject({ kind: 'failed' });
  expect(steps).toEqual([]);
});

test('cancelled while it waits: the server is told', async () => {
  const { server, stop, result, answer, cancelled } = begin();
  await server.settle();
  answer(browser);
  await server.settle();
  stop.abort('user');
  await server.settle();
  expect(cancelled()).toEqual([{ loginId: 'one' }]);
  server.say({
    id: server.asked('account/login/cancel').id,
    error: { code: -32600, message: 'invalid login id: one' },
  });
  expect(await result).toEqual({ kind: 'cancelled' });
});

test('cancelled before the server has answered: it is told as soon as it has', async () => {
  const { server, stop, result, answer, cancelled } = begin();
  await server.settle();
  stop.abort('user');
  expect(await result).toEqual({ kind: 'cancelled' });
  expect(cancelled()).toEqual([]);
  answer(browser);
  await server.settle();
  expect(cancelled()).toEqual([{ loginId: 'one' }]);
});

test('nobody comes back: it ends after a quarter of an hour', async () => {
  const { server, result, answer, cancelled } = begin();
  await server.settle();
  answer(browser);
  await server.settle();
  server.clock.advance(15 * 60_000);
  expect(await result).toMatchObject({
    kind: 'failed',
    message: 'The sign-in was not completed within 15 minutes.',
    hint: 'Sign in again.',
  });
  await server.settle();
  expect(cancelled()).toEqual([{ loginId: 'one' }]);
});

test('the server goes away: its cause is told', async () => {
  const { server, end, result, answer } = begin();
  await server.settle();
  answer(browser);
  await server.settle();
  end('it ended with exit code 1');
  expect(await result).toEqual({ kind: 'failed', message: 'it ended with exit code 1', hint: 'Sign in again.' });
});
