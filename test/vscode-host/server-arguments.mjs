// The command line of the two ways to start the same VS Code server.
import { join } from 'node:path';
import { codeServerEntry, serverEntry } from './layout.mjs';

/**
 * @param {import('./server-folder.mjs').ServerFolder} folder
 * @param {object} options
 * @param {'server' | 'code-server'} options.mode
 * @param {number} options.port 0 takes a free one
 * @param {string | undefined} options.tokenFile file that holds the connection token
 * @param {boolean} options.trust
 * @param {boolean} options.driver
 * @returns {string[]} script and arguments for Node.js
 */
export function serverArguments(folder, { mode, port, tokenFile, trust, driver }) {
  const common = ['--user-data-dir', folder.userData, '--extensions-dir', folder.extensions];
  if (!trust) common.push('--disable-workspace-trust');
  const options = [
    // Alone, without a port, it keeps VS Code's own agent host from being started.
    ['agent-host-bridge-host', '127.0.0.1'],
    ...(driver ? [['enable-smoke-test-driver']] : []),
    ...(folder.builtins ? [['builtin-extensions-dir', folder.builtins]] : []),
  ];
  if (mode === 'code-server') {
    return [
      codeServerEntry,
      ...['--auth', 'none', '--bind-addr', `127.0.0.1:${port}`, '--config', join(folder.dir, 'config.yaml')],
      ...['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'],
      ...common,
      ...options.flatMap((option) => ['--vscode-option', option.join('=')]),
    ];
  }
  return [
    serverEntry,
    ...['--host', '127.0.0.1', '--port', String(port), '--accept-server-license-terms'],
    ...(tokenFile ? ['--connection-token-file', tokenFile] : ['--without-connection-token']),
    ...['--server-data-dir', join(folder.dir, 'server'), '--telemetry-level', 'off'],
    ...common,
    ...options.flatMap(([name, ...value]) => [`--${name}`, ...value]),
  ];
}
