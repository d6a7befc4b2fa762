// `npm start`: the extension in a VS Code with a sample workspace and the practice endpoint, from a fresh clone.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { hostSupported } from '../vscode-host/layout.mjs';
import { findDesktopCode, openDesktopWindow } from './desktop-window.mjs';
import { installHost, installProject, reexecOnProjectNode } from './install.mjs';
import { root } from './platform.mjs';
import { openPracticeRoom } from './practice-room.mjs';
import { copySampleWorkspace } from './sample-workspace.mjs';
import { stageExtension } from './stage-extension.mjs';
import { reportFailure, run, StepError, timed } from './step.mjs';

const help = `Opens Lanes for Codex in a VS Code with a sample workspace, in practice: both lanes answer from an endpoint on
this machine, so no account and no key is needed. Installs and builds what is missing first.

  npm start                        in desktop VS Code when \`code\` is on the PATH, else in a browser VS Code
  npm start -- --browser           in a browser VS Code; prints its URL (Linux x64). --no-open is the same
  npm start -- --port 8123         port of the browser VS Code; a free one without it
  npm start -- --keep              leaves the throw-away folder behind and says where it is
  npm start -- --help              this text

Your own VS Code, your Codex home and your keys are not touched. Ctrl+C ends everything.`;

try {
  const options = readOptions();
  if (options.help) {
    console.log(help);
  } else {
    installProject();
    if (!(await reexecOnProjectNode(import.meta.filename))) await start(options);
  }
} catch (error) {
  reportFailure(error);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h' },
        port: { type: 'string' },
        browser: { type: 'boolean' },
        'no-open': { type: 'boolean' },
        keep: { type: 'boolean' },
      },
    });
    const port = Number(values.port ?? 0);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port ${values.port} is not a port`);
    return { help: values.help, keep: values.keep === true, port, browser: values.browser || values['no-open'] };
  } catch (error) {
    throw new StepError(`${error.message}\n\n${help}`);
  }
}

async function start({ browser, port, keep }) {
  const code = browser ? undefined : findDesktopCode();
  if (!code && !hostSupported) {
    throw new StepError(
      'No desktop VS Code found, and the browser VS Code runs on Linux x64 only.\n' +
        'Install VS Code (https://code.visualstudio.com), make `code` available on the PATH, and run npm start again.',
    );
  }
  if (!code) installHost();
  timed('building', () => run(process.execPath, ['esbuild.mjs'], root));
  const stopped = stopSignal();
  mkdirSync(join(root, 'out'), { recursive: true });
  const folder = mkdtempSync(join(root, 'out/start-'));
  /** @type {(() => unknown)[]} what to end, last opened first */
  const opened = [];
  try {
    const workspace = join(folder, 'sample-workspace');
    copySampleWorkspace(workspace);
    const practice = await openPracticeRoom(folder, [workspace]);
    opened.unshift(practice.close);
    console.log(`practice endpoint: ${practice.url}`);
    const window = code
      ? openDesktopWindow({ code, extension: root, folder: workspace, profile: folder, env: practice.env })
      : await openBrowserWindow({ folder, workspace, port, env: practice.env });
    opened.unshift(window.close);
    console.log('\nOpen a chat and try: explain this file · add a test · run the tests. Ctrl+C ends it.');
    await Promise.race([stopped, window.closed]);
  } finally {
    for (const close of opened) await close();
    if (keep) console.log(`kept ${relative(process.cwd(), folder)}`);
    else rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function openBrowserWindow({ folder, workspace, port, env }) {
  // Loaded only here: on a machine with desktop VS Code the harness is never installed.
  const { startServer } = await import('../vscode-host/server.mjs');
  const { workbenchUrl } = await import('../vscode-host/workbench-url.mjs');
  const extensionsDir = join(folder, 'extensions');
  stageExtension(extensionsDir);
  const server = await startServer({ port, token: true, extensionsDir, builtins: 'all', under: folder, env });
  console.log(`\nOpen this in your browser:\n\n  ${workbenchUrl(server, { folder: workspace })}`);
  const closed = server.exited.then(() => {
    throw new StepError(`VS Code's server ended by itself:\n${server.output().slice(-2_000)}`);
  });
  // Ctrl+C ends the server before anybody looks at this promise again.
  closed.catch(() => {});
  return { closed, close: server.stop };
}

/** Settles at the first signal to end; later ones change nothing, so that the clean-up is never cut short by a second Ctrl+C. */
function stopSignal() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => resolve(undefined));
  });
}
