// Switches the extension to practice: no account, no key, and nothing leaves this machine on either lane.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { projectCodex, root } from './platform.mjs';

/**
 * Starts the practice endpoint and prepares the homes that go with it.
 * @param {string} folder throw-away folder for the Codex home and the data home. Not below the system's temporary folder:
 *   Codex warns there that it won't create its helper programs.
 * @param {readonly string[]} workspaces the only folders in which the endpoint's answers may run or change anything, beside
 *   the worktrees that Codex makes of them in its home
 * @returns {Promise<{ url: string, dataHome: string, codexHome: string, env: Record<string, string>, close: () => Promise<void> }>}
 *   `env` is what the extension's process has to see
 */
export async function openPracticeRoom(folder, workspaces) {
  const { startPractice, practiceCodexConfig } = createRequire(import.meta.url)(join(root, 'dist/practice.cjs'));
  const codexHome = join(folder, 'codex-home');
  const dataHome = join(folder, 'data-home');
  for (const path of [codexHome, dataHome]) mkdirSync(path, { recursive: true, mode: 0o700 });
  const practice = await startPractice({ port: 0, workspaces: [...workspaces, join(codexHome, 'worktrees')] });
  writeFileSync(join(codexHome, 'config.toml'), practiceCodexConfig(practice.url));
  const codex = projectCodex();
  const env = {
    CODEX_LANES_PRACTICE: practice.url,
    CODEX_LANES_PRACTICE_CODEX_HOME: codexHome,
    CODEX_LANES_NATIVE_UNLOCK: '1',
    CODEX_LANES_HOME: dataHome,
    ...(codex ? { CODEX_CLI_PATH: codex } : {}),
  };
  return { url: practice.url, dataHome, codexHome, env, close: async () => practice.close() };
}
