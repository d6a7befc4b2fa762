import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { App } from '../compose.ts';
import type { EventBody, GivenAnswer, ThreadId } from '../model/index.ts';
import type { SettingsSnapshot } from '../ports/index.ts';
import type { RecordedEndpoint } from './testing/recorded-endpoint.ts';
import { recordedEndpoint } from './testing/recorded-endpoint.ts';
import { realCodex, send, TestRoom } from './testing/test-app.ts';

// Whole turns of the API lane with its tools: the practice endpoint, the real files, the real sandbox of Codex.

const patience = { timeout: 30_000, interval: 10 };
const sample = join(import.meta.dirname, '../../media/sample-workspace');
type Of<K extends EventBody['kind']> = Extract<EventBody, { readonly kind: K }>;

let room: TestRoom;
let endpoint: RecordedEndpoint | null;
beforeEach(() => {
  room = new TestRoom();
  endpoint = null;
});
afterEach(async () => {
  await room.close();
  await endpoint?.close();
});

async function openApp(own: Partial<SettingsSnapshot> = {}, vault?: Map<string, string>): Promise<App> {
  endpoint ??= await recordedEndpoint(room.work);
  const settings: Partial<SettingsSnapshot> = { lane: { value: 'api', source: 'test' }, apiTools: true, ...own };
  const app = await room.open({
    ...{ settings, practiceUrl: endpoint.url },
    ...(vault === undefined ? {} : { vault }),
  });
  cpSync(sample, room.work, { recursive: true });
  return app;
}

const all = <K extends EventBody['kind']>(kind: K): readonly Of<K>[] =>
  room.events.filter((event): event is typeof event & Of<K> => event.kind === kind);
/** The ends of the items of a kind. */
const done = <K extends 'command_execution' | 'file_change' | 'tool_call'>(kind: K): readonly Of<K>[] =>
  all(kind).filter((event) => 'phase' in event && event.phase === 'completed');
const ends = () => room.events.filter(({ kind }) => /^turn_(completed|failed|interrupted)$/.test(kind));
const texts = () => all('assistant_text').flatMap(({ isDelta, text }) => (isDelta ? [] : [text]));
const said = () =>
  all('assistant_text')
    .map(({ text }) => text)
    .join('');
const receipt = () => all('receipt').at(-1)?.receipt;

/** Sends a prompt and gives each question the answer that `answerOf` has for it. Resolves at the turn's end. */
async function turn(
  app: App,
  thread: ThreadId,
  prompt: string,
  answerOf: (question: Of<'approval_requested'>) => GivenAnswer = () => ({ decision: 'accept' }),
): Promise<EventBody | undefined> {
  const receipts = all('receipt').length;
  let answered = all('approval_requested').length;
  await send(app, thread, prompt);
  await vi.waitFor(async () => {
    for (const question of all('approval_requested').slice(answered)) {
      answered += 1;
      // A grant may have answered in the same breath.
      if (all('approval_resolved').some(({ approvalId }) => approvalId === question.approvalId)) continue;
      await app.threads.answer(thread, question.approvalId, answerOf(question));
    }
    expect(all('receipt')).toHaveLength(receipts + 1);
  }, patience);
  return ends().at(-1);
}

/** The commands that run on this machine, in words. */
const living = (wanted: RegExp): readonly string[] =>
  readdirSync('/proc').flatMap((pid) => {
    try {
      const words = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ') : '';
      return wanted.test(words) ? [words] : [];
    } catch {
      return []; // gone meanwhile
    }
  });

const inputOf = (index: number): readonly Record<string, unknown>[] =>
  JSON.parse((endpoint?.asked.filter(({ method }) => method === 'POST') ?? []).at(index)?.body ?? '{}').input;

describe.skipIf(realCodex === '' || process.platform !== 'linux')('the tools of the API lane', () => {
  test('the tests are run, the bug is fixed on disk, and they are run again', async () => {
    const app = await openApp();
    expect(await turn(app, app.threads.create(room.work), 'Run the tests')).toMatchObject({ kind: 'turn_completed' });
    expect(done('command_execution').map(({ command, exitCode }) => [command, exitCode])).toEqual([
      ['node --test', 1],
      ['node --test', 0],
    ]);
    expect(done('file_change')).toMatchObject([{ status: 'completed' }]);
    expect(readFileSync(join(room.work, 'src/dates.js'), 'utf8')).toContain('MONTHS[month - 1]');
    expect(
      all('plan_updated')
        .at(-1)
        ?.steps.map(({ status }) => status),
    ).toEqual(Array(4).fill('completed'));
    expect(said()).toContain('Fixed: all tests pass');
    expect(all('approval_requested').map(({ subject }) => subject)).toEqual(['command', 'file_change', 'command']);
    expect(receipt()).toMatchObject({ transport: 'responses', commands: { sandboxed: 2, unsandboxed: 0 } });
    expect(receipt()?.rounds).toBeGreaterThan(4);
    expect(receipt()?.usage?.input).toBeGreaterThan(0);
  });

  test('the endpoint’s own kinds of shell and patch call run in the same tools, and ask the same', async () => {
    const app = await openApp({ apiBuiltinTools: true });
    expect(await turn(app, app.threads.create(room.work), 'Run the tests')).toMatchObject({ kind: 'turn_completed' });
    expect(done('command_execution').map(({ command, exitCode, sandbox }) => [command, exitCode, sandbox])).toEqual([
      ['node --test', 1, 'workspace-write'],
      ['node --test', 0, 'workspace-write'],
    ]);
    expect(done('file_change')).toMatchObject([{ status: 'completed' }]);
    expect(readFileSync(join(room.work, 'src/dates.js'), 'utf8')).toContain('MONTHS[month - 1]');
    expect(said()).toContain('Fixed: all tests pass');
    expect(all('approval_requested').map(({ subject }) => subject)).toEqual(['command', 'file_change', 'command']);
    expect(receipt()).toMatchObject({ commands: { sandboxed: 2, unsandboxed: 0 } });
    const kinds = inputOf(-1).map(({ type }) => String(type));
    const counts = ['shell_call', 'shell_call_output', 'apply_patch_call', 'apply_patch_call_output'].map(
      (kind) => kinds.filter((one) => one === kind).length,
    );
    expect(counts).toEqual([2, 2, 1, 1]);
    // What is denied is told as such, and nothing runs.
    const denied = await turn(app, app.threads.create(room.work), 'write: new.txt', () => ({ decision: 'decline' }));
    expect(denied).toMatchObject({ kind: 'turn_completed' });
    expect(inputOf(-1).at(-1)).toMatchObject({ type: 'apply_patch_call_output', status: 'failed' });
    expect(existsSync(join(room.work, 'new.txt'))).toBe(false);
  });

  test('what a turn did is in the conversation of the next one, and the calls of it match', async () => {
    const app = await openApp({ apiPolicy: 'full' });
    const thread = app.threads.create(room.work);
    await turn(app, thread, 'run: echo first-of-all');
    const before = inputOf(-1);
    expect(before.map(({ type }) => type)).toContain('reasoning');
    expect(await turn(app, thread, 'say: second')).toMatchObject({ kind: 'turn_completed' });
    const input = JSON.stringify(inputOf(-1));
    expect(input).toContain('echo first-of-all');
    expect(inputOf(-1).map(({ type }) => type)).toEqual(
      expect.arrayContaining(['message', 'function_call', 'function_call_output']),
    );
    expect(input).not.toContain('"reasoning"');
  });

  test('a denial with a word reaches the model; the command did not run', async () => {
    const app = await openApp();
    await turn(app, app.threads.create(room.work), 'run: touch denied', () => ({
      ...{ decision: 'decline', answers: { word: ['make it another way'] } },
    }));
    expect(existsSync(join(room.work, 'denied'))).toBe(false);
    expect(said()).toContain('The command did not run.');
    expect(said()).toContain('make it another way');
    expect(done('command_execution')).toMatchObject([{ status: 'declined' }]);
    expect(receipt()).toMatchObject({ commands: { sandboxed: 0, unsandboxed: 0 } });
  });

  test('a denial that stops the turn stops it, and the thread goes on', async () => {
    const app = await openApp();
    const thread = app.threads.create(room.work);
    const end = await turn(app, thread, 'run: touch denied', () => ({ decision: 'cancel' }));
    expect(end).toMatchObject({ kind: 'turn_interrupted' });
    expect(existsSync(join(room.work, 'denied'))).toBe(false);
    expect(await turn(app, thread, 'say: on')).toMatchObject({ kind: 'turn_completed' });
    expect(said()).toContain('on');
  });

  test('read-only: a command may write nothing in the sandbox, and a patch is refused', async () => {
    const app = await openApp({ apiPolicy: 'read-only' });
    const thread = app.threads.create(room.work);
    await turn(app, thread, 'run: touch written');
    expect(existsSync(join(room.work, 'written'))).toBe(false);
    expect(done('command_execution')[0]?.exitCode).not.toBe(0);
    await turn(app, thread, 'write: patched.txt');
    expect(existsSync(join(room.work, 'patched.txt'))).toBe(false);
    expect(said()).toContain('was not written');
  });

  test('full: within the sandbox nothing asks; to leave it does, and says why', async () => {
    // The sandbox lets nothing write there; the usual temporary folder is open to it.
    const folder = mkdtempSync('/var/tmp/api-tools-');
    const outside = join(folder, 'left');
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const app = await openApp({ apiPolicy: 'full' });
    const thread = app.threads.create(room.work);
    await turn(app, thread, 'Run the tests');
    expect(all('approval_requested')).toEqual([]);
    await turn(app, thread, `run: touch ${outside}`);
    expect(existsSync(outside)).toBe(false);
    await turn(app, thread, `ask: touch ${outside}`);
    expect(all('approval_requested')).toMatchObject([
      { subject: 'command', why: expect.stringContaining('It has to leave the sandbox.') },
    ]);
    expect(existsSync(outside)).toBe(true);
    expect(receipt()).toMatchObject({ commands: { sandboxed: 0, unsandboxed: 1 } });
  });

  test('a grant answers, and lapses when the script of the command is edited', async () => {
    const app = await openApp();
    const [one, two] = [app.threads.create(room.work), app.threads.create(room.work)];
    await turn(app, one, 'run: npm test', () => ({ decision: 'accept', grant: 'folder' }));
    expect(all('approval_resolved').map(({ decidedBy }) => decidedBy)).toEqual(['user']);
    await turn(app, two, 'run: npm test');
    expect(all('approval_resolved').map(({ decidedBy }) => decidedBy)).toEqual(['user', 'grant']);
    const manifest = join(room.work, 'package.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('node --test', 'node --test --test-only'));
    await turn(app, two, 'run: npm test');
    expect(all('approval_resolved').map(({ decidedBy }) => decidedBy)).toEqual(['user', 'grant', 'user']);
  });

  test('a stop in a command leaves nothing of it, and the next turn goes on from there', async () => {
    const app = await openApp({ apiPolicy: 'full' });
    const thread = app.threads.create(room.work);
    await send(app, thread, 'run: setsid sleep 6130 & sleep 6140');
    await vi.waitFor(() => expect(living(/^sleep 61[34]0/)).toHaveLength(2), patience);
    await app.threads.stop(thread);
    await vi.waitFor(() => expect(all('receipt')).toHaveLength(1), patience);
    expect(ends()).toMatchObject([{ kind: 'turn_interrupted', by: 'user' }]);
    expect(app.runtime.processes()).toEqual([]);
    expect(living(/^sleep 61[34]0/)).toEqual([]);
    expect(await turn(app, thread, 'say: on')).toMatchObject({ kind: 'turn_completed' });
  });

  test('a value of the vault that a command prints is neither told nor written', async () => {
    const value = 'the-value-of-the-vault-4711';
    endpoint = await recordedEndpoint(room.work);
    const app = await openApp({ apiPolicy: 'full' }, new Map([[new URL(endpoint.url).origin, value]]));
    const thread = app.threads.create(room.work);
    writeFileSync(join(room.work, 'notes.txt'), `key: ${value}\nrest\n`);
    await turn(app, thread, 'run: cat notes.txt');
    expect(done('command_execution')[0]?.output).toContain('rest');
    expect(JSON.stringify(room.events)).not.toContain(value);
    await app.close();
    const log = readFileSync(join(room.dataHome, 'threads', thread, 'events.jsonl'), 'utf8');
    expect(log).toContain('rest');
    expect(log).not.toContain(value);
    expect(room.logged.join('\n')).not.toContain(value);
  });

  test.each([
    ['fail: 429 once', 'It went well this time.'],
    ['fail: cut once', 'It went well this time.'],
    ['fail: 503 once after run: echo x', 'ended with exit code 0'],
    ['fail: cut once after run: echo x', 'ended with exit code 0'],
  ])('%s: asked again, said so, and the turn goes on', async (prompt, words) => {
    const app = await openApp({ apiPolicy: 'full' });
    const started = performance.now();
    expect(await turn(app, app.threads.create(room.work), prompt)).toMatchObject({ kind: 'turn_completed' });
    expect(said()).toContain(words);
    expect(all('warning').filter(({ code }) => code === 'retry')).toHaveLength(1);
    // Retry-After says one second.
    if (prompt.includes('429')) expect(performance.now() - started).toBeGreaterThan(1000);
    expect(done('command_execution').length).toBe(prompt.includes('run:') ? 1 : 0);
  });

  test('cut in mid-answer after a tool round: not asked again, and what was done is kept', async () => {
    const app = await openApp({ apiPolicy: 'full' });
    const thread = app.threads.create(room.work);
    const end = await turn(app, thread, 'fail: cut after run: touch made');
    expect(end).toMatchObject({ kind: 'turn_failed', error: { code: 'stream_cut' } });
    expect(existsSync(join(room.work, 'made'))).toBe(true);
    expect(endpoint?.asked.filter(({ method }) => method === 'POST')).toHaveLength(2);
    expect(await turn(app, thread, 'say: on')).toMatchObject({ kind: 'turn_completed' });
    expect(JSON.stringify(inputOf(-1))).toContain('touch made');
  });

  test('an endless loop is stopped by its budget of rounds, and the thread goes on', async () => {
    const app = await openApp({ apiMaxRounds: 5 });
    const thread = app.threads.create(room.work);
    const end = await turn(app, thread, 'endless tools');
    expect(end).toMatchObject({ kind: 'turn_failed' });
    expect(receipt()?.rounds).toBe(5);
    expect(await turn(app, thread, 'rounds: 2')).toMatchObject({ kind: 'turn_completed' });
    expect(texts().join('') + said()).toContain('2 rounds are done.');
  });

  test('several calls of one answer are all answered', async () => {
    const app = await openApp();
    expect(await turn(app, app.threads.create(room.work), 'many calls')).toMatchObject({ kind: 'turn_completed' });
    expect(said()).toContain('3 calls of one answer came back');
  });
});
