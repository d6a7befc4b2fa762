import { expect, test } from 'vitest';
import { FakeClock } from '../../test/fakes/engine.ts';
import type { CredentialInput } from '../model/index.ts';
import type { Secrets } from '../ports/index.ts';
import { createApiKeys } from './api-keys.ts';

const vault = (values: Record<string, string>): Secrets => ({
  reachable: true,
  get: async (name) => values[name.kind === 'api-key' ? name.origin : name.kind],
  set: async () => {},
  delete: async () => {},
});
const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

test.each([
  ['the vault comes first', 'https://api.openai.com', { 'https://api.openai.com': 'stored' }, 'stored', 'vault'],
  ['then the environment', 'https://api.openai.com', {}, 'from-env', 'OPENAI_API_KEY'],
  ['the environment’s key goes to OpenAI alone', 'https://other.example', {}, null, null],
  [
    'a stored key goes to its own origin alone',
    'https://other.example',
    { 'https://api.openai.com': 'stored' },
    null,
    null,
  ],
  ['another port is another origin', 'https://api.openai.com:444', { 'https://api.openai.com': 'stored' }, null, null],
])('%s', async (_name, origin, stored, value, source) => {
  const keys = createApiKeys({
    secrets: vault(stored),
    env: () => ({ OPENAI_API_KEY: 'from-env' }),
    log,
    clock: new FakeClock(),
  });
  expect(await keys.keyFor(origin)).toEqual(value === null ? null : { value, source });
});

test('every value that was seen is known for redaction; a locked key store is no key', async () => {
  const keys = createApiKeys({
    secrets: vault({ 'https://a.example': 'k1' }),
    env: () => ({ CODEX_API_KEY: 'k2' }),
    log,
    clock: new FakeClock(),
  });
  expect(keys.known()).toEqual(['k2']);
  await keys.keyFor('https://a.example');
  expect(keys.known()).toEqual(['k1', 'k2']);
  const locked = createApiKeys({
    secrets: { ...vault({}), get: () => Promise.reject(new Error('locked')) },
    env: () => ({}),
    log,
    clock: new FakeClock(),
  });
  expect(await locked.keyFor('https://a.example')).toBeNull();
});

const origin = 'https://api.openai.com';
const stored = { [origin]: 'sk-stored-key-0001' };
const none = { ...vault({}), reachable: false };
const locked: Secrets = { ...vault({}), get: () => Promise.reject(new Error('locked')) };
type Row = [string, Secrets, string, string | undefined, CredentialInput['state'], CredentialInput['state']];
test.each<Row>([
  ['the vault pays, the environment waits', vault(stored), origin, 'sk-from-env-00002', 'used', 'present'],
  ['the vault alone', vault(stored), origin, undefined, 'used', 'absent'],
  ['the environment pays', vault({}), origin, 'sk-from-env-00002', 'absent', 'used'],
  ['nothing anywhere', vault({}), origin, '', 'absent', 'absent'],
  ['another endpoint: the environment is left out', vault({}), 'http://127.0.0.1:1', 'sk-x', 'absent', 'not-consulted'],
  ['no vault here (command line)', none, origin, 'sk-from-env-00002', 'unreachable', 'used'],
  ['a locked keyring', locked, origin, undefined, 'unreachable', 'absent'],
])('inputs: %s', async (_name, secrets, at, env, inVault, inEnv) => {
  const keys = createApiKeys({ secrets, env: () => ({ OPENAI_API_KEY: env }), log, clock: new FakeClock() });
  const { inputs } = await keys.lookUp(at);
  expect(inputs).toMatchObject([
    { name: 'vault', state: inVault, tail: inVault === 'used' ? '…0001' : null },
    { name: 'OPENAI_API_KEY', state: inEnv, tail: inEnv === 'used' || inEnv === 'present' ? '…0002' : null },
  ]);
  expect(JSON.stringify(inputs)).not.toContain('sk-');
});

test('a key store that never answers is given up, and told of once when it answers after all', async () => {
  const clock = new FakeClock();
  const answer = Promise.withResolvers<string>();
  let late = 0;
  const keys = createApiKeys({
    secrets: { ...vault({}), get: () => answer.promise },
    env: () => ({}),
    log,
    clock,
    onLate: () => {
      late += 1;
    },
  });
  const asked = [keys.lookUp(origin), keys.lookUp(origin)];
  clock.advance(10_000);
  for (const { key, inputs } of await Promise.all(asked)) {
    expect(key).toBeNull();
    expect(inputs[0]).toEqual({ name: 'vault', state: 'unreachable', tail: null });
  }
  expect(late).toBe(0);
  answer.resolve('sk-late-key-000001');
  await answer.promise;
  expect(await keys.keyFor(origin)).toEqual({ value: 'sk-late-key-000001', source: 'vault' });
  expect(late).toBe(1);
  expect(keys.known()).toEqual(['sk-late-key-000001']);
});
