import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CompactionOptions, SummaryAnswer } from './compaction.ts';
import { compact, isTooFull, nextTokens } from './compaction.ts';
import { roomOf, tokensOf, windowOf } from './context-size.ts';
import { turnError } from './failure.ts';
import type { InputItem } from './request.ts';
import { plainText } from './transcript-text.ts';

const user = (text: string): InputItem => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const agent = (text: string): InputItem => ({
  type: 'message',
  role: 'assistant',
  content: [{ type: 'output_text', text }],
});
const call = (id: string, name = 'shell'): InputItem => ({
  type: 'function_call',
  call_id: id,
  name,
  arguments: '{"a":1}',
});
const output = (id: string, text: string): InputItem => ({ type: 'function_call_output', call_id: id, output: text });
const thinking: InputItem = { type: 'reasoning', summary: [{ text: 'hm' }], encrypted_content: 'x'.repeat(50) };

const conversation: readonly InputItem[] = [
  user('first'),
  agent('yes'),
  user('newest'),
  thinking,
  call('1'),
  output('1', 'o'.repeat(4000)),
  thinking,
  call('2'),
  call('3'),
  output('2', 'two'),
  output('3', 'three'),
];

const tooLong: SummaryAnswer = { outcome: 'failed', error: turnError('context_full', 'too long') };

function asking(...answers: readonly SummaryAnswer[]) {
  const asked: string[] = [];
  const ask: CompactionOptions['ask'] = async (_instructions, input) => {
    asked.push(JSON.stringify(input));
    return answers[asked.length - 1] ?? { outcome: 'completed', text: 'SUM' };
  };
  return { asked, ask };
}

test('the summary stands first, then the newest prompt and the newest steps that fit', async () => {
  const { asked, ask } = asking();
  const done = await compact({ input: conversation, told: 9000, window: 1500, whole: false, ask });
  if (done.outcome !== 'compacted') throw new Error(done.outcome);
  const { input, summary, before, after } = done.compacted;
  expect(summary).toBe('SUM');
  expect(before).toBe(9000);
  expect(after).toBe(tokensOf(input));
  expect(JSON.stringify(input[0])).toContain('SUM');
  expect(input.slice(1)).toEqual([conversation[2], ...conversation.slice(6)]);
  // No tool, no call: text alone, with all that was done.
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain('Agent calls shell');
  expect(asked[0]).not.toContain('encrypted_content');
});

test('as an act of its own it leaves the summary alone', async () => {
  const done = await compact({ input: conversation, told: null, window: null, whole: true, ask: asking().ask });
  expect(done).toMatchObject({ outcome: 'compacted', compacted: { before: tokensOf(conversation) } });
  if (done.outcome === 'compacted') expect(done.compacted.input).toHaveLength(1);
});

test('a conversation that is too long to be summed up is told in less, three times at most', async () => {
  const { asked, ask } = asking(tooLong, tooLong);
  const conversation = Array.from({ length: 40 }, (_, index) => user(`${index} ${'x'.repeat(3000)}`));
  const done = await compact({ input: conversation, told: null, window: null, whole: false, ask });
  expect(done.outcome).toBe('compacted');
  expect(asked).toHaveLength(3);
  const never = asking(tooLong, tooLong, tooLong, tooLong);
  expect(await compact({ input: conversation, told: null, window: null, whole: false, ask: never.ask })).toBe(tooLong);
  expect(never.asked).toHaveLength(3);
});

test('what can’t be told in less is not told again', async () => {
  const { asked, ask } = asking(tooLong, tooLong);
  expect(await compact({ input: [user('a'), agent('b')], told: null, window: null, whole: false, ask })).toBe(tooLong);
  expect(asked).toHaveLength(1);
});

test.each<[string, SummaryAnswer]>([
  ['a stop', { outcome: 'interrupted' }],
  ['a failure', { outcome: 'failed', error: turnError('rate_limited', 'later') }],
])('%s is told as such, at once', async (_name, answer) => {
  const { asked, ask } = asking(answer);
  expect(await compact({ input: conversation, told: null, window: null, whole: false, ask })).toBe(answer);
  expect(asked).toHaveLength(1);
});

test('a summary without a word is none', async () => {
  const { ask } = asking({ outcome: 'completed', text: ' \n' });
  expect(await compact({ input: conversation, told: null, window: null, whole: false, ask })).toMatchObject({
    outcome: 'failed',
    error: { code: 'context_full' },
  });
});

test('a window is too full with less than the reserve left; one that nobody knows never is', () => {
  expect(roomOf(100_000)).toBe(85_000);
  expect(roomOf(400_000)).toBe(380_000);
  expect(isTooFull(85_001, 100_000)).toBe(true);
  expect(isTooFull(85_000, 100_000)).toBe(false);
  expect(isTooFull(1e9, null)).toBe(false);
  expect(nextTokens({ input: 1000, output: 50 }, conversation, [])).toBe(1050);
  expect(nextTokens({ input: 1000, output: null }, conversation, [user('x')])).toBe(1000 + tokensOf([user('x')]));
  expect(nextTokens(null, conversation, [])).toBe(tokensOf(conversation));
  expect([windowOf(null, null), windowOf(8, null), windowOf(null, 9), windowOf(8, 9), windowOf(9, 8)]).toEqual([
    null,
    8,
    9,
    8,
    8,
  ]);
});

test('an image counts as one, not as its bytes', () => {
  const image = { type: 'input_image', image_url: `data:image/png;base64,${'A'.repeat(1_000_000)}` };
  expect(tokensOf([{ type: 'message', role: 'user', content: [image] }])).toBeLessThan(2000);
});

const step = fc.oneof(
  fc.string({ maxLength: 300 }).map((text) => [user(text)]),
  fc.string({ maxLength: 300 }).map((text) => [agent(text)]),
  fc
    .tuple(fc.nat(), fc.string({ maxLength: 3000 }), fc.boolean())
    .map(([id, text, thinks]) => [
      ...(thinks ? [thinking] : []),
      call(`c${id}`),
      call(`d${id}`),
      output(`c${id}`, text),
      output(`d${id}`, text),
    ]),
);

test('whatever was said: no output without its call, no call without its output, and it fits', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 12 }),
      fc.integer({ min: 1000, max: 20_000 }),
      async (steps, window) => {
        const input = [user('begin'), ...steps.flat()];
        const done = await compact({ input, told: null, window, whole: false, ask: asking().ask });
        if (done.outcome !== 'compacted') throw new Error(done.outcome);
        const next = done.compacted.input;
        const ids = (type: string): readonly unknown[] =>
          next.flatMap((item) => (item.type === type ? [item.call_id] : [])).toSorted();
        expect(ids('function_call')).toEqual(ids('function_call_output'));
        // The prompt, the steps, and the summary's own few words.
        expect(done.compacted.after).toBeLessThanOrEqual(window * 0.6 + 100);
        // Reasoning is followed by what it led to.
        next.forEach((item, index) => {
          if (item.type === 'reasoning') expect(next[index + 1]?.type).toBe('function_call');
        });
      },
    ),
    { seed: 11, numRuns: 150 },
  );
});

test('the text of a conversation keeps to its size, with its first and its newest parts', () => {
  const long = Array.from({ length: 200 }, (_, index) => user(`prompt ${index} ${'x'.repeat(2000)}`));
  const text = plainText(long, 5000);
  expect(text.length).toBeLessThan(5000 * 3.5 + 200);
  expect(text).toContain('prompt 0 ');
  expect(text).toContain('prompt 199 ');
  expect(text).toMatch(/\[\d+ older parts are left out\]/);
  expect(plainText([user('short')], 5000)).toBe('User: short');
});
