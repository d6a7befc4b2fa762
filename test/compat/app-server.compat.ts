import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Run } from '../../src/lanes/app-server/testing/lane-room.ts';
import { LaneRoom } from '../../src/lanes/app-server/testing/lane-room.ts';
import type { LaneEvent } from '../../src/model/index.ts';
import { nativeThreadId } from '../../src/model/index.ts';

type Build = { readonly version: string; readonly program: string };

const builds = JSON.parse(process.env.CODEX_LANES_COMPAT ?? '[]') as readonly Build[];
const patience = { timeout: 30_000, interval: 10 };

/** What the model is offered no tool for by a build, so that nothing is asked about it. Measured. */
const withoutPatches: readonly string[] = ['0.117.0'];

describe.each(builds)('the app-server of Codex $version', ({ version, program }) => {
  let room: LaneRoom;
  let run: ReturnType<LaneRoom['lane']>['run'];
  beforeAll(async () => {
    room = await LaneRoom.open({ settings: { codexPath: { value: program, source: 'test' } } });
    ({ run } = room.lane());
  });
  afterAll(() => room.close());

  const heard = (turn: Run, kind: LaneEvent['kind']) =>
    vi.waitFor(() => expect(turn.events.map((event) => event.kind)).toContain(kind), patience);
  const completed = async (turn: Run) => {
    const end = await turn.end;
    expect(end).toMatchObject({ outcome: 'completed', facts: { transport: 'app-server', killStep: 'none' } });
    // What this release does not know would be one of these.
    expect(turn.events.filter(({ kind }) => kind === 'unsupported_raw_event')).toEqual([]);
    return end;
  };

  test('is there, as the build says itself', async () => {
    const { abilities } = await room.resolve();
    expect((await abilities())?.appServer).toBe(true);
  });

  test('an answer streams; the thread is resumed with its count; a fork is another thread', async () => {
    const first = run('say: one two three');
    const { facts, usageAfter } = await completed(first);
    expect(facts.executable?.version).toBe(`codex-cli ${version}`);
    expect(first.text()).toBe('one two three');
    expect(first.events.some((event) => event.kind === 'assistant_text' && event.isDelta)).toBe(true);
    const { nativeThreadId: thread } = facts;
    const second = run('say: two', { turn: { nativeThreadId: thread, usageBefore: usageAfter ?? null } });
    const resumed = await completed(second);
    expect(resumed.facts.nativeThreadId).toBe(thread);
    expect(resumed.facts.usage?.input).toBe((resumed.usageAfter?.input ?? 0) - (usageAfter?.input ?? 0));
    const fork = run('say: forked', { turn: { forkOf: thread } });
    const forked = await completed(fork);
    expect(fork.text()).toBe('forked');
    expect(forked.facts.nativeThreadId).not.toBe(thread);
  });

  test('a thread that is not there is begun anew, and that is said', async () => {
    const gone = nativeThreadId('01a1fbda-0000-7000-8000-000000000000');
    const turn = run('say: hello', { turn: { nativeThreadId: gone } });
    expect((await completed(turn)).facts.nativeThreadId).not.toBe(gone);
    expect(turn.events.filter((event) => event.kind === 'system_notice')).toMatchObject([
      { code: 'native_thread_lost' },
    ]);
  });

  test('a message is taken by the turn that runs', async () => {
    const turn = run('run: sleep 2');
    await heard(turn, 'command_execution');
    expect(await turn.steer('say: steered')).toBe(true);
    await completed(turn);
    expect(turn.text()).toBe('steered');
  });

  test('Stop during a command: the turn is interrupted, and the command is gone', async () => {
    const running = () => spawnSync('pgrep', ['-f', room.sleep], { encoding: 'utf8' }).stdout.trim();
    const turn = run(`run: ${room.sleep}`);
    await vi.waitFor(() => expect(running()).not.toBe(''), patience);
    turn.stop();
    expect(await turn.end).toMatchObject({ outcome: 'interrupted' });
    await vi.waitFor(() => expect(running()).toBe(''), { timeout: 1000, interval: 10 });
  });

  test('two threads at once do not mix', async () => {
    const turns = [run('say: one'), run('say: two')] as const;
    const ends = await Promise.all(turns.map(completed));
    expect(turns.map((turn) => turn.text())).toEqual(['one', 'two']);
    for (const [index, turn] of turns.entries()) {
      const ids = new Set(turn.events.map((event) => event.nativeThreadId));
      expect([...ids]).toEqual([ends[index]?.facts.nativeThreadId]);
    }
  });

  test('a command outside the sandbox runs with the yes alone', async () => {
    const path = join(room.outside, 'command');
    for (const [decision, outcome] of [
      ['cancel', 'interrupted'],
      ['accept', 'completed'],
    ] as const) {
      const turn = run(`ask: touch ${path}`, { onAsk: ({ subject }) => (subject === 'command' ? decision : null) });
      expect(await turn.end).toMatchObject({ outcome });
      expect(existsSync(path)).toBe(decision === 'accept');
    }
  });

  test.skipIf(withoutPatches.includes(version))('a patch outside the folder is made with the yes alone', async () => {
    const path = join(room.outside, 'patch');
    for (const decision of ['decline', 'accept']) {
      const turn = run(`write: ${path}`, {
        onAsk: ({ subject, what }) => (subject === 'file_change' && what === path ? decision : null),
      });
      await completed(turn);
      expect(existsSync(path)).toBe(decision === 'accept');
      const status = decision === 'accept' ? 'completed' : 'declined';
      expect(turn.events.findLast((event) => event.kind === 'file_change')).toMatchObject({ status });
    }
  });

  test('a thread is compacted, and goes on', async () => {
    const { facts } = await completed(run('say: one'));
    const { nativeThreadId: thread } = facts;
    const compaction = run('Compact', { turn: { nativeThreadId: thread, act: { kind: 'compact' } } });
    expect((await completed(compaction)).facts.nativeThreadId).toBe(thread);
    expect(compaction.events.filter(({ kind }) => kind === 'context_compacted')).toHaveLength(1);
    const next = run('say: next', { turn: { nativeThreadId: thread } });
    await completed(next);
    expect(next.text()).toBe('next');
  });

  test('a review is entered, says what it found once, and is left; Stop ends one', async () => {
    const review = (instructions: string) => {
      return run('Review', { turn: { act: { kind: 'review', target: { kind: 'custom', instructions } } } });
    };
    const turn = review('say: looks fine');
    await completed(turn);
    const changes = turn.events.flatMap((event) => (event.kind === 'review_mode' ? [event.change] : []));
    expect(changes).toEqual(['entered', 'left']);
    expect(turn.text()).toBe('looks fine');
    const stopped = review('fail: hang');
    await heard(stopped, 'review_mode');
    stopped.stop();
    expect(await stopped.end).toMatchObject({ outcome: 'interrupted', facts: { killStep: 'none' } });
  });
});
