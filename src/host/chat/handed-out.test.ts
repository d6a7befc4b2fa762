import { expect, test } from 'vitest';
import { HandedOut } from './handed-out.ts';

function stateWith(kept: unknown) {
  const values = new Map<string, unknown>([['codexLanes.attached', kept]]);
  return {
    get: (key: string) => values.get(key),
    update: async (key: string, value: unknown) => void values.set(key, value),
  };
}

test('what was attached is known, also after a reload, and nothing else is', async () => {
  const state = stateWith(undefined);
  await new HandedOut(state).add(['/home/me/a.png']);
  const again = new HandedOut(state);
  expect([again.has('/home/me/a.png'), again.has('/etc/passwd'), again.has('')]).toEqual([true, false, false]);
});

test('the oldest are forgotten, and one that is attached again is the newest', async () => {
  const paths = new HandedOut(stateWith(undefined));
  await paths.add(Array.from({ length: 256 }, (_, at) => `/${at}.png`));
  await paths.add(['/0.png', '/new.png']);
  expect(['/0.png', '/new.png', '/1.png', '/2.png'].map((path) => paths.has(path))).toEqual([true, true, false, true]);
});

test.each([null, 'text', { 0: '/a' }, [3, null]])('a state of another shape knows nothing: %j', (kept) => {
  expect(new HandedOut(stateWith(kept)).has('/a')).toBe(false);
});
