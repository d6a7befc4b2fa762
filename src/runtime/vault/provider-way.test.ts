import { expect, test } from 'vitest';
import { parseCodexConfig } from '../codex-config.ts';
import { wayTo } from './provider-way.ts';

const way = (toml: string): string => {
  const read = parseCodexConfig('/c.toml', toml);
  if (read.kind === 'broken') throw new Error(read.issue);
  const found = wayTo(read.config.provider);
  return found.kind === 'key' ? found.upstream : found.kind === 'issue' ? found.issue : found.kind;
};
const own = (fields: string, id = 'mine') =>
  `model_provider = "${id}"\n[model_providers.${id}]\nname = "Mine"\n${fields}`;
const https = 'base_url = "https://api.mine.test/v1"';
const withKey = `${https}\nenv_key = "MY_KEY"`;

test.each([
  ['the built-in provider', '', 'https://api.openai.com/v1'],
  ['its other address', 'openai_base_url = "https://eu.api.openai.com/v1/"', 'https://eu.api.openai.com/v1'],
  ['a provider with a key of its own', own(withKey), 'https://api.mine.test/v1'],
  ['a provider with Codex’s login', own(`${https}\nrequires_openai_auth = true`), 'https://api.mine.test/v1'],
  ['loopback without encryption', own('base_url = "http://127.0.0.1:9/v1"\nenv_key = "K"'), 'http://127.0.0.1:9/v1'],
  ['plain parameters', own(`${withKey}\nquery_params = { api-version = "2" }`), 'https://api.mine.test/v1'],
  ['plain headers', own(`${withKey}\nhttp_headers = { X-Team = "a" }`), 'https://api.mine.test/v1'],
  ['a provider without a key', own(https), 'keyless'],
  ['a local one of Codex', 'model_provider = "ollama"', 'keyless'],
])('%s', (_name, toml, expected) => expect(way(toml)).toBe(expected));

test.each([
  [
    'a token in the file',
    own(`${https}\nexperimental_bearer_token = "sk-in-file-1"`),
    /own \(experimental_bearer_token\)/,
  ],
  ['a program that prints one', own(`${https}\n[model_providers.mine.auth]\ncommand = "x"`), /own \(auth\)/],
  [
    'a header in the file',
    own(`${withKey}\nhttp_headers = { Authorization = "Bearer sk-in-file-1" }`),
    /\(Authorization\)/,
  ],
  ['a header from a variable', own(`${https}\nenv_http_headers = { api-key = "AZURE" }`), /own \(api-key\)/],
  ['a key for a gateway', own(`${withKey}\nhttp_headers = { Ocp-Apim-Subscription-Key = "a" }`), /Subscription-Key/],
  ['a key in each address', own(`${withKey}\nquery_params = { key = "sk-in-file-1" }`), /own \(key\)/],
  [
    'a token in each address',
    own(`${withKey}\nquery_params = { access_token = "sk-in-file-1" }`),
    /own \(access_token\)/,
  ],
  ['AWS', 'model_provider = "amazon-bedrock"', /own \(that of AWS\)/],
  ['no encryption over the network', own('base_url = "http://llm.test/v1"\nenv_key = "K"'), /without encryption/],
  ['a name like loopback', own('base_url = "http://127.0.0.1.evil.test/v1"\nenv_key = "K"'), /without encryption/],
  ['a name under localhost', own('base_url = "http://llm.localhost/v1"\nenv_key = "K"'), /without encryption/],
  ['another number of loopback', own('base_url = "http://127.0.0.2/v1"\nenv_key = "K"'), /without encryption/],
  ['no address', own('env_key = "K"'), /no base_url/],
  ['another protocol', own('base_url = "ftp://x.test"\nenv_key = "K"'), /no address/],
  ['a password in the address', own('base_url = "https://a:b@x.test"\nenv_key = "K"'), /more in its base_url/],
  ['a query in the address', own('base_url = "https://x.test?a=b"\nenv_key = "K"'), /more in its base_url/],
  ['a table under a name of Codex', own(withKey, 'openai'), /Codex’s own/],
  ['a name with a dot', `model_provider = "a.b"\n[model_providers."a.b"]\n${withKey}`, /argument/],
  ['a strange env_key', own(`${https}\nenv_key = "A=B"`), /env_key/],
])('%s is refused with the reason', (_name, toml, says) => {
  expect(way(toml)).toMatch(says);
  expect(way(toml)).toMatch(/^codexLanes\.native\.credentials is vault-only, and Codex's provider "/);
  expect(way(toml)).not.toContain('sk-in-file');
});
