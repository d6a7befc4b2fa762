import { expect, test } from 'vitest';
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
  const keys = createApiKeys({ secrets: vault(stored), env: () => ({ OPENAI_API_KEY: 'from-env' }), log });
  expect(await keys.keyFor(origin)).toEqual(value === null ? null : { value, source });
});

test('every value that was seen is known for redaction; a locked key store is no key', async () => {
  const keys = createApiKeys({
    secrets: vault({ 'https://a.example': 'k1' }),
    env: () => ({ CODEX_API_KEY: 'k2' }),
    log,
  });
  expect(keys.known()).toEqual(['k2']);
  await keys.keyFor('https://a.example');
  expect(keys.known()).toEqual(['k1', 'k2']);
  const locked = createApiKeys({
    secrets: { ...vault({}), get: () => Promise.reject(new Error('locked')) },
    env: () => ({}),
    log,
  });
  expect(await locked.keyFor('https://a.example')).toBeNull();
});
