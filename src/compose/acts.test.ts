import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { ThreadId, TurnAct } from '../model/index.ts';
import { requestId } from '../model/index.ts';
import type { SettingsSnapshot } from '../ports/index.ts';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

const patience = { timeout: 60_000, interval: 10 };
const open: Partial<SettingsSnapshot> = {
  nativeInteractive: { value: true, source: 'codexLanes.native.interactive' },
};

let room: TestRoom;
beforeEach(() => {
  room = new TestRoom();
});
afterEach(() => room.close());

const compact: TurnAct = { kind: 'compact' };
const review: TurnAct = { kind: 'review', target: { kind: 'uncommitted_changes' } };
/** As a user would who says yes to what is asked before it. */
async function asking(app: App, thread: ThreadId, act: TurnAct, confirmed: readonly string[] = []): Promise<unknown> {
  const prompt = { requestId: requestId(`a-${act.kind}`), text: `Please ${act.kind}`, act, confirmed };
  const answer = await app.threads.submit(thread, prompt);
  return answer.ok || answer.ask === undefined ? answer : asking(app, thread, act, [...confirmed, answer.ask.id]);
}
const receipts = () => room.events.filter((event) => event.kind === 'receipt').map(({ receipt }) => receipt);
const ended = (count: number) => vi.waitFor(() => expect(receipts()).toHaveLength(count), patience);

describe.skipIf(realCodex === '')('compaction and review', () => {
  test('a compaction waits behind the running turn, then a review: each with its receipt, on the log for good', async () => {
    const app = await room.open({ settings: open });
    const thread = app.threads.create(room.work);
    // Nothing of the lane is known before its first check.
    expect(app.threads.acts(thread).compact).not.toBeNull();
    await send(app, thread, 'run: sleep 1');
    await vi.waitFor(() => expect(room.events.some(({ kind }) => kind === 'command_execution')).toBe(true), patience);
    expect(app.threads.acts(thread)).toEqual({ compact: null, review: null });
    expect(await asking(app, thread, compact)).toEqual({ ok: true });
    expect(await asking(app, thread, review)).toEqual({ ok: true });
    expect(app.threads.activity(thread).queued).toBe(2);
    await ended(3);
    expect(receipts().map(({ transport }) => transport)).toEqual(['app-server', 'app-server', 'app-server']);
    expect(new Set(receipts().map(({ nativeThreadId }) => nativeThreadId)).size).toBe(1);
    expect(receipts()[1]?.usage?.contextWindow).toBe(receipts()[0]?.usage?.contextWindow);
    await send(app, thread, 'say: after');
    await ended(4);
    const view = await app.threads.view(thread);
    expect(view.turns.map(({ state }) => state)).toEqual(['completed', 'completed', 'completed', 'completed']);
    expect(view.activeTurnId).toBeNull();
    expect(view.rows.filter(({ open: isOpen }) => isOpen)).toEqual([]);
    expect(view.rows.flatMap((row) => (row.kind === 'user' ? [[row.text, row.act?.kind]] : []))).toEqual([
      ['run: sleep 1', undefined],
      ['Please compact', 'compact'],
      ['Please review', 'review'],
      ['say: after', undefined],
    ]);
    expect(
      view.rows.flatMap((row) => (row.kind === 'notice' && row.code !== 'disk_not_looked_at' ? [row.code] : [])),
    ).toEqual(['context_compacted', 'review_entered', 'review_left']);
    const [figures] = view.rows.filter((row) => row.kind === 'notice' && row.code === 'context_compacted');
    expect(figures).toMatchObject({ args: [expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+$/), 'codex'] });
  });

  test('with the gate shut both are refused with what opens it, and nothing is recorded', async () => {
    const app = await room.open();
    const thread = app.threads.create(room.work);
    await send(app, thread, 'say: hi');
    await ended(1);
    for (const act of [compact, review]) {
      expect(await asking(app, thread, act)).toMatchObject({
        ok: false,
        message: expect.stringContaining('codexLanes.native.interactive opens it'),
      });
    }
    expect((await app.threads.view(thread)).turns).toHaveLength(1);
  });

  test('Stop in the middle of a review ends it, and what waits behind it', async () => {
    const app = await room.open({ settings: open });
    const thread = app.threads.create(room.work);
    const act: TurnAct = { kind: 'review', target: { kind: 'custom', instructions: 'fail: hang' } };
    expect(await asking(app, thread, act)).toEqual({ ok: true });
    await vi.waitFor(() => expect(room.events.some(({ kind }) => kind === 'review_mode')).toBe(true), patience);
    await app.threads.stop(thread);
    expect(receipts()).toMatchObject([{ killStep: 'none' }]);
    const view = await app.threads.view(thread);
    expect(view).toMatchObject({ activeTurnId: null, turns: [{ state: 'interrupted' }] });
    expect(view.rows.filter(({ open: isOpen }) => isOpen)).toEqual([]);
    await send(app, thread, 'say: next');
    await ended(2);
    expect((await app.threads.view(thread)).turns.at(-1)?.state).toBe('completed');
  });

  test('what a review can be held against is asked of git, in the thread’s folder', async () => {
    const app = await room.open({ settings: open });
    const thread = app.threads.create(room.work);
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: room.work });
    rmSync(join(room.work, '.git'), { recursive: true, force: true });
    git('init', '--quiet', '--initial-branch=main');
    writeFileSync(join(room.work, 'a'), '1');
    git('add', 'a');
    git('commit', '--quiet', '--message=first');
    git('checkout', '--quiet', '-b', 'topic');
    expect(await app.threads.reviewChoices(thread, room.work)).toMatchObject({
      ok: true,
      branch: 'topic',
      branches: ['main'],
      commits: [{ title: 'first' }],
    });
    expect(await app.threads.reviewChoices(thread, null)).toMatchObject({ ok: false });
  });
});
