// Threads of Codex's own: one that the real program made in a terminal is listed, opened and gone on with.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { projectCodex } from '../tools/platform.mjs';
import { openInteractive } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;

describe('threads of Codex’s own', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    ({ session, window } = await openInteractive(
      { watched: true },
      { viewport: { width: 1200, height: 1000 }, wide: 520 },
    ));
  });

  after(() => session?.close());

  /** As a user runs it in a terminal, with the same Codex home. */
  function inTerminal(prompt) {
    const [cwd] = session.workspaces;
    const env = { PATH: process.env.PATH, HOME: join(session.dir, 'home'), CODEX_HOME: session.codexHome };
    const child = spawn(projectCodex(), ['exec', '--json', prompt], { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.resume();
    return new Promise((resolve) => child.on('close', resolve));
  }

  test('one of the terminal is opened with its history, and a prompt goes on with it', async () => {
    const { chat } = window;
    assert.equal(await inTerminal('say: the word is heliotrope'), 0);
    await window.runCommand('Codex Lanes: Open Thread…');
    const row = window.quickPickRows().filter({ hasText: 'say: the word is heliotrope' });
    await row.filter({ hasText: 'exec' }).waitFor({ timeout: TURN_LIMIT_MS });
    await window.screenshot('codex-threads-list');
    await row.first().click();
    await chat.row(/^the word is heliotrope/).waitFor({ timeout: TURN_LIMIT_MS });
    await chat.row(/history above was read from Codex/).waitFor();
    await window.screenshot('codex-threads-opened', { in: ['light', 'dark', 'high-contrast'] });
    const before = session.requests.length;
    await chat.send('say: gone on');
    await chat.receipt(/Receipt: Native · app-server/).waitFor({ timeout: TURN_LIMIT_MS });
    const bodies = session.requests.slice(before).map((request) => JSON.stringify(request));
    assert.ok(bodies.some((body) => body.includes('heliotrope') && body.includes('gone on')));
    // It is ours now.
    await window.runCommand('Codex Lanes: Open Thread…');
    await row.first().waitFor();
    assert.equal(await row.count(), 1);
    await window.dismissQuickInput();
  });
});
