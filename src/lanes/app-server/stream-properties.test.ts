import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { emptyThread, foldAll, threadId, turnErrorCodes } from '../../model/index.ts';
import { parseLogLine } from '../../model/schema/index.ts';
import type { ToldCall } from './testing/replayed.ts';
import { captureNames, linesOf, logsOf, rawLinesOf, replayed, threadIdOf } from './testing/replayed.ts';

// About a second a property; with CODEX_LANES_LONG=1 ten and more. Seeded: a failure comes again.
const long = process.env.CODEX_LANES_LONG === '1';
const runs = (few: number) => ({ seed: 6, numRuns: long ? few * 20 : few });

const streams = captureNames.flatMap((name) => [linesOf(name), rawLinesOf(name, 'both'), rawLinesOf(name, 'server')]);
const anyStream = fc.constantFrom(...streams);

/** What holds of every stream, however broken. */
function holds(calls: readonly ToldCall[]): void {
  const begun = calls.flatMap((call) => (call.call === 'begin' ? [call.place.turnId] : []));
  const ended = calls.flatMap((call) => (call.call === 'end' ? [call.place.turnId] : []));
  expect(new Set(begun).size).toBe(begun.length);
  expect(ended.toSorted()).toEqual(begun.toSorted());
  for (const [id, log] of logsOf(calls)) {
    expect(log[0]?.kind).toBe('thread_started');
    let running: string | undefined;
    for (const event of log) {
      const read = parseLogLine(JSON.stringify(event));
      expect(read.ok ? read.event.kind : read.why).toBe(event.kind);
      if (event.kind === 'turn_started') {
        expect(running).toBeUndefined();
        running = event.turnId;
      }
      // What is of a turn comes while it runs.
      if (event.turnId !== undefined) expect(event.turnId).toBe(running);
      if (/^turn_(completed|failed|interrupted)$/.test(event.kind)) running = undefined;
      if (event.kind === 'turn_failed') expect(turnErrorCodes).toContain(event.error.code);
    }
    expect(running).toBeUndefined();
    const view = foldAll(emptyThread(threadId(id)), log);
    expect(view.seq).toBe(log.length);
    expect(view.turns.filter(({ state }) => state === 'running')).toEqual([]);
    expect(view.rows.filter((row) => row.open)).toEqual([]);
  }
}

describe('a stream of the real app-server', () => {
  test('can stop at any line and at any byte of one: what runs ends once, what was told before stays', () => {
    fc.assert(
      fc.property(anyStream, fc.nat(), fc.nat(), (lines, cutLine, cutByte) => {
        const at = cutLine % (lines.length + 1);
        const torn = lines[at];
        const rest = torn === undefined || cutByte % 3 === 0 ? [] : [torn.slice(0, cutByte % torn.length)];
        const told = replayed([...lines.slice(0, at), ...rest]);
        holds(told);
        const begun = (calls: readonly ToldCall[]) => calls.filter(({ call }) => call === 'begin');
        expect(begun(replayed(lines)).slice(0, begun(told).length)).toEqual(begun(told));
      }),
      runs(150),
    );
  });

  test('may begin in the middle', () => {
    fc.assert(
      fc.property(anyStream, fc.nat(), (lines, from) => holds(replayed(lines.slice(from % lines.length)))),
      runs(100),
    );
  });

  test('may hold what nobody knows between any two lines: the rest is told as before', () => {
    const word = fc.constantFrom(
      'item/dance',
      'turn/paused',
      'thread/folded',
      'brand/new',
      'constructor',
      'toString',
      '__proto__',
      '',
    );
    const stranger = fc.oneof(
      fc.tuple(word, fc.jsonValue({ maxDepth: 2 })).map(([method, params]) => JSON.stringify({ method, params })),
      word.map((method) => JSON.stringify({ dir: '<', msg: { method, id: 'x' } })),
      fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.stringify(value)),
      fc.constantFrom('panicked at src/main.rs', '{"method":', '\u2028', '{}', '[]', 'null'),
    );
    const isKnown = (call: ToldCall): boolean =>
      call.call !== 'event' ||
      !(
        call.event.kind === 'unsupported_raw_event' ||
        (call.event.kind === 'warning' && call.event.text.includes('not JSON'))
      );
    fc.assert(
      fc.property(anyStream, fc.array(fc.tuple(fc.nat(), stranger), { maxLength: 6 }), (lines, strangers) => {
        const mixed = [...lines];
        for (const [at, line] of strangers) mixed.splice(at % (mixed.length + 1), 0, line);
        const told = replayed(mixed);
        holds(told);
        expect(told.filter(isKnown)).toEqual(replayed(lines));
      }),
      runs(100),
    );
  });

  test('may be spoiled at any place of any message: nothing throws, each turn ends once', () => {
    const spoilt = fc.tuple(fc.nat(), fc.nat(14), fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constant(undefined)));
    fc.assert(
      fc.property(anyStream, fc.array(spoilt, { minLength: 1, maxLength: 5 }), (lines, spoils) => {
        const mixed = [...lines];
        for (const [at, place, put] of spoils) {
          const i = at % mixed.length;
          mixed[i] = withPut(mixed[i] ?? '', place, put);
        }
        holds(replayed(mixed));
      }),
      runs(150),
    );
  });

  test('may lose or repeat any line', () => {
    fc.assert(
      fc.property(anyStream, fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 6 }), (lines, changes) => {
        const mixed = [...lines];
        for (const [at, isTwice] of changes) {
          const i = at % mixed.length;
          mixed.splice(i, 1, ...(isTwice ? [mixed[i] ?? '', mixed[i] ?? ''] : []));
          if (mixed.length === 0) break;
        }
        holds(replayed(mixed));
      }),
      runs(150),
    );
  });
});

/** The value at one place of a JSON text taken out, or another in its stead. */
function withPut(line: string, at: number, put: unknown): string {
  let places = 0;
  const visit = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(visit);
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, part]): [string, unknown][] => {
        places += 1;
        if (places - 1 === at) return put === undefined ? [] : [[key, put]];
        return [[key, visit(part)]];
      }),
    );
  };
  return JSON.stringify(visit(JSON.parse(line)));
}

describe('threads that speak at once', () => {
  type Line = {
    readonly dir: string;
    readonly msg: { id?: unknown; method?: string; params?: { threadId?: unknown; thread?: unknown } };
  };

  /** A capture as one of several threads of one server: ids of its own, nothing that is of no thread. */
  function streamOf(name: string): readonly string[] {
    return linesOf(name).flatMap((text) => {
      const line = JSON.parse(text) as Line;
      const { msg } = line;
      const isOfServer = msg.method === 'initialize' || msg.method === 'initialized' || text.includes('"codexHome"');
      const isOfNone = msg.id === undefined && msg.params?.threadId === undefined && msg.params?.thread === undefined;
      if (isOfServer || isOfNone) return [];
      const { requestId } = (msg.params ?? {}) as { readonly requestId?: unknown };
      const params = requestId === undefined ? msg.params : { ...msg.params, requestId: `${name}${String(requestId)}` };
      const id = msg.id === undefined ? {} : { id: `${name}${String(msg.id)}` };
      return [JSON.stringify({ ...line, msg: { ...msg, ...id, ...(params === undefined ? {} : { params }) } })];
    });
  }

  /** What each thread was told, with the ids that it would have alone. */
  function byThread(calls: readonly ToldCall[]): ReadonlyMap<string, string> {
    const texts = new Map<string, string[]>();
    for (const call of calls)
      texts.set(threadIdOf(call), [...(texts.get(threadIdOf(call)) ?? []), JSON.stringify(call)]);
    return new Map(
      [...texts].map(([id, lines]) => {
        const turns: string[] = [];
        const text = lines
          .join('\n')
          .replaceAll(id, 'thread')
          .replace(/turn-\d+/g, (turn) => {
            if (!turns.includes(turn)) turns.push(turn);
            return `turn#${turns.indexOf(turn)}`;
          });
        return [/"nativeThreadId":"([^"]+)"/.exec(text)?.[1] ?? id, text];
      }),
    );
  }

  const apart = ['as-approvals', 'as-handshake-turn', 'as-plugin-mcp', 'as-steer-interrupt'];

  test('are told apart, however their messages are mixed: each as if it were alone', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(apart, { minLength: 2, maxLength: 3 }),
        fc.array(fc.nat(), { minLength: 20, maxLength: 200 }),
        (names, which) => {
          const left = names.map((name) => [...streamOf(name)]);
          const mixed: string[] = [];
          for (let i = 0; left.some((lines) => lines.length > 0); i += 1) {
            const open = left.filter((lines) => lines.length > 0);
            const line = open[(which[i % which.length] ?? 0) % open.length]?.shift();
            if (line !== undefined) mixed.push(line);
          }
          const told = replayed(mixed);
          holds(told);
          const alone = new Map(names.flatMap((name) => [...byThread(replayed(streamOf(name)))]));
          expect(byThread(told)).toEqual(alone);
          expect(alone.size).toBe(names.length);
        },
      ),
      runs(40),
    );
  });

  test('a sub-agent’s thread is one of its own, and nothing of it is its parent’s', () => {
    const message = (threadId: string, text: string) => ({
      method: 'item/completed',
      params: { threadId, turnId: `${threadId}-turn`, item: { type: 'agentMessage', id: 'm', text } },
    });
    const began = (threadId: string) => ({
      method: 'turn/started',
      params: { threadId, turn: { id: `${threadId}-turn`, status: 'inProgress' } },
    });
    const over = (threadId: string) => ({
      method: 'turn/completed',
      params: { threadId, turn: { id: `${threadId}-turn`, status: 'completed' } },
    });
    const spawned = {
      method: 'item/completed',
      params: {
        ...{ threadId: 'parent', turnId: 'parent-turn' },
        item: {
          type: 'collabAgentToolCall',
          id: 'c',
          tool: 'spawnAgent',
          status: 'completed',
          senderThreadId: 'parent',
          receiverThreadIds: ['child'],
          prompt: 'Look',
          agentsStates: {},
        },
      },
    };
    const child = {
      method: 'thread/started',
      params: { thread: { id: 'child', parentThreadId: 'parent', status: { type: 'idle' } } },
    };
    const said = [
      began('parent'),
      child,
      spawned,
      began('child'),
      message('child', 'mine'),
      message('parent', 'ours'),
      over('child'),
      over('parent'),
    ];
    const told = replayed(said.map((one) => JSON.stringify(one)));
    holds(told);
    const texts = told.flatMap((call) =>
      call.call === 'event' && call.event.kind === 'assistant_text'
        ? [[call.event.nativeThreadId, call.place.threadId, call.event.text]]
        : [],
    );
    expect(texts).toEqual([
      ['child', 'thread-2', 'mine'],
      ['parent', 'thread-1', 'ours'],
    ]);
    expect(told.filter((call) => call.call === 'event' && call.event.kind === 'subagent')).toMatchObject([
      { place: { threadId: 'thread-1' }, event: { receivers: ['child'], prompt: 'Look' } },
    ]);
  });
});
