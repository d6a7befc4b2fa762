// A native turn while it runs and when its window dies: what it waits for, a reload, an extension host that is killed. What
// it left behind is ended and named, and Codex goes on with the same thread.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isAlive, openSession, until } from './kit/index.mjs';

const TURN_LIMIT_MS = 60_000;
const REAP_LIMIT_MS = 15_000;
const PICTURES = ['light', 'dark', 'high-contrast'];

describe('supervision of a native turn', () => {
  /** @type {import('./kit/session.mjs').Session} */
  let session;
  /** @type {import('./kit/workbench.mjs').Workbench} */
  let window;

  before(async () => {
    session = await openSession({
      settings: { 'codexLanes.lane': 'codex-native' },
      // Without a sandbox, whose namespace would take all commands with it: what descends has to be found.
      machineSettings: { 'codexLanes.native.sandbox': 'danger-full-access', 'codexLanes.native.silenceTimeout': 20 },
      watched: true,
    });
    window = await session.openChat({ viewport: { width: 1200, height: 1000 }, wide: 520 });
  });

  after(() => session?.close());

  const running = () => session.runningIn(session.workspaces[0]);

  /** Waits for what a turn started. */
  const runs = (command) =>
    until(() => {
      const found = running();
      return found.some((one) => one.command === command) && found;
    }, `${command} to run`);

  /** The arguments of each turn that Codex was started for. */
  const turns = () => session.codexStarts().filter((words) => words.startsWith('exec --json '));

  /** The window comes back after `end`, and nothing of `started` is left. */
  async function comesBackAfter(end, started) {
    await end();
    await window.showContainer();
    await window.chat.ready();
    await until(() => running().length === 0, 'what the turn left behind to be ended', REAP_LIMIT_MS);
    await until(() => !started.some(({ pid }) => isAlive(pid)), 'each of it to be gone', REAP_LIMIT_MS);
    await window.chat.row('The window was closed or reloaded while this turn ran, so it was ended.').waitFor();
  }

  /** Continue is pressed, and Codex itself goes on with the only thread that it keeps. */
  async function goesOn() {
    const { chat } = window;
    const [thread] = session.nativeThreads();
    const before = turns().length;
    await chat.button('Continue').click();
    await until(() => turns().length > before, 'Codex to be started again');
    await chat.running.waitFor({ state: 'detached', timeout: TURN_LIMIT_MS });
    await chat.row('Continue where you left off.').last().waitFor();
    await chat.row('It answers from a script').last().waitFor();
    assert.equal(await chat.fact('Native thread'), thread);
    assert.deepEqual(session.nativeThreads(), [thread]);
    assert.equal(turns().length, before + 1);
    assert.match(turns().at(-1), new RegExp(`\\bresume ${thread}\\b`));
  }

  test('a command that runs is named, is not given up, and the status bar says that Codex is working', async () => {
    const { chat } = window;
    await chat.send('run: sleep 600');
    await runs('sleep 600');
    await window.statusBarItem('codexLanes.running').getByText('Codex is working').waitFor();
    const line = chat.running.getByRole('button', { name: /^Running sleep 600/ });
    await line.waitFor();
    await line.click();
    await chat.running.getByText(/^Codex started \(pid \d+\)$/).waitFor();
    await chat.running.getByText('Not given up: a command is running.').waitFor();
    assert.equal(await chat.running.getByRole('button', { name: 'Wait', exact: true }).count(), 0);
    await window.screenshot('x-ray-command', { in: PICTURES });
  });

  test('a reload ends the turn, and Continue resumes the same thread', async () => {
    const started = await runs('sleep 600');
    await comesBackAfter(() => window.reload(), started);
    await window.statusBarItem('codexLanes.running').waitFor({ state: 'hidden' });
    await goesOn();
  });

  test('an extension host that is killed: its leftovers are ended and named, and Continue resumes the same thread', async () => {
    const { chat } = window;
    await chat.send('run: setsid sleep 3600 & sleep 600');
    await runs('sleep 3600');
    const started = await runs('sleep 600');
    // VS Code notices, and starts another one.
    await comesBackAfter(() => session.killHosts(), started);
    const [codex] = started.filter(({ command }) => command.includes('exec --json'));
    const left = `left behind: codex exec (process ${codex.pid}), thread “run: sleep 600”`;
    await window.notification(left).waitFor();
    await window.screenshot('killed-host', { in: PICTURES });
    const told = await window.keptNotification(left);
    await told.getByRole('button', { name: 'Show Thread' }).click();
    await goesOn();
  });

  test('silence: the hop is named with what was seen, Wait puts the end off, Stop ends it at once', async () => {
    const { chat } = window;
    await window.runCommand('Codex Lanes: New Thread');
    await chat.empty();
    await chat.send('fail: hang');
    await chat.running.getByRole('button', { name: /^Waiting for the network/ }).click();
    const { pid } = await until(() => running().find(({ command }) => command.includes('exec --json')), 'Codex to run');
    await chat.running.getByText(`Codex started (pid ${pid})`).waitFor();
    await chat.running.getByText('Thread opened').waitFor();
    await chat.running.getByText('Turn began').waitFor();
    await chat.running.getByText(/the provider or a proxy on the way does not answer/).waitFor();
    const left = async () => Number(/Given up in (\d+) s/.exec(await chat.running.innerText())?.[1]);
    await until(async () => (await left()) <= 17, 'three seconds of silence');
    await chat.running.getByRole('button', { name: 'Wait', exact: true }).click();
    await until(async () => (await left()) >= 19, 'the end to be put off');
    await window.screenshot('x-ray-network', { in: PICTURES });
    await chat.running.getByRole('button', { name: 'Stop' }).click();
    await chat.row('Stopped by you').waitFor();
    await until(() => running().length === 0, 'Codex to be gone', 5_000);
    await until(() => !isAlive(pid), 'it to be dead', 5_000);
  });

  test('no request left this machine and nothing of ours broke a rule', () => {
    window.assertStayedHome();
    window.assertQuiet();
  });
});
