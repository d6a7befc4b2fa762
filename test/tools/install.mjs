// Brings what `npm start` and `npm test` need, each step only where it is missing. Runs on plain Node 20 with node
// built-ins alone, because nothing else is there yet.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join, sep } from 'node:path';
import { findChromium } from '../vscode-host/chromium.mjs';
import { hostRoot, hostSupported } from '../vscode-host/layout.mjs';
import { link } from '../vscode-host/link.mjs';
import { projectNode, root } from './platform.mjs';
import { run, StepError, timed } from './step.mjs';

/** The project's packages, Node.js 24 and Codex among them. Install scripts stay off: nothing here needs one. */
export function installProject() {
  installPackages(root, 'the project');
}

/** VS Code's server and the Node.js it runs on (Linux x64). */
export function installHost() {
  if (!hostSupported) {
    throw new StepError('VS Code from npm runs on Linux x64 only. Install VS Code: https://code.visualstudio.com');
  }
  installPackages(hostRoot, 'VS Code for tests');
  if (link()) console.log('linked VS Code to its modules');
}

/** A Chromium, through apt where it is missing and we may. */
export function installChromium() {
  if (findChromium()) return;
  const debian = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0;
  if (!debian) {
    throw new StepError(
      'No Chromium found. Install Chromium or Chrome (Debian: sudo apt-get install chromium), or set CHROMIUM_PATH.',
    );
  }
  timed('installing Chromium with apt-get', () => {
    run('apt-get', ['update', '-qq'], root);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], root, env);
  });
  const chromium = findChromium();
  // Ubuntu's `chromium` package is a launcher for a snap, which does not start in a container.
  if (!chromium || spawnSync(chromium, ['--version']).status !== 0) {
    throw new StepError('apt-get installed no Chromium that starts here. Install one by hand and set CHROMIUM_PATH.');
  }
}

/**
 * Runs a script again on the project's Node.js when the one we run on is older, and ends with its exit code.
 * @param {string} script the calling script, `import.meta.filename`
 * @returns {Promise<boolean>} true when the script ran there and the caller has nothing left to do
 */
export async function reexecOnProjectNode(script) {
  const node = projectNode();
  if (!node || Number(process.versions.node.split('.')[0]) >= 24) return false;
  const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: 'inherit', env: projectEnvironment() });
  // Ctrl+C reaches the child from the terminal too: our scripts take a second signal for the first.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((resolve) => child.once('exit', (code, signal) => resolve(signal ? 1 : code)));
  return true;
}

/** Our environment with the project's programs first on the PATH, as npm would have it. */
export function projectEnvironment() {
  return { ...process.env, PATH: [join(root, 'node_modules/.bin'), process.env.PATH ?? ''].join(delimiter) };
}

/**
 * One package with an exact version into a folder of its own, outside the project's lock file.
 * @param {string} folder an existing one
 * @param {string} spec `name@version`
 * @param {number} [limitMs] longest time it may take
 */
export function installPackage(folder, spec, limitMs) {
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund'];
  timed(`installing ${spec} (npm install)`, () =>
    npm(['install', '--prefix', folder, ...options, spec], folder, limitMs),
  );
}

function installPackages(folder, what) {
  if (isInstalled(folder)) return;
  timed(`installing ${what} (npm ci)`, () => npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder));
}

/**
 * Whether node_modules holds what the lock file asks for. npm writes the tree it installed beside it, so this sees an
 * interrupted install, a changed lock file and an install by hand alike, whatever the file times say.
 */
function isInstalled(folder) {
  const installed = packagesOf(join(folder, 'node_modules/.package-lock.json'));
  const wanted = packagesOf(join(folder, 'package-lock.json'));
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(
    ([path, entry]) => path === '' || (installed[path] ? installed[path].version === entry.version : entry.optional),
  );
}

function packagesOf(lockFile) {
  if (!existsSync(lockFile)) return undefined;
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

/** npm must not run on the Node.js it is about to replace, so the project's programs leave the PATH for it. */
function npm(args, folder, limitMs) {
  const ours = join(root, 'node_modules') + sep;
  const path = (process.env.PATH ?? '').split(delimiter).filter((dir) => !dir.startsWith(ours));
  const env = { ...process.env, PATH: path.join(delimiter) };
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  if (cli && node && !node.startsWith(ours)) run(node, [cli, ...args], folder, env, limitMs);
  else run('npm', args, folder, env, limitMs);
}
