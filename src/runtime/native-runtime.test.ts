import { expect, test } from 'vitest';
import { probeNative } from './native-runtime.ts';

test('an untrusted workspace spawns nothing and reads nothing', async () => {
  const never = (): never => {
    throw new Error('must not be called');
  };
  const facts = await probeNative({
    settings: {} as never,
    secrets: { reachable: true, get: never, set: never, delete: never },
    env: {},
    dataHome: null,
    finder: { find: never },
    clock: { now: () => 0, monotonic: () => 0, after: () => () => undefined },
    trusted: false,
  });
  expect(facts).toMatchObject({ binary: { kind: 'unchecked' }, credential: { kind: 'unchecked' } });
});
