import { expect, test } from 'vitest';
import type { EventBody, LogEvent, Receipt } from '../model/index.ts';
import { nativeThreadId, requestId, threadId, turnId } from '../model/index.ts';
import { transcriptRows } from './rows.ts';

const thread = threadId('t-1');
const native = nativeThreadId('01a1fce4-3abc-7810-8043-25bd82fc3468');

const receipt: Receipt = {
  asked: 'codex-native',
  resolved: 'codex-native',
  trace: [],
  transport: 'exec',
  executable: { path: '/opt/codex', source: 'env', version: 'codex-cli 0.169.0' },
  endpoint: null,
  payer: null,
  modelAsked: 'gpt-5.5',
  modelServed: 'unknown',
  effort: null,
  sandbox: 'read-only',
  approvalPolicy: 'never',
  cwd: '/w',
  nativeThreadId: native,
  completionPolicy: 'ephemeral',
  historyCompleteness: 'live-only',
  usage: { input: 12, cachedInput: 10, output: 3, reasoningOutput: 1, cacheWrite: 0 },
  usageAuthority: 'live-turn-completed',
  exitCode: 0,
  killStep: 'none',
  warnings: { config: 1 },
  durations: { queueMs: 0, firstEventMs: 1, firstTextMs: 1, totalMs: 2 },
  seal: 'x',
};

const answered: readonly EventBody[] = [
  { kind: 'warning', source: 'config', text: 'a setting is ignored' },
  { kind: 'assistant_text', text: 'Hello', isDelta: false },
];

/** A thread with one turn: its prompt, what is given, its end, its receipt. */
function oneTurn(bodies: readonly EventBody[], end: EventBody, of: Receipt): readonly LogEvent[] {
  const turn = turnId('u-1');
  const about = { turnId: turn, aboutTurnId: turn };
  const where = { provider: 'codex', laneId: 'codex-native', transport: 'exec', threadId: thread } as const;
  const all: readonly EventBody[] = [
    { kind: 'thread_started', cwd: '/w' },
    { kind: 'user_message', text: 'Hi', attachments: [], delivery: 'start' },
    { kind: 'turn_started', model: null, effort: null, cwd: '/w', sandbox: 'read-only', approvalPolicy: 'never' },
    ...bodies,
    end,
    { kind: 'receipt', receipt: of, aboutTurnId: turn },
  ];
  return all.map((body, index) => {
    const at = new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString();
    const ids = body.kind === 'thread_started' ? {} : { turnId: turn, requestId: requestId('r-1') };
    return { v: 1, seq: index + 1, at, ...where, ...ids, ...body, ...(body.kind === 'receipt' ? about : {}) };
  });
}

const completed: EventBody = { kind: 'turn_completed', durationMs: 2 };
const failed: EventBody = {
  kind: 'turn_failed',
  durationMs: 2,
  error: { code: 'stream_cut', message: 'cut', retryable: true, hint: null },
};

const shape = (events: readonly LogEvent[]) => transcriptRows(events, '0.1.0').map((row) => row.subtype ?? row.type);

test('a native turn: prompt, running, warnings, answer, summary, completed', () => {
  const rows = transcriptRows(oneTurn(answered, completed, receipt), '0.1.0');
  expect(rows.map(({ type, subtype, level, content }) => [type, subtype, level, content])).toEqual([
    ['user', undefined, undefined, undefined],
    ['system', 'codex_native_thread_status', 'info', `Codex native thread started: ${native}`],
    ['system', 'codex_native_warning', 'warning', 'a setting is ignored'],
    ['assistant', undefined, undefined, undefined],
    [
      'system',
      'codex_native_execution_summary',
      'info',
      `Codex native execution summary: thread=${native}, completion=ephemeral, history=live-only, usageAuthority=live-turn-completed, binary=codex-cli 0.169.0`,
    ],
    ['system', 'codex_native_thread_status', 'info', `Codex native thread completed: ${native}`],
  ]);
  const [user, , warning, assistant, summary] = rows;
  expect(user).toMatchObject({ parentUuid: null, sessionId: thread, cwd: '/w', version: '0.1.0', isSidechain: false });
  expect(warning).toMatchObject({ parentUuid: null, codexNativeWarningSource: 'config', codexNativeThreadId: native });
  expect(assistant).toMatchObject({
    parentUuid: user?.uuid,
    requestId: 'r-1',
    message: {
      role: 'assistant',
      model: 'unknown',
      stop_reason: 'end_turn',
      usage: { input_tokens: 12, cache_read_input_tokens: 10, output_tokens: 3 },
      content: [{ type: 'text', text: 'Hello' }],
    },
  });
  expect(summary).toMatchObject({
    codexNativeCompletionPolicy: 'ephemeral',
    codexNativeHistoryCompleteness: 'live-only',
    codexNativeFinalUsageAuthority: 'live-turn-completed',
    codexNativeExecutablePath: '/opt/codex',
    codexNativeExecutableSource: 'env',
    codexNativeExecutableVersion: 'codex-cli 0.169.0',
  });
});

test('equal events give equal rows, and every row has an id of its own', () => {
  const events = oneTurn(answered, completed, receipt);
  const rows = transcriptRows(events, '0.1.0');
  expect(transcriptRows(events, '0.1.0')).toEqual(rows);
  expect(new Set(rows.map(({ uuid }) => uuid)).size).toBe(rows.length);
  for (const { uuid } of rows)
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('a turn that failed is summarized and never called completed', () => {
  expect(shape(oneTurn([], failed, { ...receipt, usage: null, usageAuthority: null }))).toEqual([
    'user',
    'codex_native_thread_status',
    'codex_native_execution_summary',
  ]);
});

test('a turn for which no native thread was named has no native rows', () => {
  expect(shape(oneTurn([], failed, { ...receipt, nativeThreadId: null }))).toEqual(['user']);
  const api = { ...receipt, resolved: 'api', transport: 'responses', nativeThreadId: null } as const;
  expect(shape(oneTurn(answered, completed, api))).toEqual(['user', 'assistant']);
});

test('no events, no rows', () => expect(transcriptRows([], '0.1.0')).toEqual([]));

/** Turns one after the other in one thread, each as {@link oneTurn} makes it, under ids and times of its own. */
function turnsOf(...turns: readonly (readonly LogEvent[])[]): readonly LogEvent[] {
  return turns
    .flatMap((events, n) =>
      events
        .filter((event) => n === 0 || event.kind !== 'thread_started')
        .map((event) => renamed(event, turnId(`u-${n + 1}`))),
    )
    .map((event, i) => ({ ...event, seq: i + 1 }));
}

function renamed(event: LogEvent, id: ReturnType<typeof turnId>): LogEvent {
  const turn = event.turnId === undefined ? event : { ...event, turnId: id };
  return turn.kind === 'receipt' ? { ...turn, aboutTurnId: id } : turn;
}

const statuses = (events: readonly LogEvent[]) =>
  transcriptRows(events, '0.1.0')
    .filter((row) => row.type === 'system')
    .map((row) => row.content);
const started = `Codex native thread started: ${native}`;
const completion = `Codex native thread completed: ${native}`;
const summary = expect.stringContaining('execution summary');

test('a turn that was stopped began, is summarized, and did not complete', () => {
  const interrupted: EventBody = { kind: 'turn_interrupted', durationMs: 2, by: 'user' };
  const unsaid = { ...receipt, usage: null, usageAuthority: null };
  expect(statuses(oneTurn([], interrupted, unsaid))).toEqual([started, summary]);
});

test('a resumed turn that failed before Codex named the thread is summarized, and not called started', () => {
  const unsaid = { ...receipt, usage: null, usageAuthority: null };
  const first = oneTurn([], completed, receipt);
  expect(statuses(turnsOf(first, oneTurn([], failed, unsaid)))).toEqual([started, summary, completion, summary]);
  const named = oneTurn(answered, failed, unsaid).map((event) =>
    event.kind === 'assistant_text' ? { ...event, nativeThreadId: native } : event,
  );
  expect(statuses(turnsOf(first, named)).slice(3)).toEqual([started, 'a setting is ignored', summary]);
  const mismatched = named.map((event) =>
    event.nativeThreadId === undefined ? event : { ...event, nativeThreadId: nativeThreadId('another') },
  );
  expect(statuses(turnsOf(first, mismatched)).slice(3)).toEqual(['a setting is ignored', summary]);
});

test('a turn whose process died has the status that the runtime told, and no summary', () => {
  const shutdown: EventBody = { kind: 'turn_interrupted', durationMs: 0, by: 'shutdown' };
  const events = oneTurn(answered, shutdown, receipt)
    .filter((event) => event.kind !== 'receipt')
    .map((event) => (event.kind === 'assistant_text' ? { ...event, nativeThreadId: native } : event));
  expect(statuses(events)).toEqual([started, 'a setting is ignored']);
});

test('what a fork copied keeps the other thread’s native id and bears the fork’s session', () => {
  const other = nativeThreadId('01a1fd86-a0ec-7e13-959c-d1f19eeeed8a');
  const copied = turnsOf(oneTurn([], completed, { ...receipt, completionPolicy: 'persistent' }));
  const [first] = copied;
  if (first === undefined) throw new Error('no events');
  const forked: LogEvent = {
    ...first,
    kind: 'thread_forked',
    from: { threadId: 'parent', title: 'Hi', nativeThreadId: native },
    seq: copied.length + 1,
  };
  const own = oneTurn(answered, completed, { ...receipt, nativeThreadId: other, completionPolicy: 'persistent' })
    .slice(1)
    .map((event, i) => ({ ...renamed(event, turnId('u-2')), seq: forked.seq + 1 + i }));
  const rows = transcriptRows([...copied, forked, ...own], '0.1.0');
  expect(rows.flatMap((row) => row.codexNativeThreadId ?? [])).toEqual([
    native,
    native,
    native,
    other,
    other,
    other,
    other,
  ]);
  expect(new Set(rows.map((row) => row.sessionId))).toEqual(new Set([thread]));
  expect(rows.filter((row) => row.type !== 'system').map((row) => row.type)).toEqual(['user', 'user', 'assistant']);
});

test.each([
  ['ephemeral', 'live-only'],
  ['persistent', 'explicit-hydration-required'],
] as const)('a summary names the policy: %s', (completionPolicy, historyCompleteness) => {
  const [, summaryOf] = statuses(oneTurn([], completed, { ...receipt, completionPolicy, historyCompleteness }));
  expect(summaryOf).toContain(`completion=${completionPolicy}, history=${historyCompleteness}`);
});

test('many turns cost no more a turn than few', () => {
  let looks = 0;
  const looksAt = (turns: number): number => {
    const one = oneTurn(answered, completed, receipt);
    const events = Array.from({ length: turns }, (_, i) =>
      one.map((event, j): LogEvent => {
        const id = turnId(`u-${i}`);
        const about = event.kind === 'receipt' ? { aboutTurnId: id } : {};
        const seq = i * one.length + j + 1;
        if (event.turnId === undefined) return { ...event, seq };
        return Object.defineProperty({ ...event, ...about, seq }, 'turnId', {
          get: () => {
            looks += 1;
            return id;
          },
        });
      }),
    ).flat();
    looks = 0;
    expect(transcriptRows(events, '1').filter(({ type }) => type === 'assistant')).toHaveLength(turns);
    return looks;
  };
  expect(looksAt(200)).toBe(10 * looksAt(20));
});

test('what nobody typed is a user row that says so', () => {
  const events = oneTurn(answered, completed, receipt).map(
    (event): LogEvent => (event.kind === 'user_message' ? { ...event, act: { kind: 'compact' } } : event),
  );
  const metaOf = (log: readonly LogEvent[]) =>
    transcriptRows(log, '1').flatMap(({ type, isMeta }) => (type === 'user' ? [isMeta] : []));
  expect(metaOf(events)).toEqual([true]);
  expect(metaOf(oneTurn(answered, completed, receipt))).toEqual([false]);
});
