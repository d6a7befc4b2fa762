import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { Receipt, SubmitResult, ThreadId } from '../model/index.ts';
import { defaultThreadOptions, requestId, verifySeals } from '../model/index.ts';
import { realCodex, TestRoom } from './testing/test-app.ts';

const limit = 60_000;

let room: TestRoom;
beforeEach(() => {
  room = new TestRoom();
});
afterEach(() => room.close());

const submit = (app: App, thread: ThreadId, text: string, confirmed: readonly string[] = []): Promise<SubmitResult> =>
  app.threads.submit(thread, { requestId: requestId(`r-${text}-${confirmed.length}`), text, confirmed });
const idle = (app: App, thread: ThreadId): Promise<void> =>
  vi.waitFor(() => expect(app.threads.activity(thread).running).toBe(false), { timeout: 30_000, interval: 20 });
const stored = (thread: ThreadId): string =>
  readFileSync(join(room.dataHome, 'threads', thread, 'events.jsonl'), 'utf8');
const receipts = (): readonly Receipt[] =>
  room.events.flatMap((event) => (event.kind === 'receipt' ? [event.receipt] : []));
const seals = (thread: ThreadId): readonly string[] =>
  verifySeals(stored(thread).split('\n'), () => {
    const hash = createHash('sha256');
    return { update: (text) => void hash.update(text), hex: () => hash.digest('hex') };
  }).map(({ state }) => state);

/** A vault with one key for every origin. */
class OneKey extends Map<string, string> {
  readonly key: string;
  constructor(key: string) {
    super();
    this.key = key;
  }
  override get(name: string): string | undefined {
    return name === 'native-key' ? undefined : this.key;
  }
}

test.skipIf(realCodex === '')(
  'the first native turn that may write in a folder is asked about once, in all windows; a read-only one never',
  async () => {
    const app = await room.open();
    const config = readFileSync(join(room.codexHome, 'config.toml'), 'utf8');
    const thread = app.threads.create(room.work);
    const asked = await submit(app, thread, 'say: one');
    expect(asked).toMatchObject({ ok: false, ask: { kind: 'folder-trust', folder: room.work } });
    expect(room.events).toEqual([]);
    expect(await submit(app, thread, 'say: one', [`folder-trust:${room.work}`])).toEqual({ ok: true });
    await idle(app, thread);
    expect(receipts().at(-1)).toMatchObject({ transport: 'exec', sandbox: 'workspace-write', exitCode: 0 });
    expect(readFileSync(join(room.codexHome, 'config.toml'), 'utf8')).toBe(config);
    const other = await room.open();
    expect(await submit(other, other.threads.create(room.work), 'say: two')).toEqual({ ok: true });
  },
  limit,
);

test.skipIf(realCodex === '')(
  'a read-only turn is not asked about',
  async () => {
    const app = await room.open({ settings: { nativeSandbox: 'read-only' } });
    expect(await submit(app, app.threads.create(room.work), 'say: one')).toEqual({ ok: true });
  },
  limit,
);

test(
  'another key in another window: the thread’s next prompt asks from what to what, and every receipt stays sealed',
  async () => {
    const settings = { lane: { value: 'api', source: 'test' } } as const;
    const first = await room.open({ settings, vault: new OneKey(`s${'k-'}test-0123456789abcdefAAAA`) });
    const thread = first.threads.create(room.work);
    expect(await submit(first, thread, 'say: one')).toEqual({ ok: true });
    await idle(first, thread);
    const before = stored(thread);

    const second = await room.open({ settings, vault: new OneKey(`s${'k-'}test-0123456789abcdefBBBB`) });
    const asked = await submit(second, thread, 'say: two');
    expect(asked).toMatchObject({
      ok: false,
      ask: { kind: 'payer-changed', from: 'API key …AAAA (vault)', to: 'API key …BBBB (vault)' },
    });
    expect(stored(thread)).toBe(before);
    if (asked.ok || asked.ask === undefined) throw new Error('nothing was asked');
    // The other one lets the thread go a moment after its turn.
    const { id } = asked.ask;
    await vi.waitFor(async () => expect(await submit(second, thread, 'say: two', [id])).toEqual({ ok: true }));
    await idle(second, thread);
    expect(receipts().map(({ payer }) => payer?.label)).toEqual(['…AAAA', '…BBBB']);

    // The first window still has its own key: for it, too, the thread's payer has changed.
    const ask = { from: 'API key …BBBB (vault)', to: 'API key …AAAA (vault)' };
    await vi.waitFor(async () => expect(await submit(first, thread, 'say: three')).toMatchObject({ ok: false, ask }));
    expect(seals(thread)).toEqual(['sealed', 'sealed']);
  },
  limit,
);

test.skipIf(realCodex === '')(
  'a folder outside Git: asked about once in all windows, and Codex then runs there',
  async () => {
    const settings = { nativeSandbox: 'read-only' } as const;
    const app = await room.open({ settings });
    rmSync(join(room.work, '.git'), { recursive: true });
    const thread = app.threads.create(room.work);
    expect(await submit(app, thread, 'say: one')).toMatchObject({
      ok: false,
      ask: { kind: 'no-git', folder: room.work },
    });
    expect(await submit(app, thread, 'say: one', [`no-git:${room.work}`])).toEqual({ ok: true });
    await idle(app, thread);
    expect(receipts().at(-1)).toMatchObject({ transport: 'exec', exitCode: 0 });
    const other = await room.open({ settings });
    rmSync(join(room.work, '.git'), { recursive: true });
    expect(await submit(other, other.threads.create(room.work), 'say: two')).toEqual({ ok: true });
  },
  limit,
);

test.skipIf(realCodex === '')(
  'a profile of one thread with a provider of its own: its payer is asked about once, and once on the way back',
  async () => {
    const env = { TEAM_KEY: `k${'ey-'}0123456789` };
    const app = await room.open({ settings: { nativeSandbox: 'read-only' }, env });
    const [url = ''] = /http:[^"]+/.exec(readFileSync(join(room.codexHome, 'config.toml'), 'utf8')) ?? [];
    // Under the name that the thread began with: Codex lets no thread change to another.
    const team = '[model_providers.practice]\nname = "Team"\nenv_key = "TEAM_KEY"\n';
    writeFileSync(join(room.codexHome, 'team.config.toml'), team);
    const thread = app.threads.create(room.work);
    const choose = (profile: string | null) => app.threads.setOptions(thread, { ...defaultThreadOptions, profile });
    const turn = async (text: string, confirmed: readonly string[] = []): Promise<SubmitResult> => {
      const answer = await submit(app, thread, text, confirmed);
      await idle(app, thread);
      return answer;
    };
    expect(await turn('say: one')).toEqual({ ok: true });
    const payers = { team: `Team · ${new URL(url).host} (TEAM_KEY)`, nobody: /^nobody: / };
    for (const [profile, to] of [
      ['team', payers.team],
      [null, expect.stringMatching(payers.nobody)],
    ] as const) {
      await choose(profile);
      const before = stored(thread);
      const asked = await turn('say: next');
      expect(asked).toMatchObject({ ok: false, ask: { kind: 'payer-changed', to } });
      expect(stored(thread)).toBe(before);
      if (asked.ok || asked.ask === undefined) throw new Error('nothing was asked');
      expect(await turn('say: next', [asked.ask.id])).toEqual({ ok: true });
      expect(await turn('say: and on')).toEqual({ ok: true });
    }
    expect(receipts().map(({ exitCode, payer }) => [exitCode, payer?.source])).toEqual([
      [0, 'none'],
      [0, 'TEAM_KEY'],
      [0, 'TEAM_KEY'],
      [0, 'none'],
      [0, 'none'],
    ]);
    // What one thread chose says nothing of the lane.
    expect(app.status.current().inputs.native.credential).toMatchObject({ payer: { source: 'none' } });
  },
  limit,
);
