import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { EventBody, LogEvent } from './events.ts';
import { isTerminal } from './events.ts';
import { fold, foldAll } from './fold.ts';
import type { ApprovalId, ItemId, TurnId } from './ids.ts';
import { itemId, threadId, turnId } from './ids.ts';
import type { Row, ThreadView } from './view.ts';
import { emptyThread } from './view.ts';

const empty = emptyThread(threadId('t'));
const seeded = { seed: 20260102, numRuns: 300 };

type Step = {
  readonly body: EventBody;
  readonly turnId?: TurnId;
  readonly itemId?: ItemId;
  readonly aboutTurnId?: TurnId;
};

const at = (seq: number): string => new Date(Date.UTC(2026, 0, 1) + seq).toISOString();

function logOf(steps: readonly Step[]): readonly LogEvent[] {
  return steps.map(({ body, ...ids }, index) => ({
    v: 1,
    seq: index + 1,
    at: at(index + 1),
    provider: 'codex',
    laneId: 'codex-native',
    transport: 'exec',
    threadId: threadId('t'),
    ...ids,
    ...body,
  })) as readonly LogEvent[];
}

const text = fc.string({ maxLength: 6 });
const phase = fc.constantFrom('started', 'output', 'completed');
const status = fc.constantFrom('in_progress', 'completed', 'failed', 'declined');
const approvalId = fc.constantFrom('p1', 'p2').map((id) => id as ApprovalId);

const item: fc.Arbitrary<EventBody> = fc.oneof(
  fc.record({ kind: fc.constantFrom('assistant_text', 'reasoning'), text, isDelta: fc.boolean() }),
  fc.record(
    {
      kind: fc.constant('command_execution'),
      phase,
      status,
      command: text,
      output: text,
      outputDelta: text,
      exitCode: fc.option(fc.nat(2)),
    },
    { requiredKeys: ['kind', 'phase', 'status', 'command'] },
  ),
  fc.record({
    kind: fc.constant('file_change'),
    phase,
    status,
    changes: fc.array(fc.record({ path: text, kind: fc.constantFrom('add', 'update', 'delete') }), { maxLength: 2 }),
  }),
  fc.record({ kind: fc.constant('mcp_call'), phase, status, server: text, tool: text, arguments: fc.constant({}) }),
  fc.record({ kind: fc.constant('tool_call'), phase, status, name: text, arguments: fc.constant(null) }),
  fc.record({ kind: fc.constant('web_search'), phase, status, query: text }),
  fc.record({
    kind: fc.constant('subagent'),
    phase,
    status,
    tool: text,
    sender: fc.constant(null),
    receivers: fc.array(text, { maxLength: 1 }),
    prompt: fc.option(text),
    states: fc.constant(null),
  }),
  fc.record({
    kind: fc.constant('plan_updated'),
    steps: fc.array(fc.record({ text, status: fc.constantFrom('pending', 'completed') })),
  }),
) as fc.Arbitrary<EventBody>;

const terminal: fc.Arbitrary<EventBody> = fc.oneof(
  fc.constant({ kind: 'turn_completed', durationMs: 5 } as const),
  fc.constant({ kind: 'turn_interrupted', durationMs: 5, by: 'user' } as const),
  fc.constant({
    kind: 'turn_failed',
    durationMs: 5,
    error: { code: 'internal', message: 'm', retryable: false, hint: null },
  } as const),
);

const started: EventBody = {
  kind: 'turn_started',
  model: null,
  effort: null,
  cwd: '/w',
  sandbox: null,
  approvalPolicy: null,
};

const other: fc.Arbitrary<EventBody> = fc.oneof(
  fc.constant(started),
  fc.constant({ kind: 'lane_decided', asked: 'auto', resolved: 'api', trace: [] } as const),
  fc.record({
    kind: fc.constant('user_message'),
    text,
    attachments: fc.constant([]),
    delivery: fc.constantFrom('start', 'steer', 'queued'),
  }),
  fc.record({
    kind: fc.constant('approval_requested'),
    approvalId,
    subject: fc.constant('command'),
    what: text,
    why: fc.constant(null),
    decisions: fc.constant([]),
  }),
  fc.record({
    kind: fc.constant('approval_resolved'),
    approvalId,
    decision: fc.constantFrom('allow', 'deny'),
    decidedBy: fc.constant('user'),
  }),
  fc.record({ kind: fc.constant('warning'), source: fc.constant('process'), text }),
  fc.record({ kind: fc.constant('turn_diff_updated'), diff: text }),
  fc.record({ kind: fc.constant('snapshot_taken'), path: text, grade: fc.constantFrom('git', 'exact'), blob: text }),
  fc.record({
    kind: fc.constant('disk_change_detected'),
    path: text,
    grade: fc.constant('unknown'),
    blob: fc.constant(null),
    gap: fc.constant('ignored'),
    change: fc.constantFrom('add', 'update', 'delete'),
    by: fc.constant(null),
  }),
  fc.record({ kind: fc.constant('thread_renamed'), title: text }),
  fc.record({ kind: fc.constant('unsupported_raw_event'), rawType: text, payload: text }),
) as fc.Arbitrary<EventBody>;

const ids = fc.record(
  {
    turnId: fc.constantFrom('A', 'B', 'C').map(turnId),
    itemId: fc.constantFrom('i1', 'i2').map(itemId),
    aboutTurnId: fc.constantFrom('A', 'B').map(turnId),
  },
  { requiredKeys: [] },
);

const body = fc.oneof(
  { weight: 6, arbitrary: item },
  { weight: 3, arbitrary: other },
  { weight: 1, arbitrary: terminal },
);

/** Anything in any order: turns that never start, end twice or go on after their end, ids that repeat or are missing. */
const hostile = fc.array(fc.tuple(body, ids), { maxLength: 40 }).map((all) => {
  return logOf(all.map(([each, its]) => ({ ...its, body: each })));
});

/** Turns one after the other, each started and ended once; late items come after the end. */
const legal = fc
  .array(fc.tuple(fc.array(fc.tuple(item, fc.constantFrom('i1', 'i2', 'i3')), { maxLength: 8 }), terminal), {
    maxLength: 4,
  })
  .map((turns) =>
    logOf(
      turns.flatMap(([items, end], index) => {
        const its = { turnId: turnId(`T${index}`) };
        return [
          { ...its, body: started },
          ...items.map(([each, id]) => ({ ...its, itemId: itemId(id), body: each })),
          { ...its, body: end },
        ];
      }),
    ),
  );

const anyLog = fc.oneof(hostile, legal);

function check(property: (log: readonly LogEvent[], cut: number) => void): void {
  fc.assert(
    fc.property(anyLog, fc.nat(), (log, cut) => property(log, log.length === 0 ? 0 : cut % log.length)),
    seeded,
  );
}

/** Every view of a log on its way, each with the event that made it. */
function* walk(log: readonly LogEvent[]): Generator<readonly [LogEvent, ThreadView, ThreadView]> {
  let view = empty;
  for (const event of log) {
    const next = fold(view, event);
    yield [event, view, next];
    view = next;
  }
}

test('any split, and any overlap, folds to the same view', () => {
  check((log, cut) => {
    const whole = foldAll(empty, log);
    const half = foldAll(empty, log.slice(0, cut));
    expect(foldAll(half, log.slice(cut))).toEqual(whole);
    expect(foldAll(half, log)).toEqual(whole);
    expect(foldAll(whole, log)).toBe(whole);
  });
});

test('a view that went over the wire folds on like the one that did not', () => {
  check((log, cut) => {
    const snapshot = JSON.parse(JSON.stringify(foldAll(empty, log.slice(0, cut)))) as ThreadView;
    expect(JSON.stringify(foldAll(snapshot, log.slice(cut)))).toBe(JSON.stringify(foldAll(empty, log)));
  });
});

test('folding changes no view that it was given', () => {
  check((log, cut) => {
    const half = foldAll(empty, log.slice(0, cut));
    const before = JSON.stringify(half);
    foldAll(half, log.slice(cut));
    expect(JSON.stringify(half)).toBe(before);
  });
});

test('a turn ends once, stays as it ended and shows its end once', () => {
  check((log) => {
    for (const [event, before, after] of walk(log)) {
      for (const turn of before.turns) {
        const now = after.turns.find((each) => each.turnId === turn.turnId);
        if (turn.state !== 'running') expect([now?.state, now?.durationMs]).toEqual([turn.state, turn.durationMs]);
      }
      const id = event.turnId;
      if (isTerminal(event) && id !== undefined) {
        expect(after.turns.find((turn) => turn.turnId === id)?.state).not.toBe('running');
        const ends = after.rows.filter(
          (row) => row.turnId === id && (row.kind === 'failure' || row.kind === 'interruption'),
        );
        expect(ends.length).toBeLessThanOrEqual(1);
      }
    }
  });
});

test('nothing of an ended turn is open, and an ended turn is not the active one', () => {
  check((log) => {
    for (const [, , view] of walk(log)) {
      const over = new Set(view.turns.filter((turn) => turn.state !== 'running').map((turn) => turn.turnId));
      expect(view.rows.filter((row) => row.open && row.turnId !== null && over.has(row.turnId))).toEqual([]);
      expect(view.activeTurnId === null || !over.has(view.activeTurnId)).toBe(true);
    }
  });
});

test('a closed row stays closed', () => {
  check((log) => {
    for (const [, before, after] of walk(log)) {
      const open = new Set(after.rows.filter((row) => row.open).map((row) => row.key));
      expect(before.rows.filter((row) => !row.open && open.has(row.key))).toEqual([]);
    }
  });
});

test('row keys are unique and rows are never dropped or moved', () => {
  check((log) => {
    for (const [, before, after] of walk(log)) {
      expect(new Set(after.rows.map((row) => row.key)).size).toBe(after.rows.length);
      expect(after.rows.slice(0, before.rows.length).map((row) => row.key)).toEqual(before.rows.map((row) => row.key));
    }
  });
});

test('one item event touches one row; rows and turns that did not change keep their identity', () => {
  check((log) => {
    for (const [event, before, after] of walk(log)) {
      const touched = before.rows.filter((row, index) => after.rows[index] !== row);
      if (!isTerminal(event)) expect(touched.length).toBeLessThanOrEqual(1);
      const others = isTerminal(event) ? touched.filter((row) => row.turnId !== event.turnId || !row.open) : [];
      expect(others).toEqual([]);
      expect(before.turns.filter((turn, i) => after.turns[i] !== turn && turn.turnId !== event.turnId)).toEqual([]);
    }
  });
});

const itemKinds: Readonly<Record<string, Row['kind']>> = {
  assistant_text: 'text',
  reasoning: 'reasoning',
  command_execution: 'command',
  file_change: 'file-change',
  mcp_call: 'mcp',
  tool_call: 'tool',
  web_search: 'web-search',
  subagent: 'subagent',
  plan_updated: 'plan',
};

test('every item is shown: of an unknown turn, of an ended one, beside other rows that bear its id', () => {
  check((log) => {
    for (const [event, , after] of walk(log)) {
      const kind = itemKinds[event.kind];
      if (kind === undefined) continue;
      const turn = event.turnId ?? event.aboutTurnId ?? null;
      const shown = after.rows.some(
        (row) => row.kind === kind && row.turnId === turn && row.itemId === (event.itemId ?? null),
      );
      expect(shown, JSON.stringify(event)).toBe(true);
    }
  });
});

const A = { turnId: turnId('A'), itemId: itemId('i') } as const;
const command = (more: object): EventBody =>
  ({ kind: 'command_execution', phase: 'started', status: 'in_progress', command: 'ls', ...more }) as EventBody;
const done: EventBody = { kind: 'turn_completed', durationMs: 1 };
const begun: Step = { turnId: A.turnId, body: started };
const rowsOf = (...steps: readonly Step[]): readonly Row[] => foldAll(empty, logOf(steps)).rows;

test('a completed text replaces its deltas', () => {
  const say = (words: string, isDelta: boolean): Step => {
    return { ...A, body: { kind: 'assistant_text', text: words, isDelta } };
  };
  expect(rowsOf(begun, say('Hel', true), say('lo', true))).toMatchObject([{ text: 'Hello', open: true }]);
  expect(rowsOf(begun, say('Hel', true), say('Hello!', false), say('x', true))).toMatchObject([
    { text: 'Hello!', open: false },
  ]);
});

test("an approval that bears its command's id does not swallow the command's end", () => {
  const ask = {
    kind: 'approval_requested',
    approvalId: 'p' as ApprovalId,
    subject: 'command',
    what: 'ls',
    why: null,
    decisions: [],
  } as const;
  const end = command({ phase: 'completed', status: 'completed', exitCode: 0 });
  expect(rowsOf(begun, { ...A, body: command({}) }, { ...A, body: ask }, { ...A, body: end })).toMatchObject([
    { kind: 'command', status: 'completed', open: false, exitCode: 0 },
    { kind: 'approval', open: true },
  ]);
});

test('a command that outlives its turn is cut off, then told by a late fact', () => {
  const late: Step = {
    itemId: A.itemId,
    aboutTurnId: A.turnId,
    body: command({ phase: 'completed', status: 'completed', output: 'all', exitCode: 0 }),
  };
  const before = [begun, { ...A, body: command({ outputDelta: 'a' }) }, { turnId: A.turnId, body: done }];
  expect(rowsOf(...before)).toMatchObject([{ open: false, cutOff: true, output: 'a' }]);
  expect(rowsOf(...before, { ...A, body: command({ outputDelta: 'b' }) })).toMatchObject([
    { output: 'a', open: false },
  ]);
  expect(rowsOf(...before, late)).toMatchObject([{ open: false, cutOff: false, output: 'all', exitCode: 0 }]);
});

test('a turn whose start was lost still shows how it ended', () => {
  const view = foldAll(
    empty,
    logOf([{ turnId: A.turnId, body: { kind: 'turn_interrupted', durationMs: 1, by: 'user' } }]),
  );
  expect(view).toMatchObject({
    turns: [{ state: 'interrupted' }],
    rows: [{ kind: 'interruption' }],
    activeTurnId: null,
  });
});

test('a prompt that was taken out of the queue is no turn and has no row', () => {
  const waits = { kind: 'user_message', text: 'later', attachments: [], delivery: 'queued' } as const;
  const taken = { kind: 'turn_interrupted', durationMs: 0, by: 'user' } as const;
  const log = logOf([
    { turnId: A.turnId, body: waits },
    { turnId: A.turnId, body: taken },
  ]);
  expect(foldAll(empty, log.slice(0, 1)).queued).toHaveLength(1);
  expect(foldAll(empty, log)).toMatchObject({ queued: [], turns: [], rows: [], activeTurnId: null });
});

test('a thread whose runtime was killed at work is not said to be at work for ever', () => {
  const active: Step = { ...A, body: { kind: 'thread_status_changed', status: { type: 'active', flags: [] } } };
  const statusOf = (...steps: readonly Step[]) => foldAll(empty, logOf(steps)).status;
  expect(statusOf(begun, active)).toEqual({ type: 'active', flags: [] });
  const killed: Step = { turnId: A.turnId, body: { kind: 'turn_interrupted', durationMs: 1, by: 'shutdown' } };
  expect(statusOf(begun, active, killed)).toBeNull();
  const idle: Step = { ...A, body: { kind: 'thread_status_changed', status: { type: 'idle' } } };
  expect(statusOf(begun, active, idle, { turnId: A.turnId, body: done })).toEqual({ type: 'idle' });
});

test('a long thread folds as a short one does, in one batch, event by event, and twice from the same view', () => {
  const many: Step[] = Array.from({ length: 70 }, () => ({ body: { kind: 'warning', source: 'process', text: 'w' } }));
  const shown = (rows: readonly Row[]) =>
    rows.map(({ key: _key, startedAt: _started, endedAt, ...row }) => ({ ...row, ended: endedAt !== null }));
  check((log, cut) => {
    const steps = log.map(({ v: _v, seq: _seq, at: _at, turnId: turn, itemId: item, aboutTurnId, ...rest }) => ({
      ...(turn === undefined ? {} : { turnId: turn }),
      ...(item === undefined ? {} : { itemId: item }),
      ...(aboutTurnId === undefined ? {} : { aboutTurnId }),
      body: rest as unknown as EventBody,
    }));
    const long = logOf([...many, ...steps]);
    const whole = foldAll(empty, long);
    expect(shown(whole.rows.slice(70))).toEqual(shown(foldAll(empty, log).rows));
    expect(long.reduce(fold, empty)).toEqual(whole);
    const half = foldAll(empty, long.slice(0, 70 + cut));
    const other = foldAll(half, logOf([...many, ...steps.toReversed()]));
    expect(foldAll(half, long)).toEqual(whole);
    expect(foldAll(half, logOf([...many, ...steps.toReversed()]))).toEqual(other);
  });
});

test('10,000 rows in batches cost no more than their number', () => {
  const body: EventBody = { kind: 'command_execution', phase: 'started', status: 'in_progress', command: 'ls' };
  const steps = (count: number): Step[] =>
    Array.from({ length: count }, (_, n) => ({ turnId: turnId(`T${n % 10}`), itemId: itemId(`i${n}`), body }));
  const log = logOf(steps(10_000));
  let lookedAt = 0;
  const rows = foldAll(empty, log).rows.map((row) => ({
    ...row,
    get itemId() {
      lookedAt++;
      return row.itemId;
    },
  }));
  let view: ThreadView = { ...empty, seq: 10_000, rows };
  for (const event of logOf(steps(10_200)).slice(10_000)) view = fold(view, event);
  expect(view.rows).toHaveLength(10_200);
  // Once for the index, then never again: a look at every row for every event would be two millions.
  expect(lookedAt).toBeLessThan(40_000);
});
