import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseCodexConfig, readCodexConfig } from './codex-config.ts';

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

describe('a profile', () => {
  let home: string;
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'codex-profile-'));
    writeFileSync(join(home, 'config.toml'), 'model = "base"\n[model_providers.m]\nname = "Mock"\nenv_key = "K"\n');
    writeFileSync(
      join(home, 'work.config.toml'),
      'model_provider = "m"\n[model_providers.m]\nbase_url = "http://h:1"\n',
    );
    writeFileSync(join(home, 'torn.config.toml'), 'model = "a\n');
    mkdirSync(join(home, 'folder.config.toml'));
  });
  afterAll(() => rmSync(home, { recursive: true }));
  const read = (profile: string | null) => readCodexConfig({ CODEX_HOME: home }, process.platform, profile);

  test('lies over the configuration, table by table', async () => {
    expect(await read('work')).toMatchObject({
      kind: 'read',
      config: { model: 'base', provider: { id: 'm', name: 'Mock', envKey: 'K', baseUrl: 'http://h:1' } },
    });
    expect(await read(null)).toMatchObject({ config: { provider: { id: 'openai' } } });
  });

  test.each([
    ['none', /none\.config\.toml does not exist/],
    ['torn', /torn\.config\.toml:1:\d+: /],
    ['folder', /folder\.config\.toml can't be read/],
    ['../config', /can't be the name of a profile/],
    ['-c', /can't be the name of a profile/],
    ['', /can't be the name of a profile/],
  ])('%j is named before Codex would go on without it', async (profile, issue) => {
    expect(await read(profile)).toMatchObject({ kind: 'broken', at: 'profile', issue: expect.stringMatching(issue) });
  });
});

test('a profile that the file itself names says who is asked, as older builds have it', () => {
  const text = (profile: string) =>
    `${profile}model = "m"\nmodel_provider = "one"\n[model_providers.one]\nname = "One"\n[model_providers.two]\nname = "Two"\n[profiles.team]\nmodel_provider = "two"\n`;
  const read = (profile: string) => parseCodexConfig('/c.toml', text(profile));
  expect(read('')).toMatchObject({ config: { model: 'm', provider: { id: 'one' } } });
  expect(read('profile = "team"\n')).toMatchObject({ config: { model: 'm', provider: { id: 'two' } } });
  expect(read('profile = "none"\n')).toMatchObject({ config: { provider: { id: 'one' } } });
});
