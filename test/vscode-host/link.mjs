// Stands in for code-server's postinstall, which would run `npm install` inside lib/vscode (400 MB, native builds): the
// few modules that the server really imports are installed here and linked to where it looks for them.
import { chmodSync, existsSync, lstatSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { hostRoot, serverEntry, vscodeRoot } from './layout.mjs';

const modules = join(hostRoot, 'node_modules');

/** Where the server, and the built-in TypeScript extension, look for modules. */
const links = [join(vscodeRoot, 'node_modules'), join(vscodeRoot, 'extensions/node_modules')];

/** Programs that npm unpacks without their executable bit on some file systems. */
const programs = [
  join(modules, '@vscode/ripgrep-universal/bin/linux-x64/rg'),
  join(modules, 'node-pty/prebuilds/linux-x64/spawn-helper'),
];

/**
 * Makes an installed harness runnable; does nothing where that was done before.
 * @returns {boolean} whether anything had to be changed
 * @throws when code-server is not installed
 */
export function link() {
  if (!existsSync(serverEntry)) {
    throw new Error('code-server is not installed: npm --prefix test/vscode-host ci --ignore-scripts');
  }
  const missing = links.filter((path) => lstatSync(path, { throwIfNoEntry: false }) === undefined);
  for (const path of missing) symlinkSync(modules, path, 'dir');
  const locked = programs.filter((path) => existsSync(path) && (statSync(path).mode & 0o111) === 0);
  for (const path of locked) chmodSync(path, 0o755);
  return missing.length + locked.length > 0;
}
