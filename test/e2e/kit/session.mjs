// One server with the packaged extension, the practice room and a workspace: opened once a test file, closed at its end.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { root } from '../../tools/platform.mjs';
import { openPracticeRoom } from '../../tools/practice-room.mjs';
import { copySampleWorkspace } from '../../tools/sample-workspace.mjs';
import { launchBrowser, openGuardedPage } from '../../vscode-host/browser.mjs';
import { installVsix } from '../../vscode-host/install-vsix.mjs';
import { startServer } from '../../vscode-host/server.mjs';
import { workbenchUrl } from '../../vscode-host/workbench-url.mjs';
import { changeJson } from './change-json.mjs';
import { spyCodex } from './codex-scripts.mjs';
import { pictureOnFailure } from './failure-pictures.mjs';
import { extensionHostsOf, processesIn } from './processes.mjs';
import { recordBefore } from './recorder.mjs';
import { Workbench } from './workbench.mjs';

/** @typedef {Awaited<ReturnType<typeof openSession>>} Session */

/**
 * The package that `npm run package` left in dist/: what users get is what is tested.
 * @throws when there is none
 */
export function packagedVsix() {
  const dist = join(root, 'dist');
  const packages = readdirSync(dist)
    .filter((file) => file.endsWith('.vsix'))
    .map((file) => join(dist, file))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  if (packages.length === 0) throw new Error('dist/ holds no .vsix: npm run package');
  return packages[0];
}

/**
 * @param {object} [options]
 * @param {boolean} [options.practice] both lanes answer from the practice endpoint; without it the extension is as
 *   installed, with no key, no Codex on the PATH and the native lane locked
 * @param {Record<string, string | undefined> | ((dir: string) => Record<string, string | undefined>)} [options.env] wins
 *   over what practice sets; undefined takes a name out. A function is given the session's folder
 * @param {Record<string, unknown>} [options.settings] user settings
 * @param {Record<string, unknown>} [options.machineSettings] the only place that counts for settings of machine scope
 * @param {readonly string[]} [options.folders] names of sample workspaces to open: none is an empty window, several are a
 *   multi-root one
 * @param {readonly string[]} [options.outsideGit] names of sample workspaces that are under no git, opened after the others
 * @param {'server' | 'code-server'} [options.mode] only `code-server` keeps secrets over a reload
 * @param {boolean} [options.trust] workspace trust as a user has it
 * @param {boolean} [options.codexTrusts] with practice: Codex has the folders marked as trusted, so that nobody is asked
 *   before its first turn there
 * @param {boolean} [options.watched] with practice: each request to its endpoint and each start of Codex is noted
 */
export async function openSession({
  practice = true,
  env = {},
  settings = {},
  machineSettings = {},
  folders = ['sample-workspace'],
  outsideGit = [],
  mode = 'server',
  trust = false,
  codexTrusts = true,
  watched = false,
} = {}) {
  mkdirSync(join(root, 'out'), { recursive: true });
  const dir = mkdtempSync(join(root, 'out/e2e-'));
  /** @type {(() => unknown)[]} what to end, last opened first */
  const opened = [() => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })];
  const close = async () => {
    for (const end of opened.splice(0)) await end();
  };
  try {
    const workspaces = folders.map((name) => join(dir, name));
    for (const workspace of workspaces) copySampleWorkspace(workspace);
    if (outsideGit.length > 0) {
      // The session's folder lies in this repository.
      const outside = mkdtempSync(join(tmpdir(), 'e2e-outside-git-'));
      opened.unshift(() => rmSync(outside, { recursive: true, force: true }));
      for (const name of outsideGit) {
        const workspace = join(outside, name);
        copySampleWorkspace(workspace);
        rmSync(join(workspace, '.git'), { recursive: true });
        workspaces.push(workspace);
      }
    }
    const room = practice ? await openPracticeRoom(dir, workspaces) : undefined;
    if (room) opened.unshift(room.close);
    if (room && codexTrusts) trustInCodex(room.codexHome, workspaces);
    const watch = room && watched ? await watchPractice(dir, room) : undefined;
    if (watch) opened.unshift(watch.close);
    const own = typeof env === 'function' ? env(dir) : env;
    const dataHome = room?.dataHome ?? join(dir, 'data-home');
    const extensionsDir = join(dir, 'extensions');
    installVsix(packagedVsix(), extensionsDir);
    const server = await startServer({
      mode,
      trust,
      extensionsDir,
      settings,
      machineSettings,
      env: { PATH: pathWithoutProject(), CODEX_LANES_HOME: dataHome, ...room?.env, ...watch?.env, ...own },
    });
    opened.unshift(server.stop);
    const browser = await launchBrowser();
    opened.unshift(() => browser.close());
    const url = workbenchUrl(server, opening(dir, workspaces));
    /**
     * Opens a window with a browser profile of its own.
     * @param {{ viewport?: { width: number, height: number }, folder?: null }} [options] null opens no folder
     */
    const openWindow = async ({ folder, ...options } = {}) => {
      const guarded = await openGuardedPage(browser, server.origin, options);
      pictureOnFailure(guarded.page);
      const shown = folder === null ? workbenchUrl(server, {}) : url;
      const workbench = new Workbench({ ...guarded, server, url: shown });
      await workbench.open();
      return workbench;
    };
    return {
      dir,
      /** The opened folders, in the order of `folders` and `outsideGit`. */
      workspaces,
      dataHome,
      /** The practice endpoint, or undefined without practice. */
      practiceUrl: room?.url,
      codexHome: room?.codexHome,
      /** What stands before the practice endpoint, when watched. */
      endpoint: watch?.env.CODEX_LANES_PRACTICE,
      /** Requests to the practice endpoint so far, when watched. */
      requests: watch?.requests ?? [],
      /** The arguments of each start of Codex so far, when watched. */
      codexStarts: watch?.starts ?? (() => []),
      server,
      /**
       * What runs in an opened folder for a turn. VS Code's own language servers start there, too.
       * @param {string} folder
       */
      runningIn: (folder) => processesIn(folder).filter(({ command }) => !command.includes(server.dir)),
      /** Ends the extension hosts of all windows at once, as a crash or the system does when memory runs out. */
      killHosts() {
        const hosts = extensionHostsOf(server.pid);
        if (hosts.length === 0) throw new Error('there is no extension host');
        for (const pid of hosts) process.kill(pid, 'SIGKILL');
      },
      /** The ids of the threads that Codex itself keeps, oldest first. */
      nativeThreads: () =>
        rolloutsIn(room?.codexHome).map((name) => /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(name)?.[0]),
      openWindow,
      /**
       * Opens a window with the chat in its side bar, ready for a prompt.
       * @param {Parameters<typeof openWindow>[0] & { wide?: number }} [options] `wide`: the side bar's width in pixels
       */
      async openChat({ wide, ...options } = {}) {
        const workbench = await openWindow(options);
        await workbench.showContainer();
        if (wide !== undefined) await workbench.widenSideBar(wide);
        await workbench.chat.ready();
        return workbench;
      },
      /** Changes user settings. A window has them for certain after its next reload only. */
      changeSettings: (changes) => changeJson(join(server.userData, 'User/settings.json'), changes),
      /** Changes machine settings, likewise. */
      changeMachineSettings: (changes) => changeJson(join(server.userData, 'Machine/settings.json'), changes),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * A session with the interactive native lane chosen in a window of its own.
 * @param {Omit<Parameters<typeof openSession>[0], 'machineSettings'>} [options]
 * @param {Parameters<Session['openChat']>[0]} [chat]
 * @returns {Promise<{ session: Session, window: Workbench }>}
 */
export async function openInteractive(options = {}, chat = {}) {
  const session = await openSession({ ...options, machineSettings: { 'codexLanes.native.interactive': true } });
  try {
    const window = await session.openChat(chat);
    await window.runCommand('Codex Lanes: Use Codex Native Lane');
    return { session, window };
  } catch (error) {
    await session.close();
    throw error;
  }
}

/** Codex writes each thread into a file of its own, whose name begins with the time. */
function rolloutsIn(codexHome) {
  const sessions = join(codexHome, 'sessions');
  if (!existsSync(sessions)) return [];
  const names = readdirSync(sessions, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
  return names.map((name) => basename(name)).sort();
}

/** What Codex itself writes into its configuration at its first turn that may change a folder. */
function trustInCodex(codexHome, folders) {
  const trusted = folders.map((folder) => `\n[projects.${JSON.stringify(folder)}]\ntrust_level = "trusted"\n`);
  appendFileSync(join(codexHome, 'config.toml'), trusted.join(''));
}

/** Puts a recorder before the practice endpoint, for both lanes, and a script that notes its starts before Codex. */
async function watchPractice(dir, { url, codexHome }) {
  const recorder = await recordBefore(url);
  const config = join(codexHome, 'config.toml');
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll(url, recorder.url));
  const spy = spyCodex(join(dir, 'watched/codex'));
  return {
    env: { CODEX_LANES_PRACTICE: recorder.url, CODEX_CLI_PATH: spy.path },
    requests: recorder.requests,
    starts: spy.starts,
    close: recorder.close,
  };
}

/** The PATH as on a machine without this project: its node_modules hold a `codex` that no test may find by accident. */
function pathWithoutProject() {
  const path = (process.env.PATH ?? '').split(':').filter((dir) => !dir.includes('node_modules'));
  return path.join(':');
}

function opening(dir, workspaces) {
  if (workspaces.length <= 1) return { folder: workspaces[0] };
  const workspaceFile = join(dir, 'several.code-workspace');
  writeFileSync(workspaceFile, JSON.stringify({ folders: workspaces.map((path) => ({ path })) }));
  return { workspaceFile };
}
