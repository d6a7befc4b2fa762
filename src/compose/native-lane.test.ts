import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { EventBody, ThreadId } from '../model/index.ts';
import { practiceCodexConfig } from '../practice/index.ts';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

const limit = 60_000;
const patience = { timeout: 20_000, interval: 20 };

let room: TestRoom;
beforeEach(() => {
  room = new TestRoom();
});
afterEach(() => room.close());

/** The terminal events so far. */
const ends = () => room.events.filter((event) => /^turn_(completed|failed|interrupted)$/.test(event.kind));
/** Sends and waits for the end of the turn. */
async function turn(app: App, thread: ThreadId, text: string): Promise<EventBody | undefined> {
  const before = ends().length;
  await send(app, thread, text);
  await vi.waitFor(() => expect(ends()).toHaveLength(before + 1), patience);
  return ends().at(-1);
}

/** A program that is Codex in all but that `exec` fails; notes each start. */
function brokenCodex(exec: string): { readonly path: string; readonly starts: () => number } {
  const path = join(room.root, 'codex');
  const log = join(room.root, 'starts');
  const script = `#!/bin/sh
case " $* " in
  *" --help "*) ;;
  *" exec "*) echo start >> '${log}'; ${exec} ;;
esac
exec '${realCodex}' "$@"
`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return { path, starts: () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').length : 0) };
}

describe.skipIf(process.platform === 'win32')('a build that fails to start', () => {
  test(
    'is pinned after three turns, starts nothing more in any window, and starts again when the pin is lifted',
    async () => {
      const codex = brokenCodex('kill -SEGV $$');
      const settings = { codexPath: { value: codex.path, source: 'test' } };
      const app = await room.open({ settings });
      const other = await room.open({ settings });
      await other.status.refresh();
      const thread = app.threads.create(room.work);
      for (let i = 0; i < 3; i += 1) {
        expect(await turn(app, thread, 'say: x')).toMatchObject({
          kind: 'turn_failed',
          error: { code: 'runtime_killed' },
        });
      }
      expect(codex.starts()).toBe(3);
      // At once, without another check.
      expect(app.status.current().inputs.native.pin?.reason).toContain('3 times in a row');
      expect(app.status.current().document.providers.codex.availableBackends[2]).toMatchObject({ state: 'disabled' });
      expect(await turn(app, thread, 'say: x')).toMatchObject({ error: { code: 'lane_disabled' } });
      // The other window has not looked since.
      expect(other.status.current().inputs.native.pin).toBeNull();
      expect(await turn(other, other.threads.create(room.work), 'say: x')).toMatchObject({
        error: { code: 'lane_disabled' },
      });
      expect(codex.starts()).toBe(3);

      await app.runtime.liftPin();
      expect(app.status.current().inputs.native.pin).toBeNull();
      await turn(app, thread, 'say: x');
      expect(codex.starts()).toBe(4);
    },
    limit,
  );

  test(
    'is not pinned for a cause that Codex names itself',
    async () => {
      const codex = brokenCodex('echo "Not logged in" >&2; exit 1');
      const app = await room.open({ settings: { codexPath: { value: codex.path, source: 'test' } } });
      const thread = app.threads.create(room.work);
      for (let i = 0; i < 4; i += 1) await turn(app, thread, 'say: x');
      expect(codex.starts()).toBe(4);
      expect(existsSync(join(room.dataHome, 'crash-pins.json'))).toBe(false);
    },
    limit,
  );
});

test(
  'a process that is ended by hand ends its turn, and nothing is left',
  async () => {
    const app = await room.open();
    const thread = app.threads.create(room.work);
    await send(app, thread, 'slow command');
    await vi.waitFor(
      () => expect(room.events.some((event) => event.kind === 'command_execution')).toBe(true),
      patience,
    );
    const pid = app.runtime.processes()[0]?.pid ?? 0;
    expect(await app.runtime.endProcess(pid)).toBe(true);
    expect(() => process.kill(pid, 0)).toThrow();
    await vi.waitFor(() => expect(ends()).toMatchObject([{ kind: 'turn_interrupted', by: 'user' }]), patience);
    expect(app.runtime.processes()).toEqual([]);
    expect(await app.runtime.endProcess(pid)).toBe(false);
    expect(existsSync(join(room.dataHome, 'crash-pins.json'))).toBe(false);
  },
  limit,
);

describe('the way to the network', () => {
  let proxied: string[];
  const proxy = createServer((request, response) => {
    proxied.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`);
    request.resume();
    response.writeHead(404).end();
  });
  proxy.on('connect', (request, socket) => {
    proxied.push(`CONNECT ${request.url}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  beforeEach(async () => {
    proxied = [];
    await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  });
  afterEach(() => {
    proxy.closeAllConnections();
    return new Promise((done) => proxy.close(done));
  });
  const settings = () => ({
    network: {
      proxy: `http://ann:s3cret@127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      noProxy: [],
      strictSsl: false,
      systemCertificates: true,
    },
  });

  test(
    'the editor’s proxy sees what Codex asks of the world',
    async () => {
      const app = await room.open({
        settings: settings(),
        config: () => practiceCodexConfig('http://model.example/v1'),
      });
      expect(await turn(app, app.threads.create(room.work), 'say: x')).toMatchObject({ error: { code: 'not_found' } });
      const credential = Buffer.from('ann:s3cret').toString('base64');
      expect(new Set(proxied)).toEqual(new Set([`POST http://model.example/v1/responses Basic ${credential}`]));
      expect(JSON.stringify([room.events, app.status.current(), room.logged])).not.toContain('s3cret');
    },
    limit,
  );

  test(
    'this machine is asked without it; the facts say what is in effect',
    async () => {
      const app = await room.open({ settings: settings() });
      const thread = app.threads.create(room.work);
      expect(await turn(app, thread, 'say: x')).toMatchObject({ kind: 'turn_completed' });
      expect(proxied).toEqual([]);
      const { network } = app.status.current().inputs.native;
      expect(network).toMatchObject({
        proxy: { value: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), source: 'http.proxy' },
        noProxy: { value: '127.0.0.1,localhost,::1', source: 'loopback' },
        strictSslOff: true,
      });
    },
    limit,
  );
});

describe('Codex’s own login', () => {
  const claims = Buffer.from(JSON.stringify({ email: 'a@b.c', exp: 4_000_000_000 })).toString('base64url');
  const token = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.x`;
  const chatgpt = { id_token: token, access_token: token, refresh_token: 'r', account_id: 'acc' };
  const now = new Date().toISOString();
  const logins = {
    chatgpt: JSON.stringify({ auth_mode: 'chatgpt', OPENAI_API_KEY: null, tokens: chatgpt, last_refresh: now }),
    key: JSON.stringify({ auth_mode: 'apikey', OPENAI_API_KEY: 'sk-login-value-0009' }),
  };
  type Row = [string, keyof typeof logins, 'auto' | 'chatgpt' | 'api-key', string | undefined, string];
  test.each<Row>([
    ['a stored key beside a ChatGPT login', 'chatgpt', 'api-key', 'sk-stored-value-0003', 'turn_completed'],
    ['ChatGPT asked for, a key is what there is', 'key', 'chatgpt', undefined, 'turn_failed'],
    ['no key for the choice of a key', 'chatgpt', 'api-key', undefined, 'turn_failed'],
    ['its own key login, a stored key beside it', 'key', 'auto', 'sk-stored-value-0003', 'turn_completed'],
  ])(
    'is never lost: %s',
    async (_name, login, nativeAuth, stored, end) => {
      const app = await room.open({
        vault: new Map(stored === undefined ? [] : [['native-key', stored]]),
        settings: { nativeAuth },
        config: (url) => `${practiceCodexConfig(url)}requires_openai_auth = true\n`,
      });
      // Forcing the other kind of login makes Codex delete this file (measured with 0.169).
      const file = join(room.codexHome, 'auth.json');
      writeFileSync(file, logins[login], { mode: 0o600 });
      expect(await turn(app, app.threads.create(room.work), 'say: x')).toMatchObject({ kind: end });
      expect(readFileSync(file, 'utf8')).toBe(logins[login]);
    },
    limit,
  );
});

test('a stored key counts as soon as it is told of', async () => {
  const vault = new Map<string, string>();
  const app = await room.open({
    vault,
    settings: { nativeAuth: 'api-key' },
    config: (url) => `${practiceCodexConfig(url)}requires_openai_auth = true\n`,
  });
  expect((await app.status.refresh()).inputs.native.credential).toEqual({ kind: 'none' });
  vault.set('native-key', 'sk-stored-value-0003');
  const { native } = (await app.status.keysChanged()).inputs;
  expect(native.credentialInputs[0]).toEqual({ name: 'stored key', state: 'used', tail: '…0003' });
  expect(native).toMatchObject({ credential: { payer: { label: '…0003' } }, abilities: { missingExecFlags: [] } });
  expect(native.models.length).toBeGreaterThan(0);
});

test('the endpoint of the api lane lists its models', async () => {
  const app = await room.open();
  const { api } = (await app.status.refresh()).inputs;
  expect(api.models.map((model) => model.id)).toContain('gpt-5.5');
  expect(api.credentialInputs.map(({ name, state }) => [name, state])).toEqual([
    ['vault', 'absent'],
    ['OPENAI_API_KEY', 'not-consulted'],
  ]);
});

test('an untrusted workspace starts nothing, whoever asks', async () => {
  const app = await room.open({ trusted: false });
  const seen: number[] = [];
  app.runtime.onProcesses((rows) => seen.push(rows.length));
  await app.status.refresh();
  expect(await app.runtime.doctor()).toMatchObject({ kind: 'failed', why: expect.stringContaining('not trusted') });
  expect(await app.runtime.candidates()).toEqual([]);
  expect(await app.runtime.install(() => undefined, new AbortController().signal)).toMatchObject({ kind: 'failed' });
  expect(seen).toEqual([]);
});

test(
  'the candidates name the one that the setting names, with what it answered',
  async () => {
    const app = await room.open();
    expect((await app.runtime.candidates())[0]).toMatchObject({
      path: realCodex,
      input: 'test',
      outcome: { kind: 'usable', identity: { version: 'codex-cli 0.169.0' } },
    });
  },
  limit,
);
