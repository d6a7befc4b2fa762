import { expect, test } from 'vitest';
import { AsyncQueue } from '../../base/index.ts';
import type { LaneEvent } from '../../model/index.ts';
import { nativeThreadId, threadId, turnId } from '../../model/index.ts';
import type { LaneTurn, Steer, TurnIo } from '../../ports/index.ts';
import type { Notification } from '../../runtime/index.ts';
import { LiveTurn } from './live-turn.ts';
import { linesOf } from './testing/replayed.ts';
import type { TurnLease } from './turn-lease.ts';

type Line = {
  readonly dir: string;
  readonly msg: {
    readonly id?: number;
    readonly method?: string;
    readonly params?: unknown;
    readonly result?: unknown;
  };
};

const capture = linesOf('as-agents-review').map((line) => JSON.parse(line) as Line);
const thread = '01a1fef7-b560-7cc1-a3a0-fa7822f7e295';
const agent = '01a1fef7-bbf7-7d70-80f5-3c3c39ef05cb';
const clock = { now: () => 0, monotonic: () => 0, after: () => () => undefined };
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** One turn of the capture, as it would have been heard live: from its request to the end of the file. */
async function heard(
  request: number,
): Promise<{ readonly events: readonly LaneEvent[]; readonly live: LiveTurn; readonly before: readonly string[] }> {
  const events: LaneEvent[] = [];
  const before: string[] = [];
  const listeners: ((told: Notification) => void)[] = [];
  const from = capture.findIndex(({ dir, msg }) => dir === '>' && msg.id === request);
  const rest = capture.slice(from + 1);
  const lease = {
    ended: new Promise(() => undefined),
    onNotification: (listener: (told: Notification) => void) => void listeners.push(listener),
    request: async (
      _method: string,
      _params: unknown,
      read: { parse: (value: unknown) => unknown },
      options: { onAnswer: (answer: unknown) => void },
    ) => {
      for (const { dir, msg } of rest) {
        if (dir !== '<') continue;
        if (msg.method === undefined) {
          if (msg.id === request) options.onAnswer(read.parse(msg.result));
        } else if (msg.id === undefined) {
          for (const listener of listeners) listener({ method: msg.method, params: msg.params, emittedAtMs: null });
        }
      }
    },
  } as unknown as TurnLease;
  const live = new LiveTurn({
    lease,
    turn: { threadId: threadId('th'), turnId: turnId('tu'), usageBefore: null } as LaneTurn,
    io: {
      emit: (event) => void events.push(event),
      inbox: new AsyncQueue<Steer>(),
      beforeChange: async (paths) => void before.push(...paths),
      afterChange: async () => undefined,
    } as Partial<TurnIo> as TurnIo,
    clock,
    log,
    newId: () => 'id',
    onHeard: () => {},
    onCommand: () => {},
  });
  live.opened({ id: nativeThreadId(thread), sandbox: null, how: 'resumed' });
  await live.begin({ threadId: thread, input: [] });
  return { events, live, before };
}

test('a sub-agent’s own words and items are not the turn’s; its run is one row of it', async () => {
  const { events, live } = await heard(8);
  expect(live.state?.end?.outcome).toBe('completed');
  expect(new Set(events.map((event) => event.nativeThreadId))).toEqual(new Set([thread]));
  const rows = events.filter((event) => event.kind === 'subagent');
  expect(new Set(rows.map(({ itemId }) => itemId))).toContain(`tu:agent-${agent}`);
  expect(rows.filter(({ itemId }) => itemId === `tu:agent-${agent}`).at(-1)).toMatchObject({
    phase: 'completed',
    status: 'completed',
    receivers: [agent],
  });
  expect(live.family).toEqual([agent]);
  // What it wrote was heard, and is told nowhere.
  const said = capture
    .filter(({ msg }) => msg.method === 'item/completed')
    .map(({ msg }) => JSON.stringify(msg.params));
  expect(said.some((params) => params.includes(agent) && params.includes('"text":"done"'))).toBe(true);
  const ids = new Set(events.map((event) => event.itemId));
  expect([...ids].filter((id) => id === 'tu:msg_15')).toEqual([]);
  expect(ids).toContain('tu:msg_17');
});

test('the turn within a review is the review', async () => {
  const { events, live } = await heard(7);
  expect(live.state?.end?.outcome).toBe('completed');
  expect(events.filter(({ kind }) => kind === 'review_mode')).toMatchObject([
    { change: 'entered' },
    { change: 'left' },
  ]);
  expect(events.filter(({ kind }) => kind === 'assistant_text')).not.toEqual([]);
});

test('nothing of the turns before and behind it is told', async () => {
  const { events } = await heard(3);
  expect(events.filter(({ kind }) => kind === 'file_change')).not.toEqual([]);
  expect(
    events.filter(({ kind }) => kind === 'command_execution' || kind === 'subagent' || kind === 'review_mode'),
  ).toEqual([]);
});

test('what a sub-agent does shows in its row, and its changes are announced', async () => {
  const events: LaneEvent[] = [];
  const before: string[] = [];
  const listeners: ((told: Notification) => void)[] = [];
  const tell = (method: string, params: object): void => {
    for (const listener of listeners) listener({ method, params, emittedAtMs: null });
  };
  const live = new LiveTurn({
    lease: {
      ended: new Promise(() => undefined),
      onNotification: (listener: (told: Notification) => void) => void listeners.push(listener),
      request: async (_m: string, _p: unknown, _r: unknown, options: { onAnswer: (answer: unknown) => void }) =>
        options.onAnswer({ turn: { id: 'root' } }),
    } as unknown as TurnLease,
    turn: { threadId: threadId('th'), turnId: turnId('tu'), usageBefore: null } as LaneTurn,
    io: {
      emit: (event) => void events.push(event),
      inbox: new AsyncQueue<Steer>(),
      beforeChange: async (paths) => void before.push(...paths),
      afterChange: async () => undefined,
    } as Partial<TurnIo> as TurnIo,
    clock,
    log,
    newId: () => 'id',
    onHeard: () => {},
    onCommand: () => {},
  });
  live.opened({ id: nativeThreadId('mine'), sandbox: null, how: 'new' });
  await live.begin({ threadId: 'mine', input: [] });
  tell('turn/started', { threadId: 'child', turn: { id: 'inner', status: 'inProgress', rootTurnId: 'root' } });
  tell('turn/started', { threadId: 'stranger', turn: { id: 'other', status: 'inProgress', rootTurnId: 'other' } });
  const command = { type: 'commandExecution', id: 'c', command: 'npm test', status: 'inProgress' };
  for (const id of ['child', 'child', 'stranger']) {
    tell('item/started', { threadId: id, turnId: 'x', item: command });
  }
  const change = { path: '/w/a.ts', kind: { type: 'add' }, diff: 'a' };
  tell('item/started', {
    threadId: 'child',
    turnId: 'inner',
    item: { type: 'fileChange', id: 'f', changes: [change], status: 'inProgress' },
  });
  expect(events).toMatchObject([
    { kind: 'subagent', itemId: 'tu:agent-child', states: { child: { message: 'npm test' } }, nativeThreadId: 'mine' },
    { kind: 'subagent', itemId: 'tu:agent-child', states: { child: { message: '/w/a.ts' } } },
  ]);
  expect(before).toEqual(['/w/a.ts']);
  expect([live.owns('mine'), live.owns('child'), live.owns('stranger'), live.owns(null)]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
