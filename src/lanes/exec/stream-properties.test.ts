import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LogEvent } from '../../model/index.ts';
import { emptyThread, foldAll, threadId, turnErrorCodes, turnId } from '../../model/index.ts';
import { parseLogLine } from '../../model/schema/index.ts';
import type { Meta, RanCapture } from './testing/capture.ts';
import { bytesOf, captureNames, metaOf, runCapture } from './testing/capture.ts';
import type { WireLine } from './wire.ts';

// About a second a property; with CODEX_LANES_LONG=1 ten and more. Seeded: a failure comes again.
const long = process.env.CODEX_LANES_LONG === '1';
const patience = { timeout: long ? 300_000 : 60_000 };
const runs = (few: number) => ({ seed: 4, numRuns: long ? few * 20 : few });

const captures = captureNames.map((name) => ({ name, meta: metaOf(name), bytes: bytesOf(name) }));
const anyCapture = fc.constantFrom(...captures);
const decoder = new TextDecoder();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const linesOf = (whole: Uint8Array): readonly string[] => decoder.decode(whole).split('\n').slice(0, -1);
const join = (lines: readonly string[]): Uint8Array => bytes(lines.map((line) => `${line}\n`).join(''));

/** The same bytes in pieces; the places are taken modulo the length. */
function cutAt(whole: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const at = [0, ...places.map((place) => place % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  return at.slice(1).map((end, i) => whole.slice(at[i], end));
}

/** Lines that lead to no event by themselves: what they say is in the state, so it is looked for elsewhere. */
function isSilent(read: WireLine): boolean {
  if (read.kind !== 'event') return read.kind === 'empty';
  const { event } = read;
  switch (event.type) {
    case 'item.started':
    case 'item.updated':
    case 'item.completed':
      return event.item.type === 'error';
    default:
      return true;
  }
}

/** Every word that must be found again, whatever else is there. */
function wordsOf(read: WireLine): readonly string[] {
  if (read.kind === 'not-json' || read.kind === 'unknown') return [read.raw.slice(0, 1500)];
  if (read.kind !== 'event') return [];
  const { event } = read;
  switch (event.type) {
    case 'turn.failed':
      return [event.error.message];
    case 'error':
      return [event.message];
    case 'thread.started':
      return [event.thread_id];
    case 'item.started':
    case 'item.updated':
    case 'item.completed':
      if (event.item.type === 'agent_message' || event.item.type === 'reasoning') return [event.item.text];
      return event.item.type === 'error' ? [event.item.message] : [];
    default:
      return [];
  }
}

/** All texts that came out, whole. */
function textsOf({ events, end, state }: RanCapture): readonly string[] {
  const told: string[] = [];
  const collect = (value: unknown): void => {
    if (typeof value === 'string') told.push(value);
    else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) collect(part);
  };
  collect([events, end, state.thread]);
  // The words of a failure that was overruled by a later fact (a stop, another thread) stay in the state for the log.
  collect(state.end);
  return told;
}

/** A log as the engine would write it. */
function logOf({ events, end }: RanCapture): readonly LogEvent[] {
  const started = {
    kind: 'turn_started',
    ...{ model: null, effort: null, cwd: '/w', sandbox: null, approvalPolicy: null },
  };
  const last =
    end.outcome === 'completed'
      ? { kind: 'turn_completed', durationMs: 1 }
      : end.outcome === 'failed'
        ? { kind: 'turn_failed', durationMs: 1, error: end.error }
        : { kind: 'turn_interrupted', durationMs: 1, by: 'user' };
  return [started, ...events, last].map((body, i) => ({
    v: 1,
    seq: i + 1,
    at: '2026-01-01T00:00:00.000Z',
    provider: 'codex',
    laneId: 'codex-native',
    transport: 'exec',
    threadId: threadId('th'),
    turnId: turnId('t1'),
    ...body,
  })) as unknown as readonly LogEvent[];
}

/** What holds of every stream, however broken. */
function holds(ran: RanCapture): void {
  const { end, lines } = ran;
  if (end.outcome === 'failed') {
    expect(turnErrorCodes).toContain(end.error.code);
    expect(end.error.message).not.toBe('');
  }
  const texts = textsOf(ran);
  for (const { read, events } of lines) {
    if (!isSilent(read)) expect(events.length).toBeGreaterThan(0);
    for (const word of wordsOf(read)) expect(texts.some((text) => text.includes(word))).toBe(true);
  }
  const log = logOf(ran);
  for (const event of log) {
    const read = parseLogLine(JSON.stringify(event));
    expect(read.ok ? read.event.kind : read.why).toBe(event.kind);
  }
  const view = foldAll(emptyThread(threadId('th')), log);
  expect(view.seq).toBe(log.length);
  expect(view.turns.map((turn) => turn.state)).toEqual([end.outcome]);
  expect(view.rows.filter((row) => row.open)).toEqual([]);
}

describe('a stream of the real binary', () => {
  test('is read the same in whatever pieces it comes, also when it breaks off', patience, () => {
    fc.assert(
      fc.property(anyCapture, fc.nat(), fc.array(fc.nat(), { maxLength: 8 }), ({ name, meta, bytes }, cut, places) => {
        const whole = bytes.subarray(0, cut % (bytes.length + 1));
        const ran = runCapture(name, meta, [whole]);
        holds(ran);
        expect(runCapture(name, meta, cutAt(whole, places))).toEqual(ran);
      }),
      runs(2500),
    );
  });

  test('is read the same byte by byte', patience, () => {
    const some = long ? captures : captures.filter((_, i) => i % 8 === 0);
    for (const { name, meta, bytes } of some) {
      const single = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
      expect(runCapture(name, meta, single)).toEqual(runCapture(name, meta, [bytes]));
    }
  });

  const cutEverywhere = ['exec-tools-workspace-write', 'fail-429', 'opt-resume', 'sig-int', 'exec-text'];

  test('can break off at every byte', patience, () => {
    const some = long ? captures : captures.filter(({ name }) => cutEverywhere.some((start) => name.startsWith(start)));
    expect(some.length).toBeGreaterThan(4);
    for (const { name, meta, bytes } of some) {
      const step = Math.max(1, Math.floor(bytes.length / (long ? 2000 : 150)));
      // Around the ends of lines every byte, in between some.
      const ends = Array.from(bytes, (byte, i) => (byte === 0x0a ? i : -1)).filter((i) => i >= 0);
      const places = new Set(ends.flatMap((i) => [i - 1, i, i + 1]));
      for (let i = 0; i <= bytes.length; i += step) places.add(i);
      for (const place of places) holds(runCapture(name, meta, [bytes.subarray(0, place)]));
    }
  });
});

test('lines of two runs in any order: nothing is lost, the thread stays the first', patience, () => {
  fc.assert(
    fc.property(anyCapture, anyCapture, fc.infiniteStream(fc.boolean()), (one, other, which) => {
      const left = [...linesOf(one.bytes)];
      const right = [...linesOf(other.bytes)];
      const mixed: string[] = [];
      for (const first of which) {
        const line = (first ? left : right).shift() ?? (first ? right : left).shift();
        if (line === undefined) break;
        mixed.push(line);
      }
      const ran = runCapture(one.name, one.meta, [join(mixed)]);
      holds(ran);
      const threads = ran.lines.flatMap(({ read }) =>
        read.kind === 'event' && read.event.type === 'thread.started' ? [read.event.thread_id] : [],
      );
      expect(ran.state.thread).toBe(threads[0] ?? null);
      for (const id of threads.slice(1)) if (id !== threads[0]) expect(JSON.stringify(ran.events)).toContain(id);
    }),
    runs(2000),
  );
});

type Spoil = (line: Uint8Array) => Uint8Array;

const replaced = (line: Uint8Array, at: number, put: readonly number[], drop: number): Uint8Array => {
  const from = line.length === 0 ? 0 : at % line.length;
  return Uint8Array.from([...line.subarray(0, from), ...put, ...line.subarray(from + drop)]);
};

/** A JSON value at a random place taken out or put in another's stead; a line that is no JSON stays. */
const inJson = (at: number, put: unknown, drop: boolean): Spoil => {
  return (line) => {
    let places = 0;
    const visit = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null) return value;
      if (Array.isArray(value)) return value.map(visit);
      const entries = Object.entries(value).flatMap(([key, part]): [string, unknown][] => {
        places += 1;
        if (places - 1 === at) return drop ? [] : [[key, put]];
        return [[key, visit(part)]];
      });
      return Object.fromEntries(entries);
    };
    try {
      return bytes(JSON.stringify(visit(JSON.parse(decoder.decode(line)))));
    } catch {
      return line;
    }
  };
};

const odd = fc.constantFrom('\u2028', '\u2029', '\0', '\ufffd', '\ufeff', '\ud800', '"', '\\', '\r', '{}', '💥');
const spoil: fc.Arbitrary<Spoil> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat(255)).map(
    ([at, byte]): Spoil =>
      (line) =>
        replaced(line, at, [byte], 1),
  ),
  fc.tuple(fc.nat(), fc.nat(255)).map(
    ([at, byte]): Spoil =>
      (line) =>
        replaced(line, at, [byte], 0),
  ),
  fc.tuple(fc.nat(), fc.nat(40)).map(
    ([at, drop]): Spoil =>
      (line) =>
        replaced(line, at, [], drop),
  ),
  fc.tuple(fc.nat(), odd).map(
    ([at, text]): Spoil =>
      (line) =>
        replaced(line, at, [...bytes(text)], 0),
  ),
  fc.tuple(fc.nat(12), odd).map(([at, text]) => inJson(at, text, false)),
  fc.tuple(fc.nat(12), fc.jsonValue({ maxDepth: 2 })).map(([at, value]) => inJson(at, value, false)),
  fc.nat(12).map((at) => inJson(at, null, true)),
  fc.constant<Spoil>((line) => Uint8Array.from(Buffer.from(decoder.decode(line), 'utf16le'))),
  fc.constant<Spoil>((line) => Uint8Array.from([...line, 0x0a, ...line])),
  fc.constant<Spoil>((line) => Uint8Array.from([0xef, 0xbb, 0xbf, ...line])),
  fc.constant<Spoil>(() => new Uint8Array()),
);

test('lines that are spoiled in any way: nothing throws, nothing is lost, the turn ends once', patience, () => {
  const hits = fc.array(fc.tuple(fc.nat(), spoil), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      anyCapture,
      hits,
      fc.array(fc.nat(), { maxLength: 4 }),
      ({ name, meta, bytes: whole }, spoils, places) => {
        const lines = linesOf(whole).map(bytes);
        if (lines.length === 0) lines.push(new Uint8Array());
        for (const [at, change] of spoils) {
          const i = at % lines.length;
          lines[i] = change(lines[i] ?? new Uint8Array());
        }
        const stream = Uint8Array.from(lines.flatMap((line) => [...line, 0x0a]));
        const ran = runCapture(name, meta, [stream]);
        holds(ran);
        expect(runCapture(name, meta, cutAt(stream, places))).toEqual(ran);
      },
    ),
    runs(3000),
  );
});

test('what was said survives U+2028, U+2029 and NUL in the middle of it', patience, () => {
  const text = fc.string({
    unit: fc.oneof(odd, fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 })),
    maxLength: 8,
  });
  const message = (id: number, said: string) => ({
    type: 'item.completed',
    item: { id: `item_${id}`, type: 'agent_message', text: said },
  });
  const meta: Meta = { exitCode: 0, signal: null, stderr: '' };
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), fc.array(fc.nat(), { maxLength: 6 }), (texts, places) => {
      const stream = join([...texts.map((said, i) => JSON.stringify(message(i, said))), '{"type":"turn.completed"}']);
      const ran = runCapture('made', meta, cutAt(stream, places));
      expect(ran.events.map((event) => event.kind === 'assistant_text' && event.text)).toEqual(texts);
      expect(ran.end).toEqual({ outcome: 'completed' });
    }),
    runs(2000),
  );
});
