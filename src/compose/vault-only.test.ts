import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { EventBody, ThreadId, TurnAct } from '../model/index.ts';
import { requestId } from '../model/index.ts';
import type { SettingsSnapshot } from '../ports/index.ts';
import { practiceCodexConfig } from '../practice/index.ts';
import type { RecordedEndpoint } from './testing/recorded-endpoint.ts';
import { recordedEndpoint } from './testing/recorded-endpoint.ts';
import type { TestAppOptions } from './testing/test-app.ts';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

const limit = 60_000;
const patience = { timeout: 40_000, interval: 10 };
const storedKey = 'sk-stored-native-8f3a6b1c9d0e';
const loginKey = 'sk-login-native-1a2b3c4d5e6f';
const shellKey = 'sk-shell-native-6f5e4d3c2b1a';
const tokenShape = /lanes-turn-[\w-]{43}/;

let room: TestRoom;
let endpoint: RecordedEndpoint;
let vault: Map<string, string>;

beforeEach(async () => {
  room = new TestRoom();
  mkdirSync(room.work, { recursive: true });
  endpoint = await recordedEndpoint(room.work);
  vault = new Map([['native-key', storedKey]]);
});
afterEach(async () => {
  await room.close();
  await endpoint.close();
});

/** The three ways in which Codex takes a key, by its configuration. */
const providers = {
  builtIn: (url: string) =>
    practiceCodexConfig(url)
      .replace('model_provider = "practice"', `openai_base_url = ${JSON.stringify(url)}`)
      .replace(/\n\[model_providers[\s\S]*$/, '\n'),
  login: (url: string) => `${practiceCodexConfig(url)}requires_openai_auth = true\n`,
  variable: (url: string) => `${practiceCodexConfig(url)}env_key = "MINE"\nquery_params = { api-version = "2" }\n`,
};
type Provider = keyof typeof providers;
type Transport = 'exec' | 'app-server';

const over = (transport: Transport): Partial<SettingsSnapshot> => ({
  nativeInteractive: { value: transport === 'app-server', source: 'codexLanes.native.interactive' },
  nativeTransport: transport,
  nativeCredentials: 'vault-only',
});

function open(transport: Transport, provider: Provider = 'login', more: TestAppOptions = {}): Promise<App> {
  const settings = { ...over(transport), ...more.settings };
  return room.open({ vault, practiceUrl: endpoint.url, config: providers[provider], ...more, settings });
}

const ends = () => room.events.filter((event) => /^turn_(completed|failed|interrupted)$/.test(event.kind));
const receipts = () => room.events.filter((event) => event.kind === 'receipt').map(({ receipt }) => receipt);
async function turn(app: App, thread: ThreadId, text: string): Promise<EventBody | undefined> {
  const before = receipts().length;
  await send(app, thread, text);
  await vi.waitFor(() => expect(receipts()).toHaveLength(before + 1), patience);
  return ends().at(-1);
}
/** What came by Codex; the check of the other lane asks, too. */
const asked = () => endpoint.asked.filter(({ headers }) => headers['user-agent']?.startsWith('codex'));
const posted = () => asked().filter(({ method }) => method === 'POST');
const paidWith = () => new Set(posted().map(({ headers }) => headers.authorization));

const transports: readonly Transport[] = ['exec', 'app-server'];

describe.skipIf(realCodex === '')('vault-only', () => {
  test.each(transports.flatMap((one) => (['builtIn', 'login', 'variable'] as const).map((p) => [one, p] as const)))(
    'over %s, provider %s: the key is added on the way, counted, and the thread goes on with and without it',
    async (transport, provider) => {
      // A proxy of the network, which nobody answers at: what is on this machine is not asked through it.
      const away = { HTTP_PROXY: 'http://127.0.0.1:9', ALL_PROXY: 'http://127.0.0.1:9' };
      const app = await open(transport, provider, { env: { MINE: shellKey, ...away } });
      const thread = app.threads.create(room.work);
      expect(await turn(app, thread, 'say: one')).toMatchObject({ kind: 'turn_completed' });
      expect(await turn(app, thread, 'run: echo two')).toMatchObject({ kind: 'turn_completed' });
      expect(paidWith()).toEqual(new Set([`Bearer ${storedKey}`]));
      expect(new Set(asked().map(({ method, path }) => `${method} ${path}`))).toEqual(
        new Set([`POST /v1/responses${provider === 'variable' ? '?api-version=2' : ''}`]),
      );
      expect(receipts().map(({ vaultRequests }) => vaultRequests)).toEqual([1, 2]);
      expect(asked()).toHaveLength(3);
      expect(receipts()[0]).toMatchObject({
        transport,
        payer: { kind: 'api-key', label: '…9d0e', source: 'stored key' },
      });
      // What Codex says of the WebSocket that it did not get is no news.
      const warnings = room.events.flatMap((event) => (event.kind === 'warning' ? [event.text] : []));
      expect(warnings.filter((text) => /websocket/i.test(text))).toEqual([]);
      await app.close();

      const direct = await open(transport, provider, {
        settings: { ...over(transport), nativeCredentials: 'direct', nativeAuth: 'api-key' },
        env: { MINE: shellKey },
      });
      expect(await turn(direct, thread, 'say: three')).toMatchObject({ kind: 'turn_completed' });
      const ids = receipts().map(({ nativeThreadId }) => nativeThreadId);
      expect(new Set(ids).size).toBe(1);
      expect(receipts()[2]).not.toHaveProperty('vaultRequests');
    },
    limit,
  );

  test
    .skipIf(process.platform !== 'linux')
    .each(
      transports.flatMap((one) => (['workspace-write', 'danger-full-access'] as const).map((s) => [one, s] as const)),
    )(
    'over %s, from inside a command (%s): no key anywhere, the token only where it must be',
    async (transport, nativeSandbox) => {
      const script = join(import.meta.dirname, 'testing/search-for-secrets.mjs');
      const app = await open(transport, 'login', {
        settings: { nativeSandbox, nativeEnv: ['MINE'] },
        // The user's own slip: the same key in a variable that commands may see.
        env: { CODEX_API_KEY: shellKey, OPENAI_API_KEY: storedKey, MINE: `prefix ${storedKey}` },
      });
      const thread = app.threads.create(room.work);
      const result = join(room.work, 'result.json');
      const args = [Buffer.from(storedKey).toString('base64'), result, room.root];
      const command = [process.execPath, script, ...args].map((word) => `'${word}'`).join(' ');
      expect(await turn(app, thread, `run: ${command}`)).toMatchObject({ kind: 'turn_completed' });
      const found = JSON.parse(readFileSync(result, 'utf8')) as {
        key: string[];
        token: string[];
        looked: number;
        processes: string[];
        proxy: string | null;
        tries: Record<string, unknown>;
      };
      expect(found.looked).toBeGreaterThan(20);
      expect(found.key).toEqual([]);
      if (nativeSandbox === 'workspace-write') {
        // A room of processes of its own, without the one that holds the token, and without a network.
        expect(found.token).toEqual([]);
        expect([found.proxy, found.tries]).toEqual([null, {}]);
        expect(receipts()[0]?.vaultRequests).toBe(2);
      } else if (transport === 'exec') {
        // What remains possible without a sandbox: the token of this turn, and with it requests that are counted.
        expect(found.processes).toContain('codex');
        expect(new Set(found.token.map((path) => path.replace(/\d+/, 'N')))).toEqual(
          new Set(['/proc/N/environ of codex']),
        );
        expect(found.token).toHaveLength(1);
        expect(found.tries).toEqual({ 'POST /responses': 200, 'POST /files': 403 });
        expect(receipts()[0]?.vaultRequests).toBe(3);
        // After the turn it is good for nothing.
        await expect(fetch(`${found.proxy}/responses`, { method: 'POST' })).rejects.toThrow();
      } else {
        expect(found.processes).toContain('codex');
        expect(found.token).toEqual([]);
        expect(found.tries).toEqual({ 'POST /responses': 403, 'POST /files': 403 });
        expect(receipts()[0]?.vaultRequests).toBe(2);
      }
      await app.close();
      const kept = [JSON.stringify(room.events), room.logged.join('\n')];
      for (const entry of readdirSync(room.root, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) kept.push(readFileSync(join(entry.parentPath, entry.name), 'latin1'));
      }
      expect(kept.length).toBeGreaterThan(10);
      for (const text of kept) {
        expect(text.includes(storedKey)).toBe(false);
        expect(tokenShape.test(text)).toBe(false);
      }
    },
    limit,
  );

  test.skipIf(process.platform !== 'linux')(
    'the app-server’s environment and arguments hold neither key nor token',
    async () => {
      const app = await open('app-server');
      const thread = app.threads.create(room.work);
      await turn(app, thread, 'say: one');
      const [server] = app.runtime.processes().filter(({ kind }) => kind === 'server');
      const read = (name: string): string => readFileSync(`/proc/${server?.pid}/${name}`, 'latin1');
      expect(read('cmdline')).toContain('127.0.0.1');
      for (const name of ['environ', 'cmdline']) {
        expect(read(name)).not.toContain(storedKey);
        expect(read(name)).not.toMatch(tokenShape);
      }
      // Between two turns nothing may be spent, whoever holds what.
      const url = /openai_base_url=|base_url="(http[^"]+)"/.exec(read('cmdline'))?.[1] ?? '';
      expect((await fetch(`${url}/responses`, { method: 'POST' })).status).toBe(403);
      // It goes with the process, and the next one gets another.
      expect(await app.runtime.endProcess(server?.pid ?? 0)).toBe(true);
      await vi.waitFor(() => expect(fetch(url)).rejects.toThrow(), patience);
      expect(await turn(app, thread, 'say: two')).toMatchObject({ kind: 'turn_completed' });
      const [next] = app.runtime.processes().filter(({ kind }) => kind === 'server');
      expect(readFileSync(`/proc/${next?.pid}/cmdline`, 'latin1')).not.toContain(url);
    },
  );

  test.skipIf(process.platform !== 'linux').each(transports)(
    'over %s, from inside an MCP server, which runs in no sandbox: no key',
    async (transport) => {
      const script = join(import.meta.dirname, 'testing/search-for-secrets.mjs');
      const result = join(room.root, 'result.json');
      const args = [script, Buffer.from(storedKey).toString('base64'), result, room.root];
      const app = await open(transport, 'login', {
        config: (url) =>
          `${providers.login(url)}[mcp_servers.search]\ncommand = ${JSON.stringify(process.execPath)}\nargs = ${JSON.stringify(args)}\n`,
        env: { CODEX_API_KEY: storedKey, OPENAI_API_KEY: storedKey },
      });
      expect(await turn(app, app.threads.create(room.work), 'run: sleep 2')).toMatchObject({ kind: 'turn_completed' });
      await vi.waitFor(() => expect(existsSync(result)).toBe(true), patience);
      const found = JSON.parse(readFileSync(result, 'utf8'));
      expect(found.key).toEqual([]);
      expect(found.processes).toContain('codex');
      const where = found.token.map((path: string) => path.replace(/\d+/, 'N'));
      expect(where).toEqual(transport === 'exec' ? ['/proc/N/environ of codex'] : []);
    },
    limit,
  );

  test.each(transports)(
    'over %s: a project’s own configuration leads Codex nowhere else',
    async (transport) => {
      const elsewhere = await recordedEndpoint(room.work);
      try {
        const app = await open(transport, 'builtIn', {
          config: (url) =>
            `${providers.builtIn(url)}[projects.${JSON.stringify(room.work)}]\ntrust_level = "trusted"\n`,
        });
        mkdirSync(join(room.work, '.codex'));
        const config = `openai_base_url = "${elsewhere.url}"\n${practiceCodexConfig(elsewhere.url)}env_key = "CODEX_API_KEY"\n`;
        writeFileSync(join(room.work, '.codex/config.toml'), config);
        expect(await turn(app, app.threads.create(room.work), 'say: x')).toMatchObject({ kind: 'turn_completed' });
        expect(elsewhere.asked).toEqual([]);
        expect(paidWith()).toEqual(new Set([`Bearer ${storedKey}`]));
      } finally {
        await elsewhere.close();
      }
    },
    limit,
  );

  test.each(transports)(
    'over %s: where nothing can listen there is no turn, and no other way is taken',
    async (transport) => {
      const app = await open(transport);
      await app.status.refresh();
      const thread = app.threads.create(room.work);
      const listen = vi.spyOn(Server.prototype, 'listen').mockImplementation(function fail(this: Server) {
        process.nextTick(() => this.emit('error', new Error('listen EMFILE')));
        return this;
      });
      try {
        expect(await turn(app, thread, 'say: x')).toMatchObject({
          kind: 'turn_failed',
          error: { code: 'connection_failed', message: expect.stringMatching(/could not listen.*nothing was started/) },
        });
      } finally {
        listen.mockRestore();
      }
      expect(asked()).toEqual([]);
      expect(app.runtime.processes()).toEqual([]);
      expect(await turn(app, thread, 'say: x')).toMatchObject({ kind: 'turn_completed' });
    },
  );

  test.each(transports)(
    'over %s: what the provider refuses ends as it would without a proxy',
    async (transport) => {
      const app = await open(transport);
      const rows: readonly (readonly [number, string, Record<string, string>, string])[] = [
        [401, '{"error":{"message":"Incorrect API key provided"}}', {}, 'unauthorized'],
        [429, '{"error":{"message":"slow down","type":"requests"}}', { 'retry-after': '1' }, 'rate_limited'],
        [
          429,
          '{"error":{"message":"none","type":"insufficient_quota","code":"insufficient_quota"}}',
          {},
          'quota_exceeded',
        ],
        [307, '', { location: 'http://127.0.0.1:9/v1/responses' }, 'forbidden'],
      ];
      for (const [status, body, headers, code] of rows) {
        endpoint.instead = { status, body, headers };
        const end = await turn(app, app.threads.create(room.work), 'say: x');
        expect(end).toMatchObject({ kind: 'turn_failed', error: { code } });
      }
      endpoint.instead = null;
      const cut = await turn(app, app.threads.create(room.work), 'fail: cut');
      expect(cut).toMatchObject({ kind: 'turn_failed', error: { code: 'stream_cut' } });
      expect(JSON.stringify(room.events)).not.toContain(storedKey);
    },
    limit,
  );

  test.each(transports)(
    'over %s: a provider that can’t be reached, and a key that is replaced meanwhile',
    async (transport) => {
      const app = await open(transport, 'login', {
        config: () => providers.login('http://127.0.0.1:9/v1'),
      });
      const end = await turn(app, app.threads.create(room.work), 'say: x');
      expect(end).toMatchObject({ kind: 'turn_failed', error: { code: 'connection_failed' } });
      await app.close();

      const again = await open(transport);
      const thread = again.threads.create(room.work);
      await send(again, thread, 'run: sleep 1');
      await vi.waitFor(() => expect(room.events.some(({ kind }) => kind === 'command_execution')).toBe(true), patience);
      vault.set('native-key', 'sk-another-native-0001');
      await again.status.keysChanged();
      await vi.waitFor(() => expect(receipts()).toHaveLength(2), patience);
      expect(ends().at(-1)).toMatchObject({
        kind: 'turn_failed',
        error: { code: 'authentication_required', message: expect.stringContaining('was replaced') },
      });
      expect(paidWith()).toEqual(new Set([`Bearer ${storedKey}`]));
      // The next turn is paid with the new one.
      expect(await turn(again, thread, 'say: on')).toMatchObject({ kind: 'turn_completed' });
      expect(asked().at(-1)?.headers.authorization).toBe('Bearer sk-another-native-0001');
      expect(receipts().at(-1)?.payer?.label).toBe('…0001');
    },
    limit,
  );

  const chatgptLogin = JSON.stringify({
    auth_mode: 'chatgpt',
    tokens: { id_token: 'e30.e30.x', access_token: 'at-1', refresh_token: 'rt-1', account_id: 'a' },
  });
  const keyLogin = JSON.stringify({ auth_mode: 'apikey', OPENAI_API_KEY: loginKey });

  test.each(transports)(
    'over %s: a ChatGPT login is refused with the reason, and stays',
    async (transport) => {
      const app = await open(transport);
      const file = join(room.codexHome, 'auth.json');
      writeFileSync(file, chatgptLogin, { mode: 0o600 });
      const { document, inputs } = await app.status.refresh();
      expect(document.providers.codex).toMatchObject({
        authenticated: false,
        resolvedBackendId: null,
        detailMessage: expect.stringMatching(/^A ChatGPT login can not be kept in the vault/),
      });
      expect(inputs.native.credentialInputs[0]).toMatchObject({ name: 'Codex login', state: 'present' });
      expect(await turn(app, app.threads.create(room.work), 'say: x')).toMatchObject({
        kind: 'turn_failed',
        error: {
          code: 'authentication_required',
          message: expect.stringMatching(/^A ChatGPT login is refused: .*vault-only/),
          actions: expect.arrayContaining(['chooseNativeAuth']),
        },
      });
      expect(asked()).toEqual([]);
      expect(await app.runtime.doctor()).toMatchObject({
        checks: expect.arrayContaining([expect.objectContaining({ id: 'lanes.credentials', status: 'fail' })]),
      });
      await app.close();

      // Said so, the key pays beside it.
      const byKey = await open(transport, 'login', { settings: { nativeAuth: 'api-key' } });
      expect(await turn(byKey, byKey.threads.create(room.work), 'say: x')).toMatchObject({ kind: 'turn_completed' });
      expect(paidWith()).toEqual(new Set([`Bearer ${storedKey}`]));
      expect(readFileSync(file, 'utf8')).toBe(chatgptLogin);
    },
    limit,
  );

  test.each(transports)(
    'over %s: a key in a login file of Codex is told and not used',
    async (transport) => {
      const app = await open(transport);
      const file = join(room.codexHome, 'auth.json');
      writeFileSync(file, keyLogin, { mode: 0o600 });
      expect(await turn(app, app.threads.create(room.work), 'say: x')).toMatchObject({ kind: 'turn_completed' });
      expect(paidWith()).toEqual(new Set([`Bearer ${storedKey}`]));
      expect(readFileSync(file, 'utf8')).toBe(keyLogin);
      const { native } = (await app.status.refresh()).inputs;
      expect(native.credentialInputs.map(({ name, state, tail }) => [name, state, tail])).toEqual([
        ['Codex login', 'present', '…5e6f'],
        ['stored key', 'used', '…9d0e'],
        ['CODEX_API_KEY', 'not-consulted', null],
        ['OPENAI_API_KEY', 'not-consulted', null],
      ]);
      const doctor = await app.runtime.doctor();
      expect(JSON.stringify(doctor)).toContain('Codex keeps a login of its own (…5e6f), which is not used');
      expect(JSON.stringify(doctor)).not.toContain(loginKey);
    },
    limit,
  );

  test('a compaction and a review are counted like any turn, and their requests pass', async () => {
    const app = await open('app-server', 'login');
    const thread = app.threads.create(room.work);
    expect(await turn(app, thread, 'say: one')).toMatchObject({ kind: 'turn_completed' });
    const acts: readonly TurnAct[] = [{ kind: 'compact' }, { kind: 'review', target: { kind: 'uncommitted_changes' } }];
    for (const act of acts) {
      const before = receipts().length;
      const prompt = { requestId: requestId(`act-${act.kind}`), text: act.kind, act };
      const first = await app.threads.submit(thread, prompt);
      if (!first.ok && first.ask !== undefined) {
        await app.threads.submit(thread, { ...prompt, confirmed: [first.ask.id] });
      }
      await vi.waitFor(() => expect(receipts()).toHaveLength(before + 1), patience);
      expect(ends().at(-1), act.kind).toMatchObject({ kind: 'turn_completed' });
      expect(receipts().at(-1)?.vaultRequests, act.kind).toBeGreaterThan(0);
    }
    const counted = receipts().reduce((sum, { vaultRequests = 0 }) => sum + vaultRequests, 0);
    expect(posted()).toHaveLength(counted);
    expect(new Set(asked().map(({ path }) => path))).toEqual(new Set(['/v1/responses']));
  });

  test('no key in the vault: authentication is required, with the way to store one', async () => {
    vault.clear();
    const app = await open('exec', 'login', { env: { CODEX_API_KEY: shellKey } });
    const { document, inputs } = await app.status.refresh();
    expect(inputs.native.credential).toEqual({ kind: 'none', only: 'stored key' });
    expect(document.providers.codex).toMatchObject({
      resolvedBackendId: null,
      detailMessage: expect.stringContaining('Set Key for Codex Native'),
    });
    expect(await turn(app, app.threads.create(room.work), 'say: x')).toMatchObject({
      kind: 'turn_failed',
      error: { code: 'authentication_required', actions: expect.arrayContaining(['setNativeKey']) },
    });
    expect(asked()).toEqual([]);
    vault.set('native-key', storedKey);
    await app.status.keysChanged();
    expect(await turn(app, app.threads.create(room.work), 'say: x')).toMatchObject({ kind: 'turn_completed' });
  });

  test('a provider that needs no key is asked as ever', async () => {
    const app = await open('exec', 'login', { config: practiceCodexConfig });
    expect(await turn(app, app.threads.create(room.work), 'say: x')).toMatchObject({ kind: 'turn_completed' });
    expect(paidWith()).toEqual(new Set([undefined]));
    expect(receipts()[0]).not.toHaveProperty('vaultRequests');
    expect(existsSync(join(room.codexHome, 'auth.json'))).toBe(false);
  });
});
