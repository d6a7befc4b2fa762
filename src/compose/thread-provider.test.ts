import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { EventBody, ThreadId } from '../model/index.ts';
import type { SettingsSnapshot } from '../ports/index.ts';
import { practiceCodexConfig } from '../practice/index.ts';
import type { RecordedEndpoint } from './testing/recorded-endpoint.ts';
import { recordedEndpoint } from './testing/recorded-endpoint.ts';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

const patience = { timeout: 40_000, interval: 10 };
const limit = 60_000;

let room: TestRoom;
let before: RecordedEndpoint;
let now: RecordedEndpoint;
beforeEach(async () => {
  room = new TestRoom();
  mkdirSync(room.work, { recursive: true });
  before = await recordedEndpoint(room.work);
  now = await recordedEndpoint(room.work);
});
afterEach(async () => {
  await room.close();
  await before.close();
  await now.close();
});

/** Both providers, and which of them is asked. */
function config(provider: 'before' | 'now'): string {
  const table = (id: string, { url }: RecordedEndpoint): string =>
    `[model_providers.${id}]\nname = "${id}"\nbase_url = ${JSON.stringify(url)}\nwire_api = "responses"\nrequires_openai_auth = true\nsupports_websockets = true\n`;
  const rest = practiceCodexConfig(now.url)
    .replace('model_provider = "practice"', `model_provider = "${provider}"`)
    .replace(/\n\[model_providers[\s\S]*$/, '\n');
  return `${rest}\n${table('before', before)}\n${table('now', now)}`;
}

function open(
  provider: 'before' | 'now',
  key: string,
  settings: Partial<SettingsSnapshot>,
  env: Record<string, string> = {},
): Promise<App> {
  const vault = new Map([['native-key', key]]);
  return room.open({ vault, practiceUrl: now.url, config: () => config(provider), settings, env });
}

const receipts = () => room.events.filter(({ kind }) => kind === 'receipt');
async function turn(app: App, thread: ThreadId, text: string): Promise<EventBody | undefined> {
  const count = receipts().length;
  await send(app, thread, text);
  await vi.waitFor(() => expect(receipts()).toHaveLength(count + 1), patience);
  return room.events.filter(({ kind }) => /^turn_(completed|failed)$/.test(kind)).at(-1);
}
/** The keys that it heard, before a turn too: the check of the other lane brings none. */
const heard = ({ asked }: RecordedEndpoint) =>
  new Set(asked.flatMap(({ headers }) => (headers.authorization === undefined ? [] : [headers.authorization])));

describe.skipIf(realCodex === '')('a thread that was begun with another provider', () => {
  test.each(
    (['exec', 'app-server'] as const).flatMap((one) =>
      (['direct', 'vault-only'] as const).map((c) => [one, c] as const),
    ),
  )(
    'over %s, %s: the key of this one is not taken to that one; a fork asks this one',
    async (transport, nativeCredentials) => {
      const settings: Partial<SettingsSnapshot> = {
        nativeInteractive: { value: transport === 'app-server', source: 'codexLanes.native.interactive' },
        ...{ nativeTransport: transport, nativeCredentials, nativeAuth: 'api-key' },
      };
      const first = await open('before', 'sk-of-the-one-before', settings);
      const thread = first.threads.create(room.work);
      expect(await turn(first, thread, 'say: one')).toMatchObject({ kind: 'turn_completed' });
      await first.close();

      const app = await open('now', 'sk-of-the-one-now', settings);
      expect(await turn(app, thread, 'say: two')).toMatchObject({
        kind: 'turn_failed',
        error: { code: 'bad_request', message: expect.stringContaining('“before” and does not go on with “now”') },
      });
      const fork = await app.threads.fork(thread);
      expect(fork.ok && (await turn(app, fork.threadId, 'say: three'))).toMatchObject({ kind: 'turn_completed' });
      await app.close();
      expect(heard(before)).toEqual(new Set(['Bearer sk-of-the-one-before']));
      expect(heard(now)).toEqual(new Set(['Bearer sk-of-the-one-now']));
    },
    limit,
  );

  test(
    'one of Codex’s own is not even taken up to be read',
    async () => {
      const settings: Partial<SettingsSnapshot> = {
        nativeInteractive: { value: true, source: 'codexLanes.native.interactive' },
        nativeAuth: 'api-key',
      };
      const first = await open('before', 'sk-of-the-one-before', settings);
      await turn(first, first.threads.create(room.work), 'say: one');
      await first.close();
      const id = room.events.flatMap((event) => event.nativeThreadId ?? [])[0];
      if (id === undefined) throw new Error('Codex began no thread');

      const elsewhere = { CODEX_LANES_HOME: join(room.root, 'another-data-home') };
      const app = await open('now', 'sk-of-the-one-now', settings, elsewhere);
      expect(await app.threads.codex.open(id, new AbortController().signal)).toMatchObject({
        ok: false,
        message: expect.stringContaining('“before” and does not go on with “now”'),
      });
      await app.close();
      expect(heard(before)).toEqual(new Set(['Bearer sk-of-the-one-before']));
    },
    limit,
  );
});
