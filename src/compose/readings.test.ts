import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeClock } from '../../test/fakes/engine.ts';
import type { App } from '../compose.ts';
import type { LaneInputs, Readings } from '../model/index.ts';
import { limitWindows, uncheckedNative } from '../model/index.ts';
import type { SettingsSnapshot } from '../ports/index.ts';
import { ready } from '../routing/testing/inputs.ts';
import type { Backend } from '../runtime/app-server/testing/fake-backend.ts';
import { startBackend, writeLogin } from '../runtime/app-server/testing/fake-backend.ts';
import type { Notification } from '../runtime/index.ts';
import type { ReadingsDeps } from './readings.ts';
import { ReadingsKeeper } from './readings.ts';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

const patience = { timeout: 30_000, interval: 10 };
const open: Partial<SettingsSnapshot> = {
  nativeInteractive: { value: true, source: 'codexLanes.native.interactive' },
};
const kinds = ({ endpoint: _, ...native }: Readings) =>
  Object.values(native).map((each) => (each.kind === 'told' ? 'told' : each.why));

describe.skipIf(realCodex === '')('with the real program', () => {
  let room: TestRoom;
  let backend: Backend | null = null;
  beforeEach(() => {
    room = new TestRoom();
  });
  afterEach(async () => {
    await room.close();
    await backend?.close();
    backend = null;
  });

  const receipts = () => room.events.filter((event) => event.kind === 'receipt').length;
  async function turn(app: App, text: string): Promise<void> {
    const before = receipts();
    await send(app, app.threads.create(room.work), text);
    await vi.waitFor(() => expect(receipts()).toBe(before + 1), patience);
  }
  const servers = (app: App) => app.runtime.processes().filter(({ kind }) => kind === 'server').length;

  test.each<[string, Parameters<TestRoom['open']>[0], RegExp]>([
    ['the gate is shut', {}, /the gate interactive is shut/],
    ['the workspace is not trusted', { settings: open, trusted: false }, /not trusted/],
    ['turns run on exec', { settings: { ...open, nativeTransport: 'exec' } }, /native\.transport asks for it/],
    ['Codex has no credential', { settings: open, config: () => 'model = "gpt-5.5"\n' }, /no credential/],
  ])('%s: nothing is started, and each reading says so', async (_, options, says) => {
    const app = await room.open(options);
    const { endpoint, ...native } = await app.runtime.read();
    expect(endpoint).toMatchObject({ kind: 'none', why: 'not-read' });
    for (const each of Object.values(native)) {
      expect(each).toMatchObject({ kind: 'none', why: 'shut', detail: expect.stringMatching(says) });
    }
    expect(servers(app)).toBe(0);
  });

  test('nothing is asked by itself; who asks starts the server that the next turn runs on', async () => {
    const app = await room.open({ settings: open });
    await app.status.refresh();
    expect(kinds(app.runtime.readings())).toEqual(['not-read', 'not-read', 'not-read', 'not-read']);
    expect(servers(app)).toBe(0);
    expect(kinds(await app.runtime.read())).toEqual(['told', 'not-applicable', 'told', 'told']);
    const [first] = app.runtime.processes();
    await turn(app, 'say: hi');
    expect(app.runtime.processes()).toEqual([first]);
  });

  test('the limits of a turn are known in it, and account, models and features after it', async () => {
    const app = await room.open({ settings: open });
    let changes = 0;
    app.runtime.onReadings(() => (changes += 1));
    const until = Math.floor(Date.now() / 1000) + 3600;
    await turn(app, `limits: 92 until ${until}`);
    await vi.waitFor(() => expect(kinds(app.runtime.readings())).toEqual(['told', 'told', 'told', 'told']), patience);
    const { limits } = app.runtime.readings();
    expect(limits.kind === 'told' && limitWindows(limits.value, Date.now())).toMatchObject([
      { usedPercent: 92, minutes: 300, resetsAt: until * 1000 },
    ]);
    expect(changes).toBeGreaterThan(3);
    // What it does not say stays.
    await turn(app, 'say: hi');
    expect(app.runtime.readings().limits).toEqual(limits);
  });

  test('a login of ChatGPT: whom it works for and what is left, before the first turn', async () => {
    backend = await startBackend();
    const { config } = backend;
    mkdirSync(room.codexHome, { recursive: true });
    writeLogin(room.codexHome);
    const env = { HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1' };
    const app = await room.open({ settings: open, config: () => config, env });
    const { account, limits } = await app.runtime.read();
    expect(account).toMatchObject({ kind: 'told', value: { kind: 'chatgpt', plan: 'plus', name: 'me@example.org' } });
    expect(limits.kind === 'told' && limitWindows(limits.value, Date.now())).toHaveLength(2);
    expect(JSON.stringify([...room.logged, ...room.events])).not.toContain('me@example.org');
  });

  test('the API lane’s endpoint says its limits in headers', async () => {
    const app = await room.open({ settings: { lane: { value: 'api', source: 'setting' } } });
    await turn(app, 'limits: 92');
    expect(app.runtime.readings().endpoint).toMatchObject({
      kind: 'told',
      value: [{ of: 'requests', limit: 100, remaining: 8, resetsAt: expect.any(Number) }],
    });
  });

  test('an effort that the model lacks is said in the turn; one that it lists is not', async () => {
    const app = await room.open({ settings: open });
    await app.runtime.read();
    const warned = () => room.events.filter((event) => event.kind === 'warning' && event.code === 'effort_not_listed');
    const thread = app.threads.create(room.work);
    const options = (await app.threads.view(thread)).options;
    for (const effort of ['xhigh', 'ultra']) {
      await app.threads.setOptions(thread, { ...options, model: 'gpt-5.5', effort });
      const before = receipts();
      await send(app, thread, 'say: hi');
      await vi.waitFor(() => expect(receipts()).toBe(before + 1), patience);
      expect(warned()).toHaveLength(effort === 'ultra' ? 1 : 0);
    }
    expect(warned()).toMatchObject([
      {
        source: 'config',
        text: expect.stringMatching(/^GPT-5.5 does not list the reasoning effort ultra: .*xhigh\.$/),
      },
    ]);
  });
});

describe('the keeper', () => {
  let inputs: LaneInputs;
  let about: string;
  let api: string;
  let hear: (told: Notification) => void;
  let asked: string[];
  let started: number;
  let runs: boolean;
  let key: string | null;
  let runsWith: string | null;
  let looks: number;
  let answers: Record<string, () => Promise<unknown>>;
  const clock = new FakeClock();

  const told = (method: string, params: unknown): void => hear({ method, params, emittedAtMs: clock.now() });
  const limits = (usedPercent: number, resetsAt: number | null) =>
    told('account/rateLimits/updated', { rateLimits: { primary: { usedPercent, resetsAt } } });
  const plus = { account: { type: 'chatgpt', email: 'me', planType: 'plus' }, requiresOpenaiAuth: true };

  function keeper(more: Partial<ReadingsDeps> = {}): ReadingsKeeper {
    const lease = {
      generation: 1,
      release: () => undefined,
      request: async (method: string, _: unknown, read: { parse: (value: unknown) => unknown }) => {
        asked.push(method);
        return read.parse(await (answers[method] ?? (() => Promise.resolve({ data: [] })))());
      },
    };
    const deps = {
      inputs: () => inputs,
      about: () => {
        looks += 1;
        return about;
      },
      aboutApi: () => api,
      check: async () => undefined,
      resolve: async () => ({
        ...{ abilities: async () => null, credential: { apiKey: key, forcedLogin: null }, secrets: [], ownKeys: [] },
        ...{ env: {}, binary: { kind: 'found', identity: { path: '/bin/codex' } } },
      }),
      server: {
        onNotification: (listener: typeof hear) => {
          hear = listener;
          return () => undefined;
        },
        running: async (program?: { apiKey: string | null }) =>
          runs && (program === undefined || program.apiKey === runsWith) ? lease : null,
        lease: async (program: { apiKey: string | null }) => {
          started += 1;
          runs = true;
          runsWith = program.apiKey;
          return lease;
        },
      },
      closing: new AbortController().signal,
      ...{ clock, log: { warn: () => undefined, error: () => undefined } },
      ...more,
    };
    return new ReadingsKeeper(deps as unknown as ReadingsDeps);
  }

  beforeEach(() => {
    const gates = { ...ready.gates, interactive: true, transport: 'app-server' as const };
    inputs = { ...ready, gates };
    about = 'one';
    api = 'one';
    asked = [];
    started = 0;
    runs = false;
    key = null;
    runsWith = null;
    looks = 0;
    answers = { 'account/read': async () => plus, 'account/rateLimits/read': () => Promise.reject(new Error('no')) };
  });

  const settle = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
  };

  test('several who ask at once ask once; after a turn an old answer is asked anew, a fresh one is not', async () => {
    const readings = keeper();
    await Promise.all([readings.read(), readings.read()]);
    expect([started, asked.length]).toEqual([1, 4]);
    readings.again();
    await settle();
    expect(asked).toHaveLength(4);
    clock.advance(11 * 60_000);
    readings.again();
    await settle();
    expect(asked).toHaveLength(8);
  });

  test('where no server runs, nobody is asked after a turn', async () => {
    keeper().again();
    await settle();
    expect([started, asked]).toEqual([0, []]);
  });

  test('who asks waits 8 s at most; what comes later is told then', async () => {
    const late = Promise.withResolvers<unknown>();
    answers['account/read'] = () => late.promise;
    const readings = keeper();
    const asking = readings.read();
    await settle();
    clock.advance(8000);
    expect((await asking).account).toMatchObject({ why: 'not-read' });
    let changes = 0;
    readings.onChange(() => (changes += 1));
    late.resolve(plus);
    await settle();
    expect(readings.current().account).toMatchObject({ kind: 'told', value: { plan: 'plus' } });
    expect(changes).toBe(1);
  });

  test('what was told stays with its time where a later question has no answer', async () => {
    const readings = keeper();
    const first = await readings.read();
    answers['account/read'] = () => Promise.reject(new Error('offline'));
    clock.advance(60_000);
    expect((await readings.read()).account).toEqual(first.account);
  });

  test('of something else than what stands now nothing is told, also if the answer is late', async () => {
    const readings = keeper();
    await readings.read();
    about = 'two';
    expect(kinds(readings.current())).toEqual(['not-read', 'not-read', 'not-read', 'not-read']);
    const late = Promise.withResolvers<unknown>();
    answers['account/read'] = () => late.promise;
    const asking = readings.read();
    await settle();
    about = 'three';
    late.resolve(plus);
    await asking;
    expect(readings.current().account).toMatchObject({ why: 'not-read' });
  });

  test('of another endpoint nothing is told', () => {
    const readings = keeper();
    readings.endpointTold([]);
    expect(readings.current().endpoint.kind).toBe('none');
    readings.endpointTold([{ of: 'requests', limit: 100, remaining: 8, resetsAt: null }]);
    expect(readings.current().endpoint.kind).toBe('told');
    api = 'another';
    expect(readings.current().endpoint).toMatchObject({ why: 'not-read' });
  });

  test('another account than the one that was read: all is forgotten and asked anew', async () => {
    const readings = keeper();
    await readings.read();
    limits(92, null);
    answers['account/read'] = async () => ({ account: { type: 'apiKey' }, requiresOpenaiAuth: true });
    told('account/updated', { authMode: 'apikey', planType: null });
    expect(kinds(readings.current())).toEqual(['not-read', 'not-read', 'not-read', 'not-read']);
    await settle();
    expect(readings.current().account).toMatchObject({ kind: 'told', value: { kind: 'api-key' } });
  });

  test('who shows them hears when a window is reset, by the clock', () => {
    const readings = keeper();
    let changes = 0;
    limits(92, clock.now() / 1000 + 7200);
    readings.onChange(() => (changes += 1));
    clock.advance(3_600_000);
    clock.advance(3_600_001);
    clock.advance(3_600_000);
    const { limits: known } = readings.current();
    expect(known.kind === 'told' && limitWindows(known.value, clock.now())).toMatchObject([{ usedPercent: null }]);
    // After an hour it looks whether the machine slept, and it waits for nothing when the window is over.
    expect(changes).toBe(2);
  });

  test('a lane that was not checked is checked before it is asked, once somebody asks', async () => {
    inputs = { ...inputs, native: uncheckedNative };
    let checks = 0;
    const readings = keeper({
      check: async () => {
        checks += 1;
        inputs = { ...inputs, native: ready.native };
      },
    });
    await readings.read();
    expect([checks, started]).toEqual([1, 1]);
  });

  test('a server that runs with another key is not asked: it would tell of another account', async () => {
    const readings = keeper();
    await readings.read();
    expect([started, asked.length]).toEqual([1, 4]);
    about = 'two';
    key = 'another';
    readings.again();
    await settle();
    expect([started, asked.length]).toEqual([1, 4]);
    expect(readings.current().account).toMatchObject({ why: 'not-read' });
    // Who wants to know gets a server of that key.
    await readings.read();
    expect([started, runsWith, asked.length]).toEqual([2, 'another', 8]);
  });

  test('what a turn says costs nothing here', () => {
    keeper();
    const before = looks;
    for (let i = 0; i < 100; i++) told('item/agentMessage/delta', { delta: 'x' });
    expect(looks).toBe(before);
  });

  test('a start that fails says why', async () => {
    const readings = keeper({ resolve: () => Promise.reject(new Error('the key store hangs')) });
    expect((await readings.read()).models).toEqual({ kind: 'none', why: 'failed', detail: 'the key store hangs' });
  });
});
