// The one temporary folder in which a server keeps everything it writes.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vscodeRoot } from './layout.mjs';
import { defaultSettings, leanBuiltins } from './settings.mjs';

/**
 * @typedef {object} ServerFolder
 * @property {string} dir everything below lies in here
 * @property {string} home HOME of the server and its extension host
 * @property {string} userData `--user-data-dir`
 * @property {string} extensions `--extensions-dir`
 * @property {string | undefined} builtins `--builtin-extensions-dir`, or undefined for all built-in extensions
 * @property {() => void} remove
 */

/**
 * @param {object} options
 * @param {string} [options.under] where the folder is created; the system's temporary folder by default
 * @param {string} [options.home] an existing HOME instead of a fresh one
 * @param {string} [options.extensionsDir] an existing extensions folder instead of a fresh one
 * @param {Record<string, unknown>} [options.settings] user settings
 * @param {Record<string, unknown>} [options.machineSettings] machine settings
 * @param {boolean} [options.trust] workspace trust as a user has it
 * @param {readonly string[] | 'all'} [options.builtins]
 * @returns {ServerFolder}
 */
export function createServerFolder({
  under = tmpdir(),
  home,
  extensionsDir,
  settings = {},
  machineSettings = {},
  trust = false,
  builtins = leanBuiltins,
}) {
  const dir = mkdtempSync(join(under, 'vscode-host-'));
  const folder = {
    dir,
    home: home ?? join(dir, 'home'),
    userData: join(dir, 'data'),
    extensions: extensionsDir ?? join(dir, 'extensions'),
    builtins: builtins === 'all' ? undefined : join(dir, 'builtin'),
    remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
  for (const path of [folder.home, folder.extensions]) mkdirSync(path, { recursive: true });
  // The browser workbench of code-server keeps user settings on the server too.
  writeSettings(join(folder.userData, 'User'), {
    ...defaultSettings,
    'security.workspace.trust.enabled': trust,
    ...settings,
  });
  writeSettings(join(folder.userData, 'Machine'), machineSettings);
  if (folder.builtins) linkBuiltins(folder.builtins, builtins);
  return folder;
}

function writeSettings(dir, settings) {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'settings.json'), JSON.stringify(settings, null, 2));
}

function linkBuiltins(dir, names) {
  mkdirSync(dir);
  for (const name of [...names, 'node_modules']) {
    symlinkSync(join(vscodeRoot, 'extensions', name), join(dir, name), 'dir');
  }
}
