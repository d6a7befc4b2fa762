import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { EventBody, GivenAnswer, ThreadId } from '../model/index.ts';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

// What Codex itself asks over its app-server, answered, granted, revoked and left open.

const patience = { timeout: 30_000, interval: 10 };
type Of<K extends EventBody['kind']> = Extract<EventBody, { readonly kind: K }>;

let room: TestRoom;
/** Where the sandbox lets nothing write: the usual temporary folder is open to it. */
let outside: string;
beforeEach(() => {
  room = new TestRoom();
  outside = realpathSync(mkdtempSync('/var/tmp/asked-'));
});
afterEach(async () => {
  await room.close();
  rmSync(outside, { recursive: true, force: true });
});

const openApp = () =>
  room.open({ settings: { nativeInteractive: { value: true, source: 'codexLanes.native.interactive' } } });
const all = <K extends EventBody['kind']>(kind: K): readonly Of<K>[] =>
  room.events.filter((event): event is typeof event & Of<K> => event.kind === kind);
const asked = () => all('approval_requested');
const resolved = () => all('approval_resolved');

/** Sends a prompt that makes Codex ask for a command outside the sandbox; resolves when it asks. */
async function ask(app: App, thread: ThreadId, command: string): Promise<Of<'approval_requested'>> {
  const before = asked().length;
  await send(app, thread, `ask: ${command}`);
  await vi.waitFor(() => expect(asked()).toHaveLength(before + 1), patience);
  const question = asked().at(-1);
  if (question === undefined) throw new Error('nothing is asked');
  return question;
}

async function ended(turns: number): Promise<void> {
  await vi.waitFor(() => expect(all('receipt')).toHaveLength(turns), patience);
}

describe.skipIf(realCodex === '' || process.platform === 'win32')('a command outside the sandbox', () => {
  test('is allowed, and runs; is refused, and does not', async () => {
    const app = await openApp();
    const thread = app.threads.create(room.work);
    const answer = (question: Of<'approval_requested'>, given: GivenAnswer) =>
      app.threads.answer(thread, question.approvalId, given);
    const [yes, no] = [join(outside, 'yes'), join(outside, 'no')];
    const first = await ask(app, thread, `touch ${yes}`);
    expect(first).toMatchObject({ subject: 'command', why: 'It has to leave the sandbox.' });
    expect(first.what).toContain(`touch ${yes}`);
    expect(first.decisions.map(({ id }) => id)).toEqual(['accept', 'acceptWithExecpolicyAmendment', 'cancel']);
    expect(first.decisions[1]?.detail).toBe(`touch ${yes}`);
    expect(app.threads.activity(thread).awaitingApproval).toBe(true);
    expect(await answer(first, { decision: 'acceptForSession' })).toEqual({ ok: false, why: 'not_offered' });
    expect(existsSync(yes)).toBe(false);
    expect(await answer(first, { decision: 'accept' })).toEqual({ ok: true, notKept: null });
    expect(await answer(first, { decision: 'cancel' })).toEqual({ ok: false, why: 'closed' });
    await ended(1);
    expect(existsSync(yes)).toBe(true);
    const second = await ask(app, thread, `touch ${no}`);
    await answer(second, { decision: 'cancel' });
    await ended(2);
    expect(existsSync(no)).toBe(false);
    expect(all('turn_interrupted')).toHaveLength(1);
    expect(resolved()).toMatchObject([
      { decision: 'accept', decidedBy: 'user' },
      { decision: 'cancel', decidedBy: 'user' },
    ]);
  });

  test('once granted, runs unasked in another thread too, is counted, and is asked about again when revoked', async () => {
    const app = await openApp();
    const command = `touch ${join(outside, 'granted')}`;
    const [one, two] = [app.threads.create(room.work), app.threads.create(room.work)];
    const first = await ask(app, one, command);
    expect(first.grants).toEqual({ decision: 'accept', kinds: ['thread', 'folder'] });
    await app.threads.answer(one, first.approvalId, { decision: 'accept', grant: 'folder' });
    await ended(1);
    rmSync(join(outside, 'granted'));
    await send(app, two, `ask: ${command}`);
    await ended(2);
    expect(existsSync(join(outside, 'granted'))).toBe(true);
    expect(resolved()[1]).toMatchObject({ decision: 'accept', decidedBy: 'grant' });
    const [grant] = await app.grants.list();
    expect(grant).toMatchObject({ kind: 'folder', folder: room.work, threadId: one, uses: 1, last: { threadId: two } });
    // Other arguments are another command.
    const near = await ask(app, two, `${command} ${join(outside, 'more')}`);
    expect(near.near).toMatchObject({ why: 'other_arguments', command: grant?.command });
    await app.threads.answer(two, near.approvalId, { decision: 'cancel' });
    await ended(3);
    expect(await app.grants.revoke(grant?.id ?? '')).toBe(true);
    const again = await ask(app, two, command);
    expect(again.near).toBeUndefined();
    await app.threads.stop(two);
    await ended(4);
    expect(resolved().at(-1)).toMatchObject({ decision: 'withdrawn', decidedBy: 'lifecycle' });
  });

  test('is refused when the window closes before anybody answered', async () => {
    const app = await openApp();
    const thread = app.threads.create(room.work);
    const path = join(outside, 'late');
    const question = await ask(app, thread, `touch ${path}`);
    await app.close();
    expect(resolved()).toMatchObject([{ decision: 'cancel', decidedBy: 'lifecycle' }]);
    expect(await app.threads.answer(thread, question.approvalId, { decision: 'accept' })).toEqual({
      ...{ ok: false, why: 'closed' },
    });
    expect(existsSync(path)).toBe(false);
    expect(all('turn_interrupted')).toMatchObject([{ by: 'shutdown' }]);
  });
});
