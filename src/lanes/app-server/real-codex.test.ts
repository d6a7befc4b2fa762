import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LaneEvent } from '../../model/index.ts';
import { nativeThreadId } from '../../model/index.ts';
import { liveProcesses } from '../../node/index.ts';
import type { ApprovalRequest, TurnEnd } from '../../ports/index.ts';
import type { Run } from './testing/lane-room.ts';
import { LaneRoom, realCodex } from './testing/lane-room.ts';
import { replayed } from './testing/replayed.ts';

const patience = { timeout: 30_000, interval: 10 };

let room: LaneRoom;

beforeEach(async () => {
  room = await LaneRoom.open();
});
afterEach(async () => {
  await room.close();
  expect(liveProcesses.list()).toEqual([]);
});

const real = test.skipIf(realCodex === null);

real('an answer streams, with usage, progress and facts; the thread is let go', async () => {
  const { run } = room.lane();
  const turn = run('say: one two three four');
  const end = await turn.end;
  expect(end).toMatchObject({
    outcome: 'completed',
    facts: {
      transport: 'app-server',
      executable: { version: 'codex-cli 0.169.0' },
      payer: { kind: 'provider' },
      modelServed: 'unknown',
      completionPolicy: 'persistent',
      usageAuthority: 'live-turn-completed',
      killStep: 'none',
    },
  });
  expect(turn.text()).toBe('one two three four');
  const deltas = turn.events.flatMap((event) => (event.kind === 'assistant_text' && event.isDelta ? [event.text] : []));
  expect(deltas.length).toBeGreaterThan(1);
  expect(deltas.join('')).toBe('one two three four');
  expect(end.facts.usage?.input).toBeGreaterThan(0);
  expect(end.facts.usage?.contextWindow).toBeGreaterThan(0);
  expect(new Set(turn.events.map(({ nativeThreadId }) => nativeThreadId))).toEqual(new Set([end.facts.nativeThreadId]));
  expect(turn.progress.at(-1)?.steps.map(({ what }) => what)).toEqual([
    'process-started',
    'thread-started',
    'turn-started',
  ]);
  expect(room.logged).toEqual([]);
});

const bodies = (run: Run, kind: LaneEvent['kind']) => run.events.filter((event) => event.kind === kind);
const heard = (run: Run, kind: LaneEvent['kind']) =>
  vi.waitFor(() => expect(bodies(run, kind)).not.toEqual([]), patience);
const idOf = (end: TurnEnd) => {
  const { nativeThreadId } = end.facts;
  if (nativeThreadId === null) throw new Error('no thread');
  return nativeThreadId;
};
/** Commands of this room that run still. */
const running = (): readonly string[] =>
  spawnSync('pgrep', ['-f', room.sleep], { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((pid) => pid !== '');

real('output of a command streams, and is whole at its end', async () => {
  const { run } = room.lane();
  const turn = run('run: for i in 1 2 3 4; do echo line-$i; sleep 0.3; done');
  expect(await turn.end).toMatchObject({ outcome: 'completed' });
  const commands = turn.events.filter((event) => event.kind === 'command_execution');
  expect(commands[0]).toMatchObject({ phase: 'started', status: 'in_progress' });
  const deltas = commands.flatMap(({ outputDelta }) => outputDelta ?? []);
  expect(deltas.length).toBeGreaterThan(1);
  expect(commands.at(-1)).toMatchObject({
    phase: 'completed',
    status: 'completed',
    exitCode: 0,
    output: 'line-1\nline-2\nline-3\nline-4\n',
  });
});

real('Stop in the middle of a command: the turn is interrupted at once, and the command is gone', async () => {
  for (const sandbox of ['workspace-write', 'danger-full-access'] as const) {
    const { run } = room.lane();
    const turn = run(`run: ${room.sleep}`, { turn: { sandbox } });
    await vi.waitFor(() => expect(running()).not.toEqual([]), patience);
    const begun = Date.now();
    turn.stop();
    expect(await turn.end).toMatchObject({ outcome: 'interrupted', facts: { killStep: 'none' } });
    expect(Date.now() - begun).toBeLessThan(2000);
    // Codex says that it is ended; the system takes 20 ms for it (measured).
    await vi.waitFor(() => expect(running()).toEqual([]), { timeout: 1000, interval: 10 });
    // The server lives on, and the thread with it.
    const next = run('say: next', { turn: { nativeThreadId: idOf(await turn.end) } });
    expect(await next.end).toMatchObject({ outcome: 'completed' });
    expect(next.text()).toBe('next');
  }
});

real('Stop before anything is started, and in each moment of the start, leaves nothing', async () => {
  const { run, server } = room.lane();
  for (const wait of [0, 50, 120, 200, 260, 300, 340, 400]) {
    const turn = run('fail: hang');
    await new Promise((resolve) => setTimeout(resolve, wait));
    turn.stop();
    expect(await turn.end).toMatchObject({ outcome: 'interrupted' });
  }
  expect(server.users).toBe(0);
  const next = run('say: next');
  expect(await next.end).toMatchObject({ outcome: 'completed' });
});

real('a message for the running turn is taken; one that comes too late is given back', async () => {
  const { run } = room.lane();
  const turn = run('run: sleep 1');
  await heard(turn, 'command_execution');
  expect(await turn.steer('say: steered')).toBe(true);
  expect(await turn.end).toMatchObject({ outcome: 'completed' });
  expect(turn.text()).toBe('steered');
  expect(await turn.steer('say: late')).toBe(false);
});

real('races of a message with the end of the turn: it is taken or given back, never both', async () => {
  const { run } = room.lane();
  const outcomes: boolean[] = [];
  let thread = idOf(await run('say: first').end);
  // How long a turn takes is the machine's affair: the moments are spread over its length, and lie closer where it turns.
  let wait = 0;
  for (let i = 0; i < 20; i += 1) {
    const turn = run('say: one two three', { turn: { nativeThreadId: thread } });
    await vi.waitFor(() => expect(turn.progress.at(-1)?.steps.at(-1)?.what).toBe('turn-started'), patience);
    await new Promise((resolve) => setTimeout(resolve, wait));
    const taken = await turn.steer(`say: steered ${i}`);
    const end = await turn.end;
    expect(end.outcome).toBe('completed');
    expect(turn.text().includes(`steered ${i}`)).toBe(taken);
    outcomes.push(taken);
    wait = taken ? wait * 1.5 + 2 : wait * 0.6;
    thread = idOf(end);
  }
  expect(new Set(outcomes).size).toBe(2);
});

real('a command that leaves the sandbox: allowed, it runs; not allowed, it does not', async () => {
  const { run } = room.lane();
  const file = join(room.outside, 'written.txt');
  // The refusal that 0.169 offers here stops the turn.
  for (const [decision, outcome] of [
    ['cancel', 'interrupted'],
    ['accept', 'completed'],
  ] as const) {
    const asked: ApprovalRequest[] = [];
    const turn = run(`ask: echo written > ${file}`, {
      onAsk: (request) => {
        asked.push(request);
        return decision;
      },
    });
    expect(await turn.end).toMatchObject({ outcome });
    expect(asked).toMatchObject([{ subject: 'command', what: expect.stringContaining(file), why: expect.anything() }]);
    expect(asked[0]?.decisions.map(({ id }) => id)).toContain(decision);
    expect(existsSync(file)).toBe(decision === 'accept');
  }
});

real('a patch outside the workspace is asked about, and its files are announced before it is written', async () => {
  const { run } = room.lane();
  const path = join(room.outside, 'patched.txt');
  for (const decision of ['decline', 'accept']) {
    const asked: ApprovalRequest[] = [];
    const turn: Run = run(`write: ${path}`, {
      onAsk: (request) => {
        asked.push(request);
        expect(existsSync(path)).toBe(false);
        return decision;
      },
    });
    expect(await turn.end).toMatchObject({ outcome: 'completed' });
    expect(asked).toMatchObject([{ subject: 'file_change', what: path }]);
    expect(existsSync(path)).toBe(decision === 'accept');
    const last = bodies(turn, 'file_change').at(-1);
    expect(last).toMatchObject({ phase: 'completed', status: decision === 'accept' ? 'completed' : 'declined' });
    expect(turn.changes[0]).toBe(`before ${path}`);
  }
});

real('a question that nobody answers is withdrawn by Stop', async () => {
  const { run } = room.lane();
  const signals: AbortSignal[] = [];
  const turn = run('ask: true', {
    onAsk: (_request, signal) => {
      signals.push(signal);
      return null;
    },
  });
  await vi.waitFor(() => expect(signals).toHaveLength(1), patience);
  // Who waits for the user is not silent.
  expect(turn.progress.at(-1)).toMatchObject({ givesUpAt: null });
  turn.stop();
  expect(await turn.end).toMatchObject({ outcome: 'interrupted' });
  expect(signals[0]?.aborted).toBe(true);
});

real('a thread goes on in another window, and in the next process of this one', async () => {
  const first = room.lane();
  const one = await first.run('say: one').end;
  const second = room.lane();
  const two = second.run('say: two', { turn: { nativeThreadId: idOf(one), usageBefore: one.usageAfter ?? null } });
  const end = await two.end;
  expect(end.facts.nativeThreadId).toBe(idOf(one));
  expect(end.facts.usage?.input).toBeGreaterThan(0);
  await first.server.close();
  const third = await room.lane().run('say: three', { turn: { nativeThreadId: idOf(one) } }).end;
  // Its total is told by Codex itself, also where we knew nothing of it.
  expect(third).toMatchObject({ outcome: 'completed', facts: { usage: { input: expect.any(Number) } } });
});

real('a thread that another process writes is refused, and said to be busy', async () => {
  const one = room.lane();
  const { nativeThreadId } = (await one.run('say: one').end).facts;
  const busy = one.run('fail: hang', { turn: { nativeThreadId } });
  await vi.waitFor(() => expect(busy.progress.at(-1)?.steps.at(-1)?.what).toBe('turn-started'), patience);
  const other = await room.lane().run('say: two', { turn: { nativeThreadId } }).end;
  expect(other).toMatchObject({ outcome: 'failed', error: { code: 'thread_busy' }, facts: { nativeThreadId } });
  busy.stop();
  await busy.end;
});

real('a thread that is gone is begun anew, and that is said; any other refusal begins none', async () => {
  const { run } = room.lane();
  const gone = nativeThreadId('01a1fbd6-5dea-7941-804d-602670768ee0');
  const turn = run('say: hi', { turn: { nativeThreadId: gone } });
  const end = await turn.end;
  expect(end.outcome).toBe('completed');
  expect(idOf(end)).not.toBe(gone);
  expect(bodies(turn, 'system_notice')).toMatchObject([{ code: 'native_thread_lost', nativeThreadId: idOf(end) }]);
  const refused = await run('say: hi', { turn: { forkOf: gone } }).end;
  expect(refused).toMatchObject({ outcome: 'failed', error: { code: 'resume_not_found' } });
});

real('a branch knows what was said and leaves the other as it was; an ephemeral one is not kept', async () => {
  const { run } = room.lane();
  const parent = await run('say: parent').end;
  const usageBefore = parent.usageAfter ?? null;
  const fork = await run('say: branch', { turn: { forkOf: idOf(parent), usageBefore } }).end;
  expect(idOf(fork)).not.toBe(idOf(parent));
  expect(fork.facts.usage?.input).toBeGreaterThan(0);
  const ephemeral = await run('say: away', { turn: { forkOf: idOf(parent), ephemeral: true } }).end;
  expect(ephemeral).toMatchObject({ outcome: 'completed', facts: { completionPolicy: 'ephemeral' } });
  const back = run('say: back', { turn: { nativeThreadId: idOf(ephemeral) } });
  await back.end;
  expect(bodies(back, 'system_notice')).toMatchObject([{ code: 'native_thread_lost' }]);
});

real('the server killed in the middle of a turn: the true cause, at once, and the next turn works', async () => {
  const { run } = room.lane();
  const turn = run(`run: ${room.sleep}`);
  await heard(turn, 'command_execution');
  const pid = liveProcesses.list().find(({ kind }) => kind === 'server')?.pid ?? 0;
  expect(pid).toBeGreaterThan(0);
  const late = turn.steer('say: late');
  process.kill(pid, 'SIGKILL');
  const end = await turn.end;
  expect(end).toMatchObject({
    outcome: 'failed',
    error: { code: 'runtime_killed', message: expect.stringContaining('SIGKILL'), retryable: true },
  });
  expect(await late).toBe(false);
  const next = run('say: next', { turn: { nativeThreadId: idOf(end) } });
  expect(await next.end).toMatchObject({ outcome: 'completed' });
  await vi.waitFor(() => expect(running()).toEqual([]), patience);
});

/** Each is left while what it names is on its way. */
const phases = ['hello', 'thread', 'text', 'command', 'question', 'stop', 'end'] as const;

test.skipIf(realCodex === null || process.platform === 'win32').each(phases)(
  'the server killed in phase %s: the turn ends with the cause, nothing is left, the next one works',
  async (phase) => {
    const { run } = room.lane();
    const pid = (): number => liveProcesses.list().find(({ kind }) => kind === 'server')?.pid ?? 0;
    const words = {
      command: `run: ${room.sleep}`,
      question: 'ask: true',
      end: 'say: one two three',
      stop: `run: ${room.sleep}`,
    };
    let asked = false;
    const turn = run(phase in words ? words[phase as keyof typeof words] : 'fail: hang', {
      onAsk: () => {
        asked = true;
        return null;
      },
    });
    const step = (what: string): boolean => turn.progress.at(-1)?.steps.some((one) => one.what === what) === true;
    const reached: Readonly<Record<(typeof phases)[number], () => boolean>> = {
      hello: () => pid() > 0,
      thread: () => step('process-started'),
      text: () => bodies(turn, 'assistant_text').length > 0,
      command: () => bodies(turn, 'command_execution').length > 0,
      question: () => asked,
      stop: () => bodies(turn, 'command_execution').length > 0,
      end: () => bodies(turn, 'assistant_text').length > 0,
    };
    await vi.waitFor(() => expect(reached[phase]()).toBe(true), { timeout: 30_000, interval: 1 });
    if (phase === 'stop') turn.stop();
    process.kill(pid(), 'SIGKILL');
    const end = await turn.end;
    // It may have said how it ended before it died.
    expect(end.outcome).toMatch(phase === 'stop' ? /interrupted/ : phase === 'end' ? /completed|failed/ : /failed/);
    if (end.outcome === 'failed') expect(end.error).toMatchObject({ message: expect.stringContaining('SIGKILL') });
    const next = await run('say: next', { turn: { nativeThreadId: end.facts.nativeThreadId } }).end;
    expect(next.outcome).toBe('completed');
    await vi.waitFor(() => expect(running()).toEqual([]), patience);
  },
);

real('turns of several threads at once are not mixed', async () => {
  const { run } = room.lane();
  const turns = ['alpha', 'beta', 'gamma'].map((word) => ({ word, turn: run(`say: ${word} ${word} ${word}`) }));
  for (const { word, turn } of turns) {
    const end = await turn.end;
    expect(turn.text()).toBe(`${word} ${word} ${word}`);
    expect(new Set(turn.events.map((event) => event.nativeThreadId))).toEqual(new Set([idOf(end)]));
  }
  expect(liveProcesses.list().filter(({ kind }) => kind === 'server')).toHaveLength(1);
});

real('images, files, a schema for the answer, model and effort go with the turn', async () => {
  const { run } = room.lane();
  const image = join(room.work, 'a,b.png');
  writeFileSync(image, onePixel);
  const schema = join(room.work, 'schema.json');
  writeFileSync(schema, '{"type":"object","properties":{},"required":[],"additionalProperties":false}');
  const turn = run('say: seen', {
    turn: {
      attachments: [
        { kind: 'image', path: image, label: 'a' },
        { kind: 'file', path: '/w/notes.md', label: 'n' },
      ],
      outputSchema: schema,
      model: 'gpt-5.5',
      effort: 'high',
    },
  });
  expect(await turn.end).toMatchObject({ outcome: 'completed' });
});

real('nobody pays who was not agreed to, and nothing is started for it', async () => {
  const { run, server } = room.lane();
  const error = { code: 'bad_request', message: 'no', retryable: false, hint: null } as const;
  const end = await run('say: hi', { mayPay: () => error }).end;
  expect(end).toMatchObject({ outcome: 'failed', error, facts: { payer: { kind: 'provider' } } });
  expect(server.users).toBe(0);
  expect(liveProcesses.list()).toEqual([]);
});

real('a provider that never answers: the turn is given up, and says which hop was silent', async () => {
  await room.close();
  room = await LaneRoom.open({ settings: { nativeFirstEventTimeoutS: 30, nativeSilenceTimeoutS: 1 } });
  const { run } = room.lane();
  const turn = run('fail: hang');
  expect(await turn.end).toMatchObject({
    outcome: 'failed',
    error: { code: 'no_response', message: 'Nothing was heard from the provider for 1 s, so the turn was given up.' },
  });
  expect(bodies(turn, 'stalled')).toMatchObject([{ hop: 'network' }]);
});

real('a failure of the provider is the turn’s, with its cause', async () => {
  const { run } = room.lane();
  expect(await run('fail: 401').end).toMatchObject({ outcome: 'failed', error: { code: 'unauthorized' } });
  expect(await run('fail: quota').end).toMatchObject({ outcome: 'failed', error: { code: 'quota_exceeded' } });
});

real('the raw stream of a turn is its own thread’s, and can be read again', async () => {
  const lines: string[] = [];
  const ends: unknown[] = [];
  await room.close();
  room = await LaneRoom.open({
    rawStream: ({ turnId: id }) =>
      id === 'tu1'
        ? { line: (text) => void lines.push(text), end: async (end) => void ends.push(end) }
        : { line: () => undefined, end: async () => undefined },
  });
  const { run } = room.lane();
  const [one, two] = [run('say: mine'), run('say: another')];
  const { nativeThreadId: own } = (await one.end).facts;
  await two.end;
  expect(ends).toMatchObject([{ stopped: false, version: 'codex-cli 0.169.0' }]);
  expect(lines.join('\n')).not.toContain('another');
  for (const line of lines) expect(JSON.parse(line)).toMatchObject({ ms: expect.any(Number) });
  const texts = replayed(lines).flatMap((call) =>
    call.call === 'event' && call.event.kind === 'assistant_text' && !call.event.isDelta ? [call.event.text] : [],
  );
  expect(texts).toEqual(['mine']);
  expect(own).not.toBeNull();
});

const onePixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
