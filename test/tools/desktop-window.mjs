// Desktop VS Code: where it is, and one throw-away window of it.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { defaultSettings } from '../vscode-host/settings.mjs';
import { StepError } from './step.mjs';

const POLL_MS = 500;

/**
 * The `code` command of a desktop VS Code that can open a window here.
 * @returns {string | undefined}
 */
export function findDesktopCode(env = process.env) {
  if (process.platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return undefined;
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  const found = (env.PATH ?? '').split(delimiter).map((dir) => join(dir, name));
  // Inside a remote terminal `code` talks to a window elsewhere, which can't take a profile.
  return found.find((path) => existsSync(path) && !/remote-cli/.test(realpathSync(path)));
}

/**
 * Opens a window with a profile of its own, so that the reader's VS Code stays as it is.
 * @param {object} options
 * @param {string} options.code from `findDesktopCode`
 * @param {string} options.extension folder of the extension under development
 * @param {string} options.folder folder to open
 * @param {string} options.profile throw-away folder for user data and extensions
 * @param {Record<string, string>} options.env what the extension has to see
 * @returns {{ closed: Promise<void>, close: () => Promise<void> }}
 */
export function openDesktopWindow({ code, extension, folder, profile, env }) {
  const userData = join(profile, 'data');
  mkdirSync(join(userData, 'User'), { recursive: true });
  writeFileSync(join(userData, 'User/settings.json'), JSON.stringify(defaultSettings, null, 2));
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_)/.test(name));
  const quoted = (text) => (process.platform === 'win32' ? `"${text}"` : text);
  const launcher = spawn(
    quoted(code),
    [
      quoted(folder),
      quoted(`--extensionDevelopmentPath=${extension}`),
      quoted(`--user-data-dir=${userData}`),
      quoted(`--extensions-dir=${join(profile, 'extensions')}`),
      ...['--new-window', '--disable-workspace-trust', '--disable-updates', '--skip-welcome', '--skip-release-notes'],
    ],
    { env: { ...Object.fromEntries(inherited), ...env }, stdio: 'ignore', shell: process.platform === 'win32' },
  );
  // VS Code detaches from its launcher. Its main process keeps its pid in this file until it ends.
  const lock = join(userData, 'code.lock');
  return {
    closed: windowClosed(launcher, lock),
    close: async () => {
      if (!existsSync(lock)) return;
      try {
        process.kill(Number(readFileSync(lock, 'utf8')), 'SIGTERM');
      } catch {
        return; // It ended in the meantime.
      }
      for (let left = 20; left > 0 && existsSync(lock); left -= 1) await delay(POLL_MS / 2);
    },
  };
}

async function windowClosed(launcher, lock) {
  await new Promise((resolve, reject) => {
    launcher.once('error', (error) => reject(new StepError(`VS Code could not be started: ${error.message}`)));
    launcher.once('exit', (code) =>
      code === 0 ? resolve(undefined) : reject(new StepError(`VS Code ended with code ${code}`)),
    );
  });
  while (!existsSync(lock)) await delay(POLL_MS, undefined, { ref: false });
  while (existsSync(lock)) await delay(POLL_MS);
}
