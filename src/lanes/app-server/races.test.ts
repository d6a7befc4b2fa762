import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { laneTurn, turnIo } from '../../../test/fakes/lane-turn.ts';
import { nativeSettings } from '../../../test/fakes/settings.ts';
import { AsyncQueue } from '../../base/index.ts';
import type { LaneEvent, TurnAct } from '../../model/index.ts';
import { noUsage } from '../../model/index.ts';
import type { Steer, TurnEnd } from '../../ports/index.ts';
import type { SharedServer } from '../../runtime/index.ts';
import { Xray } from '../../runtime/index.ts';
import { converse } from './converse.ts';
import type { Plan } from './testing/fake-codex.ts';
import { FakeCodex, Timeline } from './testing/fake-codex.ts';

const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const facts = {
  transport: 'app-server',
  executable: null,
  endpoint: null,
  payer: null,
  modelServed: 'unknown',
  nativeThreadId: null,
  completionPolicy: 'persistent',
  historyCompleteness: null,
  usage: null,
  usageAuthority: null,
  exitCode: null,
  killStep: 'none',
} as const;

type Raced = {
  readonly end: TurnEnd;
  readonly codex: FakeCodex;
  /** By text: whether the turn took it; each is settled once. */
  readonly settled: Readonly<Record<string, readonly boolean[]>>;
  readonly events: readonly LaneEvent[];
  readonly tookMs: number;
  readonly holds: boolean;
};

/** One turn with messages and maybe Stop at some times. */
async function race(
  plan: Plan,
  steersAt: readonly number[],
  stopAt: number | null,
  running = 1,
  act?: TurnAct,
  keepers = new Set<string>(),
): Promise<Raced> {
  const time = new Timeline();
  const codex = new FakeCodex(time, plan);
  const events: LaneEvent[] = [];
  const settled: Record<string, boolean[]> = {};
  const inbox = new AsyncQueue<Steer>();
  const stop = new AbortController();
  let over = false;
  const open = new Set<Steer>();
  for (const [index, at] of steersAt.entries()) {
    const text = `steer-${index}`;
    const given: boolean[] = [];
    settled[text] = given;
    time.after(at, () => {
      const steer: Steer = {
        text,
        attachments: [],
        settle: (taken) => {
          if (!open.delete(steer)) return;
          given.push(taken);
        },
      };
      open.add(steer);
      if (over || !inbox.push(steer)) steer.settle(false);
    });
  }
  if (stopAt !== null) time.after(stopAt, () => stop.abort('user'));
  const turn = laneTurn({ text: 'work', usageBefore: noUsage, ...(act === undefined ? {} : { act }) });
  const io = turnIo({
    emit: (event) => {
      expect(over).toBe(false);
      events.push(event);
    },
    inbox,
    signal: stop.signal,
  });
  let ids = 0;
  const begun = time.now();
  const memory = { noticed: new Map(), holds: false, keepers, running };
  const ran = converse(
    {
      resolve: () => Promise.reject(new Error('not asked')),
      server: undefined as unknown as SharedServer,
      settings: () => ({ ...nativeSettings, nativeFirstEventTimeoutS: 600, nativeSilenceTimeoutS: 600 }),
      newId: () => `client-${++ids}`,
      clock: time,
      log,
    },
    {
      program: { path: '/codex', source: 'setting', version: 'codex-cli 0.169.0' },
      cwd: '/w',
      foundWorktree: null,
      lease: codex.lease,
      turn,
      io,
      xray: new Xray({ clock: time, tell: () => {} }),
      facts,
      memory,
      provider: null,
    },
  ).then((end) => {
    over = true;
    // As the engine does when a lane has returned.
    inbox.close();
    for (const steer of [...open]) steer.settle(false);
    return end;
  });
  const end = await time.until(ran);
  const tookMs = time.now() - begun;
  // Messages that come later still.
  const rest = Promise.withResolvers<void>();
  time.after(Math.max(0, ...steersAt) + 1, () => rest.resolve());
  await time.until(rest.promise);
  return { end, codex, settled, events, tookMs, holds: memory.holds };
}

const ms = fc.integer({ min: 0, max: 400 });
const plans: fc.Arbitrary<Plan> = fc.record({
  latencies: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 6 }),
  completesAfter: ms,
  takesAfter: fc.integer({ min: 0, max: 200 }),
  diesAfter: fc.option(ms, { freq: 4 }),
  isDeaf: fc.constant(false),
});

test('1,000 timings of messages, Stop, the end and a kill: nothing is lost, nothing counts twice, it ends once', async () => {
  const seen = { taken: 0, givenBack: 0, interrupted: 0, completed: 0, failed: 0 };
  await fc.assert(
    fc.asyncProperty(
      plans,
      fc.array(ms, { maxLength: 3 }),
      fc.option(ms, { freq: 2 }),
      async (plan, steersAt, stopAt) => {
        const { end, codex, settled, tookMs, holds } = await race(plan, steersAt, stopAt);
        for (const given of Object.values(settled)) expect(given).toHaveLength(1);
        const taken = Object.values(settled).filter(([one]) => one === true).length;
        // What Codex took was told, unless it died with the word on its way.
        if (plan.diesAfter === null) expect(taken).toBe(codex.taken.length);
        else expect(taken).toBeLessThanOrEqual(codex.taken.length);
        seen.taken += taken;
        seen.givenBack += Object.values(settled).length - taken;
        seen[end.outcome] += 1;
        if (end.outcome === 'interrupted') expect(stopAt).not.toBeNull();
        if (end.outcome === 'failed') {
          expect(plan.diesAfter).not.toBeNull();
          expect(end.error.message).toContain('SIGKILL');
        }
        // Stop never waits for its last resort where Codex obeys.
        expect(end.facts.killStep).toBe('none');
        expect(tookMs).toBeLessThan(4000);
        if (plan.diesAfter === null) expect(holds).toBe(false);
      },
    ),
    { seed: 20260106, numRuns: 1000 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
});

const acts: readonly TurnAct[] = [{ kind: 'compact' }, { kind: 'review', target: { kind: 'uncommitted_changes' } }];

test('1,000 timings of a review and a compaction: Stop reaches whichever turn is active, no message is lost in them', async () => {
  const seen = { interrupted: 0, completed: 0, failed: 0 };
  const refusedAt = { once: 0 };
  await fc.assert(
    fc.asyncProperty(
      plans,
      fc.integer({ min: 0, max: 200 }),
      fc.constantFrom(...acts),
      fc.boolean(),
      fc.array(ms, { maxLength: 2 }),
      fc.option(ms, { freq: 5 }),
      async (timing, actsAfter, act, namesNoRoot, steersAt, stopAt) => {
        const plan = { ...timing, actsAfter, namesNoRoot };
        const { end, codex, settled, tookMs } = await race(plan, steersAt, stopAt, 1, act);
        for (const given of Object.values(settled)) expect(given).toEqual([false]);
        expect(codex.taken).toEqual([]);
        seen[end.outcome] += 1;
        if (end.outcome === 'interrupted') expect(stopAt).not.toBeNull();
        if (end.outcome === 'failed') expect(plan.diesAfter).not.toBeNull();
        expect(end.facts.killStep).toBe('none');
        expect(tookMs).toBeLessThan(4000);
        if (codex.asked.filter((method) => method === 'turn/interrupt').length > 1) refusedAt.once += 1;
      },
    ),
    { seed: 20261121, numRuns: 1000 },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
  // The turn within a review began while an interrupt of the outer one was on its way.
  expect(refusedAt.once).toBeGreaterThan(5);
});

test('a server that does not obey is ended after 10 s, and the turn with it', async () => {
  const plan: Plan = { latencies: [5], completesAfter: 60_000, takesAfter: 0, diesAfter: null, isDeaf: true };
  const { end, tookMs, codex } = await race(plan, [], 100);
  expect(end).toMatchObject({ outcome: 'interrupted', facts: { killStep: 'SIGKILL' } });
  expect(codex.asked).toContain('turn/interrupt');
  expect(tookMs).toBeGreaterThanOrEqual(10_100);
  expect(tookMs).toBeLessThan(11_000);
});

test('what the server lost sight of is ended with a turn that was cut off, once its thread was let go', async () => {
  const plan: Plan = { latencies: [5], completesAfter: 60_000, takesAfter: 0, diesAfter: null, isDeaf: false };
  const { codex } = await race(plan, [], 100);
  expect(codex.asked.slice(-2)).toEqual(['thread/unsubscribe', `end commands of ${codex.threadId}`]);
  const whole = await race({ ...plan, completesAfter: 50 }, [], null);
  expect(whole.codex.asked.at(-1)).toBe('thread/unsubscribe');
});

test('a server that keeps a thread is known to, so that it can be closed', async () => {
  const plan: Plan = { latencies: [5], completesAfter: 50, takesAfter: 0, diesAfter: null, isDeaf: false };
  const keeps = { ...plan, keepsThreads: true };
  const keepers = new Set<string>();
  const first = await race(keeps, [], null, 1, undefined, keepers);
  expect(first).toMatchObject({ end: { outcome: 'completed' }, holds: true });
  expect(first.tookMs).toBeGreaterThan(2000);
  // Its next turn does not wait for what did not come before.
  const second = await race(keeps, [], null, 1, undefined, keepers);
  expect(second).toMatchObject({ end: { outcome: 'completed' }, holds: true });
  expect(second.tookMs).toBeLessThan(500);
  expect(await race(plan, [], null, 1, undefined, keepers)).toMatchObject({ holds: false });
  expect(keepers.size).toBe(0);
});

test('what the server writes to stderr is a warning of the turn; with several at once, of one of them', async () => {
  const stderr = ['2026-11-21T02:20:58.418355Z ERROR codex_core::tools::router: error=not allowed'];
  const plan: Plan = { latencies: [5], completesAfter: 50, takesAfter: 0, diesAfter: null, isDeaf: false, stderr };
  const warnings = async (running: number) =>
    (await race(plan, [], null, running)).events.filter(({ kind }) => kind === 'warning');
  const text = 'Codex refused a tool call: not allowed';
  expect(await warnings(1)).toMatchObject([{ source: 'process', code: 'tool_call_refused', text }]);
  expect(await warnings(2)).toMatchObject([{ text: `${text} (of one of the turns that run at the same time)` }]);
});

test('a server that outlives a turn holds nothing of it', async () => {
  setFlagsFromString('--expose_gc');
  const gc = runInNewContext('gc') as () => void;
  const plan = { latencies: [1], completesAfter: 10, takesAfter: 1, diesAfter: null, isDeaf: false };
  /** What a turn said, held by what it ran on, and the promise that every turn waits for. */
  const turn = async (stopAt: number | null) => {
    const { codex, end } = await race(plan, [2], stopAt);
    return { codex: new WeakRef(codex), ended: codex.lease.ended, outcome: end.outcome };
  };
  // Stopped before it began, and ended by itself.
  const turns = [await turn(0), await turn(null)];
  expect(turns.map(({ outcome }) => outcome)).toEqual(['interrupted', 'completed']);
  await new Promise((resolve) => setImmediate(resolve));
  gc();
  expect(turns.map(({ codex }) => codex.deref() === undefined)).toEqual([true, true]);
});
