import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { listProfiles } from './profiles.ts';

const home = mkdtempSync(join(tmpdir(), 'profiles-'));
afterEach(() => rmSync(home, { recursive: true, force: true }));

test('profiles are the files beside Codex’s configuration that can be named', async () => {
  for (const name of ['slow', 'fast', 'two words', '-flag', '']) writeFileSync(join(home, `${name}.config.toml`), '');
  for (const name of ['config.toml', 'auth.json', 'notes.toml']) writeFileSync(join(home, name), '');
  mkdirSync(join(home, 'folder.config.toml'));
  expect(await listProfiles({ CODEX_HOME: home })).toEqual(['fast', 'slow']);
  expect(await listProfiles({ CODEX_HOME: join(home, 'nowhere') })).toEqual([]);
});
