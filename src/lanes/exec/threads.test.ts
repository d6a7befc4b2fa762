import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LaneEvent, NativeThreadId, TurnProgress } from '../../model/index.ts';
import { nativeThreadId } from '../../model/index.ts';
import type { RawStreamEnd } from '../../ports/index.ts';
import { readRunMeta } from './run-meta.ts';
import type { Ran } from './testing/exec-room.ts';
import { ExecRoom, realCodex } from './testing/exec-room.ts';

const limit = { timeout: 90_000 };
const real = test.skipIf(realCodex === null || process.platform === 'win32');

let room: ExecRoom;
beforeEach(async () => {
  room = await ExecRoom.open();
});
afterEach(() => room.close());

const threadOf = ({ end }: Ran): NativeThreadId => nativeThreadId(end.facts.nativeThreadId ?? '');
const outputOf = ({ events }: Ran): string =>
  events.flatMap((e) => (e.kind === 'command_execution' && e.phase === 'completed' ? [e.output ?? ''] : [])).join('');
const total = ({ end }: Ran): number => end.usageAfter?.input ?? Number.NaN;

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'commit.gpgSign=false'];
  return execFileSync('git', [...identity, ...args], { cwd: room.work, env: room.env, stdio: 'pipe' }).toString();
}

real('a fork knows what was said, is another thread, and counts only its own usage', limit, async () => {
  const parent = await room.run('say: one');
  const usageBefore = parent.end.usageAfter ?? null;
  const fork = await room.run('say: two', { turn: { forkOf: threadOf(parent), usageBefore } });
  expect(fork.end.outcome).toBe('completed');
  expect(threadOf(fork)).not.toBe(threadOf(parent));
  expect(total(fork)).toBe(total(parent) + (fork.end.facts.usage?.input ?? Number.NaN));
  // The parent's words were sent along: more than a thread of its own would cost.
  const alone = await room.run('say: two');
  expect(fork.end.facts.usage?.input).toBeGreaterThan(alone.end.facts.usage?.input ?? Number.NaN);
  // Both go on by themselves.
  const again = await room.run('say: three', {
    turn: { nativeThreadId: threadOf(fork), usageBefore: fork.end.usageAfter ?? null },
  });
  expect([again.end.outcome, threadOf(again)]).toEqual(['completed', threadOf(fork)]);
  const onward = await room.run('say: three', { turn: { nativeThreadId: threadOf(parent), usageBefore } });
  expect(total(onward)).toBe(total(parent) + (onward.end.facts.usage?.input ?? Number.NaN));
});

real(
  'a profile with another provider: a fork takes it; the thread itself does not, and says what helps',
  limit,
  async () => {
    const url = room.practice.url;
    const team = `model_provider = "team"\n[model_providers.team]\nname = "Team"\nbase_url = "${url}"\nwire_api = "responses"\n`;
    writeFileSync(join(room.codexHome, 'team.config.toml'), team);
    const parent = threadOf(await room.run('say: one'));
    const onward = await room.run('say: two', { turn: { nativeThreadId: parent, profile: 'team' } });
    expect(onward.end).toMatchObject({
      error: {
        code: 'bad_request',
        retryable: false,
        message: expect.stringContaining('“practice” and does not go on with “team”'),
        hint: expect.stringContaining('Fork'),
      },
    });
    expect((await room.run('say: two', { turn: { forkOf: parent, profile: 'team' } })).end.outcome).toBe('completed');
  },
);

real('a fork of a thread that is not kept, or by name, is refused', limit, async () => {
  const gone = await room.run('say: one', { turn: { ephemeral: true } });
  expect((await room.run('say: x', { turn: { forkOf: threadOf(gone) } })).end).toMatchObject({
    error: { code: 'resume_not_found' },
  });
  expect((await room.run('say: x', { turn: { nativeThreadId: threadOf(gone) } })).end).toMatchObject({
    error: { code: 'resume_not_found' },
  });
  const named = await room.run('say: x', { turn: { forkOf: nativeThreadId('a name') } });
  expect(named.end).toMatchObject({ error: { code: 'resume_not_found' }, facts: { exitCode: null } });
});

test.skipIf(process.platform === 'win32')('a fork that answers with the thread itself is stopped', limit, async () => {
  const id = '01a1fbda-0000-7000-8000-000000000000';
  const program = room.fake(`process.on('SIGINT', () => process.exit(1)); setInterval(() => {}, 1000);
    console.log(JSON.stringify({ type: 'thread.started', thread_id: '${id}' }));`);
  const { end } = await room.run('x', { program, turn: { forkOf: nativeThreadId(id) } });
  expect(end).toMatchObject({ error: { code: 'resume_mismatch' } });
});

real('an additional folder can be written to, another one can not', limit, async () => {
  const extra = join(room.root, 'extra folder');
  mkdirSync(extra);
  // Else every folder of these tests could be written to: they lie in the system's own for temporary files.
  const closed = '[sandbox_workspace_write]\nexclude_slash_tmp = true\nexclude_tmpdir_env_var = true\n';
  writeFileSync(room.config, `${room.read('codex-home/config.toml')}\n${closed}`);
  const command = `run: echo yes > '${extra}/f'; echo $?`;
  await room.run(command);
  expect(existsSync(join(extra, 'f'))).toBe(false);
  expect(outputOf(await room.run(command, { turn: { addDirs: [extra] } }))).toContain('0');
  expect(readFileSync(join(extra, 'f'), 'utf8')).toBe('yes\n');
});

describe('what is sent', () => {
  /** An endpoint that notes what it is asked and passes it on. */
  async function listening<T>(work: (asked: readonly string[]) => Promise<T>): Promise<T> {
    const asked: string[] = [];
    const server = createServer(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      asked.push(Buffer.concat(parts).toString('utf8'));
      const answer = await fetch(`${room.practice.url}${request.url?.replace(/^\/v1/, '') ?? ''}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: Buffer.concat(parts),
      });
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    room.askAt(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    try {
      return await work(asked);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  real('a schema for the answer, an image, model and effort, and what a profile says', limit, async () => {
    const schema = join(room.root, 'schema.json');
    writeFileSync(schema, '{"type":"object","properties":{"lane":{"type":"string"}},"required":["lane"]}');
    const image = join(room.root, 'dot.png');
    writeFileSync(
      image,
      Buffer.from(
        'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
        'base64',
      ),
    );
    writeFileSync(join(room.codexHome, 'work.config.toml'), 'model = "gpt-5.5"\nmodel_reasoning_effort = "low"\n');
    await listening(async (asked) => {
      const attachments = [{ kind: 'image', path: image, label: 'dot' }] as const;
      const first = await room.run('say: hello', { turn: { outputSchema: schema, attachments, effort: 'high' } });
      expect(first.end.outcome).toBe('completed');
      expect(asked[0]).toContain('"codex_output_schema"');
      expect(asked[0]).toContain('"lane"');
      expect(asked[0]).toContain('data:image/png;base64,');
      expect(asked[0]).toMatch(/"effort":"high"/);
      const second = await room.run('say: hello', { turn: { profile: 'work', nativeThreadId: threadOf(first) } });
      expect(second.end.outcome).toBe('completed');
      expect(asked[1]).toMatch(/"effort":"low"/);
    });
  });
});

describe('what is not right is named before anything is started', () => {
  const bad = (name: string, text: string): string => {
    writeFileSync(join(room.root, name), text);
    return join(room.root, name);
  };
  test
    .skipIf(process.platform === 'win32')
    .each<readonly [string, () => Parameters<ExecRoom['run']>[1], string, RegExp]>([
      ['no such profile', () => ({ turn: { profile: 'nope' } }), 'config_invalid', /nope\.config\.toml does not exist/],
      [
        'a schema that is not there',
        () => ({ turn: { outputSchema: join(room.root, 'no') } }),
        'config_invalid',
        /no does not exist/,
      ],
      [
        'a schema that is no JSON',
        () => ({ turn: { outputSchema: bad('s', '{"a"') } }),
        'config_invalid',
        /is not JSON/,
      ],
      [
        'a schema that is no object',
        () => ({ turn: { outputSchema: bad('s', '[]') } }),
        'config_invalid',
        /no JSON object/,
      ],
      ['a schema by a relative path', () => ({ turn: { outputSchema: 's.json' } }), 'config_invalid', /absolute/],
      [
        'a folder as a schema',
        () => ({ turn: { outputSchema: room.root } }),
        'config_invalid',
        /can’t be read \(EISDIR\)/,
      ],
      [
        'an additional folder that is not there',
        () => ({ turn: { addDirs: [join(room.root, 'no')] } }),
        'folder_missing',
        /additional folder .*no /,
      ],
      [
        'a worktree of a thread that is not kept',
        () => ({ turn: { newWorktree: true, ephemeral: true } }),
        'bad_request',
        /not keep/,
      ],
    ])('%s', limit, async (_name, options, code, message) => {
    const started = join(room.root, 'started');
    const program = room.fake(`require('node:fs').writeFileSync(${JSON.stringify(started)}, '')`);
    const { end } = await room.run('say: x', { program, ...options() });
    expect(end).toMatchObject({ outcome: 'failed', error: { code, message: expect.stringMatching(message) } });
    expect(existsSync(started)).toBe(false);
  });

  test.skipIf(process.platform === 'win32')('an option that the build lacks, with what helps', limit, async () => {
    const help = join(import.meta.dirname, '../../../test/fixtures/codex-help');
    const started = join(room.root, 'started');
    // As 0.117 speaks: it can neither branch off nor make worktrees.
    const old = room.fake(`const words = process.argv.slice(2).join(' ');
      const fs = require('node:fs');
      if (words === '--version') console.log('codex-cli 0.117.0');
      else if (words === '--help') process.stdout.write(fs.readFileSync('${help}/0.117-codex.txt'));
      else if (words === 'exec --help') process.stdout.write(fs.readFileSync('${help}/0.117-exec.txt'));
      else if (words.startsWith('exec')) fs.writeFileSync('${started}', '');`);
    const id = nativeThreadId('01a1fbda-0000-7000-8000-000000000000');
    const run = (turn: Parameters<ExecRoom['run']>[1]) =>
      room.run('x', { settings: { codexPath: { value: old, source: 'test' } }, ...turn });
    expect((await run({ turn: { forkOf: id, newWorktree: true } })).end).toMatchObject({
      error: {
        code: 'bad_request',
        message: 'codex-cli 0.117.0 can’t branch off a thread and can’t run in a worktree of its own.',
        hint: expect.stringMatching(/^Install Codex 0\.169\.0/),
        detail: 'fork --worktree',
      },
    });
    expect(existsSync(started)).toBe(false);
    // What it can do, it does.
    await run({ turn: { addDirs: [room.work] } });
    expect(existsSync(started)).toBe(true);
  });
});

real('a worktree needs a repository with a commit', limit, async () => {
  rmSync(join(room.work, '.git'), { recursive: true });
  const turn = { newWorktree: true, allowNonGit: true };
  expect((await room.run('say: x', { turn })).end).toMatchObject({ error: { code: 'not_a_git_folder' } });
  git('init', '-q');
  expect((await room.run('say: x', { turn })).end).toMatchObject({
    error: { code: 'bad_request', hint: expect.stringMatching(/Commit something/) },
  });
});

real(
  'a worktree is told before the first answer, in a folder of the repository too; it is resumed there',
  limit,
  async () => {
    rmSync(join(room.work, '.git'), { recursive: true });
    git('init', '-q');
    mkdirSync(join(room.work, 'pkg'));
    writeFileSync(join(room.work, 'pkg/a.txt'), 'a\n');
    git('add', '-A');
    git('commit', '-qm', 'begin');
    const base = git('rev-parse', 'HEAD').trim();
    const cwd = join(room.work, 'pkg');
    const first = await room.run('run: pwd; git -c user.name=t -c user.email=t@t commit -qm more --allow-empty', {
      turn: { newWorktree: true, cwd },
    });
    const made = first.events.flatMap((event) => (event.kind === 'worktree_created' ? [event.worktree] : []));
    expect(made).toEqual([{ path: expect.stringMatching(/worktrees\/[^/]+\/work\/pkg$/), origin: cwd, base }]);
    const kinds = first.events.map((event) => event.kind);
    expect(kinds.indexOf('worktree_created')).toBeLessThan(kinds.indexOf('assistant_text'));
    const path = made[0]?.path ?? '';
    expect(outputOf(first)).toBe(`${path}\n`);
    const second = await room.run('run: pwd; echo made > made.txt', {
      turn: { nativeThreadId: threadOf(first), cwd: path },
    });
    expect(outputOf(second)).toBe(`${path}\n`);
    expect(readFileSync(join(path, 'made.txt'), 'utf8')).toBe('made\n');
  },
);

real('a worktree that was never told is found again; where it is not, nothing is started', limit, async () => {
  rmSync(join(room.work, '.git'), { recursive: true });
  git('init', '-q');
  writeFileSync(join(room.work, 'a.txt'), 'a\n');
  git('add', '-A');
  git('commit', '-qm', 'begin');
  const first = await room.run('say: one', { turn: { newWorktree: true } });
  const made = first.events.find((event) => event.kind === 'worktree_created');
  const turn = { newWorktree: true, nativeThreadId: threadOf(first) };
  const again = await room.run('run: pwd', { turn });
  expect(outputOf(again)).toBe(`${made?.worktree.path}\n`);
  expect(again.events[0]).toEqual(made);
  expect(threadOf(again)).toBe(threadOf(first));
  git('worktree', 'remove', '--force', made?.worktree.path ?? '');
  const refused = await room.run('run: echo here > here.txt', { turn });
  expect(refused.end).toMatchObject({
    outcome: 'failed',
    error: {
      code: 'folder_missing',
      message: 'This thread was to run in a worktree of its own, which was not found.',
      hint: expect.stringMatching(/off in the thread’s options .* new thread/),
    },
  });
  expect(refused.events).toEqual([]);
  expect(existsSync(join(room.work, 'here.txt'))).toBe(false);
});

test.skipIf(process.platform === 'win32')(
  'a worktree that can’t be found is a warning, and the turn goes on',
  limit,
  async () => {
    const program = room.fake(`process.stdin.resume().on('end', () => {
    console.log(JSON.stringify({ type: 'thread.started', thread_id: '01a1fbda-0000-7000-8000-000000000000' }));
    console.log(JSON.stringify({ type: 'turn.completed' })); });`);
    const settings = { codexPath: { value: realCodex ?? '', source: 'test' } };
    const { end, events } = await room.run('x', { program, settings, turn: { newWorktree: true } });
    expect(end.outcome).toBe('completed');
    expect(events).toContainEqual(expect.objectContaining({ kind: 'warning', code: 'worktree_unknown' }));
  },
);

real('three at once, each with its own thread, words and process', limit, async () => {
  const ran = await Promise.all(['one', 'two', 'three'].map((word) => room.run(`run: echo ${word}`)));
  expect(ran.map((run) => run.end.outcome)).toEqual(['completed', 'completed', 'completed']);
  expect(ran.map(outputOf)).toEqual(['one\n', 'two\n', 'three\n']);
  expect(new Set(ran.map(threadOf)).size).toBe(3);
});

real('the progress of a real turn: process, thread, turn, the command while it runs, the end', limit, async () => {
  const told: TurnProgress[] = [];
  await room.run('run: sleep 0.3', { onProgress: (progress) => told.push(progress) });
  const waits = told.map(({ waiting }) => waiting.on);
  for (const on of ['process', 'thread', 'turn', 'network', 'command', 'exit']) expect(waits).toContain(on);
  expect(told.at(-1)?.steps.map(({ what }) => what)).toEqual(['process-started', 'thread-started', 'turn-started']);
  const working = told.find(({ waiting }) => waiting.on === 'command');
  expect(working).toMatchObject({ waiting: { what: expect.stringContaining('sleep 0.3') }, givesUpAt: null });
  expect(told.find(({ waiting }) => waiting.on === 'network')?.givesUpAt).not.toBeNull();
});

test.skipIf(process.platform === 'win32')('Wait lets a silent run live on beyond its limit', limit, async () => {
  let wait = (): void => undefined;
  const events: LaneEvent[] = [];
  const stop = new AbortController();
  const ended = room.run('x', {
    program: room.fake('setInterval(() => {}, 1000);'),
    settings: { nativeFirstEventTimeoutS: 2 },
    onWait: (call) => {
      wait = call;
      return () => undefined;
    },
    onEvent: (event) => events.push(event),
    signal: stop.signal,
  });
  const stalls = () => events.filter((event) => event.kind === 'stalled').length;
  // Each stall is half the limit: three of them are more than the whole.
  for (let i = 1; i <= 3; i += 1) {
    await vi.waitFor(() => expect(stalls()).toBe(i), { timeout: 20_000 });
    wait();
  }
  stop.abort('user');
  expect((await ended).end.outcome).toBe('interrupted');
});

real('a raw stream has each line as it came, and how the run ended', limit, async () => {
  const lines: string[] = [];
  const ends: RawStreamEnd[] = [];
  const rawStream = () => ({
    line: (text: string) => void lines.push(text),
    end: async (end: RawStreamEnd) => void ends.push(end),
  });
  const first = await room.run('say: hello', { rawStream });
  expect(lines.map((line) => (JSON.parse(line) as { readonly type: string }).type)).toEqual([
    'thread.started',
    'turn.started',
    'item.completed',
    'turn.completed',
  ]);
  await room.run('say: hello', { rawStream, turn: { nativeThreadId: threadOf(first), addDirs: [room.work] } });
  expect(ends).toMatchObject([{ exitCode: 0, signal: null, stopped: false, overdue: null }, { exitCode: 0 }]);
  expect(JSON.stringify(ends.map(({ args }) => args))).not.toContain(room.root);
  expect(readRunMeta(JSON.stringify(ends[1]))).toMatchObject({ resumed: threadOf(first), forked: false });
});
