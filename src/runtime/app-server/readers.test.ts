import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Reading } from '../../model/index.ts';
import { limitWindows } from '../../model/index.ts';
import { systemClock } from '../../node/index.ts';
import type { Lease } from './lease.ts';
import { isAnotherAccount, limitsTold, readAccount, readFeatures, readLimits, readModelOffers } from './readers.ts';
import { SharedServer } from './shared-server.ts';
import type { Backend } from './testing/fake-backend.ts';
import { startBackend, writeLogin } from './testing/fake-backend.ts';
import { FakeServer, keptLog } from './testing/fake-server.ts';
import { realCodex, ServerRoom } from './testing/server-room.ts';

const ask = { now: Date.now, signal: new AbortController().signal };
const key = 'sk-test-0123456789abcdefghijklmnop';
/** Nothing leaves this machine. */
const offline = { HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' };

function told<T>(reading: Reading<T>): T {
  if (reading.kind === 'none') throw new Error(`${reading.why}: ${reading.detail}`);
  return reading.value;
}

describe.skipIf(realCodex === null)('the real program', () => {
  let room: ServerRoom;
  let server: SharedServer;
  let backend: Backend | null = null;

  beforeEach(async () => {
    room = await ServerRoom.open();
    server = new SharedServer({ clock: systemClock, log: keptLog(), version: '0.0.0-test', experimentalApi: true });
  });
  afterEach(async () => {
    await server.close();
    await backend?.close();
    backend = null;
    await room.close();
  });

  async function open(storedKey?: string): Promise<Lease> {
    Object.assign(room.env, offline);
    return server.lease(await room.program({}, storedKey));
  }

  test('a provider of its own: nobody is signed in, nobody needs to be, and limits are none', async () => {
    const lease = await open();
    const none = { kind: 'none', name: null, workspace: null, plan: null, needsLogin: false };
    expect(told(await readAccount(lease, ask))).toEqual(none);
    expect(await readLimits(lease, ask)).toMatchObject({
      kind: 'none',
      why: 'not-applicable',
      detail: expect.stringMatching(/authentication required to read rate limits/),
    });
    lease.release();
  });

  test('a key of ours: an API key, without limits', async () => {
    room.configure('[features]\nplugins = false\napps = false\nremote_plugin = false\n');
    const lease = await open(key);
    expect(told(await readAccount(lease, ask))).toMatchObject({ kind: 'api-key', plan: null, needsLogin: true });
    expect(await readLimits(lease, ask)).toMatchObject({ kind: 'none', why: 'not-applicable' });
    lease.release();
  });

  test.each(['plus', 'galactic'])(
    'a login of ChatGPT: account, plan (%s) and limits with reset times',
    async (plan) => {
      backend = await startBackend({ plan });
      room.configure(backend.config);
      writeLogin(room.codexHome, plan);
      const lease = await open();
      expect(told(await readAccount(lease, ask))).toEqual({
        ...{ kind: 'chatgpt', name: 'me@example.org', workspace: 'Workshop', needsLogin: true },
        // 0.169 knows the plans by heart.
        plan: plan === 'plus' ? 'plus' : 'unknown',
      });
      const limits = limitWindows(told(await readLimits(lease, ask)), Date.now());
      expect(limits).toMatchObject([
        { id: 'codex.primary', minutes: 300, usedPercent: 42, resetsAt: expect.any(Number) },
        { id: 'codex.secondary', minutes: 10080, usedPercent: 5, resetsAt: expect.any(Number) },
      ]);
      lease.release();
    },
  );

  test('a login of ChatGPT offline: the account is none with the reason, limits too', async () => {
    backend = await startBackend();
    room.configure(backend.config);
    await backend.close();
    writeLogin(room.codexHome);
    const lease = await open();
    const failed = { kind: 'none', why: 'failed', detail: expect.stringMatching(/^Codex refused account\//) };
    expect(await readAccount(lease, ask)).toMatchObject(failed);
    expect(await readLimits(lease, ask)).toMatchObject(failed);
    lease.release();
  });

  test('an account that nobody answers for keeps no other request waiting, and is given up', async () => {
    backend = await startBackend({ silent: true });
    room.configure(backend.config);
    writeLogin(room.codexHome);
    const lease = await open();
    const stop = new AbortController();
    const asked = readAccount(lease, { ...ask, signal: stop.signal });
    const begun = Date.now();
    expect(told(await readFeatures(lease, ask)).length).toBeGreaterThan(20);
    expect(Date.now() - begun).toBeLessThan(3000);
    stop.abort(new Error('not any more'));
    expect(await asked).toMatchObject({ kind: 'none', why: 'failed', detail: 'not any more' });
    lease.release();
  });

  test('models with the efforts of each, one of them the default, and the switches of Codex', async () => {
    const lease = await open();
    const models = told(await readModelOffers(lease, ask));
    expect(models.filter(({ isDefault }) => isDefault)).toHaveLength(1);
    for (const { efforts, defaultEffort } of models) {
      expect(efforts.map(({ effort }) => effort)).toContain(defaultEffort);
      expect(efforts.every(({ description }) => description !== '')).toBe(true);
    }
    const lists = new Set(models.map(({ efforts }) => efforts.map(({ effort }) => effort).join()));
    expect(lists.size).toBeGreaterThan(1);
    expect(told(await readFeatures(lease, ask))).toContainEqual(
      expect.objectContaining({ name: 'plugins', enabled: false, byDefault: true }),
    );
    lease.release();
  });

  test('the limits in the headers of an answer are told in its turn, without a login', async () => {
    const heard: unknown[] = [];
    server.onNotification((told) => heard.push(limitsTold(told, Date.now())));
    const lease = await open();
    const until = Math.floor(Date.now() / 1000) + 3600;
    const started = { thread: { id: '' } };
    await lease.request(
      'thread/start',
      { cwd: room.work, approvalPolicy: 'never' },
      { parse: (answer) => Object.assign(started, answer) },
    );
    const text = `limits: 92 until ${until}`;
    const input = [{ type: 'text' as const, text, text_elements: [] }];
    await lease.request('turn/start', { threadId: started.thread.id, input }, { parse: () => undefined });
    const primary = { usedPercent: 92, minutes: 300, resetsAt: until * 1000 };
    await vi.waitFor(
      () => expect(heard).toContainEqual(expect.objectContaining({ snapshot: expect.objectContaining({ primary }) })),
      { timeout: 30_000 },
    );
    lease.release();
  });

  test('the server that runs is asked without being kept, and none is started for it', async () => {
    expect(await server.running()).toBe(null);
    const lease = await open();
    const quiet = await server.running();
    expect([quiet?.pid, server.users]).toEqual([lease.pid, 1]);
    lease.release();
    expect(await server.closeUnused()).toBe(true);
    if (quiet === null) throw new Error('no server ran');
    expect(await readFeatures(quiet, ask)).toMatchObject({ kind: 'none', why: 'failed' });
    expect(await server.running()).toBe(null);
  });
});

describe('whatever comes over the wire', () => {
  test('names and plans that are not known are kept as text, tokens in them are not', async () => {
    const fake = new FakeServer();
    const reading = readAccount(fake.lease().lease, ask);
    await fake.settle();
    const account = { type: 'chatgpt', email: `${key}\u202e`, planType: 'stellar', workspaceName: 7 };
    fake.say({ id: fake.asked('account/read').id, result: { account, requiresOpenaiAuth: true } });
    const value = told(await reading);
    expect(value).toMatchObject({ kind: 'chatgpt', plan: 'stellar', workspace: null });
    expect(JSON.stringify(value)).not.toContain(key);
    expect(value.name).not.toContain('\u202e');
  });

  test('a list comes in pages; what can not be read and what is hidden is left out; a page that repeats itself ends', async () => {
    const fake = new FakeServer();
    const reading = readModelOffers(fake.lease().lease, ask);
    await fake.settle();
    const one = { model: 'one', displayName: '', hidden: false, supportedReasoningEfforts: 'many' };
    const hidden = { model: 'two', hidden: true };
    fake.say({
      id: fake.asked('model/list').id,
      result: { data: [one, hidden, 7, { model: '' }], nextCursor: 'next' },
    });
    await fake.settle();
    expect(fake.asked('model/list').params).toEqual({ cursor: 'next' });
    fake.say({ id: fake.asked('model/list').id, result: { data: [{ model: 'three' }], nextCursor: 'next' } });
    expect(told(await reading).map(({ id, label, efforts }) => [id, label, efforts])).toEqual([
      ['one', 'one', []],
      ['three', 'three', []],
    ]);
  });

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['no window', { rateLimits: { primary: null, secondary: null } }],
    ['figures that are none', { rateLimits: { primary: { usedPercent: 'many' }, secondary: 4 } }],
  ])('limits that say %s are none', (_, params) => {
    expect(limitsTold({ method: 'account/rateLimits/updated', params, emittedAtMs: 1 }, 5)).toBe(null);
  });

  test('a server whose clock runs ahead does not outdo what is told later', () => {
    const params = { rateLimits: { primary: { usedPercent: 3 } } };
    expect(limitsTold({ method: 'account/rateLimits/updated', params, emittedAtMs: 900 }, 5)?.at).toBe(5);
    expect(limitsTold({ method: 'account/rateLimits/updated', params, emittedAtMs: 2 }, 5)?.at).toBe(2);
    expect(limitsTold({ method: 'turn/started', params, emittedAtMs: 2 }, 5)).toBe(null);
  });

  test.each([
    [{ authMode: 'chatgpt', planType: 'plus' }, false],
    [{ authMode: 'chatgpt', planType: null }, false],
    [{ authMode: 'chatgptAuthTokens', planType: null }, false],
    [{ authMode: 'chatgpt', planType: 'pro' }, true],
    [{ authMode: 'apikey', planType: null }, true],
    [{ authMode: null, planType: null }, true],
  ])('an account that was updated to %o is another one: %s', (params, another) => {
    const known = { kind: 'chatgpt', name: 'me', workspace: null, plan: 'plus', needsLogin: true } as const;
    expect(isAnotherAccount({ method: 'account/updated', params, emittedAtMs: null }, known)).toBe(another);
  });
});
