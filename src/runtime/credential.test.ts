import { describe, expect, test } from 'vitest';
import type { CredentialInput } from '../model/index.ts';
import type { Secrets } from '../ports/index.ts';
import { parseCodexConfig } from './codex-config.ts';
import type { CredentialInputs } from './credential.ts';
import { readNativeCredential } from './credential.ts';
import type { OwnLogin } from './own-login.ts';

const chatgpt: OwnLogin = { kind: 'chatgpt', label: 'a@b.c', source: 'Codex login', secrets: ['login-token-0004'] };
const keyLogin: OwnLogin = { kind: 'api-key', label: '…9999', source: 'Codex login', secrets: [] };
const noLogin: OwnLogin = { kind: 'none' };
const broken: OwnLogin = { kind: 'issue', issue: 'bad file' };

const codexKey = 'sk-codex-value-0001';
const openAiKey = 'sk-openai-value-0002';
const storedKey = 'sk-stored-value-0003';
const bothKeys = { CODEX_API_KEY: codexKey, OPENAI_API_KEY: openAiKey };

const vault = (read: () => Promise<string | undefined>, reachable = true): Secrets => ({
  reachable,
  get: read,
  set: async () => undefined,
  delete: async () => undefined,
});
const holding = (value?: string): Secrets => vault(async () => value);
const locked = vault(() => Promise.reject(new Error('locked')));
const nowhere = vault(async () => undefined, false);

/** One letter a state: what is `used`, `present`, `absent`, left out (`-`) or out of reach (`!`). */
const letters: Record<string, CredentialInput['state']> = {
  u: 'used',
  p: 'present',
  a: 'absent',
  '-': 'not-consulted',
  '!': 'unreachable',
};
const login = 'Codex login';
const stored = 'stored key';
const codex = 'CODEX_API_KEY';
const openAi = 'OPENAI_API_KEY';
/** The order of the contract for each choice; what it leaves out comes last. */
const orders = {
  auto: [login, stored, codex, openAi],
  chatgpt: [login, stored, codex, openAi],
  'api-key': [stored, codex, openAi, login],
};
const tails: Record<string, string> = { [stored]: '…0003', [codex]: '…0001', [openAi]: '…0002' };

type Auth = CredentialInputs['nativeAuth'];
type Row = [Auth, string, OwnLogin, Secrets, Record<string, string>, string, string, null | 'api' | 'chatgpt'];

// what: states in order, who pays, what kind of login is forced
const rows: Row[] = [
  ['auto', 'its own ChatGPT login before any key', chatgpt, holding(storedKey), bothKeys, 'upp-', login, 'chatgpt'],
  ['auto', 'its own key login', keyLogin, holding(), {}, 'uaa-', login, null],
  ['auto', 'the stored key', noLogin, holding(storedKey), bothKeys, 'aup-', stored, 'api'],
  ['auto', 'CODEX_API_KEY', noLogin, holding(), bothKeys, 'aau-', codex, 'api'],
  ['auto', 'never OPENAI_API_KEY', noLogin, holding(), { OPENAI_API_KEY: openAiKey }, 'aaa-', 'none', null],
  ['auto', 'an unreadable login ends the search', broken, holding(storedKey), bothKeys, '!pp-', 'issue', null],
  ['auto', 'no vault here, the environment', noLogin, nowhere, bothKeys, 'a!u-', codex, 'api'],
  ['auto', 'no vault here, nothing else', noLogin, nowhere, {}, 'a!a-', 'none', null],
  ['auto', 'a locked keyring', noLogin, locked, bothKeys, 'a!u-', codex, 'api'],
  ['chatgpt', 'its login', chatgpt, holding(storedKey), bothKeys, 'u---', login, 'chatgpt'],
  ['chatgpt', 'a key login is not forced out', keyLogin, holding(storedKey), bothKeys, '----', 'none', null],
  ['chatgpt', 'never a key', noLogin, holding(storedKey), bothKeys, 'a---', 'none', null],
  ['api-key', 'the stored key', chatgpt, holding(storedKey), bothKeys, 'upp-', stored, 'api'],
  ['api-key', 'CODEX_API_KEY', chatgpt, holding(), bothKeys, 'aup-', codex, 'api'],
  ['api-key', 'OPENAI_API_KEY', chatgpt, holding(), { OPENAI_API_KEY: openAiKey }, 'aau-', openAi, 'api'],
  ['api-key', 'no vault here', noLogin, nowhere, { OPENAI_API_KEY: openAiKey }, '!au-', openAi, 'api'],
  ['api-key', 'nothing anywhere', chatgpt, holding(''), { CODEX_API_KEY: '' }, 'aaa-', 'none', null],
];

test.each(rows)('%s: %s', async (nativeAuth, _name, own, secrets, env, states, pays, forced) => {
  const credential = await readNativeCredential({
    nativeAuth,
    config: parseCodexConfig('/c.toml', ''),
    ownLogin: async () => own,
    secrets,
    env,
    platform: 'linux',
  });
  expect(credential.inputs.map(({ name, state }) => [name, state])).toEqual(
    orders[nativeAuth].map((name, at) => [name, letters[states[at] ?? '']]),
  );
  for (const { name, state, tail } of credential.inputs) {
    const shown = state === 'used' || state === 'present';
    if (name !== login) expect(tail, name).toBe(shown ? tails[name] : null);
  }
  const { fact, apiKey } = credential;
  expect(fact.kind === 'present' ? fact.payer.source : fact.kind).toBe(pays);
  expect(credential.forcedLogin).toBe(forced);
  // Never a value, but for the one that goes to the child.
  const values = { [stored]: storedKey, [codex]: codexKey, [openAi]: openAiKey } as Record<string, string>;
  expect(apiKey).toBe(values[pays] ?? null);
  expect(JSON.stringify({ fact, inputs: credential.inputs })).not.toContain('sk-');
});

describe('a provider of Codex’s own configuration', () => {
  const read = (more: string, env: Record<string, string>) =>
    readNativeCredential({
      nativeAuth: 'auto',
      config: parseCodexConfig('/c.toml', `model_provider = "m"\n[model_providers.m]\nname = "Mine"\n${more}`),
      ownLogin: async () => chatgpt,
      secrets: holding(storedKey),
      env,
      platform: 'linux',
    });
  const states = (inputs: readonly CredentialInput[]) => inputs.map(({ name, state }) => `${name}: ${state}`);
  const rest = [`${login}: not-consulted`, `${stored}: not-consulted`, `${codex}: not-consulted`];

  test('its own key is the first input, no key of ours is looked at', async () => {
    const found = await read('env_key = "MY_KEY"', { ...bothKeys, MY_KEY: 'sk-mine-value-0004' });
    expect(states(found.inputs)).toEqual(['MY_KEY: used', ...rest, `${openAi}: not-consulted`]);
    expect(found.inputs[0]?.tail).toBe('…0004');
    expect(found).toMatchObject({ apiKey: null, forcedLogin: null, fact: { authMethod: 'provider' } });
  });

  test('its key may bear the name of ours', async () => {
    const found = await read('env_key = "OPENAI_API_KEY"', bothKeys);
    expect(states(found.inputs)).toEqual([`${openAi}: used`, ...rest]);
  });

  test('without its key it is an issue, without a key of its own it needs none', async () => {
    expect(await read('env_key = "MY_KEY"', {})).toMatchObject({
      fact: { kind: 'issue', issue: expect.stringContaining('MY_KEY') },
      inputs: [{ name: 'MY_KEY', state: 'absent' }, {}, {}, {}, {}],
    });
    expect(states((await read('', bothKeys)).inputs)).toEqual([...rest, `${openAi}: not-consulted`]);
  });
});

test('a broken configuration: nothing is looked at', async () => {
  const never = (): never => {
    throw new Error('must not be called');
  };
  const found = await readNativeCredential({
    nativeAuth: 'auto',
    config: { kind: 'broken', at: 'file', issue: 'c.toml:1:1' },
    ownLogin: never,
    secrets: vault(never),
    env: bothKeys,
    platform: 'linux',
  });
  expect(found.fact).toEqual({ kind: 'issue', issue: 'c.toml:1:1' });
  expect(new Set(found.inputs.map(({ state }) => state))).toEqual(new Set(['not-consulted']));
});
