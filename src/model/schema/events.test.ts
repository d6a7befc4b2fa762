import fc from 'fast-check';
import { expect, test } from 'vitest';
import type * as z from 'zod';
import type { LogEvent } from '../index.ts';
import type { logEventSchema } from './events.ts';
import { parseLogLine } from './events.ts';
import { maxRawPayload, rawPayload } from './raw-payload.ts';

/** Schema and model say the same, both ways: a kind or a field added to one alone does not compile. */
type Fits<A, B> = A extends B ? true : never;
const outputFits: Fits<z.output<typeof logEventSchema>, LogEvent> = true;
const modelFits: Fits<LogEvent, z.input<typeof logEventSchema>> = true;
const kindsFit: Fits<LogEvent['kind'], z.output<typeof logEventSchema>['kind']> = true;

const envelope = {
  v: 1,
  seq: 3,
  at: '2026-01-02T03:04:05.678Z',
  provider: 'openai',
  laneId: 'api',
  transport: 'responses',
  threadId: 't1',
  turnId: 'u1',
};

test('schema and model fit', () => {
  expect([outputFits, modelFits, kindsFit]).toEqual([true, true, true]);
});

test.each([
  { kind: 'assistant_text', text: 'a', isDelta: true, itemId: 'i', newField: { kept: [1] } },
  { kind: 'thread_started', cwd: null, status: { type: 'active', flags: [], since: 4 } },
  { kind: 'tool_call', phase: 'started', name: 'n', arguments: null, status: 'failed' },
  { kind: 'usage_updated', usage: null, authority: 'responses-completed' },
  { kind: 'turn_interrupted', durationMs: 1, by: 'user' },
  {
    ...{ kind: 'approval_requested', approvalId: 'a', subject: 'command', what: 'ls', why: null },
    decisions: [{ id: 'accept', label: 'Allow', detail: 'ls', takesAnswers: true }],
    fields: [
      {
        ...{
          id: 'f',
          header: '',
          question: 'F?',
          input: 'integer',
          takesMany: false,
          isRequired: true,
          isSecret: true,
        },
        options: [{ value: 'x', label: 'X', description: null }],
      },
    ],
    grants: { decision: 'accept', kinds: ['thread', 'folder'] },
    near: { why: 'lapsed', command: 'ls', folder: '/w' },
  },
  {
    ...{ kind: 'approval_resolved', approvalId: 'a', decision: 'answer', decidedBy: 'user' },
    ...{ answers: { f: ['1'], g: [] }, grant: 'thread' },
  },
])('$kind is read as it was written, unknown fields kept', (body) => {
  const event = { ...envelope, ...body };
  expect(parseLogLine(JSON.stringify(event))).toEqual({ ok: true, event });
});

test.each([
  ['a kind of a newer release', { kind: 'hologram', beam: 'x' }, 'hologram'],
  ['a known kind whose body does not fit', { kind: 'turn_completed', durationMs: 'long' }, 'turn_completed'],
])('%s keeps its place and its words', (_name, body, rawType) => {
  const line = JSON.stringify({ ...envelope, ...body });
  expect(parseLogLine(line)).toEqual({
    ok: true,
    event: { ...envelope, kind: 'unsupported_raw_event', rawType, payload: line },
  });
});

test('an error code of a newer release still ends the turn', () => {
  const error = { code: 'quantum', message: 'm', retryable: false, hint: null };
  const read = parseLogLine(JSON.stringify({ ...envelope, kind: 'turn_failed', durationMs: 1, error }));
  expect(read).toMatchObject({ ok: true, event: { kind: 'turn_failed', error: { code: 'internal', message: 'm' } } });
});

test.each(['seq', 'at', 'laneId', 'threadId', 'v', 'kind'])('a line without %s is refused by that name', (field) => {
  const { [field]: _gone, ...rest } = { ...envelope, kind: 'turn_completed', durationMs: 1 } as Record<string, unknown>;
  const read = parseLogLine(JSON.stringify(rest));
  expect(read).toMatchObject({ ok: false, why: expect.stringContaining(`at ${field}`) });
});

test('no line throws', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      expect(typeof parseLogLine(line).ok).toBe('boolean');
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('a payload over 64 KiB is cut between characters and says so', () => {
  fc.assert(
    fc.property(fc.constantFrom('a', 'ü', '€', '😀'), fc.integer({ min: -3, max: 3 }), (character, more) => {
      const bytes = Buffer.byteLength(character);
      const text = character.repeat(Math.floor(maxRawPayload / bytes) + more);
      const kept = rawPayload(text);
      if (Buffer.byteLength(text) <= maxRawPayload) {
        expect(kept).toBe(text);
        return;
      }
      const [head = ''] = kept.split('… [cut: ');
      expect(text.startsWith(head)).toBe(true);
      expect(head.endsWith(character)).toBe(true);
      expect(maxRawPayload - Buffer.byteLength(head)).toBeLessThan(bytes);
    }),
    { seed: 6, numRuns: 100 },
  );
});
