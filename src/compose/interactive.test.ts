import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { ApprovalId, EventBody, LogEvent, ThreadId } from '../model/index.ts';
import { requestId } from '../model/index.ts';
import type { SettingsSnapshot } from '../ports/index.ts';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

const patience = { timeout: 30_000, interval: 10 };
const open: Partial<SettingsSnapshot> = {
  nativeInteractive: { value: true, source: 'codexLanes.native.interactive' },
};

let room: TestRoom;
beforeEach(() => {
  room = new TestRoom();
});
afterEach(() => room.close());

const ends = () => room.events.filter((event) => /^turn_(completed|failed|interrupted)$/.test(event.kind));
const receipts = () => room.events.filter((event) => event.kind === 'receipt').map(({ receipt }) => receipt);
async function turn(app: App, thread: ThreadId, text: string): Promise<EventBody | undefined> {
  const before = receipts().length;
  // Another window lets the thread go a moment after it told the receipt.
  await vi.waitFor(() => send(app, thread, text), patience);
  await vi.waitFor(() => expect(receipts()).toHaveLength(before + 1), patience);
  return ends().at(-1);
}
const texts = (events: readonly LogEvent[]) =>
  events.flatMap((event) => (event.kind === 'assistant_text' && !event.isDelta ? [event.text] : []));
const transportSteps = () =>
  room.events.flatMap((event) =>
    event.kind === 'lane_decided' ? event.trace.filter(({ rule }) => rule === 'transport') : [],
  );

describe.skipIf(realCodex === '')('the gate interactive', () => {
  test.each(['auto', 'app-server', 'exec'] as const)(
    'shut: a native turn runs on exec whatever the transport is (%s), and the trace says why',
    async (nativeTransport) => {
      const app = await room.open({ settings: { nativeTransport } });
      expect(await turn(app, app.threads.create(room.work), 'say: hi')).toMatchObject({ kind: 'turn_completed' });
      expect(receipts()[0]).toMatchObject({ transport: 'exec', approvalPolicy: 'never' });
      expect(transportSteps()).toEqual([
        {
          rule: 'transport',
          says: 'codex exec runs the turn: the gate interactive is shut, codexLanes.native.interactive opens it',
        },
      ]);
      expect(app.runtime.processes()).toEqual([]);
    },
  );

  test('open: the turn streams over the app-server, which serves the next one, too', async () => {
    const app = await room.open({ settings: open });
    const thread = app.threads.create(room.work);
    expect(await turn(app, thread, 'say: one two three')).toMatchObject({ kind: 'turn_completed' });
    expect(receipts()[0]).toMatchObject({ transport: 'app-server', approvalPolicy: 'on-request' });
    expect(transportSteps().map(({ says }) => says)).toEqual(['codex app-server runs the turn: this build has it']);
    const deltas = room.events.filter((event) => event.kind === 'assistant_text' && event.isDelta);
    expect(deltas.length).toBeGreaterThan(0);
    expect(texts(room.events)).toEqual(['one two three']);
    const servers = () => app.runtime.processes().filter(({ kind }) => kind === 'server');
    const [first] = servers();
    expect(servers()).toHaveLength(1);
    await turn(app, thread, 'say: four');
    expect(servers()).toEqual([first]);
    expect(receipts()[1]?.nativeThreadId).toBe(receipts()[0]?.nativeThreadId);
    expect(receipts()[1]?.usage?.input).toBeGreaterThan(0);
    expect(app.status.current().document.providers.codex).toMatchObject({
      backend: { endpointLabel: expect.stringContaining('codex app-server') },
      capabilities: { interactive: true },
    });
  });

  test('a thread goes from exec to the app-server, to another window and back, and loses nothing', async () => {
    const exec = await room.open({ settings: { ...open, nativeTransport: 'exec' } });
    const thread = exec.threads.create(room.work);
    await turn(exec, thread, 'say: one');
    const native = receipts()[0]?.nativeThreadId;
    const server = await room.open({ settings: open });
    const other = await room.open({ settings: open });
    for (const app of [server, other, exec, server]) {
      expect(await turn(app, thread, 'say: more')).toMatchObject({ kind: 'turn_completed' });
    }
    expect(receipts().map(({ transport }) => transport)).toEqual([
      'exec',
      'app-server',
      'app-server',
      'exec',
      'app-server',
    ]);
    expect(new Set(receipts().map(({ nativeThreadId }) => nativeThreadId))).toEqual(new Set([native]));
    // Each turn's own part could be told, since nothing was lost on the way.
    for (const receipt of receipts()) expect(receipt.usage?.input).toBeGreaterThan(0);
  });

  test('a profile runs on exec, and the trace says why', async () => {
    const app = await room.open({ settings: { ...open, nativeTransport: 'app-server', nativeProfile: 'none' } });
    await turn(app, app.threads.create(room.work), 'say: hi');
    expect(transportSteps().map(({ says }) => says)).toEqual([
      'codex exec runs the turn: codex app-server takes no configuration profile',
    ]);
    expect(receipts()[0]).toMatchObject({ transport: 'exec' });
  });

  test('a message for the running turn is taken by it; one that comes as it ends is a turn of its own', async () => {
    const app = await room.open({ settings: open });
    const thread = app.threads.create(room.work);
    await send(app, thread, 'run: sleep 2');
    await vi.waitFor(() => expect(room.events.some(({ kind }) => kind === 'command_execution')).toBe(true), patience);
    expect(app.threads.activity(thread).steers).toBe(true);
    expect(await app.threads.steer(thread, { requestId: requestId('steer'), text: 'say: steered' })).toEqual({
      ok: true,
    });
    await vi.waitFor(() => expect(receipts()).toHaveLength(1), patience);
    const users = room.events.filter((event) => event.kind === 'user_message');
    expect(users.map(({ text, delivery }) => [text, delivery])).toEqual([
      ['run: sleep 2', 'queued'],
      ['say: steered', 'steer'],
    ]);
    expect(texts(room.events).at(-1)).toBe('steered');
    // Nothing runs: it begins a turn.
    await vi.waitFor(
      () => expect(app.threads.activity(thread)).toMatchObject({ running: false, steers: false }),
      patience,
    );
    await app.threads.steer(thread, { requestId: requestId('late'), text: 'say: late' });
    await vi.waitFor(() => expect(receipts()).toHaveLength(2), patience);
    expect(texts(room.events).at(-1)).toBe('late');
  });

  test('sent now: the command is ended, this runs next, and what waits after it', async () => {
    const app = await room.open({ settings: open });
    const thread = app.threads.create(room.work);
    await send(app, thread, 'run: sleep 60');
    await vi.waitFor(() => expect(room.events.some(({ kind }) => kind === 'command_execution')).toBe(true), patience);
    await send(app, thread, 'say: waits');
    expect(await app.threads.submitNow(thread, { requestId: requestId('now'), text: 'say: urgent' })).toEqual({
      ok: true,
    });
    await vi.waitFor(() => expect(receipts()).toHaveLength(3), patience);
    expect(texts(room.events).slice(-2)).toEqual(['urgent', 'waits']);
    const { turns } = await app.threads.view(thread);
    expect(turns.map(({ state }) => state)).toEqual(['interrupted', 'completed', 'completed']);
  });

  test('ending the server as a process ends each turn that runs over it, as failed; the next one starts another', async () => {
    const app = await room.open({ settings: open });
    const threads = [app.threads.create(room.work), app.threads.create(room.work)] as const;
    for (const thread of threads) await send(app, thread, 'run: sleep 600');
    const commands = () => room.events.filter(({ kind }) => kind === 'command_execution');
    await vi.waitFor(() => expect(new Set(commands().map(({ threadId }) => threadId)).size).toBe(2), patience);
    const servers = () => app.runtime.processes().filter(({ kind }) => kind === 'server');
    const [server] = servers();
    expect(await app.runtime.endProcess(server?.pid ?? 0)).toBe(true);
    await vi.waitFor(() => expect(receipts()).toHaveLength(2), patience);
    expect(ends()).toMatchObject([{ kind: 'turn_failed' }, { kind: 'turn_failed' }]);
    expect(await turn(app, threads[0], 'say: again')).toMatchObject({ kind: 'turn_completed' });
    expect(servers().map(({ pid }) => pid)).not.toContain(server?.pid);
  });

  test('a question is answered through the app, and stands in the log with its answer', async () => {
    const app = await room.open({ settings: open });
    const thread = app.threads.create(room.work);
    await send(app, thread, 'ask: true');
    const asked = () => room.events.find((event) => event.kind === 'approval_requested');
    await vi.waitFor(() => expect(asked()).toBeDefined(), patience);
    expect(app.threads.activity(thread).awaitingApproval).toBe(true);
    const { approvalId } = asked() ?? { approvalId: '' as ApprovalId };
    expect(await app.threads.answer(thread, approvalId, { decision: 'accept' })).toMatchObject({ ok: true });
    await vi.waitFor(() => expect(receipts()).toHaveLength(1), patience);
    expect(ends()).toMatchObject([{ kind: 'turn_completed' }]);
    const resolved = room.events.filter((event) => event.kind === 'approval_resolved');
    expect(resolved).toMatchObject([{ approvalId, decision: 'accept', decidedBy: 'user' }]);
  });

  test('a window that closes in the middle of a command, and of a question, leaves no process', async () => {
    for (const text of ['slow command', 'ask: true']) {
      const app = await room.open({ settings: open });
      const before = ends().length;
      await send(app, app.threads.create(room.work), text);
      const waits = text === 'ask: true' ? 'approval_requested' : 'command_execution';
      await vi.waitFor(() => expect(room.events.some(({ kind }) => kind === waits)).toBe(true), patience);
      const begun = Date.now();
      await app.close();
      expect(Date.now() - begun).toBeLessThan(5000);
      expect(ends().slice(before)).toMatchObject([{ kind: 'turn_interrupted', by: 'shutdown' }]);
      expect(app.runtime.processes()).toEqual([]);
    }
  });

  test('Stop is a user’s, and the thread goes on', async () => {
    const app = await room.open({ settings: open });
    const thread = app.threads.create(room.work);
    await send(app, thread, 'slow command');
    await vi.waitFor(() => expect(room.events.some(({ kind }) => kind === 'command_execution')).toBe(true), patience);
    await app.threads.stop(thread);
    expect(ends()).toMatchObject([{ kind: 'turn_interrupted', by: 'user' }]);
    expect(await turn(app, thread, 'say: on')).toMatchObject({ kind: 'turn_completed' });
    expect(receipts()[1]?.nativeThreadId).toBe(receipts()[0]?.nativeThreadId);
  });
});
