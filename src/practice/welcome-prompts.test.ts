import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { practiceCanName, practicePrompts } from '../model/index.ts';
import type { PracticeServer } from './index.ts';
import { startPractice } from './index.ts';

let practice: PracticeServer;
beforeAll(async () => {
  practice = await startPractice({ pace: 'instant' });
});
afterAll(() => practice.close());

async function answerTo(input: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${practice.port}/v1/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', input }),
  });
  return answer.text();
}

/** What the endpoint says where it knows no script. */
const greeting = 'It understands:';

test('a prompt that nobody taught it is greeted', async () => {
  expect(await answerTo('Something else')).toContain(greeting);
});

test.each([
  ['runTests', practicePrompts.runTests],
  ['addTest', practicePrompts.addTest],
  ['explain', practicePrompts.explain('src/dates.js')],
  ['longAnswer', practicePrompts.longAnswer],
  ['hello', practicePrompts.hello],
])('%s is known by heart', async (_name, prompt) => {
  const answer = await answerTo(prompt);
  expect(answer).not.toContain(greeting);
  expect(answer).toContain('"completed"');
});

test('a file that may be named is the one that is explained', async () => {
  const path = fc
    .array(
      fc.string({ unit: fc.constantFrom('a', 'B', '7', '_', '-', '.', ' ', '/', 'ä'), minLength: 1, maxLength: 6 }),
      {
        minLength: 1,
        maxLength: 3,
      },
    )
    .map((parts) => `${parts.join('/')}.js`)
    .filter(practiceCanName);
  await fc.assert(
    fc.asyncProperty(path, async (named) => {
      expect(await answerTo(practicePrompts.explain(named))).toContain(`read \`${named}\` and explain it`);
    }),
    { seed: 11, numRuns: 60 },
  );
});
