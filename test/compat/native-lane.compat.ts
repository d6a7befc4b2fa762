import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunOptions } from '../../src/lanes/exec/testing/exec-room.ts';
import { ExecRoom } from '../../src/lanes/exec/testing/exec-room.ts';
import { nativeThreadId } from '../../src/model/index.ts';
import type { LaneTurn } from '../../src/ports/index.ts';
import type { turnOptionWords } from '../../src/runtime/index.ts';
import { binaryOfPackage, createCliReader } from '../../src/runtime/index.ts';

/** A build of Codex that this run tests: the folder of its package, and its program. */
type Build = { readonly version: string; readonly folder: string; readonly program: string };

const builds = JSON.parse(process.env.CODEX_LANES_COMPAT ?? '[]') as readonly Build[];

/** What a build can't do beside a plain turn, as its help says. Measured. */
const lacking: Readonly<Record<string, readonly string[]>> = {
  '0.138.0': ['fork', '--worktree'],
  '0.117.0': ['fork', '--worktree', '-p'],
};

const parent = nativeThreadId('01a1fbda-0000-7000-8000-000000000000');
const turnWith: Readonly<Record<(typeof turnOptionWords)[number], Partial<LaneTurn>>> = {
  fork: { forkOf: parent },
  '--worktree': { newWorktree: true },
  '--add-dir': { addDirs: [realpathSync('/')] },
  '--output-schema': { outputSchema: '/dev/null' },
  '-p': { profile: 'own' },
};

test('there is a build to test', () => {
  expect(builds.length).toBeGreaterThan(0);
});

describe.each(builds)('Codex $version', ({ version, folder, program }) => {
  let room: ExecRoom;
  beforeAll(async () => {
    room = await ExecRoom.open();
  });
  afterAll(() => room.close());

  const run = (text: string, { settings, ...options }: RunOptions = {}) =>
    room.run(text, { ...options, settings: { codexPath: { value: program, source: 'test' }, ...settings } });

  test('is found in its package, and says its version', async () => {
    expect(await binaryOfPackage(folder, process.platform, process.arch)).toBe(realpathSync(program));
    expect(execFileSync(program, ['--version'], { encoding: 'utf8' })).toBe(`codex-cli ${version}\n`);
    const { end } = await run('say: hello');
    expect(end.facts.executable).toMatchObject({ version: `codex-cli ${version}`, source: 'setting' });
  });

  test('says itself what it can do, and can do all that a turn needs', async () => {
    const { abilities } = await createCliReader()(program, room.env);
    expect(abilities?.missingExecFlags).toEqual([]);
    expect(abilities?.missingTurnOptions).toEqual(lacking[version]);
  });

  test('a turn: text, usage, no warning', async () => {
    const { end, events, text } = await run('say: hello');
    expect(end).toMatchObject({ outcome: 'completed', facts: { exitCode: 0, killStep: 'none' } });
    expect(text).toBe('hello');
    expect(end.facts.usage?.input).toBeGreaterThan(0);
    expect(events.filter(({ kind }) => kind === 'warning' || kind === 'unsupported_raw_event')).toEqual([]);
  });

  test('a command: started, completed, with its output', async () => {
    const { end, events } = await run('run: echo one two', { turn: { sandbox: 'danger-full-access' } });
    expect(end.outcome).toBe('completed');
    const commands = events.filter((event) => event.kind === 'command_execution');
    expect(commands.map(({ phase }) => phase)).toEqual(['started', 'completed']);
    expect(commands.at(-1)).toMatchObject({ exitCode: 0, status: 'completed' });
    expect(commands.at(-1)?.output).toContain('one two');
  });

  test('resume goes on with the thread, and its own usage is what was added', async () => {
    const first = await run('say: first');
    const { nativeThreadId: thread } = first.end.facts;
    const second = await run('say: second', {
      turn: { nativeThreadId: thread, usageBefore: first.end.usageAfter ?? null },
    });
    expect(second.end).toMatchObject({ outcome: 'completed', facts: { nativeThreadId: thread } });
    expect(second.text).toBe('second');
    const [before, after] = [first.end.usageAfter?.input ?? 0, second.end.usageAfter?.input ?? 0];
    expect(second.end.facts.usage?.input).toBe(after - before);
  });

  test('a thread that is not there is not made anew', async () => {
    const { end } = await run('say: hello', { turn: { nativeThreadId: parent } });
    expect(end).toMatchObject({ outcome: 'failed', error: { code: 'resume_not_found' } });
  });

  test('a refused key is a failure with its name', async () => {
    expect((await run('fail: 401')).end).toMatchObject({ outcome: 'failed', error: { code: 'unauthorized' } });
  });

  test('a connection that is refused ends', async () => {
    const config = readFileSync(room.config, 'utf8');
    // Nothing listens on the port that no program is given.
    room.askAt('http://127.0.0.1:1/v1');
    try {
      expect((await run('say: hello')).end).toMatchObject({ outcome: 'failed', error: { code: 'connection_failed' } });
    } finally {
      room.askAt(/base_url = "(.+)"/.exec(config)?.[1] ?? '');
    }
  });

  test('a stop ends the command too: nothing is left running', async () => {
    const stop = new AbortController();
    const { end } = await run('slow command', {
      turn: { sandbox: 'danger-full-access' },
      signal: stop.signal,
      onEvent: ({ kind }) => {
        if (kind === 'command_execution') stop.abort('user');
      },
    });
    expect(end.outcome).toBe('interrupted');
    expect(processesWith(room.codexHome)).toEqual([]);
  });

  test('an ephemeral thread leaves no file', async () => {
    const sessions = (): number => {
      const all = join(room.codexHome, 'sessions');
      return existsSync(all) ? readdirSync(all, { recursive: true }).length : 0;
    };
    const before = sessions();
    const { end } = await run('say: hello', { turn: { ephemeral: true } });
    expect(end).toMatchObject({
      outcome: 'completed',
      facts: { completionPolicy: 'ephemeral', historyCompleteness: 'live-only' },
    });
    expect(sessions()).toBe(before);
  });

  // The only build that speaks of it.
  if (version === '0.117.0') {
    test('with RUST_LOG=warn it speaks of its history, and that is told as such', async () => {
      room.env.RUST_LOG = 'warn';
      try {
        const { events } = await run('say: hello', {
          turn: { ephemeral: true },
          settings: { nativeEnv: ['RUST_LOG'] },
        });
        const warnings = events.filter((event) => event.kind === 'warning');
        expect(warnings.some(({ source }) => source === 'history')).toBe(true);
      } finally {
        delete room.env.RUST_LOG;
      }
    });
  }

  test.each(lacking[version] ?? [])('%s is not offered, and a turn that needs it says so', async (word) => {
    // A profile that is missing is refused before.
    writeFileSync(join(room.codexHome, 'own.config.toml'), '');
    const { end } = await run('say: hello', { turn: turnWith[word as keyof typeof turnWith] });
    expect(end).toMatchObject({ outcome: 'failed', error: { code: 'bad_request', detail: word } });
    expect(end.outcome === 'failed' && end.error.message).toContain(`codex-cli ${version}`);
  });
});

/** Processes that bear this room's Codex home: Codex itself, and whatever it started. */
function processesWith(codexHome: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`CODEX_HOME=${codexHome}`);
    } catch {
      // It ended meanwhile.
      return false;
    }
  });
}
