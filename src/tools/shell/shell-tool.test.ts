import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { realCodex } from '../../compose/testing/test-app.ts';
import type { LaneEvent } from '../../model/index.ts';
import { itemId, threadId } from '../../model/index.ts';
import { listProcesses } from '../../node/index.ts';
import type { ApprovalAnswer, ApprovalRequest, ToolIo } from '../../ports/index.ts';
import { commandEnvironment, createCommandSandbox } from '../../runtime/index.ts';
import { plainFiles } from '../plain-files.ts';
import type { ShellTurn } from './shell-tool.ts';
import { shellArguments, shellTool } from './shell-tool.ts';

const key = 'sk-test-0123456789abcdef';
const env = {
  ...process.env,
  OPENAI_API_KEY: key,
  CODEX_API_KEY: key,
  MY_TOKEN: `Bearer ${key}`,
  MINE: 'yes',
  SECRET_OF_THE_EDITOR: 'hidden',
};

let root: string;
let work: string;
beforeEach(() => {
  // Not below /tmp, where every command may write.
  root = realpathSync(mkdtempSync('/var/tmp/lanes-shell-'));
  work = join(root, 'work');
  mkdirSync(join(work, '.git'), { recursive: true });
  mkdirSync(join(work, "it's a folder"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

type Room = {
  readonly turn?: Partial<ShellTurn>;
  readonly sandboxed?: boolean;
  readonly answer?: ApprovalAnswer;
  readonly timeoutS?: number;
};

function room({ turn, sandboxed = false, answer = { decision: 'accept', answers: {} }, timeoutS = 60 }: Room = {}) {
  const events: LaneEvent[] = [];
  const asked: ApprovalRequest[] = [];
  const stop = new AbortController();
  const environment = async () =>
    commandEnvironment({
      env,
      platform: process.platform,
      names: ['MY_TOKEN', 'MINE'],
      network: { env: {} },
      keys: [key],
    });
  const identity = { path: realCodex, source: 'setting', version: 'codex-cli' } as const;
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const real = createCommandSandbox({
    ...{ program: async () => ({ identity, pin: null }), home: async () => join(root, 'data'), environment, log },
  });
  const count = { sandboxed: 0, unsandboxed: 0 };
  const tool = shellTool({
    ...{ cwd: work, policy: 'ask', addDirs: [], files: plainFiles(), ripgrep: async () => null, editor: null },
    threadId: threadId('th'),
    commands: {
      environment,
      sandbox: sandboxed ? real : async () => ({ kind: 'none', why: 'There is none.' }),
      timeoutS: () => timeoutS,
    },
    onCommand: (isIn) => {
      count[isIn ? 'sandboxed' : 'unsandboxed'] += 1;
    },
    ...turn,
  });
  const fill = async (request: ApprovalRequest): Promise<ApprovalAnswer> => {
    asked.push(request);
    return answer;
  };
  const io: ToolIo = {
    emit: (event) => events.push(event),
    approvals: { fill, ask: async (request) => (await fill(request)).decision },
    beforeChange: async () => undefined,
    signal: stop.signal,
  };
  const call = { itemId: itemId('i'), name: 'shell', input: '' };
  const run = async (command: string, more: object = {}) => {
    const { parts, ...outcome } = await tool.run({ command, ...more }, call, io);
    return { ...outcome, text: parts.map((part) => (part.type === 'text' ? part.text : '')).join('') };
  };
  const items = () => events.filter((event) => event.kind === 'command_execution');
  return { tool, run, events, items, asked, stop, count };
}

/** One that is dead and that nobody has waited for is none. */
const isAlive = (pid: number): boolean => listProcesses().some((row) => row.pid === pid);

/** Of all that runs, one after the other. */
function commandLines(): string {
  const read = (pid: number): string => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  };
  return listProcesses()
    .map(({ pid }) => read(pid))
    .join('\n');
}

test('the schema that the model sees is the one that is checked', () => {
  const { $schema: _, ...schema } = z.toJSONSchema(shellArguments, { io: 'input' });
  expect(room().tool.spec.parameters).toEqual(schema);
});

describe.skipIf(process.platform === 'win32')('a command', () => {
  test('is told from its start to its end, its output in the order in which it was written', async () => {
    const { run, items } = room();
    const outcome = await run('echo one; echo two >&2; printf "\\033[31mthree\\033[0m\\n"; pwd');
    expect(outcome.status).toBe('completed');
    expect(outcome.text).toMatch(/^Exit code: 0 \(\d+\.\d s, without a sandbox\)\nOutput:\none\ntwo\nthree\n/);
    expect(outcome.text).toContain(work);
    const told = items();
    expect(told[0]).toMatchObject({
      phase: 'started',
      status: 'in_progress',
      cwd: work,
      sandbox: 'danger-full-access',
    });
    expect(told.at(-1)).toMatchObject({
      ...{ phase: 'completed', status: 'completed', exitCode: 0, durationMs: expect.any(Number) },
      output: `one\ntwo\n\u001b[31mthree\u001b[0m\n${work}\n`,
    });
    const deltas = told.map((event) => (event.kind === 'command_execution' ? (event.outputDelta ?? '') : ''));
    expect(deltas.join('')).toBe(`one\ntwo\n\u001b[31mthree\u001b[0m\n${work}\n`);
  });

  test('that fails says so, with what it printed', async () => {
    const outcome = await room().run('echo no; exit 3');
    expect(outcome).toMatchObject({ status: 'failed', text: expect.stringMatching(/^Exit code: 3 .*\nno\n$/s) });
  });

  test('that does not parse is no defect of ours', async () => {
    const outcome = await room().run('if then (');
    expect(outcome).toMatchObject({ status: 'failed', text: expect.stringContaining('syntax error') });
  });

  test('sees no key and nothing of the editor, whatever a variable is called', async () => {
    const { text } = await room().run('env; cat /proc/self/environ 2>/dev/null | tr "\\0" "\\n"');
    expect(text).toContain('MINE=yes');
    expect(text).not.toContain(key);
    expect(text).not.toContain('SECRET_OF_THE_EDITOR');
    expect(text).not.toMatch(/OPENAI_API_KEY|CODEX_API_KEY|MY_TOKEN/);
  });

  test('has no stdin to wait for', async () => {
    expect((await room().run('cat; echo end')).text).toMatch(/\nend\n$/);
  });

  test('runs in workdir, which is within the workspace once links are resolved', async () => {
    const { run, asked } = room();
    expect((await run('pwd', { workdir: "it's a folder" })).text).toContain(join(work, "it's a folder"));
    expect(asked[0]?.why).toContain(`It runs in ${join(work, "it's a folder")}.`);
    symlinkSync('/etc', join(work, 'link'));
    for (const workdir of ['..', '/etc', 'link', 'gone', '']) {
      expect(await run('pwd', { workdir })).toMatchObject({
        status: 'failed',
        text: expect.stringContaining('workdir'),
      });
    }
    expect(asked).toHaveLength(1);
  });

  test('what does not fit is named, and nothing runs', async () => {
    const { tool, run, items } = room();
    expect(tool.spec.name).toBe('shell');
    expect(await run('')).toMatchObject({ status: 'failed', text: expect.stringContaining('command') });
    expect(await run('ls', { timeout: 3 })).toMatchObject({
      status: 'failed',
      text: expect.stringContaining('timeout'),
    });
    expect(await run('ls\0')).toMatchObject({ status: 'failed', text: expect.stringContaining('NUL') });
    expect(items()).toEqual([]);
  });

  test('that is stopped ends with all that it started, and is told as such', async () => {
    const { run, items, stop } = room();
    const pidFile = join(work, 'pid');
    const done = run(
      `(trap '' INT TERM; setsid sleep 600 & echo $! > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; wait)`,
    );
    await vi.waitFor(() => expect(existsSync(pidFile)).toBe(true), { timeout: 10_000 });
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(isAlive(pid)).toBe(true);
    stop.abort('user');
    await expect(done).rejects.toBe('user');
    expect(isAlive(pid)).toBe(false);
    expect(items().at(-1)).toMatchObject({ phase: 'completed', status: 'failed', exitCode: null });
  });

  test('that takes too long is ended; settings say how long is the most', async () => {
    const { run } = room({ timeoutS: 1 });
    const outcome = await run('echo begun; sleep 600', { timeout_ms: 3_600_000 });
    expect(outcome.status).toBe('failed');
    expect(outcome.text).toMatch(/^It was ended after its time limit of 1 s.*\nbegun\n$/s);
    expect((await run('sleep 600', { timeout_ms: 50 })).text).toContain('time limit of 0.05 s');
  });

  test('leaves nothing behind when it ends, and what still runs ends with the turn', async () => {
    const { run, tool } = room();
    const { text } = await run('sleep 600 & echo $!');
    expect(isAlive(Number(/\n(\d+)\n$/.exec(text)?.[1]))).toBe(false);
    const pidFile = join(work, 'pid');
    const done = run(`echo $$ > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; sleep 600`);
    await vi.waitFor(() => expect(existsSync(pidFile)).toBe(true), { timeout: 10_000 });
    await tool.end?.();
    expect((await done).text).toContain('It was stopped');
    expect(isAlive(Number(readFileSync(pidFile, 'utf8')))).toBe(false);
  });

  test('that floods is cut, for the log and for the model', async () => {
    const { run, items } = room();
    const { text } = await run('echo first; head -c 5000000 /dev/zero | tr "\\0" x; echo; echo last');
    expect(text.length).toBeLessThan(24_500);
    expect(text).toMatch(/\nfirst\n.*characters are left out here.*\nlast\n$/s);
    const [done] = items().slice(-1);
    expect(done?.kind === 'command_execution' && done.output?.length).toBe(1024 * 1024);
    expect((await run('head -c 3000 /dev/zero')).text).toContain('[the output is no text: 3000 bytes]');
  });
});

describe.skipIf(process.platform === 'win32')('the policy', () => {
  test('ask: the whole command is shown, and a grant may stand for it where it ran', async () => {
    const { run, asked, count } = room();
    await run('echo hi', { justification: 'To greet.' });
    expect(asked).toMatchObject([
      {
        ...{ subject: 'command', what: 'echo hi', itemId: 'i' },
        why: 'It runs without a sandbox: there is none here.\nThe model: To greet.',
        grantable: { decision: 'accept', command: 'echo hi', cwd: work, sandbox: 'danger-full-access', scripts: [] },
      },
    ]);
    expect(count).toEqual({ sandboxed: 0, unsandboxed: 1 });
  });

  test('a refusal runs nothing, tells the model the word, and is shown as declined', async () => {
    const { run, items, count } = room({ answer: { decision: 'decline', answers: { word: ['Not now.'] } } });
    expect(await run('touch ran')).toEqual({
      ...{ status: 'declined', text: 'The user did not allow this, and says: Not now.' },
    });
    expect(existsSync(join(work, 'ran'))).toBe(false);
    expect(items()).toMatchObject([{ phase: 'completed', status: 'declined', command: 'touch ran' }]);
    expect(count).toEqual({ sandboxed: 0, unsandboxed: 0 });
  });

  test('read-only without a sandbox: nobody is asked, nothing runs', async () => {
    const { run, asked } = room({ turn: { policy: 'read-only' } });
    expect(await run('touch ran')).toMatchObject({ status: 'declined', text: expect.stringContaining('read-only') });
    expect([asked, existsSync(join(work, 'ran'))]).toEqual([[], false]);
  });

  test('full without a sandbox: each command asks all the same', async () => {
    const { run, asked } = room({ turn: { policy: 'full' } });
    await run('true');
    expect(asked).toHaveLength(1);
  });
});

describe.skipIf(realCodex === '' || process.platform !== 'linux')('in the sandbox of the real Codex', () => {
  test('full: it runs unasked, writes in its folder alone, and the model hears what kept it', async () => {
    const { run, asked, items, count } = room({ sandboxed: true, turn: { policy: 'full' } });
    const outcome = await run(`touch in ../in; touch ${root}/out`, { workdir: "it's a folder" });
    expect(outcome).toMatchObject({ status: 'failed', text: expect.stringContaining('require_escalated') });
    expect(outcome.text).toMatch(/^Exit code: 1 \(.*, in the sandbox\)/);
    expect(outcome.text).not.toContain('WARNING');
    expect(asked).toEqual([]);
    expect(items().at(-1)).toMatchObject({ sandbox: 'workspace-write', cwd: join(work, "it's a folder") });
    // The folder above is the thread’s own, so it could write there.
    const wrote = [join(work, "it's a folder/in"), join(work, 'in'), join(root, 'out')].map((path) => existsSync(path));
    expect(wrote).toEqual([true, true, false]);
    expect(count).toEqual({ sandboxed: 1, unsandboxed: 0 });
  });

  test('what leaves it asks, each time: no grant may stand for it', async () => {
    const { run, asked, count } = room({ sandboxed: true, turn: { policy: 'full' } });
    const more = { sandbox_permissions: 'require_escalated', justification: 'It has to be outside.' };
    expect((await run(`touch ${root}/out`, more)).status).toBe('completed');
    expect(existsSync(join(root, 'out'))).toBe(true);
    expect(asked).toMatchObject([{ why: 'It is to run outside the sandbox.\nThe model: It has to be outside.' }]);
    expect(asked[0]).not.toHaveProperty('grantable');
    expect(count).toEqual({ sandboxed: 0, unsandboxed: 1 });
  });

  test('ask: the card says where it runs, and the grant is for there', async () => {
    const { run, asked } = room({ sandboxed: true });
    await run('true');
    expect(asked[0]?.why).toContain('It runs in Codex’s sandbox');
    expect(asked[0]?.grantable).toMatchObject({ sandbox: 'workspace-write' });
  });

  test('read-only: it asks, writes nothing, and may not leave', async () => {
    const { run, asked } = room({ sandboxed: true, turn: { policy: 'read-only' } });
    expect((await run('touch in')).text).not.toContain('require_escalated');
    expect(existsSync(join(work, 'in'))).toBe(false);
    expect(asked[0]?.grantable).toMatchObject({ sandbox: 'read-only' });
    expect((await run('touch in', { sandbox_permissions: 'require_escalated' })).status).toBe('declined');
    expect(asked).toHaveLength(1);
  });

  test('stopped, all of it is gone, inside and out', async () => {
    const { run, stop } = room({ sandboxed: true, turn: { policy: 'full' } });
    const mark = `6${process.pid}`;
    const done = run(`sleep ${mark}`);
    await vi.waitFor(() => expect(commandLines()).toContain(`sleep\0${mark}`), { timeout: 20_000 });
    stop.abort('user');
    await expect(done).rejects.toBe('user');
    expect(commandLines()).not.toContain(`sleep\0${mark}`);
  });
});
