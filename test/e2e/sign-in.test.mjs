// Signing Codex in to ChatGPT with the real Codex, up to the page that only OpenAI has.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { projectCodex } from '../tools/platform.mjs';
import { openSession, until } from './kit/index.mjs';
import { openSignInPage } from './kit/sign-in-page.mjs';

const LIMIT_MS = 30_000;

describe('signing in', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;
  /** @type {Awaited<ReturnType<typeof openSignInPage>>} */
  let page;
  const folder = mkdtempSync(join(tmpdir(), 'e2e-sign-in-'));
  const codexHome = join(folder, 'codex-home');

  before(async () => {
    page = await openSignInPage(join(folder, 'page'));
    mkdirSync(codexHome);
    writeFileSync(join(codexHome, 'config.toml'), 'model = "gpt-5.5"\n');
    session = await openSession({
      practice: false,
      env: { CODEX_CLI_PATH: projectCodex(), CODEX_HOME: codexHome, ...page.env },
      machineSettings: {
        'codexLanes.native.interactive': true,
        'codexLanes.native.env': ['CODEX_APP_SERVER_LOGIN_ISSUER'],
      },
    });
    window = await session.openChat();
  });

  after(async () => {
    await session?.close();
    await page?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const signIn = async (way) => {
    await window.runCommand('Codex Lanes: Sign In to Codex…');
    await window.pick(way);
  };
  const polls = () => page.asked().filter((path) => path.endsWith('/deviceauth/token')).length;

  test('with a device code: the code is shown, Codex waits for it, and Cancel ends that', async () => {
    await signIn('Device code');
    const offer = window.notification(`Enter the code ${page.code} at ${page.host} to sign in to Codex.`);
    await offer.waitFor({ timeout: LIMIT_MS });
    await offer.getByRole('button', { name: 'Copy Code' }).click();
    await window.clipboard((text) => text === page.code);
    const waiting = window.notification(`waits for the code ${page.code} at ${page.host}`);
    await waiting.waitFor();
    await until(() => polls() > 1, 'Codex to ask whether the code was entered', LIMIT_MS);
    await waiting.getByRole('button', { name: 'Cancel' }).click();
    await window.notification('Codex was not signed in: cancelled.').waitFor({ timeout: LIMIT_MS });
    await waiting.waitFor({ state: 'detached' });
    const asked = polls();
    // It asks each second.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.equal(polls(), asked, 'Codex no longer waits');
    assert.equal(existsSync(join(codexHome, 'auth.json')), false);
    await window.runCommand('Notifications: Clear All Notifications');
  });

  test('offline: both ways fail at once, in words of ours', async () => {
    await page.close();
    for (const way of ['Device code', 'Browser']) {
      await signIn(way);
      await window
        .notification('OpenAI can’t be reached, so nobody can sign in with ChatGPT now.')
        .waitFor({ timeout: LIMIT_MS });
      await window.runCommand('Notifications: Clear All Notifications');
    }
    assert.equal(existsSync(join(codexHome, 'auth.json')), false);
  });
});
