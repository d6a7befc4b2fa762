import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { EventBody, GivenAnswer, ThreadId, ToolPolicy } from '../model/index.ts';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

// What a model at an endpoint runs on this machine: with the loop, the real sandbox, the store of grants and the log.

const patience = { timeout: 30_000, interval: 10 };
const key = 'sk-test-0123456789abcdef0123';
type Of<K extends EventBody['kind']> = Extract<EventBody, { readonly kind: K }>;

let room: TestRoom;
/** Where the sandbox lets nothing write: the usual temporary folder is open to it. */
let outside: string;
beforeEach(() => {
  room = new TestRoom();
  outside = realpathSync(mkdtempSync('/var/tmp/ran-'));
});
afterEach(async () => {
  await room.close();
  rmSync(outside, { recursive: true, force: true });
});

const open = (
  apiPolicy: ToolPolicy,
  more: { readonly codex?: string; readonly trusted?: boolean } = {},
): Promise<App> =>
  room.open({
    settings: {
      ...{ lane: { value: 'api', source: 'test' }, apiTools: true, apiPolicy, apiCommandTimeoutS: 20 },
      ...(more.codex === undefined ? {} : { codexPath: { value: more.codex, source: 'test' } }),
    },
    env: { OPENAI_API_KEY: key, CODEX_API_KEY: key, KEY_BY_ANOTHER_NAME: key },
    trusted: more.trusted ?? true,
  });
const all = <K extends EventBody['kind']>(kind: K): readonly Of<K>[] =>
  room.events.filter((event): event is typeof event & Of<K> => event.kind === kind);
const commands = () => all('command_execution').filter(({ phase }) => phase === 'completed');
const receipts = () => all('receipt').map(({ receipt }) => receipt);

let turns = 0;
beforeEach(() => {
  turns = 0;
});
const begin = (app: App, thread: ThreadId, command: string, more: object = {}) => {
  turns += 1;
  return send(app, thread, `tool: shell ${JSON.stringify({ command, ...more })}`);
};
const ended = () => vi.waitFor(() => expect(receipts()).toHaveLength(turns), patience);

async function asked(app: App, thread: ThreadId, command: string): Promise<Of<'approval_requested'>> {
  const before = all('approval_requested').length;
  await begin(app, thread, command);
  await vi.waitFor(() => expect(all('approval_requested')).toHaveLength(before + 1), patience);
  const question = all('approval_requested').at(-1);
  if (question === undefined) throw new Error('nothing is asked');
  return question;
}

async function answer(app: App, thread: ThreadId, question: Of<'approval_requested'>, given: GivenAnswer) {
  expect(await app.threads.answer(thread, question.approvalId, given)).toEqual({ ok: true, notKept: null });
  await ended();
}

describe.skipIf(realCodex === '' || process.platform !== 'linux')('a command of a model at an endpoint', () => {
  test('runs in Codex’s sandbox, sees no key, and the receipt counts it', async () => {
    const app = await open('full');
    const thread = app.threads.create(room.work);
    await begin(app, thread, `printenv; touch in ${outside}/out; cat ${room.dataHome}/grants.json; true`);
    await ended();
    const [ran] = commands();
    expect(ran).toMatchObject({ sandbox: 'workspace-write', status: 'completed', exitCode: 0 });
    expect(ran?.output).toMatch(/^PATH=/m);
    expect(ran?.output).not.toMatch(/sk-test|API_KEY|KEY_BY_ANOTHER_NAME/);
    expect([existsSync(join(room.work, 'in')), existsSync(join(outside, 'out'))]).toEqual([true, false]);
    expect(receipts()[0]?.commands).toEqual({ sandboxed: 1, unsandboxed: 0 });
    expect(all('approval_requested')).toEqual([]);
  });

  test('is always allowed in its folder, until its script changes; a refusal stands in the log with its word', async () => {
    const app = await open('ask');
    const [one, two] = [app.threads.create(room.work), app.threads.create(room.work)];
    writeFileSync(join(room.work, 'x.sh'), 'echo first\n');
    const first = await asked(app, one, 'sh x.sh');
    expect(first).toMatchObject({
      ...{ subject: 'command', what: 'sh x.sh' },
      grants: { decision: 'accept', kinds: ['thread', 'folder'], scripts: [{ name: 'x.sh' }] },
    });
    await answer(app, one, first, { decision: 'accept', grant: 'folder' });
    await begin(app, two, 'sh x.sh');
    await ended();
    expect(all('approval_resolved').map(({ decidedBy }) => decidedBy)).toEqual(['user', 'grant']);
    expect(commands().map(({ output }) => output)).toEqual(['first\n', 'first\n']);

    writeFileSync(join(room.work, 'x.sh'), `touch ${join(room.work, 'changed')}\n`);
    const again = await asked(app, two, 'sh x.sh');
    expect(again.near).toMatchObject({ why: 'script_changed', command: 'sh x.sh' });
    await answer(app, two, again, { decision: 'decline', answers: { word: ['Leave x.sh alone.'] } });
    expect(existsSync(join(room.work, 'changed'))).toBe(false);
    expect(commands().at(-1)).toMatchObject({ status: 'declined' });
    expect(all('approval_resolved').at(-1)).toMatchObject({ answers: { word: ['Leave x.sh alone.'] } });
    expect(receipts().at(-1)?.commands ?? null).toEqual({ sandboxed: 0, unsandboxed: 0 });
  });

  test('a grant for the sandbox is none without it', async () => {
    const within = await open('ask');
    const thread = within.threads.create(room.work);
    await answer(within, thread, await asked(within, thread, 'true'), { decision: 'accept', grant: 'folder' });
    // The same data home, where no Codex is.
    const without = await open('full', { codex: join(room.root, 'none') });
    const other = without.threads.create(room.work);
    const question = await asked(without, other, 'true');
    expect(question.near).toMatchObject({ why: 'other_sandbox' });
    await answer(without, other, question, { decision: 'accept' });
    expect(receipts().at(-1)?.commands).toEqual({ sandboxed: 0, unsandboxed: 1 });
    expect(commands().at(-1)).toMatchObject({ sandbox: 'danger-full-access' });
  });

  test('is ended with a turn that is stopped', async () => {
    const app = await open('full');
    const thread = app.threads.create(room.work);
    await begin(app, thread, 'touch begun; sleep 600');
    await vi.waitFor(() => expect(existsSync(join(room.work, 'begun'))).toBe(true), patience);
    await app.threads.stop(thread);
    await ended();
    expect(all('turn_interrupted')).toHaveLength(1);
    expect(app.runtime.processes()).toEqual([]);
  });

  test('in a workspace that is not trusted there is none, and no program is started', async () => {
    const app = await open('full', { trusted: false });
    const started: number[] = [];
    app.runtime.onProcesses((rows) => void started.push(rows.length));
    const thread = app.threads.create(room.work);
    await begin(app, thread, 'touch in').catch(() => undefined);
    await vi.waitFor(() => expect(app.threads.activity(thread).running).toBe(false), patience);
    expect([commands(), started, existsSync(join(room.work, 'in'))]).toEqual([[], [], false]);
  });

  test('“don’t allow, and stop” ends the turn', async () => {
    const app = await open('ask');
    const thread = app.threads.create(room.work);
    await answer(app, thread, await asked(app, thread, 'true'), { decision: 'cancel' });
    expect(all('turn_interrupted')).toHaveLength(1);
  });
});
