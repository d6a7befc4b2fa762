import { expect, test } from 'vitest';
import { createDrafts } from './drafts.ts';

function stored(first?: unknown) {
  let value: unknown = first;
  const drafts = createDrafts({
    get: () => value,
    update: async (_key, next) => {
      value = next;
    },
  });
  return { drafts, value: () => value };
}

test('each thread has a draft of its own', async () => {
  const { drafts } = stored();
  await drafts.save('a', 'fix it');
  await drafts.save('b', 'test it');
  await drafts.save('a', 'fix it now');
  expect(['a', 'b', 'c'].map(drafts.of)).toEqual(['fix it now', 'test it', '']);
});

test('an empty draft leaves nothing behind', async () => {
  const { drafts, value } = stored();
  await drafts.save('a', 'fix it');
  await drafts.save('a', '');
  expect([drafts.of('a'), value()]).toEqual(['', undefined]);
});

test('drafts do not pile up: the ones saved longest ago go', async () => {
  const { drafts, value } = stored();
  for (let index = 0; index < 60; index += 1) await drafts.save(`t${index}`, 'x');
  await drafts.save('t12', 'kept since it was saved again');
  await drafts.save('t60', 'x');
  expect(value()).toHaveLength(50);
  expect([drafts.of('t10'), drafts.of('t60')]).toEqual(['', 'x']);
  expect(drafts.of('t12')).not.toBe('');
});

test.each([['a text'], [{ a: 'x' }], [[['a', 1], 'b', ['c', 'kept']]], [null]])(
  'takes no other hand on trust: %j',
  (value) => {
    const { drafts } = stored(value);
    expect(drafts.of('a')).toBe('');
  },
);
