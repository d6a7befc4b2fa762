import { expect, test } from 'vitest';
import { newTabId, readSavedTab } from './saved-tab.ts';

test('a tab comes back under its name, with its thread', () => {
  const id = newTabId();
  const threadId = crypto.randomUUID();
  expect(readSavedTab({ viewId: id, threadId, draft: 'x' })).toEqual({ id, threadId });
});

test.each([
  null,
  undefined,
  'tab',
  [],
  {},
  { viewId: 'codexLanes.chat', threadId: '../../elsewhere' },
  { viewId: 'tab-', threadId: '' },
  { viewId: ['tab-1'], threadId: 3 },
  { viewId: `tab-${'a'.repeat(36)} `, threadId: 'a'.repeat(65) },
])('what is none of ours is nothing: %j', (state) => {
  expect(readSavedTab(state)).toEqual({ id: null, threadId: null });
});
