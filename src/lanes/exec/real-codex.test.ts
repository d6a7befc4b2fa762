import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Codex } from '@openai/codex-sdk';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { laneTurn, turnIo } from '../../../test/fakes/lane-turn.ts';
import { nativeSettings } from '../../../test/fakes/settings.ts';
import type { LaneEvent } from '../../model/index.ts';
import { nativeThreadId } from '../../model/index.ts';
import { listProcesses, systemClock } from '../../node/index.ts';
import type { LaneTurn, SettingsSnapshot, TurnEnd, TurnIo } from '../../ports/index.ts';
import type { PracticeServer } from '../../practice/index.ts';
import { practiceCodexConfig, startPractice } from '../../practice/index.ts';
import {
  binaryOfPackage,
  createBinaryFinder,
  probeNative,
  resolveNativeRuntime,
  testedVersion,
} from '../../runtime/index.ts';
import { createExecLane } from './index.ts';

const limit = 60_000;
const binary = await binaryOfPackage(
  join(import.meta.dirname, '../../../node_modules/@openai/codex'),
  process.platform,
  process.arch,
);

let root: string;
let work: string;
let practice: PracticeServer;
let env: Record<string, string>;

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'exec-lane-')));
  work = join(root, 'work');
  for (const folder of ['work/.git', 'home', 'codex-home', 'tmp']) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(work, '.git/HEAD'), 'ref: refs/heads/main\n');
  writeFileSync(join(work, 'hello.txt'), 'hello\n');
  practice = await startPractice({ workspaces: [work], pace: 'instant' });
  writeFileSync(join(root, 'codex-home/config.toml'), practiceCodexConfig(practice.url));
  env = {
    PATH: process.env.PATH ?? '',
    HOME: join(root, 'home'),
    TMPDIR: join(root, 'tmp'),
    LANG: 'C.UTF-8',
    CODEX_HOME: join(root, 'codex-home'),
  };
});

afterEach(async () => {
  await practice.close();
  rmSync(root, { recursive: true, force: true });
});

const settings: SettingsSnapshot = {
  ...nativeSettings,
  codexPath: binary === null ? null : { value: binary, source: 'test' },
};

const secrets = {
  reachable: false,
  get: async () => undefined,
  set: async () => undefined,
  delete: async () => undefined,
};
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const inputs = () => ({
  settings,
  secrets,
  env,
  dataHome: null,
  finder: createBinaryFinder(systemClock),
  clock: systemClock,
  loginShellPath: async () => null,
});

type Run = { readonly end: Promise<TurnEnd>; readonly events: LaneEvent[]; readonly abort: () => void };

function run(text: string, options: Partial<LaneTurn> = {}, mayPay: TurnIo['mayPay'] = () => null): Run {
  const events: LaneEvent[] = [];
  const stop = new AbortController();
  const lane = createExecLane({
    resolve: () => resolveNativeRuntime(inputs()),
    settings: () => settings,
    clock: systemClock,
    log,
  });
  const end = lane.run(
    laneTurn({ text, cwd: work, ...options }),
    turnIo({
      emit: (event) => events.push(event),
      mayPay,
      signal: stop.signal,
    }),
  );
  return { end, events, abort: () => stop.abort('user') };
}

const commands = (events: readonly LaneEvent[]) => events.filter((event) => event.kind === 'command_execution');

test(
  'a turn with text, and the next one of the same thread',
  async () => {
    const first = run('say: hello');
    const end = await first.end;
    expect(end.outcome).toBe('completed');
    expect(first.events.filter((event) => event.kind === 'assistant_text')).toMatchObject([
      { text: 'hello', isDelta: false, itemId: 'tu:item_0' },
    ]);
    expect(end.facts).toMatchObject({
      transport: 'exec',
      modelServed: 'unknown',
      completionPolicy: 'persistent',
      historyCompleteness: 'explicit-hydration-required',
      usageAuthority: 'live-turn-completed',
      exitCode: 0,
      killStep: 'none',
      payer: { kind: 'provider', source: 'none' },
      executable: { path: binary, version: `codex-cli ${testedVersion}`, source: 'setting' },
    });
    const id = nativeThreadId(end.facts.nativeThreadId ?? '');
    const before = end.usageAfter ?? null;
    const second = await run('say: again', { nativeThreadId: id, usageBefore: before }).end;
    expect(second.outcome).toBe('completed');
    expect(second.facts.nativeThreadId).toBe(id);
    expect(second.usageAfter?.input).toBe((before?.input ?? 0) + (second.facts.usage?.input ?? 0));
  },
  limit,
);

test(
  'a command tells its output and exit code; it writes to the disk',
  async () => {
    const { end, events } = run('run: echo out; echo made > made.txt; exit 3');
    expect((await end).outcome).toBe('completed');
    expect(commands(events).at(-1)).toMatchObject({
      phase: 'completed',
      output: 'out\n',
      exitCode: 3,
      status: 'failed',
    });
    expect(readFileSync(join(work, 'made.txt'), 'utf8')).toBe('made\n');
  },
  limit,
);

test.each(['workspace-write', 'danger-full-access'] as const)(
  'stop in mid-command leaves no process (%s)',
  async (sandbox) => {
    const seen = new Set(listProcesses().map((row) => row.pid));
    const { end, events, abort } = run('run: sleep 7391 & sleep 7392', { sandbox });
    await vi.waitFor(() => expect(commands(events)).toHaveLength(1), { timeout: 20_000 });
    const mine = listProcesses().filter((row) => commandLine(row.pid).includes('sleep 739'));
    expect(mine.length).toBeGreaterThan(0);
    abort();
    expect(await end).toMatchObject({ outcome: 'interrupted', facts: { killStep: 'SIGINT' } });
    const left = listProcesses().filter((row) => !seen.has(row.pid) && /sleep 739|codex/.test(commandLine(row.pid)));
    expect(
      left.filter((row) => commandLine(row.pid).includes(root) || commandLine(row.pid).includes('sleep 739')),
    ).toEqual([]);
  },
  limit,
);

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

test(
  'failures have the code of the contract',
  async () => {
    rmSync(join(work, '.git'), { recursive: true });
    expect(await run('say: x').end).toMatchObject({ outcome: 'failed', error: { code: 'not_a_git_folder' } });
    expect((await run('say: x', { allowNonGit: true }).end).outcome).toBe('completed');
    const options = { allowNonGit: true };
    expect(await run('fail: 401', options).end).toMatchObject({ outcome: 'failed', error: { code: 'unauthorized' } });
    expect(await run('fail: quota', options).end).toMatchObject({
      outcome: 'failed',
      error: { code: 'quota_exceeded' },
    });
    expect(await run('fail: context', options).end).toMatchObject({
      outcome: 'failed',
      error: { code: 'context_full' },
    });
    const unknown = nativeThreadId('01a1fbda-0000-7000-8000-000000000000');
    expect(await run('say: x', { ...options, nativeThreadId: unknown }).end).toMatchObject({
      error: { code: 'resume_not_found' },
    });
    expect(await run('say: x', { ...options, nativeThreadId: nativeThreadId('a name') }).end).toMatchObject({
      error: { code: 'resume_not_found' },
    });
    expect(await run('say: x', { cwd: join(root, 'gone') }).end).toMatchObject({ error: { code: 'folder_missing' } });
  },
  limit,
);

test(
  'a payer that is not agreed to: nothing is started',
  async () => {
    const error = { code: 'budget_spent', message: 'no', retryable: true, hint: null } as const;
    const { end, events } = run('run: echo made > made.txt', {}, (payer) =>
      payer?.kind === 'provider' ? error : null,
    );
    expect(await end).toMatchObject({ outcome: 'failed', error, facts: { exitCode: null } });
    expect(events).toEqual([]);
    expect(() => readFileSync(join(work, 'made.txt'))).toThrow();
  },
  limit,
);

test(
  'exec marks no folder as trusted in Codex’s configuration, whatever it may write (the app-server does)',
  async () => {
    const config = join(root, 'codex-home/config.toml');
    const before = readFileSync(config, 'utf8');
    for (const sandbox of ['workspace-write', 'danger-full-access'] as const) {
      expect((await run('run: echo made > made.txt', { sandbox }).end).outcome).toBe('completed');
      expect(readFileSync(config, 'utf8')).toBe(before);
    }
  },
  limit,
);

test(
  'an unset env_key is named before anything is spent, by the probe and by the lane',
  async () => {
    const config = join(root, 'codex-home/config.toml');
    writeFileSync(config, `${readFileSync(config, 'utf8')}env_key = "LANES_TEST_KEY"\n`);
    expect(await run('say: x').end).toMatchObject({
      outcome: 'failed',
      error: { code: 'authentication_required', message: expect.stringContaining('LANES_TEST_KEY') },
    });
    const facts = await probeNative({ ...inputs(), trusted: true });
    expect(facts.credential).toMatchObject({ kind: 'issue', issue: expect.stringContaining('LANES_TEST_KEY') });
    expect(facts.binary).toMatchObject({ kind: 'found', identity: { version: `codex-cli ${testedVersion}` } });
    env.LANES_TEST_KEY = 'any';
    expect((await run('say: x').end).outcome).toBe('completed');
  },
  limit,
);

test(
  'an independent client of the same program sees the same kinds of items',
  async () => {
    const codex = new Codex({ codexPathOverride: binary ?? '', env });
    const thread = codex.startThread({ workingDirectory: work, sandboxMode: 'workspace-write' });
    const theirs = await thread.run('run: echo same');
    const ours = run('run: echo same');
    await ours.end;
    const kinds: Readonly<Record<string, string>> = {
      assistant_text: 'agent_message',
      reasoning: 'reasoning',
      command_execution: 'command_execution',
    };
    const done = ours.events.filter((event) => !('phase' in event) || event.phase === 'completed');
    expect(done.flatMap((event) => kinds[event.kind] ?? [])).toEqual(theirs.items.map((item) => item.type));
    expect(done.find((event) => event.kind === 'assistant_text')?.text).toBe(
      theirs.items.find((item) => item.type === 'agent_message')?.text,
    );
  },
  limit,
);
