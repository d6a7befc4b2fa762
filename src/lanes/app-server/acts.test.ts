import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LaneEvent, ReviewTarget, TurnAct } from '../../model/index.ts';
import { nativeThreadId } from '../../model/index.ts';
import { liveProcesses } from '../../node/index.ts';
import type { TurnEnd } from '../../ports/index.ts';
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
const compact: TurnAct = { kind: 'compact' };
const review = (target: ReviewTarget): TurnAct => ({ kind: 'review', target });
const saying = (instructions: string): TurnAct => review({ kind: 'custom', instructions });

const bodies = <K extends LaneEvent['kind']>(run: Run, kind: K) =>
  run.events.filter((event): event is Extract<LaneEvent, { kind: K }> => event.kind === kind);
const idOf = ({ facts }: TurnEnd) => {
  if (facts.nativeThreadId === null) throw new Error('no thread');
  return facts.nativeThreadId;
};
const began = (run: Run) =>
  vi.waitFor(() => expect(run.progress.at(-1)?.steps.at(-1)?.what).toBe('turn-started'), patience);

real(
  'a compaction: one turn, with what the thread took before and after; the thread goes on with its summary',
  async () => {
    const { run } = room.lane();
    const first = await run('say: one').end;
    const turn = run('Compact', { turn: { nativeThreadId: idOf(first), act: compact } });
    const end = await turn.end;
    expect(end).toMatchObject({ outcome: 'completed', facts: { nativeThreadId: idOf(first), killStep: 'none' } });
    const [told, ...others] = bodies(turn, 'context_compacted');
    expect(others).toEqual([]);
    expect(told).toMatchObject({ before: expect.any(Number), after: expect.any(Number), how: 'codex' });
    // The summary itself was paid for, and the window is the thread's.
    const before = (first.usageAfter?.input ?? 0) + (first.usageAfter?.output ?? 0);
    expect(told?.before).toBe(before);
    expect(end.facts.usage?.input).toBeGreaterThan(before / 2);
    expect(end.facts.usage?.contextWindow).toBe(first.facts.usage?.contextWindow);
    expect(end.usageAfter?.input).toBe((first.usageAfter?.input ?? 0) + (end.facts.usage?.input ?? 0));
    expect(turn.text()).toBe('');

    const next = run('say: two', { turn: { nativeThreadId: idOf(first), usageBefore: end.usageAfter ?? null } });
    const nextEnd = await next.end;
    expect(next.text()).toBe('two');
    // Its own, not the thread's: what was summed up does not count again.
    expect(nextEnd.facts.usage?.input).toBe((nextEnd.usageAfter?.input ?? 0) - (end.usageAfter?.input ?? 0));
  },
);

real('a thread that is gone is not compacted, and none is begun in its place', async () => {
  const { run } = room.lane();
  const gone = nativeThreadId('01a1fbd6-5dea-7941-804d-602670768ee0');
  const turn = run('Compact', { turn: { nativeThreadId: gone, act: compact } });
  expect(await turn.end).toMatchObject({ outcome: 'failed', error: { code: 'resume_not_found' } });
  expect(turn.events).toEqual([]);
});

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: room.work, encoding: 'utf8' });

/** A repository on a branch of its own, with a commit and a change of its own. */
function repository(): string {
  rmSync(join(room.work, '.git'), { recursive: true });
  git('init', '--quiet', '--initial-branch=main');
  writeFileSync(join(room.work, 'a.txt'), 'one\n');
  git('add', 'a.txt');
  git('commit', '--quiet', '--message=first');
  git('checkout', '--quiet', '-b', 'feature');
  writeFileSync(join(room.work, 'a.txt'), 'two\n');
  git('commit', '--quiet', '--all', '--message=second');
  writeFileSync(join(room.work, 'a.txt'), 'three\n');
  return git('rev-parse', 'HEAD').trim();
}

real('a review of each target: entered, its findings once, left; then the thread goes on', async () => {
  const sha = repository();
  const { run } = room.lane();
  let thread = null;
  const targets: readonly ReviewTarget[] = [
    { kind: 'uncommitted_changes' },
    { kind: 'base_branch', branch: 'main' },
    { kind: 'commit', sha, title: 'second' },
    { kind: 'custom', instructions: 'say: looks fine' },
  ];
  for (const target of targets) {
    const turn = run('Review', { turn: { nativeThreadId: thread, act: review(target) } });
    const end: TurnEnd = await turn.end;
    expect(end).toMatchObject({ outcome: 'completed', facts: { killStep: 'none' } });
    expect(bodies(turn, 'review_mode').map(({ change }) => change)).toEqual(['entered', 'left']);
    const whole = bodies(turn, 'assistant_text').filter(({ isDelta }) => !isDelta);
    expect(whole).toHaveLength(1);
    expect(whole[0]?.text).toContain(target.kind === 'custom' ? 'looks fine' : 'practice');
    // Codex tells no figures of a review: unknown, and not zero.
    expect(end.facts.usage).toBeNull();
    thread = idOf(end);
  }
  const next = run('say: next', { turn: { nativeThreadId: thread } });
  expect(await next.end).toMatchObject({ outcome: 'completed', facts: { nativeThreadId: thread } });
  expect(next.text()).toBe('next');
});

real('Stop during a review, in each moment of it: interrupted, and the server lives on', async () => {
  const { run } = room.lane();
  const first = await run('say: one').end;
  for (const wait of [0, 30, 80, 130, 180, 260, 500]) {
    const turn = run('Review', { turn: { nativeThreadId: idOf(first), act: saying('fail: hang') } });
    await began(turn);
    await new Promise((resolve) => setTimeout(resolve, wait));
    turn.stop();
    expect(await turn.end).toMatchObject({ outcome: 'interrupted', facts: { killStep: 'none' } });
    expect(turn.text()).not.toContain('failed to output');
  }
  expect(await run('say: next', { turn: { nativeThreadId: idOf(first) } }).end).toMatchObject({ outcome: 'completed' });
});

real('Stop during a command of a review: the command is gone', async () => {
  const { run } = room.lane();
  const running = () => spawnSync('pgrep', ['-f', room.sleep], { encoding: 'utf8' }).stdout.trim();
  const turn = run('Review', { turn: { act: saying(`run: ${room.sleep}`) } });
  await vi.waitFor(() => expect(running()).not.toBe(''), patience);
  turn.stop();
  expect(await turn.end).toMatchObject({ outcome: 'interrupted', facts: { killStep: 'none' } });
  await vi.waitFor(() => expect(running()).toBe(''), { timeout: 2000, interval: 10 });
});

real('Stop during a compaction: it is asked to stop, and the thread goes on either way', async () => {
  const { run } = room.lane();
  const first = await run('say: one').end;
  for (const wait of [0, 20, 60]) {
    const turn = run('Compact', { turn: { nativeThreadId: idOf(first), act: compact } });
    await began(turn);
    await new Promise((resolve) => setTimeout(resolve, wait));
    turn.stop();
    const end = await turn.end;
    expect(end.outcome).toMatch(/interrupted|completed/);
    expect(end.facts.killStep).toBe('none');
  }
  expect(await run('say: next', { turn: { nativeThreadId: idOf(first) } }).end).toMatchObject({ outcome: 'completed' });
});

real('neither a review nor a compaction takes a message: it is given back', async () => {
  const { run } = room.lane();
  const turn = run('Review', { turn: { act: saying('run: sleep 1') } });
  await vi.waitFor(() => expect(bodies(turn, 'command_execution')).not.toEqual([]), patience);
  expect(await turn.steer('say: steered')).toBe(false);
  const end = await turn.end;
  expect(end.outcome).toBe('completed');
  expect(turn.text()).not.toContain('steered');
});

real('a review whose provider fails is a failed turn, with its cause', async () => {
  const { run } = room.lane();
  const turn = run('Review', { turn: { act: saying('fail: 401') } });
  expect(await turn.end).toMatchObject({ outcome: 'failed', error: { code: 'unauthorized' } });
  const compaction = run('Compact', { turn: { nativeThreadId: idOf(await turn.end), act: compact } });
  expect((await compaction.end).outcome).toMatch(/completed|failed/);
});

real('the raw stream of a compaction and of a review can be read again, and says the same', async () => {
  await room.close();
  const kept = new Map<string, string[]>();
  room = await LaneRoom.open({
    rawStream: ({ turnId }) => {
      const lines: string[] = [];
      kept.set(turnId, lines);
      return { line: (text) => void lines.push(text), end: async () => undefined };
    },
  });
  const { run } = room.lane();
  const first = await run('say: one').end;
  const turns = [
    run('Compact', { turn: { nativeThreadId: idOf(first), act: compact } }),
    run('Review', { turn: { act: saying('say: looks fine') } }),
  ];
  for (const turn of turns) expect((await turn.end).outcome).toBe('completed');
  const said = ({ kind }: { readonly kind: string }) => /^(context_compacted|review_mode|assistant_text)$/.test(kind);
  for (const [index, turn] of turns.entries()) {
    const calls = replayed(kept.get(`tu${index + 2}`) ?? []);
    const again = calls.flatMap((call) => (call.call === 'event' && said(call.event) ? [call.event] : []));
    const live = turn.events.filter(said);
    expect(again.map(({ kind, ...body }) => [kind, { ...body, itemId: null }])).toEqual(
      live.map(({ kind, ...body }) => [kind, { ...body, itemId: null }]),
    );
    expect(calls.filter(({ call }) => call === 'begin')).toHaveLength(1);
    expect(calls.filter(({ call }) => call === 'end')).toMatchObject([{ end: { outcome: 'completed' } }]);
  }
});

real('a review runs in the sandbox of its thread, whatever the turn before it had', async () => {
  const { run } = room.lane();
  const path = join(room.work, 'written');
  const first = await run('say: one', { turn: { sandbox: 'workspace-write' } }).end;
  for (const sandbox of ['read-only', 'workspace-write'] as const) {
    const turn = run('Review', {
      turn: { nativeThreadId: idOf(first), sandbox, act: saying(`run: echo x > ${path}`) },
    });
    expect((await turn.end).outcome).toBe('completed');
    expect([sandbox, existsSync(path)]).toEqual([sandbox, sandbox === 'workspace-write']);
  }
});

real('what would leave the sandbox in a review is refused by Codex, and nobody is asked', async () => {
  const { run } = room.lane();
  const path = join(room.outside, 'written');
  const asked: unknown[] = [];
  const onAsk = (request: unknown) => {
    asked.push(request);
    return 'accept';
  };
  const turn = run('Review', { turn: { act: saying(`ask: echo x > ${path}`) }, onAsk });
  expect((await turn.end).outcome).toBe('completed');
  expect([asked, existsSync(path)]).toEqual([[], false]);
  expect(bodies(turn, 'warning').filter(({ code }) => code === 'tool_call_refused')).toHaveLength(1);
});

real('a thread that is too long for the model offers to be compacted', async () => {
  const { run } = room.lane();
  const end = await run('fail: context').end;
  expect(end).toMatchObject({
    outcome: 'failed',
    error: { code: 'context_full', actions: ['compactThread', 'showLog'] },
  });
  const compaction = run('Compact', { turn: { nativeThreadId: idOf(end), act: compact } });
  expect((await compaction.end).outcome).toBe('completed');
});
