// Addresses of the browser workbench.
import { resolve } from 'node:path';

/**
 * URL of a window, with the connection token where the server asks for one.
 * @param {import('./server.mjs').HostServer} server
 * @param {object} [options]
 * @param {string} [options.folder] folder to open; an empty window without it
 * @param {string} [options.workspaceFile] `.code-workspace` file to open instead of a folder
 * @param {readonly (readonly [string, string])[]} [options.payload] development extension and tests: works only with the
 *   smoke-test driver (a built workbench ignores it otherwise)
 */
export function workbenchUrl(server, { folder, workspaceFile, payload = [] } = {}) {
  const query = new URLSearchParams();
  if (server.token) query.set('tkn', server.token);
  if (workspaceFile) query.set('workspace', resolve(workspaceFile));
  else if (folder) query.set('folder', resolve(folder));
  else query.set('ew', 'true');
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `${server.origin}/?${query}`;
}

/**
 * URI of a path on the server, as payloads want it. An extension under development must not contain this harness: VS Code
 * would take its built-in themes for the theme under development and force them.
 */
export function remoteUri(server, path) {
  return `vscode-remote://${server.authority}${resolve(path)}`;
}
