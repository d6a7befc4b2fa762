import type { Token } from 'marked';
import { expect, test } from 'vitest';
import { lexWhole } from './block-splitter.ts';
import { isClosedFence } from './open-fence.ts';

test.each([
  ['```ts\na\n```', true],
  ['```ts\na\n```\n', true],
  ['~~~~\na\n~~~~~', true],
  ['```ts\na', false],
  ['```ts\na\n``', false],
  ['````\na\n```', false],
  ['```', false],
  ['    indented', false],
])('%j is closed: %j', (text, closed) => {
  expect(isClosedFence(lexWhole(text)[0] as Token)).toBe(closed);
});
