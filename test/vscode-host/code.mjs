#!/usr/bin/env node
// A stand-in for the `code` executable, for machines that can't download desktop VS Code. It understands what
// @vscode/test-electron passes ([folder] --extensionDevelopmentPath= --extensionTestsPath=; other flags are ignored), runs
// the suite in VS Code's real Node extension host with a headless Chromium as the window, and exits with its result.
import { existsSync, statSync } from 'node:fs';
import { format } from 'node:util';
import { launchBrowser, openGuardedPage } from './browser.mjs';
import { versionLines } from './layout.mjs';
import { startServer } from './server.mjs';
import { leanBuiltins } from './settings.mjs';
import { remoteUri, workbenchUrl } from './workbench-url.mjs';

const RUN_LIMIT_MS = 300_000;

/** Lines that VS Code itself prints into the extension host's console on every start. */
const noise =
  /^(Resolv(ing|ed) connection token|Creating a socket|\[reconnection-grace-time\]|\[Service Worker\] registration|Ignoring fetching additional builtin extensions|Updating additional builtin extensions cache|\[AccountPolicyGate\]|\[AgentHost|Timed out waiting for authentication provider|Could not find pty)/;

const argv = process.argv.slice(2);
const valuesOf = (name) => argv.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => arg.slice(name.length + 3));

if (argv.includes('--version')) {
  console.log(versionLines.join('\n'));
} else {
  const developmentPaths = valuesOf('extensionDevelopmentPath');
  const [testsPath] = valuesOf('extensionTestsPath');
  const folder = argv.find((arg) => !arg.startsWith('-') && existsSync(arg) && statSync(arg).isDirectory());
  const code = testsPath ? await runSuite({ developmentPaths, testsPath, folder }) : usage();
  // @vscode/test-electron drops our stdout on 'exit': let the last lines drain.
  setTimeout(() => process.exit(code), 200);
}

function usage() {
  console.error('usage: code.mjs [folder] --extensionDevelopmentPath=DIR --extensionTestsPath=FILE');
  return 2;
}

async function runSuite({ developmentPaths, testsPath, folder }) {
  const server = await startServer({ driver: true, env: environmentForTests(), builtins: [...leanBuiltins, 'ipynb'] });
  let browser;
  const end = async () => {
    await browser?.close().catch(() => {});
    await server.stop();
  };
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]) {
    process.once(signal, () => void end().finally(() => process.exit(code)));
  }
  try {
    browser = await launchBrowser();
    const { page, refused } = await openGuardedPage(browser, server.origin);
    const suite = await listenToSuite(page);
    const payload = [
      ...developmentPaths.map((path) => ['extensionDevelopmentPath', remoteUri(server, path)]),
      ['extensionTestsPath', remoteUri(server, testsPath)],
    ];
    await page.goto(workbenchUrl(server, { folder, payload }));
    const failed = (await suite.result) !== 0;
    if (refused.size > 0) console.error(`requests off this machine were refused: ${[...refused].join(' ')}`);
    return failed || refused.size > 0 ? 1 : 0;
  } catch (error) {
    console.error(error);
    console.error(server.output());
    return 1;
  } finally {
    await end();
  }
}

/** The workbench calls two globals of its page, if they are there: one a console line, one at the end of the suite. */
async function listenToSuite(page) {
  let settle;
  const result = new Promise((resolve, reject) => {
    settle = { resolve, reject };
  });
  await page.exposeFunction('codeAutomationLog', (type, args) => {
    const line = format(...args);
    if (noise.test(line)) return;
    if (type === 'error') console.error(line);
    else console.log(line);
  });
  await page.exposeFunction('codeAutomationExit', (code) => settle.resolve(code));
  page.on('crash', () => settle.reject(new Error('the workbench page crashed')));
  setTimeout(
    () => settle.reject(new Error(`the suite gave no result in ${RUN_LIMIT_MS / 1000} s`)),
    RUN_LIMIT_MS,
  ).unref();
  return { result };
}

/** The server takes no VSCODE_ and CODEX_ names from us, except those that a test run sets on purpose. */
function environmentForTests() {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /^(VSCODE_TEST_|CODEX_LANES_|CODEX_CLI_PATH$)/.test(name)),
  );
}
