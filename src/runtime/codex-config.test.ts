import { describe, expect, test } from 'vitest';
import { parseCodexConfig } from './codex-config.ts';

describe('config.toml', () => {
  const custom = (more: string) =>
    `model_provider = "m"\n[model_providers.m]\nname = "Mock"\nbase_url = "http://h:1/v1"\n${more}`;
  test.each([
    ['nothing', '', { id: 'openai', needsLogin: true, builtIn: true }],
    ['a number of 64 bits', 'x = 9223372036854775807', { id: 'openai' }],
    ['a provider that Codex knows', 'model_provider = "amazon-bedrock"', { needsLogin: false, builtIn: true }],
    ['a provider without a key', custom(''), { name: 'Mock', envKey: null, needsLogin: false }],
    ['a provider with a key', custom('env_key = "K"'), { envKey: 'K', needsLogin: false }],
    ['a provider with the OpenAI login', custom('requires_openai_auth = true'), { needsLogin: true }],
  ])('%s', (_name, text, provider) => {
    expect(parseCodexConfig('/c.toml', text)).toMatchObject({ kind: 'read', config: { provider } });
  });

  test('a broken file is named with its line, and not quoted', () => {
    const read = parseCodexConfig('/c.toml', 'model = "a"\nkey = "sk-secret');
    expect(read).toMatchObject({ kind: 'broken', issue: expect.stringMatching(/^\/c\.toml:2:\d+: /) });
    expect(JSON.stringify(read)).not.toContain('sk-secret');
  });

  test('an undefined provider is an issue', () => {
    expect(parseCodexConfig('/c.toml', 'model_provider = "nope"')).toMatchObject({
      issue: expect.stringContaining('nope'),
    });
  });
});
