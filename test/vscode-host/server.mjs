// Starts and ends VS Code's own server on 127.0.0.1.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostNode, hostRoot } from './layout.mjs';
import { serverArguments } from './server-arguments.mjs';
import { createServerFolder } from './server-folder.mjs';

const START_LIMIT_MS = 60_000;
const STOP_GRACE_MS = 5_000;

/**
 * @typedef {object} HostServer
 * @property {number} port
 * @property {string} origin `http://127.0.0.1:PORT`
 * @property {string} authority `127.0.0.1:PORT`
 * @property {string | undefined} token connection token that the workbench URL has to carry
 * @property {string} dir the server's temporary folder
 * @property {string} home HOME of the extension host
 * @property {string} userData
 * @property {string} extensionsDir
 * @property {number} pid also the server's process group
 * @property {number} startMs from spawn to listening
 * @property {() => string} output what the server printed so far
 * @property {Promise<void>} exited settles when the server process is gone
 * @property {() => Promise<void>} stop ends the server's process group and removes its folder
 */

/**
 * Starts a server with everything it writes in one temporary folder, so that runs may go on side by side.
 * @param {object} [options]
 * @param {'server' | 'code-server'} [options.mode] VS Code's server itself, or code-server's front of it. Only the latter
 *   keeps SecretStorage over a page reload; only the former takes a connection token.
 * @param {number} [options.port] 0 takes a free one
 * @param {boolean} [options.token] ask for a connection token; anything a person opens needs one
 * @param {boolean} [options.trust] workspace trust as a user has it; off by default
 * @param {boolean} [options.driver] smoke-test driver: makes extension development and test runs possible in a built VS
 *   Code, but suppresses notification toasts
 * @param {Record<string, unknown>} [options.settings] user settings
 * @param {Record<string, unknown>} [options.machineSettings] machine settings
 * @param {readonly string[] | 'all'} [options.builtins] built-in extensions
 * @param {string} [options.extensionsDir] an existing extensions folder
 * @param {string} [options.under] where the temporary folder is created
 * @param {string} [options.home] an existing HOME
 * @param {Record<string, string | undefined>} [options.env] reaches the extension host; wins over our own environment, and
 *   undefined takes a name out of it
 * @param {boolean} [options.keep] leave the temporary folder behind
 * @returns {Promise<HostServer>}
 * @throws when the server ends or says nothing for a minute
 */
export async function startServer({
  mode = 'server',
  port = 0,
  token = false,
  trust = false,
  driver = false,
  settings,
  machineSettings,
  builtins,
  extensionsDir,
  under,
  home,
  env = {},
  keep = false,
} = {}) {
  if (token && mode === 'code-server') throw new Error('a connection token needs mode "server"');
  const startedAt = Date.now();
  const folder = createServerFolder({ under, home, extensionsDir, settings, machineSettings, trust, builtins });
  const secret = token ? randomBytes(24).toString('hex') : undefined;
  const tokenFile = secret ? join(folder.dir, 'token') : undefined;
  if (tokenFile) writeFileSync(tokenFile, secret, { mode: 0o600 });
  const child = spawn(
    hostNode,
    [
      '--require',
      join(hostRoot, 'die-with-parent.cjs'),
      ...serverArguments(folder, { mode, port, tokenFile, trust, driver }),
    ],
    { env: serverEnvironment(folder.home, env), stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  const exited = new Promise((resolve) => child.once('exit', () => resolve(undefined)));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
    });
  }
  const stop = async () => {
    await endProcessGroup(child, exited);
    if (!keep) folder.remove();
  };
  try {
    const listening = await listeningPort(child, () => output);
    return {
      port: listening,
      origin: `http://127.0.0.1:${listening}`,
      authority: `127.0.0.1:${listening}`,
      token: secret,
      dir: folder.dir,
      home: folder.home,
      userData: folder.userData,
      extensionsDir: folder.extensions,
      pid: child.pid,
      startMs: Date.now() - startedAt,
      output: () => output,
      exited,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Our environment without what another VS Code or npm left in it, without the developer's own Codex and OpenAI settings
 * (a test must never reach their account), and with the marketplace switched off.
 */
function serverEnvironment(home, extra) {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_|CODEX_|OPENAI_)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    HOME: home,
    EXTENSIONS_GALLERY: '{}',
    ...extra,
    CODEX_LANES_HOST_WATCH_STDIN: '1',
  };
}

function listeningPort(child, output) {
  return new Promise((resolve, reject) => {
    const fail = (reason) => reject(new Error(`${reason}\n${output().slice(-4_000)}`));
    const timer = setTimeout(
      () => fail(`VS Code's server did not start in ${START_LIMIT_MS / 1000} s`),
      START_LIMIT_MS,
    );
    const look = () => {
      const match = /Extension host agent listening on (\d+)|HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(
        output(),
      );
      if (!match) return;
      clearTimeout(timer);
      resolve(Number(match[1] ?? match[2]));
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('error', (error) => fail(`VS Code's server could not be started: ${error.message}`));
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`VS Code's server ended with code ${code}`);
    });
  });
}

async function endProcessGroup(child, exited) {
  if (child.pid === undefined) return;
  if (child.exitCode === null && child.signalCode === null) {
    signalGroup(child.pid, 'SIGTERM');
    const hard = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), STOP_GRACE_MS);
    await exited;
    clearTimeout(hard);
  }
  signalGroup(child.pid, 'SIGKILL'); // what the server left behind in its own group
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is already empty.
  }
}
