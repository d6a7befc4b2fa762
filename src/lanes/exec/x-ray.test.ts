import { expect, test } from 'vitest';
import type { TurnProgress } from '../../model/index.ts';
import { turnId } from '../../model/index.ts';
import type { Clock } from '../../ports/index.ts';
import { silentHop, Watchdog, Xray } from '../../runtime/index.ts';
import type { ExecState } from './normalize.ts';
import { normalize, startState } from './normalize.ts';
import { readLine } from './wire.ts';

/** Time that passes when a test says so. */
class Time implements Clock {
  ms = Date.UTC(2026, 0, 1);
  #timers: { readonly at: number; readonly call: () => void }[] = [];

  now(): number {
    return this.ms;
  }

  monotonic(): number {
    return this.ms;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.ms + ms, call };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  pass(seconds: number): void {
    const until = this.ms + seconds * 1000;
    for (;;) {
      const [next] = this.#timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.ms = next.at;
      next.call();
    }
    this.ms = until;
  }
}

/** A run as the lane drives it, without a process. */
class Run {
  readonly time = new Time();
  readonly told: TurnProgress[] = [];
  readonly stalls: string[] = [];
  readonly overdue: string[] = [];
  state: ExecState = startState({ turnId: turnId('t'), nativeThreadId: null, usageBefore: null });
  readonly watchdog = new Watchdog({
    clock: this.time,
    firstEventS: 60,
    silenceS: 100,
    onStalled: (since) => this.stalls.push(`${silentHop(this.state)} ${(this.time.ms - since) / 1000}`),
    onOverdue: (which) => this.overdue.push(which),
  });
  readonly xray = new Xray({ clock: this.time, tell: (progress) => this.told.push(progress) });

  start(): this {
    this.xray.processStarted(4711);
    this.xray.look(this.state, this.watchdog);
    return this;
  }

  say(...lines: readonly object[]): this {
    for (const line of lines) {
      this.state = normalize(this.state, readLine(JSON.stringify(line)), new Date(this.time.ms).toISOString()).state;
      if (this.state.reconnecting === null) this.watchdog.heard(this.state.working.length > 0);
      this.xray.look(this.state, this.watchdog);
    }
    return this;
  }

  /** What is shown now, with times in seconds since the start; null = never. */
  get shown() {
    const last = this.told.at(-1);
    const seconds = (iso: string): number => (Date.parse(iso) - Date.UTC(2026, 0, 1)) / 1000;
    if (last === undefined) return null;
    const { on, what, since } = last.waiting;
    return [on, what, seconds(since), last.givesUpAt === null ? null : seconds(last.givesUpAt)];
  }
}

const thread = { type: 'thread.started', thread_id: 'T' };
const turn = { type: 'turn.started' };
const lost = (n: number) => ({ type: 'error', message: `Reconnecting... ${n}/5 (stream\ndisconnected)` });
const message = { type: 'item.completed', item: { id: 'm', type: 'agent_message', text: 'hi' } };
const command = (id: string, phase: 'started' | 'completed', text = `run ${id}`) => ({
  type: `item.${phase}`,
  item: { id, type: 'command_execution', command: text, aggregated_output: '', exit_code: null, status: 'in_progress' },
});
const call = (id: string, phase: 'started' | 'completed') => ({
  type: `item.${phase}`,
  item: { id, type: 'mcp_tool_call', server: 'tiny', tool: 'echo', arguments: {}, status: 'in_progress' },
});

test('each hop has its turn, and the steps are what was seen', () => {
  const run = new Run().start();
  expect(run.shown).toEqual(['thread', null, 0, 60]);
  run.time.pass(3);
  expect(run.say(thread).shown).toEqual(['turn', null, 3, 103]);
  run.time.pass(2);
  expect(run.say(turn).shown).toEqual(['network', null, 5, 105]);
  run.time.pass(2);
  expect(run.say(command('a', 'started')).shown).toEqual(['command', 'run a', 7, null]);
  run.time.pass(2);
  expect(run.say(command('a', 'completed'), call('b', 'started')).shown).toEqual(['tool', 'tiny/echo', 9, null]);
  run.time.pass(1);
  expect(run.say(call('b', 'completed')).shown).toEqual(['network', null, 10, 110]);
  run.say({ type: 'turn.completed' });
  expect(run.told.at(-1)?.waiting.on).toBe('exit');
  expect(run.told.at(-1)?.steps.map(({ what, detail }) => [what, detail])).toEqual([
    ['process-started', '4711'],
    ['thread-started', 'T'],
    ['turn-started', null],
  ]);
});

test.each([
  [[], 'process', 'first-event'],
  [[thread], 'turn', 'silence'],
  [[thread, turn], 'network', 'silence'],
] as const)('after %j the silent one is the %s', (lines, hop, which) => {
  const run = new Run().start().say(...lines);
  run.time.pass(101);
  const half = lines.length === 0 ? 30 : 50;
  expect(run.stalls).toEqual([`${hop} ${half}`]);
  expect(run.overdue).toEqual([which]);
});

test('a command has no time to die, however long it works', () => {
  const run = new Run().start().say(thread, turn, command('a', 'started'));
  run.time.pass(100_000);
  expect([run.stalls, run.overdue]).toEqual([[], []]);
  run.say(command('a', 'completed'));
  run.time.pass(101);
  expect(run.overdue).toEqual(['silence']);
});

test('of several the one that has run longest is shown, with how many others there are', () => {
  const run = new Run().start().say(thread, turn, command('a', 'started'));
  run.time.pass(5);
  expect(run.say(command('b', 'started'), call('c', 'started')).shown).toEqual(['command', 'run a (+2)', 0, null]);
  // Said again: it has not begun anew.
  expect(run.say(command('b', 'started')).shown).toEqual(['command', 'run a (+2)', 0, null]);
  expect(run.say(command('a', 'completed')).shown).toEqual(['command', 'run b (+1)', 5, null]);
});

test('a command that outlives the turn does not hide that the turn is over', () => {
  const run = new Run().start().say(thread, turn, command('a', 'started'), { type: 'turn.completed' });
  expect(run.told.at(-1)?.waiting).toMatchObject({ on: 'exit', what: null });
});

test('a lost connection is a hop of its own: one step a series, in the latest words', () => {
  const run = new Run().start().say(thread, turn);
  run.time.pass(4);
  expect(run.say(lost(1), lost(2)).shown).toEqual(['network', null, 0, 100]);
  expect(silentHop(run.state)).toBe('reconnecting');
  const steps = () => run.told.at(-1)?.steps.filter(({ what }) => what === 'reconnecting');
  expect(steps()?.map(({ detail }) => detail)).toEqual(['Reconnecting... 2/5 (stream disconnected)']);
  run.say(message, lost(1));
  expect(steps()).toHaveLength(2);
  for (let i = 0; i < 30; i += 1) run.say(message, lost(i));
  expect(run.told.at(-1)?.steps.length).toBeLessThanOrEqual(14);
  expect(
    run.told
      .at(-1)
      ?.steps.slice(0, 3)
      .map(({ what }) => what),
  ).toEqual(['process-started', 'thread-started', 'turn-started']);
});

test('a lost connection while a command works: the network is waited for, and nothing is given up', () => {
  const run = new Run().start().say(thread, turn, command('a', 'started'), lost(1));
  expect(run.shown).toEqual(['network', null, 0, null]);
  run.time.pass(1000);
  expect(run.overdue).toEqual([]);
});

test('Wait begins the limits anew, also after a stall, and does not pretend that something was heard', () => {
  const run = new Run().start().say(thread, turn);
  run.time.pass(60);
  expect(run.stalls).toEqual(['network 50']);
  run.watchdog.again();
  run.xray.lookAgain(run.state, run.watchdog);
  expect(run.shown).toEqual(['network', null, 0, 160]);
  run.time.pass(99);
  expect([run.stalls, run.overdue]).toEqual([['network 50', 'network 110'], []]);
  run.time.pass(1);
  expect(run.overdue).toEqual(['silence']);
});

test('Wait while a command works sets no limit', () => {
  const run = new Run().start().say(thread, turn, command('a', 'started'));
  run.watchdog.again();
  expect(run.watchdog.givesUpAt).toBeNull();
});

test('Wait before the first word keeps the first limit', () => {
  const run = new Run().start();
  run.time.pass(50);
  run.watchdog.again();
  run.time.pass(59);
  expect(run.overdue).toEqual([]);
  run.time.pass(1);
  expect(run.overdue).toEqual(['first-event']);
});

test('what is shown of a command is one short line without secrets', () => {
  const text = `echo sk-abcdefghijklmnopqrstuvwxyz\n${'x'.repeat(500)}`;
  const [, what] = new Run().start().say(thread, turn, command('a', 'started', text)).shown ?? [];
  expect(what).toMatch(/^echo \[redacted:api-key\] x+…$/);
  expect(String(what).length).toBe(200);
});

test('many lines are not as many words: the time moves on once a second', () => {
  const run = new Run().start().say(thread, turn);
  const before = run.told.length;
  for (let i = 0; i < 1000; i += 1) {
    run.time.pass(0.01);
    run.say(message);
  }
  expect(run.told.length - before).toBe(10);
});

test('a run that has ended is not given up', () => {
  const run = new Run().start().say(thread, turn, { type: 'turn.completed' });
  run.watchdog.end();
  run.watchdog.again();
  run.time.pass(1000);
  expect([run.stalls, run.overdue]).toEqual([[], []]);
});
