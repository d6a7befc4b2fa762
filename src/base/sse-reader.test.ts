import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SseMessage } from './sse-reader.ts';
import { readSse } from './sse-reader.ts';

async function read(text: string, cuts: readonly number[]): Promise<SseMessage[]> {
  const whole = new TextEncoder().encode(text);
  const at = [0, ...cuts.map((c) => c % (whole.length + 1)).sort((a, b) => a - b), whole.length];
  async function* body(): AsyncGenerator<Uint8Array> {
    for (const [i, end] of at.slice(1).entries()) yield whole.slice(at[i], end);
  }
  const messages: SseMessage[] = [];
  for await (const message of readSse(body())) messages.push(message);
  return messages;
}

const text = 'event: a\ndata: {"t":"ü\u2028"}\n\n: comment\n\ndata: one\ndata: two\n\ndata: [DONE]\n\n';

test('any split of the body gives the same messages', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { maxLength: 30 }), async (cuts) => {
      expect(await read(text, cuts)).toEqual([
        { event: 'a', data: '{"t":"ü\u2028"}' },
        { event: undefined, data: 'one\ntwo' },
        { event: undefined, data: '[DONE]' },
      ]);
    }),
    { seed: 3, numRuns: 200 },
  );
});

test('a message cut off by the end is not handed over', async () => {
  expect(await read('data: whole\n\ndata: cut', [])).toEqual([{ event: undefined, data: 'whole' }]);
});
