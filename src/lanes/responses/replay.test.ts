import { expect, test } from 'vitest';
import type { LaneEvent } from '../../model/index.ts';
import type { ReplayedEnd } from '../../ports/index.ts';
import { replayResponses } from './replay.ts';
import { writeMark } from './round-mark.ts';
import { spec, talk } from './testing/talk.ts';

const call = (callId: string) => ({
  type: 'function_call',
  id: callId,
  call_id: callId,
  name: 'look',
  arguments: '{}',
});
const says = (text: string) => ({ type: 'message', id: 'm', content: [{ type: 'output_text', text }] });

async function replayed(lines: readonly string[]) {
  const turns: { readonly events: LaneEvent[]; end: ReplayedEnd | null }[] = [];
  const body = (async function* () {
    yield new TextEncoder().encode(lines.map((line) => `${line}\n`).join(''));
  })();
  await replayResponses(body, {
    begin: () => void turns.push({ events: [], end: null }),
    event: (event) => void turns.at(-1)?.events.push(event),
    end: (end) => {
      const turn = turns.at(-1);
      if (turn !== undefined) turn.end = end;
    },
  });
  return turns;
}

const texts = (events: readonly LaneEvent[]) =>
  events.flatMap((event) => (event.kind === 'assistant_text' ? [event.text] : []));

test('the rounds of a turn are one turn when its stream is read again', async () => {
  const t = await talk({
    answers: [[says('First.'), call('a')], [call('b')], [says('Done.')]],
    tools: [spec('look')],
  });
  const [turn, ...more] = await replayed(t.kept);
  expect(more).toEqual([]);
  expect(turn?.end).toEqual({ outcome: 'completed' });
  expect(texts(turn?.events ?? [])).toEqual(['First.', 'Done.']);
  const calls = turn?.events.filter(({ kind }) => kind === 'tool_call') ?? [];
  expect(calls).toMatchObject([
    { phase: 'started', name: 'look' },
    { phase: 'completed', name: 'look', status: 'completed' },
    { phase: 'started', name: 'look' },
    { phase: 'completed', name: 'look', status: 'completed' },
  ]);
  expect(new Set(calls.map(({ itemId }) => itemId)).size).toBe(2);
  expect(turn?.events.filter(({ kind }) => kind === 'warning')).toEqual([]);
  const usage = turn?.events.findLast((event) => event.kind === 'usage_updated');
  expect(usage).toMatchObject({ usage: t.end.facts.usage });
});

test('a message that is taken behind the last answer goes on with the turn', async () => {
  const steer = { text: 'and?', attachments: [], settle: () => undefined };
  const t = await talk({ answers: [[says('One.')], [says('Two.')]], tools: [], steers: { 1: steer } });
  const turns = await replayed(t.kept);
  expect(turns.map(({ events }) => texts(events))).toEqual([['One.', 'Two.']]);
});

test('a summary is no answer, whatever stood before it; without a mark a stream is a turn of its own', async () => {
  const answer = (text: string): readonly string[] =>
    [
      { type: 'response.created', response: {} },
      { type: 'response.output_item.done', output_index: 0, item: says(text) },
      { type: 'response.completed', response: {} },
    ].flatMap((event) => [`data: ${JSON.stringify(event)}`, '']);
  const kept: string[] = [];
  const raw = { line: (text: string) => void kept.push(text), end: async () => undefined };
  writeMark(raw, { isSummary: true });
  kept.push(...answer('In short.'));
  // Cut off in the middle of an event.
  kept.push('data: {"type":"resp');
  writeMark(raw, { isSummary: false });
  kept.push(...answer('Hello.'), ...answer('Another turn.'));
  const turns = await replayed(kept);
  expect(turns.map(({ events }) => texts(events))).toEqual([['Hello.'], ['Another turn.']]);
  expect(turns.map(({ end }) => end?.outcome)).toEqual(['completed', 'completed']);
});
