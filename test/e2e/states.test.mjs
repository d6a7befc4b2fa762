// Every state of the Codex native lane in one window: the words of each surface, what is offered, and a picture of each in
// three themes. Two more states stand elsewhere: no Codex at all (unset.test.mjs), an untrusted workspace (trust.test.mjs).
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { badCodex, openSession, processesNamed, silence, spyCodex, until } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;
const OLDER = 'codex-cli 0.168.0';

describe('the states of the Codex native lane', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;
  /** Where Codex is looked for, by name. */
  let codex = '';
  /** Codex's own configuration, as it works. */
  let config = '';

  before(async () => {
    session = await openSession({
      settings: { 'codexLanes.lane': 'codex-native', 'codexLanes.api.effort': 3 },
      machineSettings: { 'codexLanes.native.sandbox': 'everything' },
      env: (dir) => {
        codex = join(dir, 'named/codex');
        return { CODEX_CLI_PATH: codex, CODEX_LANES_NATIVE_UNLOCK: undefined };
      },
    });
    // Only the login shell knows where this one is, as on a desktop.
    const older = spyCodex(join(session.dir, 'older/codex'), { version: OLDER });
    writeFileSync(join(session.server.home, '.profile'), `PATH='${dirname(older.path)}':"$PATH"\n`);
    config = readFileSync(configFile(), 'utf8');
    window = await session.openChat({ viewport: { width: 1200, height: 1000 }, wide: 520 });
  });

  after(() => session?.close());

  /** Puts something else where Codex is looked for, and asks how the lanes are. */
  async function place(put) {
    rmSync(codex, { recursive: true, force: true });
    mkdirSync(dirname(codex), { recursive: true });
    put(codex);
    await window.runCommand('Codex Lanes: Refresh Runtime Status');
  }

  /**
   * Every surface says the same of the lane.
   * @param {object} words
   * @param {string} words.bar the short words of the status bar
   * @param {string} words.state the last word of the lane's one line
   * @param {string} words.says the option's status message
   * @param {string} [words.badge] beside the lane in the picker
   * @param {string} [words.helps] the action that the chat offers first
   */
  async function assertStands({ bar, state, says, badge = '', helps }) {
    await window.statusShows(bar);
    assert.ok((await window.statusSays()).includes(`Runtime: Codex native - internal - ${state}`));
    await window.seeRow('Runtime', `Codex native - internal - ${state}`, says);
    if (helps !== undefined) await window.chat.note(says).getByRole('button', { name: helps, exact: true }).waitFor();
    await window.lane.click();
    const row = window.quickPickRows().filter({ hasText: 'Codex native' });
    await row.filter({ hasText: says }).filter({ hasText: badge }).first().waitFor();
    await window.dismissQuickInput();
  }

  async function shoot(state) {
    await window.page.mouse.move(900, 500);
    await window.runCommand('Notifications: Clear All Notifications');
    await window.scrollToTop('Runtime');
    await window.screenshot(`state-${state}`, { in: ['light', 'dark', 'high-contrast'] });
  }

  test('not checked: nothing was run, and bad values of settings are named', async () => {
    await window.notification('codexLanes.native.sandbox must be').waitFor();
    await window.notification('codexLanes.api.effort must be').waitFor();
    await window.statusShows('Native: not checked');
    await window.seeRow('Runtime', 'Codex native - internal - not checked yet');
    await window.seeRow('Runtime', 'Codex CLI', 'Not checked yet');
    assert.deepEqual(session.runningIn(session.workspaces[0]), []);
    // What is known without a check is said without one: the gate is shut.
    await window.chat.note('not checked yet').getByRole('button', { name: 'Unlock Codex Native Lane' }).waitFor();
    await shoot('not-checked');
  });

  for (const { name, put, bar = 'Codex not usable', cli, tried } of [
    { name: 'missing', put: () => {}, bar: 'Codex not found', cli: 'Codex CLI not found', tried: 'does not exist' },
    { name: 'a folder', put: badCodex.folder, cli: 'the path is a folder, not a program', tried: 'is a folder' },
    {
      name: 'not executable',
      put: badCodex.notExecutable,
      cli: 'the file may not be executed',
      tried: 'is not an executable file',
    },
    { name: 'garbage', put: badCodex.garbage, cli: 'what it answers to --version is not Codex', tried: 'is not Codex' },
    {
      name: 'failing',
      put: badCodex.failing,
      cli: 'what it answers to --version is not Codex',
      tried: 'exit code 127',
    },
    { name: 'silent', put: badCodex.silent, cli: 'it did not answer --version in time', tried: 'did not answer' },
  ]) {
    test(`a named Codex that is ${name}: runtime missing, with the reason, the path and the way out`, async () => {
      await place(put);
      await window.seeRow('Runtime', 'Codex CLI', cli);
      await window.seeRow('Runtime', 'What was tried', codex);
      await window.seeRow('Runtime', 'What was tried', tried);
      await assertStands({
        bar,
        state: 'runtime missing',
        says: 'Codex CLI not found',
        badge: 'Runtime missing',
        helps: 'Use This Binary…',
      });
      await until(() => processesNamed(silence).length === 0, 'what hung to be gone');
      if (name === 'not executable') await shoot('runtime-unusable');
    });
  }

  test('locked, and the prompt to it is a failed turn', async () => {
    await place((path) => spyCodex(path));
    await assertStands({
      bar: 'Native locked · practice (offline)',
      state: 'locked',
      says: 'Ready but locked',
      badge: 'Locked',
      helps: 'Unlock Codex Native Lane',
    });
    await shoot('locked');
  });

  test('the page that explains the gates names the one that is shut, and what opens it', async () => {
    await window.runCommand('Codex Lanes: Explain Lanes and Gates');
    const page = await window.previewShows('Lanes and gates');
    assert.match(page, /Run a turn\s+no\s+unlock/);
    assert.match(page, /Unlock Codex Native Lane/);
    await window.screenshot('explain-locked');
    await window.runCommand('View: Close Editor');
  });

  test('ready, once it is unlocked', async () => {
    await window.chat
      .note(/locked/)
      .getByRole('button', { name: 'Unlock Codex Native Lane' })
      .click();
    const asked = window.dialog('Unlock the Codex native lane on this machine?');
    await asked.getByRole('button', { name: 'Unlock', exact: true }).click();
    await assertStands({
      bar: 'Native · practice (offline)',
      state: 'ready',
      says: 'Ready for internal use',
      badge: 'Internal',
    });
    await shoot('ready');
  });

  test('pinned, when a build that took its place failed to start three times', async () => {
    const { chat } = window;
    rmSync(codex);
    badCodex.dying(codex);
    for (const nth of [1, 2, 3]) {
      await chat.send(`say: nobody hears this (${nth})`);
      await until(async () => (await chat.row(/Details \(/).count()) >= nth, `failure ${nth}`, TURN_LIMIT_MS);
    }
    await assertStands({
      bar: 'Native off',
      state: 'disabled',
      says: 'Disabled: codex-cli 0.169.0 failed to start 3 times in a row',
      badge: 'Disabled',
      helps: 'Lift the Pin',
    });
    await shoot('pinned');
    await chat
      .note(/failed to start/)
      .getByRole('button', { name: 'Lift the Pin' })
      .click();
    const asked = window.dialog('Let Codex be started again?');
    await asked.getByRole('button', { name: 'Lift the Pin' }).click();
    await window.statusShows('Native · practice (offline)');
  });

  test('degraded, with another binary that is older than the tested one', async () => {
    await window.runCommand('Codex Lanes: Use This Binary…');
    await window.quickPickRows().filter({ hasText: codex }).first().waitFor();
    await window.pick(OLDER);
    await assertStands({
      bar: 'Native: see notes · practice (offline)',
      state: 'degraded',
      says: `Ready with notes: ${OLDER} is older than the tested 0.169.0`,
      badge: 'Degraded',
    });
    await shoot('degraded');
  });

  test("a configuration that doesn't parse: a setup problem with its line, and the lane stays", async () => {
    writeFileSync(configFile(), `${config}\n[model_providers\n`);
    await window.runCommand('Codex Lanes: Refresh Runtime Status');
    await window.statusShows('Native: setup problem');
    await window.seeRow('Runtime', 'Codex credential', 'config.toml');
    await shoot('bad-configuration');
  });

  test('authentication required', async () => {
    writeFileSync(configFile(), 'model = "gpt-5.5"\n');
    await window.runCommand('Codex Lanes: Refresh Runtime Status');
    await assertStands({
      bar: 'Native: sign in',
      state: 'auth required',
      says: 'Authentication required',
      badge: 'Auth required',
      helps: 'Set Key for Codex Native',
    });
    await shoot('authentication-required');
  });

  test('disabled by its setting, with the setting named', async () => {
    writeFileSync(configFile(), config);
    session.changeMachineSettings({ 'codexLanes.native.enabled': false });
    await window.runCommand('Codex Lanes: Refresh Runtime Status');
    await assertStands({
      bar: 'Native off',
      state: 'disabled',
      says: 'Disabled: switched off by codexLanes.native.enabled',
      badge: 'Disabled',
      helps: 'Switch Codex Native On',
    });
    await shoot('disabled');
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });

  function configFile() {
    return join(session.codexHome, 'config.toml');
  }
});
